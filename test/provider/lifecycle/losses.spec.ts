import { expect } from "chai";
import { refusingDesk } from "../../../provider/desk/client";
import { ProviderError } from "../../../provider/errors";
import type { Account, OffboardingRequest } from "../../../provider/generated/types";
import { lossGuard } from "../../../provider/lifecycle/losses";
import { thrown } from "../../support/thrown";

describe("the guard against losses", () => {
  const account = (count: number): Account => ({
    id: "one",
    platform: "trend-micro",
    connection: "lmp",
    knownBy: "overlap",
    listings: { Customer: { count, at: "2026-03-02T09:00:00.000Z" } },
  });
  let recorded: number[];
  let requests: OffboardingRequest[];
  const guard = (before: number, acceptLosses = false) => {
    const down = refusingDesk(new ProviderError("unavailable", "The desk is down."));
    const desk = {
      ...down,
      requests: async () => requests,
      recordListing: async (_account: string, _kind: string, count: number) => void recorded.push(count),
    };
    return lossGuard(account(before), "Trend Micro", desk, acceptLosses);
  };

  beforeEach(() => {
    recorded = [];
    requests = [];
  });

  /** So many customers that have left by a request. */
  const leavings = (count: number, state: string, closedAt: string) =>
    Array.from(
      { length: count },
      () => ({ state, closedAt, items: [{ kind: "customer" }] }) as unknown as OffboardingRequest,
    );

  it("does not miss what has left by completed requests since", async () => {
    requests = leavings(5, "Completed", "2026-03-03T09:00:00.000Z");
    await guard(10).check("Customer", async () => 5);
    expect(recorded).to.deep.equal([5]);
  });

  it("misses what requests do not explain: rejected ones, older ones, too few", async () => {
    for (const unrelated of [
      leavings(5, "Rejected", "2026-03-03T09:00:00.000Z"),
      leavings(5, "Completed", "2026-03-01T09:00:00.000Z"),
      leavings(1, "Completed", "2026-03-03T09:00:00.000Z"),
    ]) {
      requests = unrelated;
      await thrown(
        "stale",
        guard(10).check("Customer", async () => 5),
      );
    }
  });

  it("refuses a listing that has collapsed, and remembers the old size", async () => {
    const error = await thrown(
      "stale",
      guard(50).check("Customer", async () => 12),
    );
    expect(error.message).to.contain("lists 12 where it listed 50");
    expect(recorded).to.deep.equal([]);
  });

  const small: readonly (readonly [string, number, number])[] = [
    ["a few of a small account", 3, 1],
    ["a small share of a large one", 100, 81],
    ["growth", 10, 500],
  ];
  for (const [what, before, now] of small) {
    it(`believes ${what}`, async () => {
      await guard(before).check("Customer", async () => now);
      expect(recorded).to.deep.equal([now]);
    });
  }

  it("lets a loss pass that somebody has looked at", async () => {
    await guard(50, true).check("Customer", async () => 12);
    expect(recorded).to.deep.equal([12]);
  });

  it("asks once in a run, however many resources are read", async () => {
    let asked = 0;
    const once = guard(5);
    const count = async () => {
      asked += 1;
      return 5;
    };
    await Promise.all([once.check("Customer", count), once.check("Customer", count)]);
    expect(asked).to.equal(1);
    expect(recorded).to.deep.equal([]);
  });
});
