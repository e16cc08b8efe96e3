import { expect } from "chai";
import type { Against } from "./contenders";
import { benchEngine } from "./engine";
import type { Figure } from "./figures";
import type { Host } from "./project";

const SIZE = 8;
const PHASES = ["up", "no-op", "refresh", "destroy"];

describe("the bench of the engine", function () {
  this.timeout(300_000);
  let floor: readonly Figure[];
  let documented: readonly Figure[];
  let plugin: readonly Figure[];

  // What a phase should have done and has not, on the platform and at the desk, is an error of the bench itself.
  before(async () => {
    const figuresBeside = async (against: Against, host: Host) => {
      const said: Figure[] = [];
      await benchEngine({
        size: SIZE,
        runs: 1,
        checkpoints: ["off"],
        against: [against],
        host,
        say: (one) => said.push(one),
      });
      return said;
    };
    // Time is of no matter here, so they may run beside each other.
    [floor, documented, plugin] = await Promise.all([
      figuresBeside("floor", "dynamic"),
      figuresBeside("documented", "dynamic"),
      figuresBeside("floor", "plugin"),
    ]);
  });

  const phasesOf = (figures: readonly Figure[], measure: Figure["measure"]) =>
    figures.flatMap((figure) => (figure.measure === measure && figure.ours > 0 ? [figure.phase] : []));

  it("says what every phase takes, beside the floor and beside a documented provider, as lines of JSON", () => {
    for (const figures of [floor, documented, plugin]) {
      for (const measure of ["seconds", "cpu seconds", "memory bytes"] as const)
        expect(phasesOf(figures, measure), measure).to.deep.equal(PHASES);
      for (const figure of figures) {
        expect(JSON.parse(JSON.stringify(figure))).to.deep.equal(figure);
        expect(figure).to.include({ bench: "engine", size: SIZE, runs: 1, checkpoints: "off" });
        expect(figure.ratio).to.be.within(...figure.spread);
      }
    }
  });

  it("has a goal for time and memory beside the floor, and for calls beside the fewest", () => {
    const goals = new Set(floor.map(({ measure, against, goal }) => `${measure} beside ${against}: ${goal}`));
    expect([...goals]).to.deep.equal([
      "seconds beside floor: 1.15",
      "cpu seconds beside floor: null",
      "memory bytes beside floor: 1.3",
      "platform calls beside fewest: 1.02",
    ]);
  });

  it("says which figures are of the plugin", () => {
    expect(new Set(plugin.map(({ host }) => host))).to.deep.equal(new Set(["plugin"]));
    expect(floor.some((figure) => "host" in figure)).to.equal(false);
  });

  it("counts as few calls on a no-op and on a refresh as there can be", () => {
    for (const figures of [floor, plugin]) {
      const calls = figures.filter(({ against }) => against === "fewest");
      expect(calls.map(({ phase }) => phase)).to.deep.equal(["no-op", "refresh"]);
      for (const { phase, ratio, goal } of calls) expect(ratio, phase).to.be.at.most(goal ?? 0);
    }
  });

  it("counts calls over HTTP too: a refresh takes fewer than one for each resource, as a documented provider does", () => {
    const refresh = documented.find(({ phase, measure }) => phase === "refresh" && measure === "platform calls");
    expect(refresh?.reference).to.equal(SIZE);
    expect(refresh?.ours).to.be.within(1, SIZE - 1);
  });
});
