import { expect } from "chai";
import { callSignal, systemClock, systemRandom, withDeadline } from "../../provider/clock";

describe("the system's clock", () => {
  it("is woken by a signal, with its reason, and holds the process no longer", async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleep(3_600_000, stop.signal);
    stop.abort(new Error("enough"));
    const reason = await sleeping.catch((error: unknown) => error);
    expect(reason).to.have.property("message", "enough");
    expect(await systemClock.sleep(1, stop.signal).catch((error: unknown) => error)).to.equal(reason);
  });

  it("sleeps to the end of its time", async () => {
    await systemClock.sleep(0);
    expect(systemClock.now()).to.be.closeTo(Date.now(), 5_000);
  });
});

describe("a deadline", () => {
  /** A clock whose one sleep ends when the test says so. */
  function heldClock() {
    let wake = () => undefined as unknown;
    const clock = { now: () => 0, sleep: () => new Promise<void>((resolve) => (wake = resolve)) };
    return { clock, pass: () => wake() };
  }

  it("is seen by what runs below it once it has passed, and not before", async () => {
    const { clock, pass } = heldClock();
    await withDeadline(clock, 1_000, async () => {
      const signal = callSignal();
      expect(signal?.aborted).to.equal(false);
      pass();
      await new Promise((resolve) => setImmediate(resolve));
      expect(signal?.aborted).to.equal(true);
      expect(signal?.reason).to.have.property("name", "TimeoutError");
    });
    expect(callSignal()).to.equal(undefined);
  });

  it("hands on what the operation answers or throws", async () => {
    const { clock } = heldClock();
    expect(await withDeadline(clock, 1_000, async () => 7)).to.equal(7);
    const failure = new Error("no");
    expect(await withDeadline(clock, 1_000, () => Promise.reject(failure)).catch((error: unknown) => error)).to.equal(
      failure,
    );
  });
});

describe("the system's randomness", () => {
  it("stays in its bounds, and makes ids that differ", () => {
    expect(systemRandom.next()).to.be.within(0, 1);
    expect(systemRandom.uuid())
      .to.match(/^[0-9a-f-]{36}$/)
      .and.not.equal(systemRandom.uuid());
  });
});
