/**
 * An MSP with a real desk, a real LMPI sandbox and an ArmourZero inventory, each behind a front that can answer wrongly; and what all of it
 * holds, as one text, so that a case can show that it left nothing behind.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { type RunningDesk, startDesk } from "../../../desk/start";
import { openMemoryStore } from "../../../desk/store/pglite";
import type { Store } from "../../../desk/store/store";
import type { Random } from "../../../provider/clock";
import type { Connections } from "../../../provider/generated/types";
import { providerOver } from "../../../provider/hosts/runtime";
import { createSession } from "../../../provider/hosts/session";
import type { ResourceType } from "../../../provider/platforms/platform";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { type LmpiSandbox, startLmpi } from "../../../sandbox/trend-micro/server";
import { manualClock } from "../../provider/http/manual-clock";
import { TemporaryFolder } from "../../support/folder";
import { type Front, openFront } from "./front";

export type Provider = ReturnType<typeof providerOver>;
export type Properties = Record<string, unknown>;

/** A resource that state holds. */
export interface Held {
  readonly type: ResourceType;
  readonly id: string;
  readonly state: Properties;
}

export interface BadWorld {
  readonly lmpi: LmpiSandbox;
  readonly desk: RunningDesk;
  readonly lmpiFront: Front;
  readonly deskFront: Front;
  readonly folder: TemporaryFolder;
  /** Config of the stack, without its namespace, and the environment; a case may change both. */
  readonly config: Record<string, string | undefined>;
  readonly env: Record<string, string | undefined>;
  /** Tokens of people at the desk. */
  readonly tokens: { readonly requester: string; readonly operator: string; readonly verifier: string };
  readonly held: Readonly<Record<"customer" | "subscription" | "owner" | "assignment", Held>>;
  /** The providers of a new run of the engine, which knows nothing of the run before. */
  run(): (type: ResourceType) => Provider;
  /** Everything that the platform, the desk, the project's folder and state hold. */
  everything(): Promise<Everything>;
  /** Texts that may stand in no message. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

export interface Everything {
  readonly platform: unknown;
  /** Writes that the platform has received. */
  readonly writes: number;
  /** Rows of the desk, by table. */
  readonly desk: Readonly<Record<string, readonly string[]>>;
  readonly files: Readonly<Record<string, string>>;
  readonly state: unknown;
}

export const JANE = "jane@acme.example";
export const PLAN = "WFBS-S Yearly";
/** Ids of the sandbox's first objects: they are counted. */
export const CUSTOMER = "00000000-0000-4000-8000-000000000001";
export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000004";

/** Ids that are the same in every run, so that messages are. */
function counting(): Random {
  let last = 0;
  return {
    next: () => 0.5,
    uuid: () => {
      last += 1;
      return `00000000-0000-4000-8000-${String(last).padStart(12, "0")}`;
    },
  };
}

export async function openBadWorld(): Promise<BadWorld> {
  const clock = manualClock({ flowsBelowMs: 30_000 });
  const store = await openMemoryStore();
  const desk = await startDesk({ store, clock });
  const random = counting();
  const lmpi = await startLmpi({ clock, random, accessToken: "canary-access-token-of-the-msp" });
  const lmpiFront = await openFront(lmpi.url);
  const deskFront = await openFront(desk.url);
  const folder = new TemporaryFolder({ "Pulumi.yaml": "name: msp\n", "fleet.yaml": "version: 1\ncustomers: []\n" });
  const tokens = {
    bot: await desk.token("pipeline@msp.example", ["requester"], "bot"),
    requester: await desk.token("account-manager@msp.example", ["requester"]),
    operator: await desk.token("operator@msp.example", ["operator"]),
    verifier: await desk.token("verifier@msp.example", ["verifier"]),
  };
  const connections: Connections = {
    lmp: {
      platform: "trend-micro",
      accountType: "lmp",
      endpoint: lmpiFront.url,
      requestsPerSecond: 1_000,
      // Each look reads units and dates, also where nothing changed: an answer that is not asked for can't be wrong.
      readings: { subscriptionDetails: "all" },
    },
    clp: { platform: "trend-micro", accountType: "clp", account: "acme" },
    shield: { platform: "armourzero", account: "acme" },
  };
  const config: BadWorld["config"] = {
    connections: JSON.stringify(connections),
    fleetFile: "fleet.yaml",
    requester: "account-manager@msp.example",
  };
  const env: BadWorld["env"] = {
    MSP_DESK_URL: deskFront.url,
    MSP_DESK_TOKEN: tokens.bot,
    MSP_LMP_ACCESS_TOKEN: lmpi.accessToken,
    MSP_LMP_SECRET_KEY: lmpi.secretKey,
  };

  const run = () => {
    const session = createSession({
      settings: (key) => config[key],
      env,
      cwd: folder.path,
      clock,
      random,
      log: () => undefined,
    });
    return (type: ResourceType) => {
      const provider = providerOver(type, () => session);
      provider.configure({ config: { get: () => undefined } });
      return provider;
    };
  };

  const names = ["Acme Dental", "Birch Law", "Cedar Logistics"];
  const [customerId = ""] = names.map(
    (name) =>
      applyEdit(lmpi.store, { kind: "addCustomer", company: { name, city: "Bonn", state: "NRW", country: "DE" } }).id,
  );
  applyEdit(lmpi.store, { kind: "addSubscription", customerId, plan: PLAN, units: 5 });
  clock.advance(1_000);
  await imported(desk.url, tokens.operator);
  const held = await adopted(run(), customerId);
  // The first look of a second run still tells the desk something: whose account it is, by what it holds.
  for (const { type, id, state } of Object.values(held)) await run()(type).read(id, state);

  return {
    lmpi,
    desk,
    lmpiFront,
    deskFront,
    folder,
    config,
    env,
    tokens,
    held,
    run,
    everything: async () => ({
      platform: structuredClone(lmpi.store.snapshot()),
      writes: lmpi.log.writes().length,
      desk: await rowsOf(store),
      files: filesOf(folder.path),
      state: structuredClone(held),
    }),
    secrets: [lmpi.secretKey, lmpi.accessToken, desk.adminToken, ...Object.values(tokens)],
    close: async () => {
      await lmpiFront.close();
      await deskFront.close();
      await lmpi.close();
      await desk.close();
      await store.close();
      folder.remove();
    },
  };
}

/** What ArmourZero holds, as its operator attests it. */
async function imported(url: string, token: string): Promise<void> {
  const subject = { kind: "owner", key: JANE, name: "Front Desk" };
  const answer = await fetch(`${url}/v1/inventory/imports`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      account: "armourzero:acme",
      voucher: "export of Manage > Devices > End User",
      complete: true,
      format: "rows",
      rows: [
        { kind: "owner", subject },
        { kind: "assignment", subject, product: "ShieldOne", units: 1 },
        { kind: "assignment", subject, product: "ScoutTwo", units: 1 },
      ],
    }),
  });
  if (!answer.ok) throw new Error(`The import was refused: ${await answer.text()}`);
}

/** Takes over what is there already, as a first `up` does. */
async function adopted(provider: (type: ResourceType) => Provider, customer: string): Promise<BadWorld["held"]> {
  const up = async (type: ResourceType, name: string, args: Properties): Promise<Held> => {
    const inputs = {
      ...(type === "DeviceOwner" ? {} : { adopt: true }),
      ...args,
      __provider: "constant",
      __resource: `msp/bad::${name}`,
    };
    const { inputs: checked, failures } = await provider(type).check({}, inputs);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
    const { id, outs } = await provider(type).create(checked);
    const state = { ...outs, __provider: "constant" };
    await provider(type).read(id, state);
    return { type, id, state };
  };
  return {
    customer: await up("Customer", "acme", {
      platform: "lmp",
      name: "Acme Dental",
      company: { city: "Bonn", state: "NRW", country: "DE" },
      products: [PLAN],
    }),
    subscription: await up("ProductAssignment", "acme/wfbs", {
      platform: "lmp",
      customer,
      subjectName: "Acme Dental",
      product: PLAN,
      units: 5,
    }),
    owner: await up("DeviceOwner", "jane", { platform: "shield", email: JANE, products: ["ShieldOne", "ScoutTwo"] }),
    assignment: await up("ProductAssignment", "jane/scouttwo", {
      platform: "shield",
      owner: JANE,
      subjectName: "Front Desk",
      product: "ScoutTwo",
    }),
  };
}

/** Every row of every table that the desk has, whatever tables those are. */
async function rowsOf(store: Store): Promise<Everything["desk"]> {
  return store.read(async (tx) => {
    const tables = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public' order by 1`.execute(tx);
    const rows: Record<string, readonly string[]> = {};
    for (const { name } of tables.rows) {
      const found = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} t order by 1`.execute(tx);
      rows[name] = found.rows.map(({ row }) => row);
    }
    return rows;
  });
}

function filesOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}
