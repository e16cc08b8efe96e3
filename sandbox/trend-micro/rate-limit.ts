import { LmpiRefusal } from "./refusal";
import type { LmpiReadings } from "./readings";

/** A sliding window over the admitted requests; refused ones don't count. */
export class RateLimit {
  private admittedAtMs: number[] = [];

  admit(limit: LmpiReadings["rateLimit"], nowMs: number): void {
    if (limit === undefined) return;
    this.admittedAtMs = this.admittedAtMs.filter((at) => at > nowMs - limit.perMs);
    const oldest = this.admittedAtMs[0];
    if (oldest !== undefined && this.admittedAtMs.length >= limit.requests) {
      const waitMs = oldest + limit.perMs - nowMs;
      throw new LmpiRefusal(429, "TOO_MANY_REQUESTS", "Too many requests", Math.max(1, Math.ceil(waitMs / 1000)));
    }
    this.admittedAtMs.push(nowMs);
  }
}
