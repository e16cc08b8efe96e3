import { expect } from "chai";
import { reachedByAll, tableOf } from "./reach";
import type { Told } from "./shard";
import { playAll } from "./shards";
import { untakenOf } from "./untaken";

/** How many `npm test` plays, and from where: a change that breaks one breaks it at once, and for everybody. `npm run soak` sets both. */
const RUNS = Number(process.env.MSP_LIFECYCLES ?? 1_000);
const DEFAULT_SEED = 20_261;
/** As many as one process plays; the next ones have the next seed. */
const AT_ONCE = 125;

/** `MSP_SEED` is a seed, or a seed and the place of one lifecycle in it, as a failure says it. */
const [SEED, PATH] = seedOf(process.env.MSP_SEED);

function seedOf(said: string | undefined): readonly [number, string | undefined] {
  if (said === undefined) return [DEFAULT_SEED, undefined];
  if (said === "any") return [Date.now() % 1_000_000_000, undefined];
  const [seed = "", ...path] = said.split(":");
  if (!/^\d+$/.test(seed)) throw new Error(`MSP_SEED is "${said}"; it is a number, a number with a place, or any.`);
  return [Number(seed), path.length === 0 ? undefined : path.join(":")];
}

describe("generated lifecycles", function () {
  this.timeout(4 * 60 * 60_000);
  let told: readonly Told[];

  before(async () => {
    console.log(`    seed ${SEED}; MSP_SEED=${SEED} MSP_LIFECYCLES=${RUNS} repeats all of them`);
    const errands = Array.from({ length: Math.ceil(RUNS / AT_ONCE) }, (_, i) => ({
      seed: SEED + i,
      runs: Math.min(AT_ONCE, RUNS - i * AT_ONCE),
    }));
    told = await playAll(PATH === undefined ? errands : [{ seed: SEED, runs: 1, path: PATH }], ({ seed }, one) =>
      console.log(
        `    seed ${seed}: ${one.failure === undefined ? `${one.played} hold` : `MSP_SEED=${seed}:${one.failure.path} does not: ${one.failure.error.split("\n", 1)[0]}`}`,
      ),
    );
  });

  it("hold every promise in every lifecycle", () => {
    const failures = told.flatMap(({ failure }, i) =>
      failure === undefined
        ? []
        : [`MSP_SEED=${SEED + i}:${failure.path}\n${failure.error}\n${JSON.stringify(failure.lifecycle, null, 1)}`],
    );
    expect(failures, failures.join("\n\n")).to.deep.equal([]);
    const played = told.reduce((sum, { played }) => sum + played, 0);
    expect(played).to.equal(PATH === undefined ? RUNS : 1);
  });

  // One alone reaches little, and does not claim to.
  if (PATH !== undefined) return;

  it("reach every row and outcome of the desk's table, and are struck by every kind of fault", () => {
    const reached = reachedByAll(told.map((one) => one.reached));
    const table = tableOf(reached);
    console.log(`    ${reached.operations} operations, ${reached.crashes} crashes`);
    for (const [what, times] of [...table, ...Object.entries(reached.faults)])
      console.log(`    ${String(times).padStart(7)}  ${what}`);
    const unreached = [...table].filter(([, times]) => times === 0).map(([what]) => what);
    expect(unreached, unreached.join("\n")).to.deep.equal([]);
    expect(Object.values(reached.faults).every((times) => times > 0)).to.equal(true);
    expect(Object.keys(reached.faults)).to.have.length.at.least(12);
  });

  it("take every branch of the sequence that every resource goes through", () => {
    const untaken = untakenOf(told.map((one) => one.untaken));
    console.log(`    branches not taken: ${untaken.length}`);
    expect(untaken, untaken.join("\n")).to.deep.equal([]);
  });
});
