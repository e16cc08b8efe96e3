/**
 * Where the story and the end-to-end tests play: a real desk and a real sandbox as processes of their own, and a real Pulumi engine on a
 * stack of its own, all below one folder that is removed at the end.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Connections, TokenGrant, TokenRecord } from "../../provider/generated/types";
import { armourzeroPeople } from "../../sandbox/armourzero/people";
import { DeskApi } from "../../sandbox/people/desk-api";
import type { PlatformPeople } from "../../sandbox/people/people";
import { clpPeople } from "../../sandbox/trend-micro/people";
import { ensureToolchain } from "../../tools/toolchain";
import { ensureRandomPlugin, toolchainHome } from "../../tools/toolchain/random-plugin";
import { Engine } from "./engine";
import { freePort, type Running, sandboxControl, startProcess } from "./processes";

/** The MSP's account, as ArmourZero and the Customer Licensing Portal name it. */
const ACCOUNT = "Example MSP";

/** What the sandbox has been asked. */
export interface SandboxLog {
  readonly entries: readonly SandboxCall[];
  readonly writes: readonly SandboxCall[];
}

interface SandboxCall {
  readonly operation: string;
  /** Whether a write changed the world, whatever was answered. */
  readonly isCommitted: boolean;
}

export interface Stage {
  readonly folder: string;
  readonly fleetFile: string;
  readonly engine: Engine;
  /** The platform connections that the engine's stack is configured with. */
  readonly connections: Connections;
  /** Another stack of the same project, with a fleet file of its own beside `fleetFile`: `<name>.yaml`. */
  openStack(name: string): Promise<{ readonly engine: Engine; writeFleet(text: string): void }>;
  /** The desk, read as its admin. */
  readonly desk: DeskApi;
  /** The desk, as a person who asks. */
  readonly requester: DeskApi;
  readonly deskUrl: string;
  readonly deskProcess: Running;
  readonly lmpiUrl: string;
  /** Credentials of the sandbox, as environment of a run. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly armourzero: PlatformPeople;
  readonly clp: PlatformPeople;
  /** People's tokens by the part that they play. */
  readonly tokens: {
    readonly program: string;
    readonly requester: string;
    readonly verifier: string;
    readonly operator: string;
  };
  writeFleet(text: string): void;
  /** The sandbox's control API: what a colleague does on the platform behind our back, faults, and its request log. */
  control<T>(method: "GET" | "POST", name: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** The repository. */
  readonly root: string;
  /** A name of its own below `.story/`. */
  readonly name: string;
  readonly log?: (line: string) => void;
  /** Extra environment of the engine. */
  readonly env?: Readonly<Record<string, string>>;
  /** The desk's calendars, in YAML: how old an attested fact may be, among others. */
  readonly calendars?: string;
  /** Aborts what the engine is doing, as one Ctrl-C does. */
  readonly signal?: AbortSignal;
}

export async function openStage({
  root,
  name,
  log = () => undefined,
  env = {},
  calendars,
  signal,
}: StageOptions): Promise<Stage> {
  const folder = join(root, ".story", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "state"), { recursive: true });
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of opened.reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const toolchain = await ensureToolchain({ log });
    await ensureRandomPlugin({ pulumi: toolchain.pulumi, pulumiHome: toolchainHome(), log });
    const msp = join(root, "bin", "cli", "main.js");
    const environment = { ...process.env, MSP_DESK_URL: undefined, MSP_DESK_TOKEN: undefined, DATABASE_URL: undefined };

    const calendarsFile = join(folder, "calendars.yaml");
    if (calendars !== undefined) writeFileSync(calendarsFile, calendars);
    const deskEnv = {
      ...environment,
      MSP_DESK_DATA: join(folder, "desk"),
      MSP_DESK_PORT: String(await freePort()),
      MSP_DESK_ADMIN_TOKEN: undefined,
      MSP_DESK_CALENDARS: calendars === undefined ? undefined : calendarsFile,
    };
    const deskProcess = await startProcess([msp, "desk"], deskEnv, /listening on (http:\S+)/);
    opened.push(() => deskProcess.stop());
    const deskUrl = deskProcess.ready[1] ?? "";
    const desk = new DeskApi(deskUrl, readFileSync(join(folder, "desk", "admin-token"), "utf8").trim());
    log(`the desk is at ${deskUrl}`);
    const grant = async (grantee: TokenGrant) =>
      (await desk.post<TokenRecord & { readonly token: string }>("/v1/tokens", grantee)).token;
    const tokens = {
      program: await grant({
        person: { email: "pulumi@msp.example", name: "Pulumi" },
        kind: "bot",
        roles: ["requester"],
      }),
      requester: await grant({
        person: { email: "account-manager@msp.example", name: "Account manager" },
        kind: "person",
        roles: ["requester", "verifier"],
      }),
      verifier: await grant({
        person: { email: "service-lead@msp.example", name: "Service lead" },
        kind: "person",
        roles: ["verifier"],
      }),
      operator: await grant({
        person: { email: "operations@msp.example", name: "Operations" },
        kind: "person",
        roles: ["operator"],
      }),
    };

    const data = join(folder, "sandbox");
    const sandbox = await startProcess([msp, "sandbox", "--data", data], environment, /is at (http:[^\s;]+)/);
    opened.push(() => sandbox.stop());
    const lmpiUrl = sandbox.ready[1] ?? "";
    log(`the sandbox of Trend Micro's LMPI is at ${lmpiUrl}`);
    const issued = JSON.parse(readFileSync(join(data, "credentials.json"), "utf8")) as {
      accessToken: string;
      secretKey: string;
    };
    const credentials = {
      MSP_REMOTE_MANAGER_ACCESS_TOKEN: issued.accessToken,
      MSP_REMOTE_MANAGER_SECRET_KEY: issued.secretKey,
    };
    const { controlToken } = JSON.parse(readFileSync(join(data, "control.json"), "utf8")) as { controlToken: string };

    const people = { deskUrl, tokens: { verifier: tokens.verifier, operator: tokens.operator } };
    const fleetFile = join(folder, "fleet.yaml");
    const connections: Connections = {
      "remote-manager": { platform: "trend-micro", accountType: "lmp", endpoint: lmpiUrl, visibilitySeconds: 1 },
      "licensing-portal": { platform: "trend-micro", accountType: "clp", account: ACCOUNT },
      armourzero: { platform: "armourzero", account: ACCOUNT },
    };
    const openStack = (stackName: string, file: string) =>
      Engine.open({
        ...(signal === undefined ? {} : { signal }),
        root: toolchain.root,
        folder,
        stackName,
        fleetFile: file,
        pulumiHome: toolchainHome(),
        env: {
          MSP_DESK_URL: deskUrl,
          MSP_DESK_TOKEN: tokens.program,
          MSP_FLEET_FILE: file,
          ...credentials,
          ...env,
        },
        connections,
      });
    const engine = await openStack("story", fleetFile);
    return {
      folder,
      fleetFile,
      engine,
      connections,
      openStack: async (stackName) => {
        const file = join(folder, `${stackName}.yaml`);
        return { engine: await openStack(stackName, file), writeFleet: (text) => writeFileSync(file, text) };
      },
      desk,
      requester: new DeskApi(deskUrl, tokens.requester),
      deskUrl,
      deskProcess,
      lmpiUrl,
      credentials,
      armourzero: armourzeroPeople({ ...people, account: `armourzero:${ACCOUNT}` }),
      clp: clpPeople({ ...people, account: `trend-micro:${ACCOUNT}` }),
      tokens,
      writeFleet: (text) => writeFileSync(fleetFile, text),
      control: sandboxControl(lmpiUrl, controlToken),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
