import { expect } from "chai";
import { isProviderError } from "../../provider/errors";
import { type Run, refresh } from "./support/engine";
import { tell } from "./support/kill";
import {
  answering,
  cutting,
  half,
  type Lie,
  ofSomebodyElse,
  paging,
  relisting,
  repeating,
  saying,
} from "./support/lies";
import { type Call, type Meddler, type Reply, Wire } from "./support/wire";
import { FaultWorld, type Snapshot } from "./support/world";

/** As many neighbours as make a list of several pages. */
const NEIGHBOURS = 500;

const CUSTOMERS = "platform GET /LMPI/v3/customers";
const SUBSCRIPTIONS = "platform GET /LMPI/v2.5/customers/subscriptions";
const SUBSCRIPTION = "platform GET /LMPI/v2/customers/*/subscriptions/*";
const PLANS = "platform GET /LMPI/v3/me/serviceplans";
const HANDSHAKE = "desk GET /v1/handshake";
const INVENTORY = "desk GET /v1/inventory";
const REQUESTS = "desk GET /v1/requests";

/** What a lie comes to: words that each of them must be in, or nothing, as what was asked for can be told without it. */
type Outcome = RegExp | "told without it";

const ERROR_IN_200 = saying({ error_subject: "INTERNAL_ERROR", error_message: "Internal server error" });
const PROBLEM_IN_200 = saying({ kind: "internal", detail: "It went wrong.", status: 500 });
const BROKEN = /answered 200 with JSON that is cut or broken/;
const ERROR = /answered 200 with an error in it \(INTERNAL_ERROR: Internal server error\)/;
const NO_DESK = /What answers at MSP_DESK_URL does not answer as the off-boarding desk does: could not read/;

const LIES: readonly (readonly [read: string, what: string, lie: Lie, outcome: Outcome])[] = [
  [
    CUSTOMERS,
    "a cut page",
    relisting(half),
    /list of customers .*not whole: it announced 502, and page 1 ends after 50\./,
  ],
  [CUSTOMERS, "a repeated page", repeating, /list of customers .*not whole: it repeated page 1 as page 2\./],
  [CUSTOMERS, "an error in a 200", ERROR_IN_200, ERROR],
  [
    CUSTOMERS,
    "an empty list where there were 502",
    relisting(
      none,
      paging(() => ({ total: 0 })),
    ),
    /shows nothing, so nobody can tell whether it is still trend-micro:/,
  ],
  [
    CUSTOMERS,
    "a first page alone, with a total to match",
    relisting(
      same,
      paging(() => ({ total: 100 })),
    ),
    /lists 100 where it listed 502 \(Customer/,
  ],
  [CUSTOMERS, "a list of somebody else", relisting(ofSomebodyElse), /credentials of lmp are those of another account/],
  [CUSTOMERS, "half of its JSON", cutting, BROKEN],
  [
    CUSTOMERS,
    "too small a total",
    relisting(
      same,
      paging(() => ({ total: 7 })),
    ),
    /announced 7 and sent 100/,
  ],
  [
    CUSTOMERS,
    "too great a total",
    relisting(
      same,
      paging((total) => ({ total: total + 1 })),
    ),
    /announced 503, and page 6 ends after 502/,
  ],
  [
    CUSTOMERS,
    "no total",
    relisting(
      same,
      paging(() => ({ total: null })),
    ),
    /a list of customers whose paging.total is missing/,
  ],
  [CUSTOMERS, "a bare list", saying([]), /a bare list where a list of customers was due/],

  [
    SUBSCRIPTIONS,
    "a cut page",
    relisting(half),
    /list of subscriptions .*not whole: it announced \d+, and page 1 ends after/,
  ],
  [SUBSCRIPTIONS, "a repeated page", repeating, /list of subscriptions .*not whole: it repeated page 1 as page 2\./],
  [SUBSCRIPTIONS, "an error in a 200", ERROR_IN_200, ERROR],
  [
    SUBSCRIPTIONS,
    "an empty list where there were 503",
    relisting(
      none,
      paging(() => ({ total: 0 })),
    ),
    /lists 0 where it listed 503 \(ProductAssignment/,
  ],
  [SUBSCRIPTIONS, "a list of somebody else", relisting(ofSomebodyElse), "told without it"],
  [SUBSCRIPTIONS, "half of its JSON", cutting, BROKEN],
  [
    SUBSCRIPTIONS,
    "too small a total",
    relisting(
      same,
      paging(() => ({ total: 1 })),
    ),
    /announced 1 and sent \d+/,
  ],
  [
    SUBSCRIPTIONS,
    "no list",
    saying({ paging: { total: 503, limit: 100, page: 1 } }),
    /whose `subscriptions` is missing/,
  ],

  [SUBSCRIPTION, "an error in a 200", ERROR_IN_200, ERROR],
  [SUBSCRIPTION, "nothing of it", saying({}), /without a list of its licenses/],
  [SUBSCRIPTION, "somebody else's", somebodyElses, /subscription other-\S+ where \S+ was asked for/],
  [SUBSCRIPTION, "half of its JSON", cutting, BROKEN],

  [PLANS, "an error in a 200", ERROR_IN_200, ERROR],
  [PLANS, "an empty list", saying([]), "told without it"],
  [PLANS, "half of its JSON", cutting, BROKEN],
  [PLANS, "somebody else's", relisting(ofSomebodyElse), "told without it"],

  [HANDSHAKE, "half of its JSON", cutting, /shake hands with the desk.*answered 200 with JSON that is cut or broken/],
  [HANDSHAKE, "an error in a 200", PROBLEM_IN_200, /does not speak version 1 of the desk's API/],

  [INVENTORY, "a cut page", relisting(half), /lists \d+ where it listed \d+/],
  [INVENTORY, "an error in a 200", PROBLEM_IN_200, NO_DESK],
  [INVENTORY, "an empty list where there were 500", relisting(none), /lists 0 where it listed \d+/],
  [INVENTORY, "a list of somebody else", relisting(ofSomebodyElse), /entries of another account/],
  [INVENTORY, "half of its JSON", cutting, /read the attested inventory.*answered 200 with JSON that is cut or broken/],
  [INVENTORY, "a cursor, though it has no pages", relisting(same, () => ({ nextCursor: "7" })), /has no "cursor"/],

  [REQUESTS, "an error in a 200", PROBLEM_IN_200, NO_DESK],
  [REQUESTS, "an empty list", relisting(none), "told without it"],
  [REQUESTS, "half of its JSON", cutting, /read off-boarding requests.*answered 200 with JSON that is cut or broken/],
  [
    REQUESTS,
    "the same cursor again and again",
    relisting(same, () => ({ nextCursor: "7" })),
    /begins a list again and again: could not read off-boarding requests/,
  ],
];

describe("a refresh whose reads lie", function () {
  this.timeout(120_000);
  let world: FaultWorld;
  let begins: Snapshot;

  before(async () => {
    world = await FaultWorld.open();
    const settled = (await tell(world)).find(({ stage }) => stage.name === "drop");
    if (settled === undefined) throw new Error("The story has no drop.");
    await world.restore(settled.begins);
    await multiply(world);
    begins = await world.snapshot();
  });
  after(() => world.close());

  it("reads nothing that the table below leaves out", async () => {
    await world.restore(begins);
    const kinds = new Set<string>();
    await refreshed(world, (call, passOn) => {
      if (call.method === "GET") kinds.add(kindOf(call));
      return passOn();
    });
    expect([...kinds].sort()).to.deep.equal([...new Set(LIES.map(([read]) => read))].sort());
  });

  for (const [read, what, lie, outcome] of LIES) {
    it(`drops nothing where ${read} answers ${what}${outcome === "told without it" ? "" : ", and says so"}`, async () => {
      await world.restore(begins);
      let firstReply: Reply | undefined;
      let lies = 0;
      const failed = await refreshed(world, async (call, passOn) => {
        const reply = await passOn();
        if (kindOf(call) !== read) return reply;
        firstReply ??= reply;
        const told = lie({ reply, first: firstReply });
        lies += 1;
        return told;
      });
      expect(lies, "lies told").to.be.above(0);
      if (outcome === "told without it") {
        expect(failed.map(({ message }) => message)).to.deep.equal([]);
        return;
      }
      expect(failed).to.not.deep.equal([]);
      for (const { message } of failed) expect(message.replaceAll("\n", " ")).to.match(outcome);
    });
  }

  /** Refreshes each resource by itself; what is gone from state fails here. What failed otherwise is answered. */
  async function refreshed(of: FaultWorld, meddler: Meddler): Promise<readonly Error[]> {
    const errors: Error[] = [];
    await overWire(
      of,
      async (run) => {
        for (const held of of.state) {
          try {
            expect(await refresh(run, [held]), `${held.name} is gone from state`).to.have.length(1);
          } catch (error) {
            if (!isProviderError(error)) throw error;
            errors.push(error);
          }
        }
      },
      meddler,
    );
    return errors;
  }
});

function none(): readonly never[] {
  return [];
}

function same<T>(rows: readonly T[]): readonly T[] {
  return rows;
}

function somebodyElses({ reply }: Parameters<Lie>[0]): Reply {
  return answering(reply, ofSomebodyElse([JSON.parse(reply.body.toString())])[0]);
}

function kindOf({ to, method, path }: Call): string {
  return `${to} ${method} ${path}`;
}

async function multiply(world: FaultWorld): Promise<void> {
  const planId = world.lmpi.store.plans[0]?.id ?? "";
  for (let n = 1; n <= NEIGHBOURS; n++) {
    const company = { name: `Neighbour ${n}`, city: "Ulm", state: "BW", country: "DE" };
    const { id } = world.lmpi.store.createCustomer(company, {}, { isOutOfBand: true });
    world.lmpi.store.createSubscription(id, { planId, units: 3 }, { isOutOfBand: true });
    world.cast.clp.world.add(
      `neighbour-${n}`,
      company.name,
      { "WFBS-S": 3 },
      { city: "Ulm", state: "BW", country: "DE" },
    );
    world.cast.armourzero.world.add(`neighbour-${n}@example.com`, company.name, { ShieldOne: 1 });
  }
  await world.cast.clp.operator.importInventory();
  await world.cast.armourzero.operator.importInventory();
  world.advance(10 * 60_000);
  await overWire(world, async (run) => {
    world.state = await refresh(run, world.state);
  });
  // Somebody has touched one at the console, so the list alone does not tell it.
  const acme = world.state.find(({ name }) => name === "acme")?.id;
  for (const one of world.lmpi.store.subscriptions.values())
    if (one.customerId === acme) world.lmpi.store.updateSubscription(one, {});
}

async function overWire<T>(world: FaultWorld, act: (run: Run) => Promise<T>, meddler?: Meddler): Promise<T> {
  const wire = await Wire.open(world.targets, meddler === undefined ? {} : { meddler });
  try {
    return await act(world.run(wire));
  } finally {
    await wire.close();
  }
}
