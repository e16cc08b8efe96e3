import { expect } from "chai";
import { figureOf } from "./figures";
import { tables } from "./page";

const SUBJECT = {
  bench: "engine",
  size: 500,
  phase: "refresh",
  measure: "seconds",
  against: "floor",
  checkpoints: "off",
  goal: 1.15,
} as const;

describe("figures of the bench", () => {
  it("are medians, of what each took and of the ratios of the runs", () => {
    const figure = figureOf(SUBJECT, [
      { ours: 10, reference: 10 },
      { ours: 12, reference: 10 },
      { ours: 30, reference: 20 },
    ]);
    expect(figure).to.deep.equal({ ...SUBJECT, ours: 12, reference: 10, ratio: 1.2, spread: [1, 1.5], runs: 3 });
  });

  it("take the middle between two where the runs are even in number", () => {
    const figure = figureOf(SUBJECT, [
      { ours: 1, reference: 1 },
      { ours: 2, reference: 1 },
    ]);
    expect(figure).to.include({ ours: 1.5, reference: 1, ratio: 1.5 });
  });

  it("count each call as one too much where none is needed", () => {
    const calls = { ...SUBJECT, phase: "no-op", measure: "platform calls", against: "fewest", goal: 1.02 } as const;
    expect(figureOf(calls, [{ ours: 0, reference: 0 }]).ratio).to.equal(1);
    expect(figureOf(calls, [{ ours: 2, reference: 0 }]).ratio).to.equal(3);
  });

  it("are one table for each thing measured, with what misses its goal marked", () => {
    const seconds = figureOf(SUBJECT, [{ ours: 3, reference: 2 }]);
    const memory = figureOf({ ...SUBJECT, measure: "memory bytes", goal: 1.3 }, [{ ours: 2e8, reference: 2e8 }]);
    const onPlugin = { ...seconds, host: "plugin" } as const;
    const text = tables([seconds, { ...seconds, phase: "up", ratio: 1.1 }, memory, onPlugin]);
    expect(text.split("\n").filter((line) => /^###|^\| \d/.test(line))).to.deep.equal([
      "### Time, beside the floor",
      "| 500 | off | up | 3 | 2 | 1.1 | 1.5 to 1.5 | 1 | 1.15 |",
      "| 500 | off | refresh | 3 | 2 | 1.5 | 1.5 to 1.5 | 1 | 1.15, **missed** |",
      "### Memory of the provider's process, beside the floor",
      "| 500 | off | refresh | 200 MB | 200 MB | 1 | 1 to 1 | 1 | 1.3 |",
      "### Time on the plugin, beside the floor",
      "| 500 | off | refresh | 3 | 2 | 1.5 | 1.5 to 1.5 | 1 | 1.15, **missed** |",
    ]);
  });
});
