import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { jsOf } from "./branches";
import { compileFile, ROOT } from "./compiled";
import { FINDERS, MUTANTS, type Mutant } from "./mutants";
import type { Told } from "./shard";
import { playAll } from "./shards";

describe("lifecycles that find faults in our own code", function () {
  this.timeout(20 * 60_000);
  let intact: Told | undefined;
  let told: readonly Told[];

  before(async () => {
    [intact, ...told] = await playAll([
      FINDERS,
      // A process is over with the first lifecycle that finds something.
      ...MUTANTS.map((mutant) => ({
        ...FINDERS,
        ...(mutant.found === undefined ? {} : { runs: 1, path: String(mutant.found) }),
        mutant: { file: jsOf(mutant.file), js: mutated(mutant) },
      })),
    ]);
  });

  it("find none in the code as it is", () => {
    expect(intact?.failure?.error).to.equal(undefined);
    expect(intact?.played).to.equal(FINDERS.runs);
  });

  it("are at least 15", () => {
    expect(MUTANTS).to.have.length.at.least(15);
  });

  for (const [index, { meaning }] of MUTANTS.entries())
    it(`find it where ${meaning}`, () => {
      const { failure, played } = told[index] ?? {};
      expect(failure?.error, `${played} lifecycles`).to.be.a("string");
      console.log(`        lifecycle ${failure?.path}: ${failure?.error.split("\n", 1)[0]}`);
    });
});

/** The file with the fault in it. */
function mutated({ file, from, to, meaning }: Mutant): string {
  const text = readFileSync(join(ROOT, file), "utf8");
  expect(text.split(from).length - 1, `how often "${from}" (${meaning}) stands in ${file}`).to.equal(1);
  return compileFile(text.replace(from, () => to)).js;
}
