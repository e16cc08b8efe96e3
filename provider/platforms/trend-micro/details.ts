import type { Clock } from "../../clock";
import { hasKind } from "../../errors";
import type { Lmpi } from "./api";
import type { Details } from "./mapping";
import { toDetails } from "./mapping";
import type { SubscriptionWire } from "./wire";

/** What a single read told, and when it was sent, by the server's time. */
export interface DatedDetails {
  readonly details: Details;
  readonly asOfMs: number;
}

/** Single reads of subscriptions, each shared by all who ask within its freshness. */
export interface DetailReads {
  /** Undefined where the platform does not know the subscription. */
  read(
    row: Pick<SubscriptionWire, "customer_id" | "subscription_id">,
    options?: { readonly fresh?: boolean },
  ): Promise<DatedDetails | undefined>;
  /** A write was sent: what was read before it counts no more. */
  drop(subscriptionId: string): void;
}

export function createDetailReads({
  api,
  clock,
  freshForMs,
}: {
  readonly api: Lmpi;
  readonly clock: Clock;
  readonly freshForMs: number;
}): DetailReads {
  const reads = new Map<string, { readonly at: number; readonly answer: Promise<DatedDetails | undefined> }>();

  async function load(customerId: string, subscriptionId: string): Promise<DatedDetails | undefined> {
    const asOfMs = api.serverNowMs();
    try {
      return { details: toDetails(await api.subscription(customerId, subscriptionId)), asOfMs };
    } catch (error) {
      if (hasKind(error, "notFound")) return undefined;
      throw error;
    }
  }

  return {
    read: ({ customer_id, subscription_id }, { fresh = false } = {}) => {
      const cached = reads.get(subscription_id);
      if (cached !== undefined && !fresh && clock.now() - cached.at < freshForMs) return cached.answer;
      const answer = load(customer_id, subscription_id);
      const read = { at: clock.now(), answer };
      reads.set(subscription_id, read);
      answer.catch(() => {
        if (reads.get(subscription_id) === read) reads.delete(subscription_id);
      });
      return answer;
    },
    drop: (subscriptionId) => {
      reads.delete(subscriptionId);
    },
  };
}
