/**
 * The story's world: a real desk on a real PostgreSQL, a real LMPI, and people. It can be put back to how it was at the beginning of a stage,
 * and told in a form that two worlds share when they hold the same.
 */
import { Client } from "pg";
import type { Clock } from "../../../provider/clock";
import type { Connections, OffboardingRequest, Role } from "../../../provider/generated/types";
import { createSession } from "../../../provider/hosts/session";
import { armourzeroPeople } from "../../../sandbox/armourzero/people";
import { DeskApi } from "../../../sandbox/people/desk-api";
import type { PlatformPeople } from "../../../sandbox/people/people";
import { clpPeople } from "../../../sandbox/trend-micro/people";
import { type LmpiSandbox, startLmpi } from "../../../sandbox/trend-micro/server";
import { createDatabase } from "../../desk/support/postgres";
import { type ManualClock, manualClock, steadyRandom } from "../../provider/http/manual-clock";
import { DeskHouse, type HouseOptions } from "./desk-house";
import type { Run, State } from "./engine";
import { ACCOUNTS, beginning, type Cast, NAMES, PROGRAM } from "./story";
import type { Wire } from "./wire";

/** Only waits that a run itself ends pass by themselves: looks, and pauses between attempts. */
const FLOWS_BELOW_MS = 30_000;
const MONDAY_MS = Date.parse("2026-03-02T09:00:00Z");

const STAFF = {
  bot: ["pipeline@msp.example", "requester", "bot"],
  verifier: ["verifier@msp.example", "verifier", "person"],
  operator: ["operator@msp.example", "operator", "person"],
} as const satisfies Readonly<Record<string, readonly [string, Role, "bot" | "person"]>>;

/** What a run is told from outside. */
export interface Outside {
  readonly settings: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface WorldOptions extends Omit<HouseOptions, "database" | "clock"> {
  readonly startMs?: number;
  /** The connection's setting: how long the platform may take to show what is new. */
  readonly visibilitySeconds?: number;
}

/** Everything there is, at the beginning of a stage. */
export interface Snapshot {
  readonly schema: string;
  readonly platform: ReturnType<LmpiSandbox["store"]["snapshot"]>;
  readonly clp: ReturnType<PlatformPeople["world"]["rows"]>;
  readonly armourzero: ReturnType<PlatformPeople["world"]["rows"]>;
  readonly state: State;
  readonly nowMs: number;
}

export class FaultWorld {
  /** As the engine keeps it. */
  state: State = [];
  lmpi!: LmpiSandbox;
  cast!: Cast;
  house!: DeskHouse;
  private time: ManualClock;
  private tokens!: Readonly<Record<keyof typeof STAFF, string>>;
  private snapshots = 0;
  private tableNames: readonly string[] = [];

  private constructor(
    private readonly sql: Client,
    startMs: number,
    private readonly visibilitySeconds: number | undefined,
  ) {
    this.time = manualClock({ flowsBelowMs: FLOWS_BELOW_MS, startMs });
  }

  static async open({ startMs = MONDAY_MS, visibilitySeconds, ...desk }: WorldOptions = {}): Promise<FaultWorld> {
    const database = await createDatabase();
    const sql = new Client(database);
    await sql.connect();
    const world = new FaultWorld(sql, startMs, visibilitySeconds);
    world.house = await DeskHouse.open({ database, clock: world.clock, ...desk });
    await world.begin();
    return world;
  }

  /** The world's time; it can be put back. */
  readonly clock: Clock = { now: () => this.time.now(), sleep: (ms, signal) => this.time.sleep(ms, signal) };

  advance(ms: number): void {
    this.time.advance(ms);
  }

  /** What a run over that wire is told. */
  outside(wire: Pick<Wire, "urls">): Outside {
    const connections: Connections = {
      [NAMES.lmp]: {
        platform: "trend-micro",
        accountType: "lmp",
        endpoint: wire.urls.platform,
        requestsPerSecond: 1_000,
        ...(this.visibilitySeconds === undefined ? {} : { visibilitySeconds: this.visibilitySeconds }),
      },
      [NAMES.clp]: { platform: "trend-micro", accountType: "clp", account: ACCOUNTS.clp.split(":")[1] ?? "" },
      [NAMES.armourzero]: { platform: "armourzero", account: ACCOUNTS.armourzero.split(":")[1] ?? "" },
    };
    return {
      settings: {
        connections: JSON.stringify(connections),
        reason: "Moved to another vendor",
        requester: "account-manager@msp.example",
      },
      env: {
        MSP_DESK_URL: wire.urls.desk,
        MSP_DESK_TOKEN: this.tokens.bot,
        MSP_LMP_ACCESS_TOKEN: this.lmpi.accessToken,
        MSP_LMP_SECRET_KEY: this.lmpi.secretKey,
      },
    };
  }

  /** A run of its own in this process, over its own wire. */
  run(wire: Wire): Run {
    const { settings, env } = this.outside(wire);
    const session = createSession({
      settings: (key) => settings[key],
      env,
      cwd: "/",
      clock: wire.clock(this.clock),
      random: steadyRandom,
      log: () => undefined,
    });
    return {
      session,
      program: PROGRAM,
      pulse: () => wire.pulse(),
      keep: (state) => {
        this.state = state;
      },
    };
  }

  get targets() {
    return { desk: this.house.url, platform: this.lmpi.url };
  }

  async snapshot(): Promise<Snapshot> {
    this.snapshots += 1;
    const schema = `snapshot_${this.snapshots}`;
    const tables = this.tableNames;
    await this.sql.query(
      [`create schema ${schema}`, ...tables.map((t) => `create table ${schema}.${t} as table public.${t}`)].join(";"),
    );
    return {
      schema,
      platform: this.lmpi.store.snapshot(),
      clp: this.cast.clp.world.rows(),
      armourzero: this.cast.armourzero.world.rows(),
      state: this.state,
      nowMs: this.clock.now(),
    };
  }

  async restore(snapshot: Snapshot): Promise<void> {
    const tables = this.tableNames;
    await this.sql.query(
      [
        "begin",
        "set local session_replication_role = replica",
        ...tables.map((t) => `delete from public.${t}`),
        ...tables.map((t) => `insert into public.${t} select * from ${snapshot.schema}.${t}`),
        "commit",
      ].join(";"),
    );
    this.lmpi.store.restore(structuredClone(snapshot.platform));
    this.lmpi.faults.reset();
    this.lmpi.log.reset();
    this.time = manualClock({ flowsBelowMs: FLOWS_BELOW_MS, startMs: snapshot.nowMs });
    this.state = snapshot.state;
    this.gather();
    this.cast.clp.world.addRows(snapshot.clp);
    this.cast.armourzero.world.addRows(snapshot.armourzero);
  }

  /** Its last record's number: two worlds that went the same way have the same. */
  async chainLength(): Promise<number> {
    const { rows } = await this.sql.query("select coalesce(max(seq), 0)::int as seq from audit_record");
    return (rows[0] as { seq: number }).seq;
  }

  async chainHolds(): Promise<boolean> {
    return (await this.as("operator").get<{ ok: boolean }>("/v1/audit/verify")).ok;
  }

  as(who: keyof typeof STAFF): DeskApi {
    return new DeskApi(this.house.url, this.tokens[who]);
  }

  async requests(): Promise<readonly OffboardingRequest[]> {
    return (await this.as("operator").get<{ items: OffboardingRequest[] }>("/v1/requests?limit=200")).items;
  }

  /** What there is, without what differs from telling to telling: ids by what they name, and no instants. */
  async telling(): Promise<Telling> {
    const { customers, subscriptions } = this.lmpi.store;
    const plans = new Map(this.lmpi.store.plans.map(({ id, name }) => [id, name]));
    const nameOf = (id: string) => customers.get(id)?.company.name ?? id;
    const names = new Map<string, string>();
    for (const { id, company, users } of customers.values()) {
      names.set(id, `<${company.name}>`);
      for (const user of users) names.set(user.id, `<${user.profile.login_name}>`);
    }
    for (const [id, sub] of subscriptions) names.set(id, `<${plans.get(sub.planId)} of ${nameOf(sub.customerId)}>`);
    const rows = async (query: string) => (await this.sql.query(query)).rows as readonly object[];
    const world = {
      platform: {
        customers: [...customers.values()].map(({ company, users, status }) => ({
          company,
          users: users.length,
          status,
        })),
        subscriptions: [...subscriptions.values()]
          .toSorted(byPlan)
          .map(({ id, enabled, suspendedFromMs, licences }) => ({
            id,
            enabled,
            suspended: suspendedFromMs !== undefined,
            units: licences.map(({ units }) => units),
          })),
        clp: this.cast.clp.world.rows(),
        armourzero: this.cast.armourzero.world.rows(),
      },
      requests: await rows(
        `select r.id, r.kind, r.state, r.subject_name, r.reason, r.requesters, r.stays, r.resource, r.blocked_by, r.contradictions,
           json_agg(json_build_array(i.name, i.incarnation, i.mode, i.state, i.open)) as items,
           (select json_agg(json_build_array(p.product, p.waits_for)) from held_part p where p.request = r.id) as parts
         from request r join request_item i on i.request = r.id group by r.id order by r.number`,
      ),
      claims: await rows(
        // By what is the same in each telling: a customer's id, with which a key begins, is not.
        "select type, natural_key, resource, object_id, outcome from intent order by type, resource, natural_key",
      ),
      inventory: await rows(
        "select kind, subject_key, product, present, units, conflicts from inventory_entry order by account, kind, subject_key, product_key",
      ),
      state: this.state.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
    const attested = await rows("select id, subject_name, product from inventory_entry");
    for (const { id, subject_name, product } of attested as { id: string; subject_name: string; product: string }[])
      names.set(id, `<${product} of ${subject_name}>`);
    let text = JSON.stringify(world, (key, value) => (isOfOneRun(key, value) ? undefined : value));
    for (const [id, name] of names) text = text.replaceAll(id, name);
    text = text.replaceAll(/trend-micro:[0-9a-f-]{36}/g, "<lmp account>");
    text = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)/g, "<instant>");
    return JSON.parse(text) as Telling;
  }

  async close(): Promise<void> {
    await this.house.close();
    await this.lmpi.close();
    await this.sql.end();
  }

  private async begin(): Promise<void> {
    const granted = Object.entries(STAFF).map(async ([who, [email, role, kind]]) => [
      who,
      await this.house.grant(email, role, kind),
    ]);
    this.tokens = Object.fromEntries(await Promise.all(granted));
    const { rows } = await this.sql.query(
      "select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%' order by 1",
    );
    this.tableNames = (rows as { tablename: string }[]).map(({ tablename }) => tablename);
    this.lmpi = await startLmpi({ clock: this.clock });
    const company = { name: "Neighbour", city: "Ulm", state: "BW", country: "DE" };
    const neighbour = this.lmpi.store.createCustomer(company, {}, { isOutOfBand: true });
    const planId = this.lmpi.store.plans[0]?.id ?? "";
    this.lmpi.store.createSubscription(neighbour.id, { planId, units: 3 }, { isOutOfBand: true });
    this.gather();
    await beginning(this.cast);
  }

  private gather(): void {
    const people = { deskUrl: this.house.url, tokens: this.tokens };
    this.cast = {
      clp: clpPeople({ ...people, account: ACCOUNTS.clp }),
      armourzero: armourzeroPeople({ ...people, account: ACCOUNTS.armourzero }),
      requests: () => this.requests(),
    };
  }
}

/**
 * What a run knows that another one can't: what was leaving when it began, and what only the reply to a creation or only a listing says of a
 * customer.
 */
function isOfOneRun(key: string, value: unknown): boolean {
  return key === "__leaving" || key === "userId" || (key === "status" && value === "Enabled");
}

function byPlan(a: { readonly planId: string }, b: { readonly planId: string }): number {
  return a.planId < b.planId ? -1 : 1;
}

export interface Telling {
  readonly platform: object;
  readonly requests: readonly object[];
  readonly claims: readonly object[];
  readonly inventory: readonly object[];
  readonly state: State;
}
