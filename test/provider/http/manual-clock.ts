import type { Clock, Random } from "../../../provider/clock";

interface Sleeper {
  readonly at: number;
  readonly ms: number;
  readonly wake: () => void;
}

/** A clock that stands until told; with `flowsBelowMs` it lets shorter sleeps pass at once, and only longer ones wait for `advance`. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** Lengths of all sleeps that were begun, in order. */
  readonly slept: readonly number[];
  /** Resolves once somebody sleeps for that long. */
  sleeping(ms: number): Promise<void>;
}

export function manualClock({ startMs = Date.parse("2026-03-02T09:00:00Z"), flowsBelowMs = 0 } = {}): ManualClock {
  let now = startMs;
  let sleepers: Sleeper[] = [];
  let watchers: { readonly ms: number; readonly tell: () => void }[] = [];
  const slept: number[] = [];

  const advance = (ms: number) => {
    now += ms;
    const due = sleepers.filter((sleeper) => sleeper.at <= now);
    sleepers = sleepers.filter((sleeper) => sleeper.at > now);
    for (const sleeper of due) sleeper.wake();
  };

  return {
    now: () => now,
    advance,
    slept,
    sleeping: (ms) =>
      sleepers.some((sleeper) => sleeper.ms === ms)
        ? Promise.resolve()
        : new Promise((resolve) => watchers.push({ ms, tell: resolve })),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        slept.push(ms);
        if (ms < flowsBelowMs) {
          advance(ms);
          return resolve();
        }
        const sleeper: Sleeper = { at: now + ms, ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener(
          "abort",
          () => {
            sleepers = sleepers.filter((other) => other !== sleeper);
            reject(signal.reason);
          },
          { once: true },
        );
        for (const watcher of watchers.filter((w) => w.ms === ms)) watcher.tell();
        watchers = watchers.filter((w) => w.ms !== ms);
      }),
  };
}

/** Always the same in the middle: jitter then is three quarters of its step. */
export const steadyRandom: Random = { next: () => 0.5, uuid: () => "00000000-0000-4000-8000-000000000000" };
