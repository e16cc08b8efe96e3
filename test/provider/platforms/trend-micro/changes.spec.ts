import { expect } from "chai";
import { createChanges } from "../../../../provider/platforms/trend-micro/changes";
import { manualClock } from "../../http/manual-clock";

const T = (minute: number) => Date.parse("2026-03-02T00:00:00Z") + minute * 60_000;

function setUp(modifiedAt: Readonly<Record<string, number>>) {
  const clock = manualClock({ startMs: T(1_000) });
  const asked: number[] = [];
  const changes = createChanges({
    load: async (fromMs) => {
      asked.push(fromMs);
      return new Set(Object.keys(modifiedAt).filter((id) => (modifiedAt[id] ?? 0) >= fromMs));
    },
    serverNowMs: () => clock.now(),
    clock,
    freshForMs: 30_000,
    marginMs: 60_000,
  });
  /** Which of these, read last at those minutes, must be read again. */
  const readAgain = async (lastRead: Readonly<Record<string, number>>) => {
    const watches = Object.entries(lastRead).map(([id, minute]) => ({ id, watch: changes.watch(id, T(minute)) }));
    const answers = await Promise.all(
      watches.map(async ({ id, watch }) => ((await watch.unchangedUntilMs()) === undefined ? id : undefined)),
    );
    for (const { watch } of watches) watch.done();
    return answers.filter((id) => id !== undefined);
  };
  return { clock, asked, readAgain, changes };
}

describe("changes since the last read", () => {
  it("are asked for once, from five minutes before the earliest read and its margin, for all who wait", async () => {
    const { asked, readAgain } = setUp({ A: T(10), B: T(500), C: T(30) });
    expect(await readAgain({ A: 100, B: 110, C: 120 })).to.deep.equal(["B"]);
    expect(asked)
      .to.have.length(1)
      .and.deep.equal([T(94)]);
  });

  it("are told apart by another listing where a modification was before one read and after another", async () => {
    const { asked, readAgain } = setUp({ A: T(10), B: T(200), C: T(200), D: T(400) });
    expect(await readAgain({ A: 100, B: 300, C: 300, D: 300 })).to.deep.equal(["D"]);
    expect(asked).to.deep.equal([T(94), T(294)]);
  });

  it("are left to a single read where another listing would decide for no more than that", async () => {
    const { asked, readAgain } = setUp({ A: T(10), B: T(200), C: T(200) });
    expect(await readAgain({ A: 100, B: 300 })).to.deep.equal(["B"]);
    expect(asked).to.deep.equal([T(94)]);
    // The second of its kind pays for the listing that decides for all that follow.
    expect(await readAgain({ C: 300 })).to.deep.equal([]);
    expect(await readAgain({ B: 300 })).to.deep.equal([]);
    expect(asked).to.deep.equal([T(94), T(294)]);
  });

  it("count as such within the margin before a read, which may not have seen them", async () => {
    const { readAgain } = setUp({ A: T(100) - 30_000, B: T(100) - 400_000 });
    expect(await readAgain({ A: 100, B: 100 })).to.deep.equal(["A"]);
  });

  it("are asked for once by a run whose reads lay minutes apart, whoever waits first", async () => {
    const { asked, readAgain } = setUp({ A: T(10), B: T(10) });
    expect(await readAgain({ A: 103 })).to.deep.equal([]);
    expect(await readAgain({ B: 100, C: 98 })).to.deep.equal([]);
    expect(asked).to.have.length(1);
  });

  it("are read once more where they were made in the minutes before a read's margin", async () => {
    const { asked, readAgain } = setUp({ A: T(98) });
    expect(await readAgain({ A: 100, B: 100 })).to.deep.equal(["A"]);
    expect(asked).to.have.length(1);
  });

  it("cost no more listings than reading the object would", async () => {
    const modified = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`S${i}`, T(10 * i)]));
    const read = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`S${i}`, 10 * i + 5]));
    const { asked, readAgain } = setUp(modified);
    await readAgain(read);
    expect(asked).to.have.length(3);
  });

  it("are known until the moment of the listing", async () => {
    const { changes, clock } = setUp({});
    const watch = changes.watch("A", T(100));
    expect(await watch.unchangedUntilMs()).to.equal(clock.now());
    watch.done();
  });
});
