/**
 * An MSP with accounts on every built-in platform: a real desk, a real LMPI sandbox, the people of the platforms that have no API, and a
 * project with a fleet file. Time stands until a test moves it; only waits below half a minute pass by themselves.
 */
import { providerOver } from "../../../provider/hosts/runtime";
import { createSession, type Session } from "../../../provider/hosts/session";
import type { Connections, OffboardingRequest } from "../../../provider/generated/types";
import type { ResourceType } from "../../../provider/platforms/platform";
import { armourzeroPeople } from "../../../sandbox/armourzero/people";
import type { PlatformPeople } from "../../../sandbox/people/people";
import { type LmpiOptions, type LmpiSandbox, startLmpi } from "../../../sandbox/trend-micro/server";
import { clpPeople } from "../../../sandbox/trend-micro/people";
import { openTestDesk, type TestDesk } from "../../support/desk";
import { TemporaryFolder } from "../../support/folder";
import { type ManualClock, manualClock, steadyRandom } from "../http/manual-clock";

export type Provider = ReturnType<typeof providerOver>;

export interface WorldOptions {
  readonly lmpi?: LmpiOptions;
  /** Further settings of the LMP connection. */
  readonly lmp?: Partial<Connections[string]>;
}

/** One run of the engine: its providers share one session, and know nothing of the run before. */
export interface EngineRun {
  provider(type: ResourceType): Provider;
  readonly session: Session;
}

export interface MspWorld {
  readonly clock: ManualClock;
  readonly desk: TestDesk;
  /** Where the project is. */
  readonly folder: string;
  readonly lmpi: LmpiSandbox;
  readonly armourzero: PlatformPeople;
  readonly clp: PlatformPeople;
  /** Names of the connections. */
  readonly names: { readonly lmp: string; readonly clp: string; readonly armourzero: string };
  readonly accounts: { readonly clp: string; readonly armourzero: string };
  /** Project and stack, as names of resources begin. */
  readonly program: string;
  /** Lines that runs have told the person who runs them. */
  readonly told: string[];
  /** Texts that may stand nowhere but where they belong. */
  readonly secrets: readonly string[];
  /** Config of the stack, without its namespace; a test may change it between runs. */
  readonly config: Record<string, string | undefined>;
  readonly env: Record<string, string | undefined>;
  run(): EngineRun;
  /** Writes the `leaving:` notes of the fleet file, in the YAML of one line each. */
  note(...lines: readonly string[]): void;
  /** What this program has filed, newest first. */
  requests(): Promise<readonly OffboardingRequest[]>;
  /** Differs after every write to the platform or the desk. */
  writes(): Promise<string>;
  /** Differs after every write to the platform, and after everything that is filed or changed of what was filed. */
  deeds(): Promise<string>;
  close(): Promise<void>;
}

/** Accounts share one desk in a process: each world has names of its own. */
let worlds = 0;

export async function openWorld(options: WorldOptions = {}): Promise<MspWorld> {
  worlds += 1;
  const clock = manualClock({ flowsBelowMs: 30_000 });
  const desk = await openTestDesk(clock);
  const lmpi = await startLmpi({ clock, ...options.lmpi });
  const folder = new TemporaryFolder({ "Pulumi.yaml": "name: msp\n", "fleet.yaml": "version: 1\ncustomers: []\n" });
  const names = { lmp: `lmp-${worlds}`, clp: `clp-${worlds}`, armourzero: `armourzero-${worlds}` };
  const accounts = { clp: `trend-micro:clp-${worlds}`, armourzero: `armourzero:az-${worlds}` };
  const program = `msp/world-${worlds}`;
  const people = { deskUrl: desk.url, tokens: desk.tokens };
  const connections: Connections = {
    [names.lmp]: {
      platform: "trend-micro",
      accountType: "lmp",
      endpoint: lmpi.url,
      requestsPerSecond: 1_000,
      ...options.lmp,
    },
    [names.clp]: { platform: "trend-micro", accountType: "clp", account: `clp-${worlds}` },
    [names.armourzero]: { platform: "armourzero", account: `az-${worlds}` },
  };
  const variable = (secret: string) => `MSP_LMP_${worlds}_${secret}`;
  const config: MspWorld["config"] = {
    connections: JSON.stringify(connections),
    fleetFile: "fleet.yaml",
    requester: "account-manager@msp.example",
  };
  const env: MspWorld["env"] = {
    MSP_DESK_URL: desk.url,
    MSP_DESK_TOKEN: desk.tokens.bot,
    [variable("ACCESS_TOKEN")]: lmpi.accessToken,
    [variable("SECRET_KEY")]: lmpi.secretKey,
  };
  const told: string[] = [];

  function run(): EngineRun {
    const session = createSession({
      settings: (key) => config[key],
      env,
      cwd: folder.path,
      clock,
      random: steadyRandom,
      log: (line) => told.push(line),
    });
    return {
      session,
      provider: (type) => {
        const provider = providerOver(type, () => session);
        provider.configure({ config: { get: () => undefined } });
        return provider;
      },
    };
  }

  const requests = async () => {
    const { items } = await desk.as("operator").get<{ items: OffboardingRequest[] }>("/v1/requests?limit=200");
    return items.filter(({ resource }) => resource.startsWith(`${program}::`));
  };

  return {
    clock,
    desk,
    folder: folder.path,
    lmpi,
    armourzero: armourzeroPeople({ ...people, account: accounts.armourzero }),
    clp: clpPeople({ ...people, account: accounts.clp }),
    names,
    accounts,
    program,
    told,
    secrets: [lmpi.accessToken, lmpi.secretKey, ...Object.values(desk.tokens), folder.path, process.cwd()],
    config,
    env,
    run,
    note: (...lines) =>
      folder.write(
        "fleet.yaml",
        `version: 1\ncustomers: []\nleaving:\n${lines.map((line) => `  - ${line}\n`).join("")}`,
      ),
    requests,
    deeds: async () =>
      `${lmpi.log.writes().length} ${(await requests()).map(({ id, state }) => `${id} ${state}`).join()}`,
    writes: async () =>
      `${lmpi.log.writes().length}/${(await desk.as("operator").get<{ seq: number }>("/v1/audit/head")).seq}`,
    close: async () => {
      await lmpi.close();
      await desk.close();
      folder.remove();
    },
  };
}
