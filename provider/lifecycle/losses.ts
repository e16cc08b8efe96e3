/**
 * Much that disappears at once is more likely a lying read (wrong filter, cut answer, other account) than the truth. The desk remembers how
 * much each account listed; a listing that has collapsed is refused, and nothing is dropped from state.
 */
import type { Desk } from "../desk/client";
import { hasKind, ProviderError } from "../errors";
import type { Account, Instant, ItemKind } from "../generated/types";

export interface LossGuard {
  /** Throws `stale` where `kind` has collapsed since it was last seen; asks `count` once a run. */
  check(kind: string, count: () => Promise<number>): Promise<void>;
}

/** Fewer than this many are believed to be gone without a word. */
const FEW = 2;
/** A smaller share than this may go at once. */
const SHARE = 0.2;

export function lossGuard(account: Account, platform: string, desk: Desk, acceptLosses: boolean): LossGuard {
  const checks = new Map<string, Promise<void>>();
  const checkOnce = async (kind: string, count: () => Promise<number>) => {
    const now = await count();
    const before = account.listings[kind];
    const isMuch = (lost: number) => before !== undefined && lost > FEW && lost > before.count * SHARE;
    const lost = before === undefined ? 0 : before.count - now;
    if (
      before !== undefined &&
      !acceptLosses &&
      isMuch(lost) &&
      isMuch(lost - (await left(desk, account.id, kind, before.at)))
    ) {
      throw new ProviderError(
        "stale",
        `${platform} lists ${now} where it listed ${before.count} (${kind}, seen ${before.at}); nothing is dropped from state.\nLook at the platform and at the connection's credentials. If it is true, run once with MSP_ACCEPT_LOSSES=true.`,
        { platform, operation: "list" },
      );
    }
    if (now === before?.count) return;
    try {
      await desk.recordListing(account.id, kind, now);
    } catch (error) {
      // A preview with a token that may only read is served all the same; the next run that may write records it.
      if (!hasKind(error, "forbidden")) throw error;
    }
  };
  return {
    check(kind, count) {
      const running = checks.get(kind) ?? checkOnce(kind, count);
      checks.set(kind, running);
      return running;
    },
  };
}

const ITEM: Readonly<Record<string, ItemKind | undefined>> = { Customer: "customer", ProductAssignment: "product" };

/** How many have left since by requests that were Completed: those are missed by nobody. */
async function left(desk: Desk, account: string, kind: string, since: Instant): Promise<number> {
  const requests = await desk.requests({ account, kind: "leaving" });
  const done = requests.filter(
    (request) => request.state === "Completed" && request.closedAt !== undefined && request.closedAt >= since,
  );
  return done.flatMap((request) => request.items).filter((item) => item.kind === ITEM[kind]).length;
}
