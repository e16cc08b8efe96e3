import { expect } from "chai";
import { hasKind } from "../../../../provider/errors";
import { wholeListing } from "../../../../provider/platforms/trend-micro/paging";
import type { PageWire } from "../../../../provider/platforms/trend-micro/wire";

const WINDOW = { start: "a", end: "b" };
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `C${from + i}`);
const page = (total: number, rows: readonly string[], limit?: number): PageWire<string> => ({ total, rows, limit });

/** Serves the pages in the order in which they are asked for. */
function listing(pages: readonly PageWire<string>[], windows = [WINDOW]) {
  const left = [...pages];
  return wholeListing({
    windows,
    page: async () => {
      const next = left.shift();
      if (next === undefined) throw new Error("No page left.");
      return next;
    },
    idOf: (row) => row,
    what: "customers",
  });
}

describe("whole listing", () => {
  it("is every row of every page and window, once", async () => {
    expect(await listing([page(0, [])])).to.deep.equal([]);
    expect(await listing([page(150, ids(1, 100)), page(150, ids(101, 150))])).to.have.length(150);
    expect(await listing([page(2, ["C1", "C2"]), page(2, ["C2", "C3"])], [WINDOW, WINDOW])).to.deep.equal([
      "C1",
      "C2",
      "C3",
    ]);
  });

  it("takes smaller pages than were asked for, where the platform says so", async () => {
    expect(
      await listing([page(60, ids(1, 25), 25), page(60, ids(26, 50), 25), page(60, ids(51, 60), 25)]),
    ).to.have.length(60);
  });

  it("is read again when somebody adds to it meanwhile", async () => {
    const moved = [page(150, ids(1, 100)), page(151, ids(100, 150)), page(151, ids(1, 100)), page(151, ids(101, 151))];
    expect(await listing(moved)).to.have.length(151);
  });

  const broken: readonly {
    readonly pages: readonly PageWire<string>[];
    readonly says: string;
    readonly reason: string;
  }[] = [
    { pages: [page(5, ids(1, 4))], says: "announced 5", reason: "a cut page" },
    { pages: [page(150, ids(1, 100)), page(150, [])], says: "ends after 100", reason: "an empty page before the end" },
    {
      pages: [page(300, ids(1, 100)), page(300, ids(1, 100))],
      says: "repeated page 1 as page 2",
      reason: "a repeated page",
    },
    { pages: [page(1, ["C1", "C2"])], says: "announced 1 and sent 2", reason: "more than announced" },
    {
      pages: Array.from({ length: 8 }, (_, i) => page(150 + i, ids(1, 100))),
      says: "changed each of 4 times",
      reason: "no end of changes",
    },
  ];
  for (const { pages, says, reason } of broken) {
    it(`is an error with ${reason}`, async () => {
      const error = await listing(pages).catch((thrown: unknown) => thrown);
      expect(hasKind(error, "unavailable")).to.equal(true);
      expect(String(error)).to.contain(says).and.contain("Nothing is concluded from it");
    });
  }
});
