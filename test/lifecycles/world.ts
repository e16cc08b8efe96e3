/** The world of one lifecycle: its time, its three accounts with what they hold at first, and the people around them. */
import type { OffboardingRequest } from "../../provider/generated/types";
import type { Surroundings } from "../../provider/hosts/plugin/instances";
import { createSession } from "../../provider/hosts/session";
import { armourzeroPeople } from "../../sandbox/armourzero/people";
import { DeskApi } from "../../sandbox/people/desk-api";
import type { PlatformPeople } from "../../sandbox/people/people";
import { clpPeople } from "../../sandbox/trend-micro/people";
import { applyEdit } from "../../sandbox/trend-micro/edits";
import { type ManualClock, manualClock, steadyRandom } from "../provider/http/manual-clock";
import { type Death, Life, type Process } from "./life";
import { COUNTRY, NAMES, type Place, PRODUCTS } from "./program";
import { ASKER, type Stage, type Staff } from "./stage";

/** Names of the connections. */
export const CONNECTIONS: Readonly<Record<Place, string>> = { lmp: "lmp", clp: "clp", armourzero: "armourzero" };

/** How long LMPI may take to list what it has made. The driver's waits within it are shorter than the tests' timeouts. */
export const WINDOW_MS = 60_000;

/** Timeouts of attempts are at least so long, and stand; every wait below is over at once. */
const FLOWS_BELOW_MS = 30_000;

/** What each platform holds before anybody runs anything: for each of its two names which products, or nothing. */
export interface Beginning {
  readonly lmp: readonly (readonly number[] | undefined)[];
  readonly clp: readonly (readonly number[] | undefined)[];
  readonly armourzero: readonly (readonly number[] | undefined)[];
  /** How long LMPI's lists don't show what is new. */
  readonly visibilityMs: number;
}

export class World {
  readonly clock: ManualClock;
  readonly stage: Stage;
  readonly people: Readonly<Record<"clp" | "armourzero", PlatformPeople>>;
  readonly accounts = { clp: "trend-micro:cedar", armourzero: "armourzero:fleet" } as const;
  /** Config of both stacks, without its namespace. */
  readonly config: Record<string, string | undefined>;
  acceptsLosses = false;
  private readonly api: Readonly<Record<Staff, DeskApi>>;

  private constructor(stage: Stage, clock: ManualClock) {
    this.stage = stage;
    this.clock = clock;
    const { deskUrl, tokens } = stage;
    this.config = {
      connections: this.connections("cedar"),
      requester: ASKER,
      reason: "left the company",
    };
    const { clp, armourzero } = this.accounts;
    this.people = {
      clp: clpPeople({ deskUrl, tokens, account: clp }),
      armourzero: armourzeroPeople({ deskUrl, tokens, account: armourzero }),
    };
    this.api = {
      bot: new DeskApi(deskUrl, tokens.bot),
      verifier: new DeskApi(deskUrl, tokens.verifier),
      operator: new DeskApi(deskUrl, tokens.operator),
      requester: new DeskApi(deskUrl, tokens.requester),
    };
  }

  /** Empties the stage and fills it for one lifecycle. */
  static async open(stage: Stage, beginning: Beginning): Promise<World> {
    const clock = manualClock({ flowsBelowMs: FLOWS_BELOW_MS });
    await stage.reset({
      now: clock.now,
      // The sandbox's slowness is time that passes, whoever gives up waiting meanwhile.
      sleep: async (ms) => clock.advance(ms),
    });
    const world = new World(stage, clock);
    await world.begin(beginning);
    return world;
  }

  /** Texts that may stand nowhere but where they belong. */
  get secrets(): readonly string[] {
    const { tokens, lmpi } = this.stage;
    return [...Object.values(tokens), lmpi.accessToken, lmpi.secretKey];
  }

  as(who: Staff): DeskApi {
    return this.api[who];
  }

  /** While somebody has put the credentials of another account on CLP where those of ours belong. */
  async asAnotherAccount(run: () => Promise<void>): Promise<void> {
    this.config.connections = this.connections("dune");
    await run();
    this.config.connections = this.connections("cedar");
  }

  process(death?: Death): Process {
    const life = new Life(this.clock, this.stage.wire, death);
    const surroundings = this.surroundings(life);
    const session = () => createSession({ ...surroundings, settings: (key) => this.config[key], log: () => undefined });
    return { life, surroundings, session, settings: () => this.config };
  }

  /** Every request, in the order of filing. */
  async requests(): Promise<readonly OffboardingRequest[]> {
    const { items } = await this.as("operator").get<{ items: OffboardingRequest[] }>("/v1/requests?limit=200");
    return items.toReversed();
  }

  /** Gives a claim back at the desk. */
  async giveBack(claim: string): Promise<void> {
    const { deskUrl, tokens } = this.stage;
    const headers = { authorization: `Bearer ${tokens.operator}` };
    const { ok } = await fetch(`${deskUrl}/v1/intents/${claim}`, { method: "DELETE", headers });
    if (!ok) throw new Error(`The desk keeps the claim ${claim}.`);
  }

  private connections(clp: string): string {
    return JSON.stringify({
      [CONNECTIONS.lmp]: {
        platform: "trend-micro",
        accountType: "lmp",
        endpoint: this.stage.lmpi.url,
        requestsPerSecond: 1_000,
        visibilitySeconds: WINDOW_MS / 1_000,
        attemptTimeoutSeconds: 40,
        totalTimeoutSeconds: 3_600,
      },
      [CONNECTIONS.clp]: { platform: "trend-micro", accountType: "clp", account: clp },
      [CONNECTIONS.armourzero]: { platform: "armourzero", account: "fleet" },
    });
  }

  private surroundings(life: Life): Surroundings {
    const { deskUrl, tokens, lmpi } = this.stage;
    return {
      env: {
        MSP_DESK_URL: deskUrl,
        MSP_DESK_TOKEN: tokens.bot,
        MSP_LMP_ACCESS_TOKEN: lmpi.accessToken,
        MSP_LMP_SECRET_KEY: lmpi.secretKey,
        ...(this.acceptsLosses ? { MSP_ACCEPT_LOSSES: "true" } : {}),
      },
      cwd: "/",
      clock: life.clock,
      transport: life.transport,
      random: steadyRandom,
    };
  }

  private async begin({ lmp, clp, armourzero, visibilityMs }: Beginning): Promise<void> {
    const { store, readings } = this.stage.lmpi;
    const company = (name: string) => ({ name, city: "Berlin", state: "BE", country: COUNTRY });
    // A customer that no program knows: an account that shows nothing could be anybody's.
    applyEdit(store, { kind: "addCustomer", company: company("Somebody Else") });
    for (const [index, products] of lmp.entries()) {
      if (products === undefined) continue;
      const { id } = applyEdit(store, { kind: "addCustomer", company: company(NAMES.lmp[index] ?? "") });
      for (const product of products)
        applyEdit(store, { kind: "addSubscription", customerId: id, plan: PRODUCTS.lmp[product] ?? "", units: 5 });
    }
    readings.visibilityMs = visibilityMs;
    const { clp: trend, armourzero: az } = this.people;
    trend.world.add("C-0", "Somebody Else");
    for (const [index, products] of clp.entries()) {
      if (products === undefined) continue;
      trend.world.add(`C-${index + 1}`, NAMES.clp[index] ?? "", unitsOf("clp", products), {
        city: "Berlin",
        state: "BE",
        country: COUNTRY,
      });
    }
    for (const [index, products] of armourzero.entries()) {
      if (products === undefined) continue;
      const email = NAMES.armourzero[index] ?? "";
      az.world.add(email, email, unitsOf("armourzero", products));
    }
    await trend.operator.importInventory();
    if (az.world.rows().length > 0) await az.operator.importInventory();
  }
}

function unitsOf(place: Place, products: readonly number[]): Record<string, number> {
  return Object.fromEntries(products.map((product) => [PRODUCTS[place][product] ?? "", 1]));
}
