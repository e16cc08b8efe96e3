import { expect } from "chai";
import { isProviderError } from "../../provider/errors";
import { SQL_MOMENTS, type SqlPoint } from "./support/database-wire";
import { differences, expectRecovered, inWords, perform, type Told, tell, whatIsLeft } from "./support/kill";
import { STORY } from "./support/story";
import { Wire } from "./support/wire";
import { FaultWorld, type Snapshot } from "./support/world";

/** MSP_DESK_KILL_POINT="drop/17/before" repeats one point alone, and "people before drop/3/after" one of what people do. */
const ONLY = process.env.MSP_DESK_KILL_POINT;

/** What is done to the desk while it can die, and how that must end once it is up again. */
interface Deed {
  readonly name: string;
  readonly from: Snapshot;
  act(): Promise<unknown>;
  expectEnd(): Promise<void>;
}

describe("a desk that is killed", function () {
  this.timeout(300_000);
  let world: FaultWorld;
  let story: readonly Told[];

  before(async () => {
    world = await FaultWorld.open({ isWired: true });
    story = await tell(world);
  });
  after(() => world.close());

  for (const [index, { name, before: people }] of STORY.entries()) {
    const told = () => {
      const found = story[index];
      if (found === undefined) throw new Error("The story was not told.");
      return found;
    };

    it(`at any write of "${name}" leaves nothing that the next run does not bring to the same end`, () =>
      killAtEach(world, {
        name,
        from: told().begins,
        act: () => run(world, told()),
        expectEnd: () => expectRecovered(world, told()),
      }));

    if (people === undefined) continue;
    it(`at any write of what people do before "${name}" lets them go on where they were`, () =>
      killAtEach(world, {
        name: `people before ${name}`,
        from: told().opens,
        act: () => people(world.cast).catch(expectGone),
        expectEnd: async () => {
          await people(world.cast);
          expect(differences(await world.telling(), told().acted), "what there is").to.deep.equal([]);
          expect(await world.chainHolds(), "the hash chain holds").to.equal(true);
        },
      }));
  }
});

/** Kills the desk at each write of a deed, before and after it, and looks at how it goes on from each world that this leaves. */
async function killAtEach(world: FaultWorld, deed: Deed): Promise<void> {
  const recovered = new Set<string>();
  const failures: string[] = [];
  const writes = await writesOf(world, deed);
  expect(writes).to.not.deep.equal([]);
  const points = pointsOf(deed, writes);
  for (const point of points) {
    try {
      await killDeskAt(world, deed, point);
      // A run that failed, and a desk that is dead, hold nothing: what was kept is all that the next run starts from.
      const left = await whatIsLeft(world);
      if (recovered.has(left)) continue;
      await deed.expectEnd();
      recovered.add(left);
    } catch (error) {
      failures.push(`${nameOf(deed, point, writes)}: ${inWords(error)}`);
    }
  }
  expect(failures, failures.join("\n\n")).to.deep.equal([]);
}

/** What the desk writes while nobody disturbs it. */
async function writesOf(world: FaultWorld, { from, act }: Deed): Promise<readonly string[]> {
  await world.restore(from);
  world.house.wire?.arm();
  await act();
  return world.house.wire?.writes ?? [];
}

/** The desk dies at the point, those who call it make of that what they can, and it is started again. */
async function killDeskAt(world: FaultWorld, { from, act }: Deed, point: SqlPoint): Promise<void> {
  await world.restore(from);
  world.house.wire?.arm(point);
  await act();
  expect(world.house.isUp, "the desk lives").to.equal(false);
  await world.house.mourn();
  await world.house.start();
}

async function run(world: FaultWorld, { stage }: Told): Promise<void> {
  const wire = await Wire.open(world.targets);
  try {
    await perform(world.run(wire), world, stage);
  } finally {
    await wire.close();
  }
}

/** A person sees that the desk does not answer, and nothing else. */
function expectGone(error: unknown): void {
  if (!isProviderError(error) || (error.kind !== "unavailable" && error.kind !== "ambiguous")) throw error;
}

function pointsOf({ name }: Deed, writes: readonly string[]): readonly SqlPoint[] {
  const all = writes.flatMap((_, index) => SQL_MOMENTS.map((moment) => ({ write: index + 1, moment })));
  if (ONLY !== undefined) return all.filter(({ write, moment }) => ONLY === `${name}/${write}/${moment}`);
  // What is not committed is nowhere: of a statement that comes again, only the commit after which the desk could not answer tells anything new.
  return all.filter(({ write, moment }) => {
    const sql = writes[write - 1];
    return writes.indexOf(sql ?? "") === write - 1 || (moment === "after" && sql === "commit");
  });
}

function nameOf({ name }: Deed, { write, moment }: SqlPoint, writes: readonly string[]): string {
  return `MSP_DESK_KILL_POINT="${name}/${write}/${moment}" (${writes[write - 1]?.slice(0, 60)})`;
}
