/** From rows to the request form that the API answers with. */
import type { OffboardingRequest, RequestEvent, RequestItem } from "../../provider/generated/types";
import { DeskRefusal } from "../problems";
import type { RequestItemRow, RequestRow } from "../store/tables";
import type { View } from "../work";
import { requestClock } from "./clock";
import { allowedActions, type TransitionFacts } from "./transitions";

/** A request with its items, ready to be acted upon. */
export interface StoredRequest {
  readonly row: RequestRow;
  readonly items: readonly RequestItem[];
}

/** The subject of a request's records in the hash chain. */
export function auditSubject(id: string): string {
  return `request:${id}`;
}

/** The request with that id, or `notFound`. */
export async function readRequest(view: View, id: string): Promise<OffboardingRequest> {
  const [request] = await presentRequests(view, [await rowOf(view, id)]);
  if (request === undefined) throw new DeskRefusal("internal", `Request ${id} vanished while it was read.`);
  return request;
}

/** The request with that id as it is stored, or `notFound`. */
export async function loadRequest(view: View, id: string): Promise<StoredRequest> {
  const row = await rowOf(view, id);
  return { row, items: (await itemRows(view, [id])).map(toItem) };
}

async function rowOf(view: View, id: string): Promise<RequestRow> {
  const row = await view.tx.selectFrom("request").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new DeskRefusal("notFound", `There is no request ${id}: check its number.`);
  return row;
}

/** What the transition table asks about a stored request. */
export function factsOf({ row, items }: StoredRequest): TransitionFacts {
  return {
    id: row.id,
    state: row.state,
    isVerified: row.verification?.outcome === "accepted",
    items,
    vendor: row.vendor ?? undefined,
    pauses: row.pauses,
  };
}

/** Presents rows, in their order, as people and clients see them. */
export async function presentRequests(view: View, rows: readonly RequestRow[]): Promise<readonly OffboardingRequest[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const items = Map.groupBy(await itemRows(view, ids), (item) => item.request);
  const parts = Map.groupBy(
    await view.tx.selectFrom("held_part").select(["request", "waits_for"]).where("request", "in", ids).execute(),
    (part) => part.request,
  );
  const events = Map.groupBy(
    await view.tx
      .selectFrom("audit_record")
      .selectAll()
      .where("subject", "in", ids.map(auditSubject))
      .orderBy("seq")
      .execute(),
    (record) => record.subject,
  );
  return rows.map((row) => ({
    ...present(view, { row, items: (items.get(row.id) ?? []).map(toItem) }),
    waitsFor: [...new Set((parts.get(row.id) ?? []).map((part) => part.waits_for))],
    events: (events.get(auditSubject(row.id)) ?? []).map(toEvent),
  }));
}

function present(view: View, stored: StoredRequest): Omit<OffboardingRequest, "waitsFor" | "events"> {
  const { row, items } = stored;
  const clockFacts = {
    state: row.state,
    vendor: row.vendor ?? undefined,
    pauses: row.pauses,
    closedAt: row.closed_at ?? undefined,
  };
  return {
    id: row.id,
    account: row.account,
    platform: row.platform,
    kind: row.kind,
    state: row.state,
    subject: { kind: row.subject_kind, key: row.subject_key, name: row.subject_name },
    items,
    reason: row.reason,
    requesters: row.requesters,
    licence: row.licence,
    stays: row.stays,
    blockedBy: row.blocked_by,
    resource: row.resource,
    filedAt: row.filed_at,
    filedBy: row.filed_by,
    ...(row.verification === null ? {} : { verification: row.verification }),
    ...(row.vendor === null ? {} : { vendor: row.vendor }),
    clock: requestClock(clockFacts, view.calendars.of(row.platform), view.now),
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
    ...(row.outcome_reason === null ? {} : { outcomeReason: row.outcome_reason }),
    contradictions: row.contradictions,
    allowed: allowedActions(factsOf(stored)),
  };
}

function itemRows(view: View, ids: readonly string[]): Promise<RequestItemRow[]> {
  return view.tx
    .selectFrom("request_item")
    .selectAll()
    .where("request", "in", ids)
    .orderBy("request")
    .orderBy("n")
    .execute();
}

function toItem(row: RequestItemRow): RequestItem {
  return {
    n: row.n,
    kind: row.kind,
    name: row.name,
    id: row.incarnation,
    mode: row.mode,
    clickPath: row.click_path,
    ...(row.units === null ? {} : { units: row.units }),
    state: row.state,
    ...(row.removed === null ? {} : { removed: row.removed }),
    ...(row.confirmed === null ? {} : { confirmed: row.confirmed }),
  };
}

function toEvent(record: {
  seq: number;
  at: string;
  by: RequestEvent["by"];
  action: string;
  body: string;
}): RequestEvent {
  const { note } = JSON.parse(record.body) as { note?: string };
  return {
    seq: record.seq,
    at: record.at,
    by: record.by,
    action: record.action,
    ...(note === undefined ? {} : { note }),
  };
}
