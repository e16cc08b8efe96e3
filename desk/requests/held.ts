/** A customer's leaving waits until everything under it has left: what it waits for, what stands in its way, and its release. */
import type { Filing, Part } from "../../provider/generated/types";
import { nameKey, normalSubject } from "../inventory/entries";
import type { Tx } from "../store/store";
import type { RequestItemRow, RequestRow } from "../store/tables";
import { DESK_PERSON, type View, type Work } from "../work";
import { beneath, nameOf, partRows } from "./beneath";
import { auditSubject } from "./records";
import { FINAL_STATES } from "./transitions";

/** A part as it stands on the open request on which it leaves: under that one's spelling and incarnation. */
export interface LeavingPart extends Part {
  readonly request: string;
}

/** Which parts are on an open leaving, and which are on none. An open item carries one part: that of its own incarnation, if there is one. */
export async function partsOnLeavings(
  tx: Tx,
  account: string,
  parts: readonly Part[],
): Promise<{ readonly leaving: readonly LeavingPart[]; readonly staying: readonly Part[] }> {
  const open = await tx
    .selectFrom("request_item")
    .select(["request", "subject_kind", "subject_key", "name", "name_key", "incarnation"])
    .where("account", "=", account)
    .where("request_kind", "=", "leaving")
    .where("kind", "=", "product")
    .where("open", "=", true)
    .orderBy("request")
    .execute();
  const free = new Set(open);
  const take = (part: Part, sameIncarnation: boolean): LeavingPart | undefined => {
    for (const item of free) {
      const isSame = keyAmong(item, part.subjectKey) && item.name_key === nameKey(part.product);
      if (!isSame || (sameIncarnation && item.incarnation !== part.id)) continue;
      free.delete(item);
      return { subjectKey: item.subject_key, product: item.name, id: item.incarnation, request: item.request };
    }
    return undefined;
  };
  const exact = parts.map((part) => take(part, true));
  const all = parts.map((part, index) => exact[index] ?? take(part, false) ?? part);
  const isLeaving = (part: Part | LeavingPart): part is LeavingPart => "request" in part;
  return { leaving: all.filter(isLeaving), staying: all.filter((part) => !isLeaving(part)) };
}

/** Whether a client's key is that of the item's subject: customers by their ids exactly, device owners in any case. */
function keyAmong(item: Pick<RequestItemRow, "subject_kind" | "subject_key">, key: string): boolean {
  return normalSubject({ kind: item.subject_kind, key, name: key }).key === item.subject_key;
}

/**
 * A new leaving is what held requests wait for from now: in the place of the earlier one of the same incarnation, else of one that came to
 * nothing, else beside them.
 */
export async function joinParts(work: Work, id: string, filing: Filing): Promise<void> {
  if (filing.kind !== "leaving" || filing.items.every((item) => item.kind === "customer")) return;
  const held = await work.tx
    .selectFrom("request")
    .select(["id", "subject_key"])
    .where("account", "=", filing.account)
    .where("state", "=", "Held")
    .execute();
  for (const parent of held) {
    for (const { name, id: incarnation } of filing.items) {
      const known = (await partRows(work.tx, parent.id)).filter(
        (row) => row.subject_key === filing.subject.key && sameProduct(row.product, name),
      );
      const earlier =
        known.find((row) => row.incarnation === incarnation && FINAL_STATES.includes(row.state)) ??
        known.find((row) => isOver(row.state));
      if (earlier !== undefined) {
        await work.tx
          .updateTable("held_part")
          .set({ waits_for: id, incarnation })
          .where("request", "=", parent.id)
          .where("waits_for", "=", earlier.id)
          .where("subject_key", "=", earlier.subject_key)
          .where("product", "=", earlier.product)
          .where("incarnation", "=", earlier.incarnation)
          .execute();
      } else if (known.length > 0 || parent.subject_key === filing.subject.key) {
        const part = { subject_key: filing.subject.key, product: name, incarnation };
        await work.tx
          .insertInto("held_part")
          .values({ request: parent.id, ...part, waits_for: id })
          .execute();
      }
    }
  }
  await reviewHeld(work, filing.account);
}

/** Looks at every held request of the account again: releases it, or says what is in its way. Runs in the transaction of what may have caused it. */
export async function reviewHeld(work: Work, account: string): Promise<void> {
  const held = await work.tx
    .selectFrom("request")
    .selectAll()
    .where("account", "=", account)
    .where("state", "=", "Held")
    .orderBy("number")
    .execute();
  for (const row of held) {
    const { waiting, blockedBy } = await standing(work, row);
    if (waiting === 0 && blockedBy.length === 0) await release(work, row);
    else if (JSON.stringify(blockedBy) !== JSON.stringify(row.blocked_by)) await block(work, row, blockedBy);
  }
}

async function standing(
  view: View,
  row: RequestRow,
): Promise<{ readonly waiting: number; readonly blockedBy: readonly string[] }> {
  const parts = await partRows(view.tx, row.id);
  const parent = {
    account: row.account,
    key: row.subject_key,
    name: row.subject_name,
    parts: parts.map((part) => ({ subjectKey: part.subject_key, product: part.product })),
  };
  const stayed = parts
    .filter((part) => isOver(part.state))
    .map(
      (part) =>
        `${part.product} of ${nameOf(part.subject_key, parent)} stays: ${part.id} was ${part.state.toLowerCase()}${part.outcome_reason === null ? "" : ` (${part.outcome_reason})`}`,
    );
  const { present, tooOld } = await beneath(view, parent);
  const left = present.flatMap(({ subject_key, product }) => {
    const known = parts.filter((part) => part.subject_key === subject_key && sameProduct(part.product, product));
    if (known.some((part) => part.state !== "Completed")) return [];
    const whose = `${product} of ${nameOf(subject_key, parent)}`;
    const done = known.at(-1);
    return done === undefined
      ? [`${whose} is still there and on no request`]
      : [`${whose} is still there, though ${done.id} is completed`];
  });
  const waiting = parts.filter((part) => part.state !== "Completed").length;
  const blockedBy = [...stayed, ...left];
  if (waiting === 0 && blockedBy.length === 0 && tooOld !== undefined) blockedBy.push(tooOld.why);
  return { waiting, blockedBy };
}

async function release(work: Work, row: RequestRow): Promise<void> {
  await work.tx.updateTable("request").set({ state: "Pending", blocked_by: "[]" }).where("id", "=", row.id).execute();
  await work.record("released", auditSubject(row.id), { note: "Everything that it waited for has left." }, DESK_PERSON);
}

async function block(work: Work, row: RequestRow, blockedBy: readonly string[]): Promise<void> {
  await work.tx
    .updateTable("request")
    .set({ blocked_by: JSON.stringify(blockedBy) })
    .where("id", "=", row.id)
    .execute();
  const note = blockedBy.length === 0 ? "Nothing is in its way any more; it waits." : blockedBy.join("; ");
  await work.record(
    blockedBy.length === 0 ? "unblocked" : "blocked",
    auditSubject(row.id),
    { note, blockedBy },
    DESK_PERSON,
  );
}

function isOver(state: RequestRow["state"]): boolean {
  return state === "Rejected" || state === "Withdrawn";
}

function sameProduct(a: string, b: string): boolean {
  return nameKey(a) === nameKey(b);
}
