/** What an import shows that no request asked for, and what it shows against requests that say they are done. In words, for people. */
import type { Act, Instant, RequestItem, RequestKind, RequestState, SubjectKind } from "../../provider/generated/types";
import { canonicalJson } from "../audit/chain";
import { auditSubject } from "../requests/records";
import type { InventoryEntryRow } from "../store/tables";
import { DESK_PERSON, type Work } from "../work";
import { keyOf, statementOf } from "./entries";

/** An item of a request that was neither rejected nor withdrawn. */
export interface AskedItem {
  readonly request: string;
  readonly number: number;
  readonly kind: RequestKind;
  readonly state: RequestState;
  readonly subject: { readonly kind: SubjectKind; readonly key: string; readonly name: string };
  readonly stays: readonly string[];
  readonly contradictions: readonly string[];
  readonly name: string;
  readonly itemState: RequestItem["state"];
  readonly removed: Act | undefined;
  /** Of the thing in the inventory. */
  readonly key: string;
}

/** An import as the findings need it. */
export interface Shown {
  readonly id: string;
  readonly asOf: Instant;
  readonly voucher: string;
  readonly complete: boolean;
  /** Whether a newer list of everything is known; what that one lacks was gone by then. */
  readonly isOutdated: boolean;
  /** Keys of what it shows. */
  readonly keys: ReadonlySet<string>;
  /** What was known before it, by key. */
  readonly known: ReadonlyMap<string, InventoryEntryRow>;
}

export interface Change {
  readonly what: "added" | "changed" | "gone";
  readonly row: InventoryEntryRow;
  /** What was known before. */
  readonly before: InventoryEntryRow | undefined;
}

export interface Contradiction {
  readonly request: string;
  /** What is so, against the request; it stands there once, however many imports show it. */
  readonly claim: string;
  readonly text: string;
}

/** Everything that was asked for on the account and is, or may come, true; newest first. */
export async function askedOf(work: Work, account: string): Promise<readonly AskedItem[]> {
  const rows = await work.tx
    .selectFrom("request_item")
    .innerJoin("request", "request.id", "request_item.request")
    .select([
      "request.id",
      "request.number",
      "request.kind",
      "request.state",
      "request.subject_kind",
      "request.subject_key",
      "request.subject_name",
    ])
    .select([
      "request.stays",
      "request.contradictions",
      "request_item.kind as item_kind",
      "request_item.name",
      "request_item.state as item_state",
    ])
    .select(["request_item.removed"])
    .where("request.account", "=", account)
    .where("request.state", "not in", ["Rejected", "Withdrawn"])
    .orderBy("request.number", "desc")
    .orderBy("request_item.n")
    .execute();
  return rows.map((row) => {
    const subject = { kind: row.subject_kind, key: row.subject_key, name: row.subject_name };
    return {
      request: row.id,
      number: row.number,
      kind: row.kind,
      state: row.state,
      subject,
      stays: row.stays,
      contradictions: row.contradictions,
      name: row.name,
      itemState: row.item_state,
      removed: row.removed ?? undefined,
      key: keyOf(statementOf(subject, { kind: row.item_kind, name: row.name })),
    };
  });
}

/** Changes that nobody asked for. A first whole import is the baseline: what it adds is not new, only newly known. */
export function unexpectedOf(
  changes: readonly Change[],
  asked: readonly AskedItem[],
  shown: Shown,
  isBaseline: boolean,
): readonly string[] {
  return changes.flatMap(({ what, row, before }) => {
    const key = keyOfRow(row);
    const isAsked = (kind: RequestKind) =>
      asked.some((item) => item.kind === kind && item.key === key && item.state !== "Completed");
    const isDisputed = before !== undefined && disputed(before);
    if (what === "gone") {
      if (isAsked("leaving") || isDisputed) return [];
      return [`${labelOf(row)} is gone, and no request asked for that${insteadOf(row, asked, shown)}`];
    }
    if (what === "changed") {
      const difference = differenceOf(before, row);
      return difference === undefined ? [] : [`${labelOf(row)} changed (${difference}), and no request asked for that`];
    }
    if (isAsked("joining") || isDisputed || (before === undefined && isBaseline)) return [];
    return [`${labelOf(row)} is ${before === undefined ? "new" : "there again"}, and no request asked for that`];
  });
}

/** What the import shows against what requests say was done. */
export function contradictionsOf(asked: readonly AskedItem[], shown: Shown): readonly Contradiction[] {
  const latest = new Map<string, AskedItem>();
  for (const item of asked) if (item.itemState !== "open" && !latest.has(item.key)) latest.set(item.key, item);
  return [...latest.values()].flatMap((item) => [...againstItem(item, shown), ...againstStays(item, asked, shown)]);
}

/** Writes contradictions onto their requests, and into the chain. */
export async function markContradictions(
  work: Work,
  contradictions: readonly Contradiction[],
  asked: readonly AskedItem[],
): Promise<void> {
  for (const [request, all] of Map.groupBy(contradictions, (contradiction) => contradiction.request)) {
    const known = asked.find((item) => item.request === request)?.contradictions ?? [];
    const fresh = all.filter(({ claim }) => !known.some((text) => text.startsWith(claim))).map(({ text }) => text);
    if (fresh.length === 0) continue;
    await work.tx
      .updateTable("request")
      .set({ contradictions: JSON.stringify([...known, ...fresh]) })
      .where("id", "=", request)
      .execute();
    await work.record(
      "contradicted",
      auditSubject(request),
      { note: fresh.join("; "), contradictions: fresh },
      DESK_PERSON,
    );
  }
}

/** The item is said to be gone and is there, or the other way round. */
function againstItem(item: AskedItem, shown: Shown): readonly Contradiction[] {
  const row = shown.known.get(item.key);
  const isThere = shown.keys.has(item.key);
  if (item.kind === "leaving" ? !isThere : isThere || !shown.complete) return [];
  if (row === undefined && shown.isOutdated) return [];
  if (item.removed === undefined || shown.asOf <= item.removed.at || (row !== undefined && row.as_of >= shown.asOf))
    return [];
  // Once another source has agreed with the request, what comes later is a new thing and not the request's fault.
  const source = `request:${item.request}`;
  const isItsWord = row?.source === source || row?.conflicts.some((conflict) => conflict.source === source);
  if (item.itemState === "confirmed" && !isItsWord) return [];
  const claim = `${itemLabel(item)} is ${item.kind === "leaving" ? "still there" : "not there"}`;
  const done = item.kind === "leaving" ? "removed" : "assigned";
  return [
    contradiction(
      item,
      claim,
      `${item.request} has it as ${done === "removed" && item.itemState === "confirmed" ? "proven gone" : item.itemState === "confirmed" ? "proven assigned" : done}`,
      shown,
    ),
  ];
}

/** What was to stay beside the item went missing since the item was removed. */
function againstStays(item: AskedItem, asked: readonly AskedItem[], shown: Shown): readonly Contradiction[] {
  if (item.kind !== "leaving" || !shown.complete || item.removed === undefined) return [];
  const removedAt = item.removed.at;
  return item.stays.flatMap((product) => {
    const key = keyOf({ kind: "assignment", subject: item.subject, product });
    const row = shown.known.get(key);
    const wentMissing =
      row?.present === true && row.as_of <= removedAt && shown.asOf > removedAt && !shown.keys.has(key);
    const wasAsked = asked.some(
      (other) => other.kind === "leaving" && other.key === key && other.state !== "Completed",
    );
    if (!wentMissing || wasAsked) return [];
    return [
      contradiction(
        item,
        `${labelOf(row)} was to stay and is gone`,
        `${item.request} asked for ${item.name} alone`,
        shown,
      ),
    ];
  });
}

function contradiction({ request }: AskedItem, claim: string, against: string, shown: Shown): Contradiction {
  return {
    request,
    claim,
    text: `${claim}: ${against}, but import ${shown.id} (${shown.voucher}), as of ${shown.asOf}, shows otherwise`,
  };
}

/** The hint at a wrong removal: somebody asked for another product of the same subject, and that one is still there. */
function insteadOf(row: InventoryEntryRow, asked: readonly AskedItem[], shown: Shown): string {
  const mistaken = asked.find(
    (item) =>
      item.kind === "leaving" &&
      item.itemState !== "open" &&
      item.subject.kind === row.subject_kind &&
      item.subject.key === row.subject_key &&
      shown.keys.has(item.key),
  );
  return mistaken === undefined ? "" : `; ${mistaken.request} asked for ${mistaken.name}, which is still there`;
}

/** Whether a completed request and a later source are at odds over it already. */
function disputed(row: InventoryEntryRow): boolean {
  return row.source.startsWith("request:") || row.conflicts.some((conflict) => conflict.source.startsWith("request:"));
}

/** What of a change is worth a person's look; names and further columns change by themselves. */
function differenceOf(before: InventoryEntryRow | undefined, row: InventoryEntryRow): string | undefined {
  if (before === undefined) return undefined;
  if (before.units !== row.units) return `${before.units ?? "unknown"} units, now ${row.units ?? "unknown"}`;
  return canonicalJson(before.company) === canonicalJson(row.company) ? undefined : "its company profile";
}

function labelOf(row: InventoryEntryRow): string {
  const subject = row.subject_kind === "owner" ? row.subject_key : row.subject_name;
  return row.kind === "assignment" ? `${row.product} of ${subject}` : subject;
}

function itemLabel({ subject, name, key }: AskedItem): string {
  const isCustomer = key === keyOf({ kind: "customer", subject });
  return isCustomer ? subject.name : `${name} of ${subject.kind === "owner" ? subject.key : subject.name}`;
}

function keyOfRow(row: InventoryEntryRow): string {
  return keyOf({ kind: row.kind, subject: { kind: row.subject_kind, key: row.subject_key }, product: row.product });
}
