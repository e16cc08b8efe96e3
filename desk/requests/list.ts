/** Finds requests: newest first, in pages. */
import type { OffboardingRequest } from "../../provider/generated/types";
import { nameKey } from "../inventory/entries";
import type { View } from "../work";
import { presentRequests } from "./records";
import { FINAL_STATES } from "./transitions";

export interface RequestFilter {
  readonly state?: string | undefined;
  readonly account?: string | undefined;
  /** The subject's key; owners are found whatever the case. */
  readonly subject?: string | undefined;
  readonly product?: string | undefined;
  readonly kind?: string | undefined;
  readonly open?: boolean | undefined;
  readonly limit: number;
  /** The number of the last request of the page before. */
  readonly before?: number | undefined;
}

export interface RequestPage {
  readonly items: readonly OffboardingRequest[];
  readonly nextCursor?: string;
}

export async function listRequests(view: View, filter: RequestFilter): Promise<RequestPage> {
  let query = view.tx.selectFrom("request").selectAll();
  if (filter.state !== undefined) query = query.where("state", "=", filter.state as OffboardingRequest["state"]);
  if (filter.account !== undefined) query = query.where("account", "=", filter.account);
  if (filter.subject !== undefined) query = query.where("subject_key", "in", [filter.subject, nameKey(filter.subject)]);
  if (filter.kind !== undefined) query = query.where("kind", "=", filter.kind as OffboardingRequest["kind"]);
  if (filter.open !== undefined) query = query.where("state", filter.open ? "not in" : "in", FINAL_STATES);
  if (filter.before !== undefined) query = query.where("number", "<", filter.before);
  const { product } = filter;
  if (product !== undefined) {
    query = query.where((e) =>
      e.exists(
        e
          .selectFrom("request_item")
          .select("n")
          .whereRef("request_item.request", "=", "request.id")
          .where("request_item.name_key", "=", nameKey(product)),
      ),
    );
  }
  const rows = await query
    .orderBy("number", "desc")
    .limit(filter.limit + 1)
    .execute();
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const items = await presentRequests(view, page);
  return rows.length > page.length && last !== undefined ? { items, nextCursor: String(last.number) } : { items };
}
