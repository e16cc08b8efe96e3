/** What is under a customer that is to leave: nobody can bring a deleted customer back, so it is looked at before every step. */
import type { Part } from "../../provider/generated/types";
import { entriesOfSubjects, isStale, nameKey } from "../inventory/entries";
import { newestListing } from "../inventory/listed";
import { DeskRefusal } from "../problems";
import type { Tx } from "../store/store";
import type { InventoryEntryRow } from "../store/tables";
import type { View } from "../work";
import type { StoredRequest } from "./records";

/** A customer, and what is known to be under it. */
interface Parent {
  readonly account: string;
  readonly key: string;
  readonly name: string;
  readonly parts: readonly Pick<Part, "subjectKey" | "product">[];
}

interface Beneath {
  /** Assignments that the inventory shows: all of the customer's own, and of device owners those that are parts. */
  readonly present: readonly InventoryEntryRow[];
  /** Why what is known is too old to act on. */
  readonly tooOld: { readonly what: string; readonly why: string } | undefined;
}

/** What the attested inventory knows under a customer; nothing, where the account has none. */
export async function beneath(view: View, { account, key, name, parts }: Parent): Promise<Beneath> {
  const keys = parts.map((part) => part.subjectKey);
  const entries = (await entriesOfSubjects(view.tx, account, [key, ...keys])).filter(
    (entry) =>
      entry.present &&
      (entry.subject_key === key ||
        (entry.kind === "assignment" && parts.some((part) => isOf(entry, part.subjectKey, part.product)))),
  );
  const present = entries.filter((entry) => entry.kind === "assignment");
  const stale = entries.find((entry) => isStale(view, entry));
  if (stale !== undefined) {
    const what =
      stale.product === "" ? stale.subject_name : `${stale.product} of ${nameOf(stale.subject_key, { key, name })}`;
    return {
      present,
      tooOld: { what, why: `the entry ${what} is as of ${stale.as_of} (${stale.source}), which is too old` },
    };
  }
  // That nothing else is there is known from the last time that everything was listed.
  const listed = await newestListing(view.tx, account);
  if (listed === undefined || !isStale(view, { account, as_of: listed.as_of })) return { present, tooOld: undefined };
  const what = `the inventory of ${account}`;
  return {
    present,
    tooOld: { what, why: `${what} is as of ${listed.as_of} (import:${listed.id}), which is too old` },
  };
}

/** Whether an inventory entry is about this product of this subject; e-mail addresses are the same in any case. */
function isOf(entry: InventoryEntryRow, subjectKey: string, product: string): boolean {
  const key = entry.subject_kind === "owner" ? nameKey(subjectKey) : subjectKey;
  return entry.subject_key === key && entry.product_key === nameKey(product);
}

/** The parts of a held request, each with the request that it waits for. */
export function partRows(tx: Tx, request: string) {
  return tx
    .selectFrom("held_part")
    .innerJoin("request", "request.id", "held_part.waits_for")
    .select(["held_part.subject_key", "held_part.product", "held_part.incarnation"])
    .select(["request.id", "request.state", "request.outcome_reason"])
    .where("held_part.request", "=", request)
    .orderBy("request.number")
    .orderBy("held_part.product")
    .execute();
}

/** How a subject is called beside its customer. */
export function nameOf(subjectKey: string, parent: Pick<Parent, "key" | "name">): string {
  return subjectKey === parent.key ? parent.name : subjectKey;
}

/** Refuses a filing on what is known from too long ago. */
export function tooOldToLeave({ account, name }: Parent, { what, why }: NonNullable<Beneath["tooOld"]>, then: string) {
  return new DeskRefusal(
    "stale",
    `${name} can't leave on what is known: ${why}.\nImport a newer inventory of ${account}, then ${then}.`,
    { blockers: [what] },
  );
}

/** Looks once more before a step of a customer's leaving; throws `blocked` naming what is still there, or `stale`. */
export async function nothingBeneath(view: View, { row, items }: StoredRequest, step: string): Promise<void> {
  if (row.kind !== "leaving" || items.every((item) => item.kind !== "customer")) return;
  const parts = (await partRows(view.tx, row.id)).map((part) => ({
    subjectKey: part.subject_key,
    product: part.product,
  }));
  const parent = { account: row.account, key: row.subject_key, name: row.subject_name, parts };
  const { present, tooOld } = await beneath(view, parent);
  const leaving = (await openLeavings(view.tx, parent)).filter(
    (item) =>
      item.subject_key === parent.key ||
      parts.some((part) => part.subjectKey === item.subject_key && nameKey(part.product) === item.name_key),
  );
  const isLeaving = (entry: InventoryEntryRow) =>
    leaving.some((item) => item.subject_key === entry.subject_key && item.name_key === entry.product_key);
  const blockers = [
    ...present
      .filter((entry) => !isLeaving(entry))
      .map((entry) => `${entry.product} of ${nameOf(entry.subject_key, parent)}`),
    ...leaving.map((item) => `${item.name} of ${nameOf(item.subject_key, parent)} (on ${item.request})`),
  ];
  if (blockers.length > 0) {
    const them = blockers.length === 1 ? "it" : "them";
    throw new DeskRefusal(
      "blocked",
      `${row.id} can't go on: ${blockers.join(", ")} ${blockers.length === 1 ? "is" : "are"} still there.\nOff-board ${them} first, or import an inventory without ${them}; then ${step}.`,
      { blockers },
    );
  }
  if (tooOld !== undefined) throw tooOldToLeave(parent, tooOld, step);
}

/** Items on open leavings of the customer's products, and of its parts' owners. */
function openLeavings(tx: Tx, { account, key, parts }: Parent) {
  return tx
    .selectFrom("request_item")
    .select(["request", "subject_key", "name", "name_key"])
    .where("account", "=", account)
    .where("subject_key", "in", [key, ...parts.map((part) => part.subjectKey)])
    .where("request_kind", "=", "leaving")
    .where("kind", "=", "product")
    .where("open", "=", true)
    .orderBy("request")
    .execute();
}
