import type { Random } from "../clock";

/** Sends of one call at most, the first included. */
export const MOST_ATTEMPTS = 6;
/** Where nobody has ever answered and nobody listens, more sends only make a person wait; a server that was there may be starting anew. */
export const MOST_ATTEMPTS_AT_NOBODY = 3;
/** A wait that a server asks for is honoured up to here; what is beyond fails and says when to come back. */
export const LONGEST_PAUSE_MS = 15 * 60_000;

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;

/** Exponential with jitter: between half and all of the step, so that many clients don't come back together. */
export function backoffMs(attempt: number, random: Random): number {
  const step = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return Math.round(step * (0.5 + random.next() / 2));
}

/** A Retry-After header in either form, as milliseconds from `nowMs` (the server's own time); undefined when there is none to trust. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
