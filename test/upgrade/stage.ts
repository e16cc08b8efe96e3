import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../examples/story/engine";
import { freePort, sandboxControl, startProcess } from "../../examples/story/processes";
import type { Connections, Role, TokenKind } from "../../provider/generated/types";
import { armourzeroPeople } from "../../sandbox/armourzero/people";
import type { PlatformPeople } from "../../sandbox/people/people";
import { clpPeople } from "../../sandbox/trend-micro/people";
import { ensureToolchain, repositoryRoot } from "../../tools/toolchain";
import { toolchainHome } from "../../tools/toolchain/random-plugin";
import { type Caller, caller } from "../desk/support/desk";

/** The MSP's account, as ArmourZero and the Customer Licensing Portal name it. */
const ACCOUNT = "Example MSP";
export const ARMOURZERO = `armourzero:${ACCOUNT}`;
export const CLP = `trend-micro:${ACCOUNT}`;

/** Known to whoever reads this: a desk of a later version must let it in by what an earlier one kept of it. */
export const ADMIN_TOKEN = "the-admin-token-of-every-fixture";

/** An attested fact may be as old as a desk lets it be: fixtures age, and it is the desk's own setting that says so. */
export const PATIENT_CALENDARS = "default: { staleAfterDays: 3650 }\n";

/** The desk, the sandbox and the engine, each a process of its own, on what is given to them. */
export interface UpgradeStage {
  readonly deskUrl: string;
  readonly lmpiUrl: string;
  readonly admin: Caller;
  readonly requester: Caller;
  readonly operator: Caller;
  readonly armourzero: PlatformPeople;
  readonly clp: PlatformPeople;
  /** A stack of the project, and the fleet file that is its program. */
  openStack(name: string): Promise<{ readonly engine: Engine; writeFleet(text: string): void }>;
  /** The sandbox's control API. */
  control<T>(method: "GET" | "POST", name: string, body?: object): Promise<T>;
  /** Ends the sandbox in order; the world that it saved. */
  closeSandbox(): Promise<string>;
  close(): Promise<void>;
}

export interface UpgradeStageOptions {
  /** A name of its own below `.story/`. */
  readonly name: string;
  /** What the desk's store is: `DATABASE_URL`, or `MSP_DESK_DATA`. */
  readonly store: Readonly<Record<string, string>>;
  /** The sandbox's world, as an earlier one saved it. */
  readonly world?: string;
  readonly sandboxPort?: number;
}

export async function openUpgradeStage({
  name,
  store,
  world,
  sandboxPort = 0,
}: UpgradeStageOptions): Promise<UpgradeStage> {
  const folder = join(repositoryRoot(), ".story", name);
  rmSync(folder, { recursive: true, force: true });
  const data = join(folder, "sandbox");
  for (const made of ["state", "sandbox"]) mkdirSync(join(folder, made), { recursive: true });
  const msp = join(repositoryRoot(), "bin", "cli", "main.js");
  const env = { ...process.env, MSP_DESK_URL: undefined, MSP_DESK_TOKEN: undefined, DATABASE_URL: undefined };
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of opened.reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const calendars = join(folder, "calendars.yaml");
    writeFileSync(calendars, PATIENT_CALENDARS);
    const deskEnv = {
      ...env,
      ...store,
      MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN,
      MSP_DESK_CALENDARS: calendars,
      MSP_DESK_PORT: String(await freePort()),
    };
    const desk = await startProcess([msp, "desk"], deskEnv, /listening on (http:\S+)/);
    opened.push(() => desk.stop());
    const deskUrl = desk.ready[1] ?? "";
    const admin = caller(deskUrl, ADMIN_TOKEN);
    const grant = async (email: string, roles: readonly Role[], kind: TokenKind = "person") =>
      (await admin.post<{ readonly token: string }>("/v1/tokens", { person: { email }, kind, roles })).token;
    const program = await grant("pulumi@msp.example", ["requester"], "bot");
    const requester = caller(deskUrl, await grant("account-manager@msp.example", ["requester"]));
    const operator = caller(deskUrl, await grant("operations@msp.example", ["operator"]));
    const tokens = { verifier: await grant("service-lead@msp.example", ["verifier"]), operator: operator.token };

    if (world !== undefined) writeFileSync(join(data, "world.json"), world);
    const sandboxArgs = [msp, "sandbox", "--data", data, "--port", String(sandboxPort)];
    const sandbox = await startProcess(sandboxArgs, env, /is at (http:[^\s;]+)/);
    opened.push(() => sandbox.stop());
    const lmpiUrl = sandbox.ready[1] ?? "";
    const kept = <T>(file: string) => JSON.parse(readFileSync(join(data, file), "utf8")) as T;
    const issued = kept<{ readonly accessToken: string; readonly secretKey: string }>("credentials.json");
    const { controlToken } = kept<{ readonly controlToken: string }>("control.json");

    const connections: Connections = {
      "remote-manager": { platform: "trend-micro", accountType: "lmp", endpoint: lmpiUrl, visibilitySeconds: 1 },
      "licensing-portal": { platform: "trend-micro", accountType: "clp", account: ACCOUNT },
      armourzero: { platform: "armourzero", account: ACCOUNT },
    };
    const toolchain = await ensureToolchain();
    const engineEnv = {
      MSP_DESK_URL: deskUrl,
      MSP_DESK_TOKEN: program,
      MSP_REMOTE_MANAGER_ACCESS_TOKEN: issued.accessToken,
      MSP_REMOTE_MANAGER_SECRET_KEY: issued.secretKey,
    };
    return {
      deskUrl,
      lmpiUrl,
      admin,
      requester,
      operator,
      armourzero: armourzeroPeople({ deskUrl, tokens, account: ARMOURZERO }),
      clp: clpPeople({ deskUrl, tokens, account: CLP }),
      openStack: async (stackName) => {
        const fleetFile = join(folder, `${stackName}.yaml`);
        const engine = await Engine.open({
          root: toolchain.root,
          folder,
          stackName,
          fleetFile,
          pulumiHome: toolchainHome(),
          env: { ...engineEnv, MSP_FLEET_FILE: fleetFile },
          connections,
        });
        return { engine, writeFleet: (text) => writeFileSync(fleetFile, text) };
      },
      control: sandboxControl(lmpiUrl, controlToken),
      closeSandbox: async () => {
        await sandbox.stop();
        return readFileSync(join(data, "world.json"), "utf8");
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
