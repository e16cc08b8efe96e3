import { expect } from "chai";
import type { OperationName } from "../../sandbox/trend-micro/operations";
import { type Failure, refresh, type Run } from "./support/engine";
import { expectRecovered, inWords, perform, type Told, tell, waitAsTold } from "./support/kill";
import { type Meddler, type Passing, type Reply, Wire } from "./support/wire";
import { expectReadable } from "../support/thrown";
import { FaultWorld, type Telling } from "./support/world";

const MINUTE_MS = 60_000;
/** "A few minutes" until the platform lists what is new: as long as the driver takes it to be. */
const WINDOW_MS = 5 * MINUTE_MS;

const json = (status: number, body: string): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(body),
});

/** How a reply gets lost; nothing stands for a connection that breaks off. */
const LOSSES = {
  "a connection that breaks off": () => undefined,
  "a gateway's 502": () => ({ ...json(502, "<html>Bad gateway</html>"), headers: { "content-type": "text/html" } }),
  "half of its JSON": () => json(200, '{"id":"7f3a'),
} as const satisfies Readonly<Record<string, () => Reply | undefined>>;

type Loss = keyof typeof LOSSES;

/** What creates, and how long after its creation a thing may be hidden from lists that the same run still finds it. */
const CREATIONS = [
  { what: "a customer", path: "/LMPI/v2/customers", operation: "createCustomer", found: MINUTE_MS },
  {
    what: "a subscription",
    path: "/LMPI/v2/customers/*/subscriptions",
    operation: "createSubscription",
    // Its id can be asked for, without a list.
    found: WINDOW_MS,
  },
] as const satisfies readonly { readonly operation: OperationName; readonly [member: string]: unknown }[];

const kindOf = ({ to, method, path }: Pick<Passing, "to" | "method" | "path">) => `${to} ${method} ${path}`;

describe("a write whose reply is lost", function () {
  this.timeout(300_000);
  let world: FaultWorld;
  let story: readonly Told[];

  before(async () => {
    // A minute, as time stands for whoever waits half a minute for one thing.
    world = await FaultWorld.open({ visibilitySeconds: 60 });
    story = await tell(world);
  });
  after(() => world.close());

  for (const loss of Object.keys(LOSSES) as Loss[]) {
    for (const isDone of [true, false]) {
      it(`to ${loss}, ${isDone ? "though it was" : "and was not"} carried out, is made up for within two runs, each kind in each stage`, async () => {
        const failures: string[] = [];
        const kinds = new Set<string>();
        for (const { told, kind } of writesOf(story)) {
          kinds.add(kind);
          try {
            await loseAndRecover(world, told, kind, { loss, isDone });
          } catch (error) {
            failures.push(`${told.stage.name}, ${kind}: ${inWords(error)}`);
          }
        }
        expect(failures, failures.join("\n\n")).to.deep.equal([]);
        expect(kinds.size, [...kinds].join("\n")).to.be.at.least(13);
      });
    }
  }
});

describe("a creation whose reply is lost", function () {
  this.timeout(120_000);
  let world: FaultWorld;
  let story: readonly Told[];

  before(async () => {
    world = await FaultWorld.open();
    story = await tell(world);
  });
  after(() => world.close());

  for (const { what, path, operation, found } of CREATIONS) {
    for (const [until, hiddenMs] of [
      ["shows at once", 0],
      ["shows after half a minute", MINUTE_MS / 2],
      ["shows after four minutes", 4 * MINUTE_MS],
      ["is never made", undefined],
    ] as const) {
      it(`of ${what} that ${until} is not sent again before the platform's window proves it necessary`, async () => {
        const told = first(story);
        await world.restore(told.begins);
        const startedAt = world.clock.now();
        if (hiddenMs !== undefined) world.lmpi.faults.arm({ kind: "hiddenFor", ms: hiddenMs }, { target: operation });
        const sends: number[] = [];
        let body: string | undefined;
        const loseFirst: Meddler = async (call, passOn) => {
          const isIt = call.to === "platform" && call.method === "POST" && call.path === path;
          if (!isIt || (body !== undefined && body !== call.sent)) return passOn();
          body = call.sent;
          sends.push(world.clock.now());
          if (sends.length > 1) return passOn();
          if (hiddenMs !== undefined) await passOn();
          return undefined;
        };
        const failed = await play(world, told, loseFirst);
        if (hiddenMs !== undefined && hiddenMs <= found) expect(failed).to.deep.equal([]);
        else {
          expectUnknown(failed);
          // Somebody who does not wait as told learns the same.
          const again = await play(world, told, loseFirst);
          expectUnknown(again);
          expect(sends).to.have.length(1);
          expect(world.clock.now() - startedAt).to.be.below(hiddenMs ?? WINDOW_MS);
          for (const { message } of again) waitAsTold(world, message);
          expect(await play(world, told, loseFirst)).to.deep.equal([]);
        }
        const [sentAt = 0, ...again] = sends;
        expect(again, "sent again").to.have.length(hiddenMs === undefined ? 1 : 0);
        for (const at of again) expect(at - sentAt).to.be.at.least(WINDOW_MS);
        await expectRecovered(world, told);
      });
    }
  }
});

describe("a thing that no list shows", function () {
  this.timeout(120_000);
  let world: FaultWorld;
  let story: readonly Told[];

  before(async () => {
    world = await FaultWorld.open();
    story = await tell(world);
  });
  after(() => world.close());

  it("stays in state within the platform's window, and is not made again; after it, absence is proof", async () => {
    const told = first(story);
    await world.restore(told.begins);
    expect(await play(world, told)).to.deep.equal([]);
    const held = ["acme", "acme/yearly", "acme/email"];
    for (const id of [...world.lmpi.store.subscriptions.values()].filter(isOfAcme(world)).map((one) => one.id))
      world.lmpi.store.subscriptions.delete(id);
    world.lmpi.store.customers.delete(idOf(world, "acme"));

    world.advance(MINUTE_MS);
    expect(await refreshed(world)).to.deep.equal(held);
    const calls: Passing[] = [];
    await play(world, told, listening(calls));
    expect(calls.filter((call) => call.to === "platform" && call.method !== "GET")).to.deep.equal([]);
    expect(world.state.map(({ name }) => name)).to.deep.equal(held);

    world.advance(WINDOW_MS);
    expect(await refreshed(world)).to.deep.equal([]);
  });

  it("of a platform without an API is judged by what people exported after it was confirmed, hours later as well", async () => {
    const told = story.find(({ stage }) => stage.name === "change");
    if (told === undefined) throw new Error("The story has no change.");
    await world.restore(told.begins);
    await play(world, told);
    const all = world.state.map(({ name }) => name);
    expect(all).to.include("cedar");
    const rows = world.cast.clp.world.rows().filter(({ subject }) => subject.name !== "Cedar Logistics");
    const { operator } = world.cast.clp;

    const beforeConfirmed = new Date(world.clock.now() - 2 * 60 * MINUTE_MS).toISOString();
    world.advance(6 * 60 * MINUTE_MS);
    await operator.importInventory({ rows, asOf: beforeConfirmed });
    expect(await refreshed(world), "an export from before says nothing").to.deep.equal(all);

    await operator.importInventory({ rows });
    expect(await refreshed(world), "one from after does").to.deep.equal(all.filter((name) => name !== "cedar"));
  });

  async function refreshed(of: FaultWorld): Promise<readonly string[]> {
    return overWire(of, async (run) => (await refresh(run, of.state)).map(({ name }) => name));
  }
});

/** Each kind of write in each stage, where it comes first. */
function writesOf(story: readonly Told[]) {
  return story.flatMap((told) =>
    [...new Set(told.calls.filter(({ method }) => method !== "GET").map(kindOf))].map((kind) => ({ told, kind })),
  );
}

async function loseAndRecover(
  world: FaultWorld,
  told: Told,
  kind: string,
  { loss, isDone }: { readonly loss: Loss; readonly isDone: boolean },
): Promise<void> {
  await world.restore(told.begins);
  let isLost = false;
  const done: string[] = [];
  const failures = await play(world, told, async (call, passOn) => {
    if (kindOf(call) === kind && !isLost) {
      isLost = true;
      if (isDone) note(done, call, await passOn());
      return LOSSES[loss]();
    }
    const reply = await passOn();
    note(done, call, reply);
    return reply;
  });
  expect(isLost, "there was such a write").to.equal(true);
  expectPlain(failures);
  for (const { message } of failures) waitAsTold(world, message);
  const meddler: Meddler = async (call, passOn) => {
    const reply = await passOn();
    note(done, call, reply);
    return reply;
  };
  await expectRecovered(world, told, { meddler, seen: whateverItsOrder });
  expect(
    done.filter((write, index) => done.indexOf(write) !== index),
    "sent again though it was done",
  ).to.deep.equal([]);
}

/** A run goes on after a failure, so what failed is filed after what came behind it: under another number, and beside what has begun to leave. */
function whateverItsOrder(telling: Telling): unknown {
  const filed = telling.requests as readonly Filed[];
  const names = new Map(filed.map(({ id, kind, resource }) => [id, `<${kind} of ${resource}>`]));
  const named = JSON.parse(JSON.stringify(telling).replaceAll(/R-\d+/g, (id) => names.get(id) ?? id)) as Telling;
  const requests = (named.requests as readonly Filed[]).map(({ stays: _, ...rest }) => JSON.stringify(rest));
  return { ...named, requests: requests.toSorted() };
}

type Filed = Readonly<Record<"id" | "kind" | "resource", string>> & { readonly stays: unknown };

/** What the platform has carried out. The desk knows what it has done already by itself. */
function note(done: string[], { to, method, url, sent }: Passing, { status }: Reply): void {
  if (to === "platform" && method !== "GET" && status < 300) done.push(`${method} ${url} ${sent}`);
}

/** Not sent again, and when to come back. */
function expectUnknown(failures: readonly Failure[]): void {
  const told = failures.filter(({ kind }) => kind !== "unready");
  expect(told.map(({ kind }) => kind)).to.deep.equal(["ambiguous"]);
  expect(told[0]?.message).to.match(/no answer came.*not sent again\.\nRun `pulumi up` again after \S+Z/);
}

/** Whoever reads what failed learns what to do; what failed in consequence has its own way out. */
function expectPlain(failures: readonly Failure[]): void {
  const told = failures.filter(({ kind }) => kind !== "unready").map(({ message }) => message);
  if (told.length === 0) return;
  for (const message of told) expectReadable(message);
  for (const message of told) expect(message).to.include("\n");
  expect(told.join("\n\n")).to.match(/\n.*(run this again|again after|Run `pulumi|not sent again|look(ed)? (it )?up)/i);
}

function first([told]: readonly Told[]): Told {
  if (told === undefined) throw new Error("The story was not told.");
  return told;
}

function idOf(world: FaultWorld, name: string): string {
  return world.state.find((held) => held.name === name)?.id ?? "";
}

function isOfAcme(world: FaultWorld) {
  const acme = idOf(world, "acme");
  return ({ customerId }: { readonly customerId: string }) => customerId === acme;
}

function listening(calls: Passing[]): Meddler {
  return (call, passOn) => {
    calls.push(call);
    return passOn();
  };
}

function play(world: FaultWorld, { stage }: Told, meddler?: Meddler): Promise<readonly Failure[]> {
  return overWire(world, (run) => perform(run, world, stage), meddler);
}

async function overWire<T>(world: FaultWorld, act: (run: Run) => Promise<T>, meddler?: Meddler): Promise<T> {
  const wire = await Wire.open(world.targets, meddler === undefined ? {} : { meddler });
  try {
    return await act(world.run(wire));
  } finally {
    await wire.close();
  }
}
