import type { Clock } from "../clock";
import { ProviderError } from "../errors";

export type Lane = "read" | "write";

export interface SlotOptions {
  readonly signal?: AbortSignal;
  /** Fails with `rateLimited` at once where the key is paused for longer than this. */
  readonly longestPauseMs?: number;
}

/** The pace of all calls with one vendor key. Share one per key: a vendor counts by key, not by client. */
export interface Limiter {
  /** Resolves when a call may be sent. */
  slot(lane: Lane, options?: SlotOptions): Promise<void>;
  /** Holds back both lanes: the vendor refused one call, so it would refuse any. */
  pause(ms: number): void;
}

export interface LimiterOptions {
  /** Never exceeded in any second; `Infinity` for our own services. */
  readonly requestsPerSecond: number;
  readonly clock: Clock;
}

interface Waiter {
  readonly grant: () => void;
  readonly refuse: (reason: unknown) => void;
  readonly longestPauseMs: number;
}

/** Calls reach the vendor a little closer together than they leave; pacing below the limit keeps a second's count there too. */
const GUARD = 1.05;

/** A sliding window over the sends, with a queue for reads and one for writes that take turns: a long refresh never starves a write. */
export function createLimiter({ requestsPerSecond, clock }: LimiterOptions): Limiter {
  const slots = Math.max(1, Math.floor(requestsPerSecond));
  const windowMs = Number.isFinite(requestsPerSecond) ? Math.ceil((slots / requestsPerSecond) * 1000 * GUARD) : 0;
  const sentAt: number[] = [];
  const queues: Readonly<Record<Lane, Waiter[]>> = { read: [], write: [] };
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let turn: Lane = "write";
  let sleeping: AbortController | undefined;

  const waitMs = () => {
    const now = clock.now();
    while (sentAt.length > 0 && (sentAt[0] ?? 0) + windowMs <= now) sentAt.shift();
    const window = windowMs > 0 && sentAt.length >= slots ? (sentAt[0] ?? 0) + windowMs - now : 0;
    return Math.max(0, pausedUntil - now, window);
  };
  const waiting = () => queues.read.length + queues.write.length > 0;
  const other = (lane: Lane): Lane => (lane === "read" ? "write" : "read");

  const next = () => {
    const lane = queues[turn].length > 0 ? turn : other(turn);
    turn = other(lane);
    return queues[lane].shift();
  };

  async function serve(): Promise<void> {
    if (sleeping !== undefined) return;
    while (waiting()) {
      const ms = waitMs();
      if (ms === 0) {
        if (windowMs > 0) sentAt.push(clock.now());
        next()?.grant();
        continue;
      }
      sleeping = new AbortController();
      // Woken early when nobody waits any more, so that a finished program is not held open.
      await clock.sleep(ms, sleeping.signal).catch(() => undefined);
      sleeping = undefined;
    }
  }

  const drop = (waiter: Waiter, reason: unknown) => {
    for (const queue of [queues.read, queues.write]) {
      const index = queue.indexOf(waiter);
      if (index >= 0) queue.splice(index, 1);
    }
    waiter.refuse(reason);
    if (!waiting()) sleeping?.abort();
  };
  const tooLong = (waiter: Waiter) => pausedUntil - clock.now() > waiter.longestPauseMs;
  const paused = () => {
    const ms = pausedUntil - clock.now();
    return new ProviderError(
      "rateLimited",
      `The platform asked to wait ${Math.ceil(ms / 1000)} s before the next call.`,
      { retryAfterMs: ms },
    );
  };

  return {
    slot: (lane, { signal, longestPauseMs = Number.POSITIVE_INFINITY } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const settle = (done: () => void) => () => {
          signal?.removeEventListener("abort", onAbort);
          done();
        };
        const waiter: Waiter = {
          grant: settle(resolve),
          refuse: (reason) => settle(() => reject(reason))(),
          longestPauseMs,
        };
        const onAbort = () => drop(waiter, signal?.reason);
        if (tooLong(waiter)) return reject(paused());
        signal?.addEventListener("abort", onAbort, { once: true });
        queues[lane].push(waiter);
        void serve();
      }),
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
      for (const waiter of [...queues.read, ...queues.write]) if (tooLong(waiter)) drop(waiter, paused());
    },
  };
}
