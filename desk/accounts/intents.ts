/** Intents: whose an object is, recorded before its create is sent, so that a lost run's object is recognised by the same resource later. */
import type { Intent, IntentChange, IntentClaim, RequestItem } from "../../provider/generated/types";
import { DeskRefusal } from "../problems";
import type { IntentTable, RequestRow } from "../store/tables";
import type { View, Work } from "../work";
import { nextRun, refuseMerged } from "./resolve";

export interface IntentFilter {
  readonly account?: string | undefined;
  readonly type?: string | undefined;
  readonly naturalKey?: string | undefined;
}

/** Records an intent, or answers the one that is there; `ours` says whether it is of the same resource. */
export async function claimIntent(
  work: Work,
  claim: IntentClaim,
): Promise<{ readonly intent: Intent; readonly ours: boolean }> {
  await refuseMerged(work.tx, claim.account, nextRun);
  const [known] = await listIntents(work, claim);
  if (known !== undefined) return { intent: known, ours: known.resource === claim.resource };
  const row: IntentTable = {
    id: work.newId(),
    account: claim.account,
    type: claim.type,
    natural_key: claim.naturalKey,
    resource: claim.resource,
    recorded_at: work.now,
    sent_at: null,
    object_id: null,
    outcome: "recorded",
  };
  await work.tx.insertInto("intent").values(row).execute();
  const intent = toIntent(row);
  await work.record("intent recorded", `intent:${row.id}`, { intent });
  return { intent, ours: true };
}

/** What became of an intent; `recorded` takes back a sending that provably did nothing. */
export async function changeIntent(work: Work, id: string, change: IntentChange): Promise<Intent> {
  const row = await work.tx.selectFrom("intent").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined)
    throw new DeskRefusal("notFound", `There is no intent ${id}; it may have ended with the leaving of its object.`);
  const sentAt = { recorded: null, sent: work.now, done: row.sent_at }[change.outcome];
  const next: IntentTable = {
    ...row,
    outcome: change.outcome,
    sent_at: sentAt,
    object_id: change.objectId ?? row.object_id,
  };
  await work.tx
    .updateTable("intent")
    .set({ outcome: next.outcome, sent_at: next.sent_at, object_id: next.object_id })
    .where("id", "=", id)
    .execute();
  const intent = toIntent(next);
  await work.record(`intent ${change.outcome}`, `intent:${id}`, { intent });
  return intent;
}

/** Gives a claim back: what it was for was never made, or its program has let go of it. */
export async function releaseIntent(work: Work, id: string): Promise<void> {
  const row = await work.tx.deleteFrom("intent").where("id", "=", id).returningAll().executeTakeFirst();
  if (row !== undefined) await work.record("intent released", `intent:${id}`, { intent: toIntent(row) });
}

export async function listIntents(view: View, filter: IntentFilter): Promise<readonly Intent[]> {
  let query = view.tx.selectFrom("intent").selectAll();
  if (filter.account !== undefined) query = query.where("account", "=", filter.account);
  if (filter.type !== undefined) query = query.where("type", "=", filter.type);
  if (filter.naturalKey !== undefined) query = query.where("natural_key", "=", filter.naturalKey);
  return (await query.orderBy("recorded_at").orderBy("id").execute()).map(toIntent);
}

/** The resource type that an item of a request is. */
export const TYPE_OF_ITEM = { product: "ProductAssignment", customer: "Customer" } as const;

/** What has left is nobody's any more: by the object's id, or, where that was never learnt, by the resource that it belonged to. */
export async function endIntents(
  work: Work,
  request: Pick<RequestRow, "id" | "account" | "resource">,
  item: Pick<RequestItem, "kind" | "id">,
): Promise<void> {
  const ended = await work.tx
    .deleteFrom("intent")
    .where("account", "=", request.account)
    .where("type", "=", TYPE_OF_ITEM[item.kind])
    .where((e) =>
      e.or([e("object_id", "=", item.id), e.and([e("object_id", "is", null), e("resource", "=", request.resource)])]),
    )
    .returningAll()
    .execute();
  for (const row of ended)
    await work.record("intent ended", `intent:${row.id}`, { intent: toIntent(row), request: request.id });
}

/** A claim as the API and the audit log say it. */
export function toIntent(row: IntentTable): Intent {
  return {
    id: row.id,
    account: row.account,
    type: row.type,
    naturalKey: row.natural_key,
    resource: row.resource,
    recordedAt: row.recorded_at,
    ...(row.sent_at === null ? {} : { sentAt: row.sent_at }),
    ...(row.object_id === null ? {} : { objectId: row.object_id }),
    outcome: row.outcome,
  };
}
