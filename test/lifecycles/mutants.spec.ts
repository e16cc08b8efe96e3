import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { jsOf } from "./branches";
import { compileFile, ROOT } from "./compiled";
import { FINDERS, MUTANTS, type Mutant } from "./mutants";
import type { Told } from "./shard";
import { playAll } from "./shards";

/** Plays as many as it takes, to name the lifecycle that finds each. */
const SEARCHES = process.env.MSP_FIND !== undefined;
const SEARCHED = 400;
/** So many must hold on the code as it is, and all that find something. */
const SOUND = 20;

describe("lifecycles that find faults in our own code", function () {
  this.timeout(SEARCHES ? 4 * 60 * 60_000 : 20 * 60_000);
  let sound: readonly Told[];
  let told: readonly Told[];

  before(async () => {
    const one = (found: number) => ({ seed: FINDERS, runs: 1, path: String(found) });
    const late = new Set(MUTANTS.flatMap(({ found }) => (found < SOUND ? [] : [found])));
    const finders = [{ seed: FINDERS, runs: SOUND }, ...[...late].map(one)];
    const all = await playAll([
      ...finders,
      // A process is over with the first lifecycle that finds something.
      ...MUTANTS.map((mutant) => ({
        ...(SEARCHES ? { seed: FINDERS, runs: SEARCHED } : one(mutant.found)),
        mutant: { file: jsOf(mutant.file), js: mutated(mutant) },
      })),
    ]);
    sound = all.slice(0, finders.length);
    told = all.slice(finders.length);
  });

  it("find none in the code as it is", () => {
    for (const { failure } of sound) expect(failure?.error, `lifecycle ${failure?.path}`).to.equal(undefined);
    expect(sound[0]?.played).to.equal(SOUND);
  });

  it("are at least 15", () => {
    expect(MUTANTS).to.have.length.at.least(15);
  });

  for (const [index, { meaning, found }] of MUTANTS.entries())
    it(`find it where ${meaning}`, () => {
      const { failure, played } = told[index] ?? {};
      expect(failure?.error, `${played} lifecycles`).to.be.a("string");
      console.log(`        lifecycle ${failure?.path}: ${failure?.error.split("\n", 1)[0]}`);
      // A search names another one after a change of the generator.
      if (!SEARCHES) expect(Number.parseInt(failure?.path ?? "", 10)).to.equal(found);
    });
});

/** The file with the fault in it. */
function mutated({ file, from, to, meaning }: Mutant): string {
  const text = readFileSync(join(ROOT, file), "utf8");
  expect(text.split(from).length - 1, `how often "${from}" (${meaning}) stands in ${file}`).to.equal(1);
  return compileFile(text.replace(from, () => to)).js;
}
