import { expect } from "chai";
import { create, type Managed, partialStateOf, remove } from "../../../provider/lifecycle/converge";
import { foreseeCreate } from "../../../provider/lifecycle/preview";
import { thrown } from "../../support/thrown";
import { type ThingInputs, type ThingState, ThingWorld } from "./thing";

const WANTED: ThingInputs = { platform: "one", name: "Acme", note: "new" };
const OTHER = "msp/prod::other";

interface Case {
  readonly meeting: string;
  /** What happened before. */
  before(world: ThingWorld, up: (inputs?: ThingInputs, resource?: string) => Promise<ThingState>): Promise<unknown>;
  readonly refused: "alreadyExists" | "stale";
  /** Whether only lists show what is there. */
  readonly listedOnly?: boolean;
}

const REFUSED: readonly Case[] = [
  { meeting: "what exists and is not ours", before: async (world) => world.add("Acme"), refused: "alreadyExists" },
  { meeting: "what another resource made", before: (_world, up) => up(WANTED, OTHER), refused: "alreadyExists" },
  {
    meeting: "what another resource has sent and nobody has seen",
    before: async (world, up) => {
      world.nextCreate = "lostBefore";
      await thrown("ambiguous", up(WANTED, OTHER));
      world.clock.advance(world.visibilityWindowMs);
    },
    refused: "alreadyExists",
  },
  {
    meeting: "what another resource made a moment ago, and no list shows",
    before: async (world, up) => world.remove((await up(WANTED, OTHER)).thingId),
    refused: "alreadyExists",
  },
  {
    meeting: "what another resource made long ago, where a list of nothing says that it is gone",
    before: async (world, up) => {
      world.remove((await up(WANTED, OTHER)).thingId);
      world.clock.advance(world.visibilityWindowMs);
    },
    refused: "alreadyExists",
    listedOnly: true,
  },
  {
    meeting: "what it made itself, where much has gone at once",
    before: async (world, up) => {
      world.remove((await up()).thingId);
      world.clock.advance(world.visibilityWindowMs);
      world.loses = true;
    },
    refused: "stale",
  },
  {
    meeting: "what another resource made, where much has gone at once",
    before: async (world, up) => {
      world.remove((await up(WANTED, OTHER)).thingId);
      world.loses = true;
    },
    refused: "stale",
  },
];

describe("the preview of a create", () => {
  let world: ThingWorld;
  const managed = (listedOnly = false): Managed<ThingInputs, ThingState> => ({
    ...world.managed,
    handler: { ...world.managed.handler, listedOnly },
  });
  const up = (inputs = WANTED, resource?: string) => create(managed(), world.context(resource), inputs);

  beforeEach(() => {
    world = new ThingWorld();
  });

  for (const { meeting, before, refused, listedOnly } of REFUSED)
    it(`refuses ${meeting} in the words of the create, and writes nothing`, async () => {
      await before(world, up);
      const known = JSON.stringify([...world.intents]);
      world.log.length = 0;
      const foreseen = await thrown(refused, foreseeCreate(managed(listedOnly), world.context(), WANTED));
      expect(world.log.filter((line) => !line.startsWith("observe "))).to.deep.equal([]);
      expect(JSON.stringify([...world.intents])).to.equal(known);
      const met = await thrown(refused, create(managed(listedOnly), world.context(), WANTED));
      expect(foreseen.message).to.equal(met.message);
    });

  it("refuses nothing where what another resource made is proven gone, and leaves that one's claim to the create", async () => {
    world.add("Somebody else");
    world.remove((await up(WANTED, OTHER)).thingId);
    world.clock.advance(world.visibilityWindowMs);
    expect(await foreseeCreate(managed(true), world.context(), WANTED)).to.deep.equal({ id: undefined, outputs: {} });
    expect(world.intents.get("acme")?.resource).to.equal(OTHER);
    expect((await up()).thingId).to.equal("T-3");
  });

  it("refuses nothing that the deletion of what it replaces makes good: a claim whose end the desk could not be told", async () => {
    world.meanwhile = () => world.deskFailures.add("changeIntent");
    const replaced = partialStateOf(await thrown("partial", up({ ...WANTED, name: "Birch" })))?.state as ThingState;
    world.meanwhile = () => undefined;
    world.deskFailures.clear();
    expect(await foreseeCreate(managed(), world.context(), WANTED)).to.deep.equal({ id: undefined, outputs: {} });
    await remove(managed(), world.context(), replaced);
    expect((await up()).thingId).to.equal("T-2");
  });
});
