import { AsyncLocalStorage } from "node:async_hooks";

/** Time as a dependency: no code below `hosts/` reads the wall clock or sleeps by itself. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Randomness as a dependency: jitter, trace ids. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  uuid(): string;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

export const systemRandom: Random = {
  next: () => Math.random(),
  uuid: () => crypto.randomUUID(),
};

const calls = new AsyncLocalStorage<AbortSignal>();

/** Why a timer is stopped that nobody needs any more. Given along, as making one with its stack takes longer than much that is timed. */
export const DONE = new Error("done");

/**
 * Runs one operation that may take so long: what it waits for and sends below sees {@link callSignal} aborted after that, or once
 * `cancelled` is.
 */
export async function withDeadline<T>(
  clock: Clock,
  atMostMs: number,
  run: () => Promise<T>,
  cancelled?: AbortSignal,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  const expire = () => late.abort(new DOMException("The operation took longer than it may.", "TimeoutError"));
  clock.sleep(atMostMs, done.signal).then(expire, () => undefined);
  try {
    return await calls.run(cancelled === undefined ? late.signal : AbortSignal.any([late.signal, cancelled]), run);
  } finally {
    done.abort(DONE);
  }
}

/** Aborted when the operation that this runs in has taken too long; undefined outside of one. */
export function callSignal(): AbortSignal | undefined {
  return calls.getStore();
}
