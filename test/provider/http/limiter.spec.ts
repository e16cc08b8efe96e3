import { expect } from "chai";
import { createLimiter } from "../../../provider/http/limiter";
import { manualClock } from "./manual-clock";

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("limiter", () => {
  it("never lets more through in any second than the rate", async () => {
    const clock = manualClock({ flowsBelowMs: 1_000_000 });
    const limiter = createLimiter({ requestsPerSecond: 5, clock });
    const sentAt: number[] = [];
    for (let i = 0; i < 23; i++) {
      await limiter.slot(i % 3 === 0 ? "write" : "read");
      sentAt.push(clock.now());
    }
    const busiest = Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at <= from + 1_000).length));
    expect(busiest).to.equal(5);
  });

  it("paces below one a second too", async () => {
    const clock = manualClock({ flowsBelowMs: 1_000_000 });
    const limiter = createLimiter({ requestsPerSecond: 0.5, clock });
    const from = clock.now();
    await limiter.slot("read");
    await limiter.slot("read");
    expect(clock.now() - from).to.be.at.least(2_000);
  });

  it("lets a write go between reads that queue before it", async () => {
    const clock = manualClock();
    const limiter = createLimiter({ requestsPerSecond: 1, clock });
    const order: string[] = [];
    for (let i = 1; i <= 4; i++) void limiter.slot("read").then(() => order.push(`read ${i}`));
    void limiter.slot("write").then(() => order.push("write"));
    for (let i = 0; i < 5; i++) {
      await settled();
      clock.advance(2_000);
    }
    await settled();
    expect(order.indexOf("write")).to.be.lessThan(3);
    expect(order).to.have.length(5);
  });

  it("lets nobody wait who was cancelled, and keeps no timer for nobody", async () => {
    const clock = manualClock();
    const limiter = createLimiter({ requestsPerSecond: 1, clock });
    const cancel = new AbortController();
    await limiter.slot("read");
    const waiting = limiter.slot("read", { signal: cancel.signal }).then(
      () => "sent",
      () => "cancelled",
    );
    await settled();
    cancel.abort();
    expect(await waiting).to.equal("cancelled");
    clock.advance(10_000);
    await limiter.slot("read");
  });

  it("does not pace what has no rate", async () => {
    const clock = manualClock();
    const limiter = createLimiter({ requestsPerSecond: Number.POSITIVE_INFINITY, clock });
    for (let i = 0; i < 100; i++) await limiter.slot("write");
    expect(clock.slept).to.deep.equal([]);
  });
});
