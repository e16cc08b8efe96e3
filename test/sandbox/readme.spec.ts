import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { FAULT_KINDS } from "../../sandbox/trend-micro/faults";
import { OPERATIONS } from "../../sandbox/trend-micro/operations";
import { defaultReadings, READING_NAMES } from "../../sandbox/trend-micro/readings";

describe("sandbox README", () => {
  const text = readFileSync(join(__dirname, "../../sandbox/README.md"), "utf8").replace(/ +/g, " ");

  it("names every reading with its default first", () => {
    const defaults = defaultReadings();
    for (const name of READING_NAMES) {
      const value = defaults[name] ?? null;
      expect(text).to.match(new RegExp(`\\| \`${name}\` \\| \`${value}\``));
    }
  });

  it("names every fault and every operation", () => {
    for (const kind of FAULT_KINDS) expect(text).to.include(`| \`${kind}\` |`);
    for (const { name } of OPERATIONS) expect(text).to.include(`\`${name}\``);
  });
});
