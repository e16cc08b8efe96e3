import { type Clock, callSignal } from "../../clock";

export interface SettleOptions<T> {
  readonly read: () => Promise<T>;
  readonly shown: (found: T) => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** The platform may take this long to show what it accepted. */
  readonly windowMs: number;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Reads until a write is shown, or until the window has passed; answers what was read last. */
export async function settle<T>({ read, shown, clock, signal = callSignal(), windowMs }: SettleOptions<T>): Promise<T> {
  const until = clock.now() + windowMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    const found = await read();
    const leftMs = until - clock.now();
    if (shown(found) || leftMs <= 0 || signal?.aborted) return found;
    await clock.sleep(Math.min(waitMs, leftMs), signal).catch(() => undefined);
  }
}
