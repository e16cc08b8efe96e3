import { expect } from "chai";
import { createListing } from "../../../../provider/platforms/trend-micro/listing";
import { manualClock } from "../../http/manual-clock";

interface Row {
  readonly id: string;
  readonly name: string;
}

function setUp() {
  const clock = manualClock();
  const world = new Map<string, string>();
  const gates: (() => void)[] = [];
  const state = { loads: 0, held: false };
  const listing = createListing<Row>({
    load: async () => {
      state.loads += 1;
      const seen = [...world].map(([id, name]) => ({ id, name }));
      if (state.held) await new Promise<void>((open) => gates.push(open));
      return seen;
    },
    idOf: (row) => row.id,
    same: (a, b) => a.name === b.name,
    clock,
    freshForMs: 30_000,
    visibilityMs: 300_000,
  });
  const names = async (fresh = false) => (await listing.rows({ fresh })).map((row) => row.name);
  return { clock, world, gates, state, listing, names };
}

describe("listing", () => {
  it("is read once for all who ask at a time, and serves for its freshness", async () => {
    const { clock, state, names } = setUp();
    await Promise.all([names(), names(), names()]);
    clock.advance(29_999);
    await names();
    expect(state.loads).to.equal(1);
    clock.advance(1);
    await names();
    expect(state.loads).to.equal(2);
  });

  it("gives who asks for a fresh one a reading that began after the call, and shares it", async () => {
    const { world, gates, state, names } = setUp();
    state.held = true;
    const early = names();
    world.set("C1", "Acme");
    const fresh = [names(true), names(true)];
    state.held = false;
    gates[0]?.();
    expect(await early).to.deep.equal([]);
    expect(await Promise.all(fresh)).to.deep.equal([["Acme"], ["Acme"]]);
    expect(state.loads).to.equal(2);
  });

  it("shows our own write though the platform does not list it yet, until it does or its window has passed", async () => {
    const { clock, world, listing, names } = setUp();
    listing.wrote({ id: "C1", name: "Acme" });
    expect(await names()).to.deep.equal(["Acme"]);
    expect(await names(true), "as the platform tells it").to.deep.equal([]);
    clock.advance(60_000);
    expect(await names()).to.deep.equal(["Acme"]);
    // Once the platform has listed it as written, later changes of others count.
    world.set("C1", "Acme");
    await names(true);
    world.set("C1", "renamed by hand");
    expect(await names(true)).to.deep.equal(["renamed by hand"]);
    expect(await names()).to.deep.equal(["renamed by hand"]);
    // What the platform never lists is not there.
    listing.wrote({ id: "C2", name: "Ghost" });
    clock.advance(300_001);
    await names();
    clock.advance(30_000);
    expect(await names()).to.not.include("Ghost");
  });

  it("keeps no failed reading", async () => {
    let fails = true;
    const failing = createListing<Row>({
      load: async () => {
        if (fails) throw new Error("cut");
        return [];
      },
      idOf: (row) => row.id,
      same: () => true,
      clock: manualClock(),
      freshForMs: 30_000,
      visibilityMs: 0,
    });
    expect(await failing.rows().catch(() => "failed")).to.equal("failed");
    fails = false;
    expect(await failing.rows()).to.deep.equal([]);
  });
});
