/** The fewest calls that a phase can do with. */
import { PER_CUSTOMER, PLANS } from "./programs/entries";

const PAGE = 100;

/**
 * Of the platform, where nothing has changed since the last look: none without a refresh, and for a refresh the pages of both lists, the
 * plans, and one list of what was modified. No call reads one customer, and a list is the only way to see that something is gone.
 */
export function fewestPlatformCalls(phase: "no-op" | "refresh", size: number): number {
  if (phase === "no-op") return 0;
  const customers = size / PER_CUSTOMER;
  const pages = (count: number) => Math.max(1, Math.ceil(count / PAGE));
  return pages(customers) + 1 + pages(customers * PLANS.length) + 1;
}
