/** What people say of an account: that ids are its own, or that it is a part of another now. Credentials alone can't show that. */
import type { Account, AccountConfirmation, AccountMerge, Intent } from "../../provider/generated/types";
import { canonicalJson } from "../audit/chain";
import { entriesOf, putEntries } from "../inventory/entries";
import { conflictOf, rowKey } from "../inventory/import";
import { DeskRefusal } from "../problems";
import type { Tx } from "../store/store";
import type { InventoryEntryRow } from "../store/tables";
import type { Work } from "../work";
import { toIntent } from "./intents";
import { findAccount, idsOf, mergedAlready, ownersOf, readAccount, recordIds } from "./resolve";

/** A person's word that new evidence is of the same account; without evidence, that it is the same and shows nothing. */
export async function confirmAccount(work: Work, id: string, confirmation: AccountConfirmation): Promise<Account> {
  const account = await findAccount(work.tx, id);
  if (account === undefined) throw new DeskRefusal("notFound", `There is no account ${id}.`);
  const ids = [...new Set(confirmation.evidence)];
  if (account.merged_into !== null) throw mergedAlready(account);
  const owners = await ownersOf(work.tx, account.platform, ids);
  const other = [...owners.keys()].find((owner) => owner !== id && owner !== confirmation.from);
  if (other !== undefined)
    throw new DeskRefusal(
      "forbidden",
      `Some of these ids are of the account ${other}, so they can't be of ${id}.\nIf they have moved, say from where: --from ${other}.`,
      { status: 409, blockers: [other] },
    );
  if (confirmation.from !== undefined) {
    const had = await idsOf(work.tx, { id: confirmation.from, platform: account.platform }, ids);
    const strange = ids.filter((objectId) => !had.has(objectId) && owners.get(id)?.has(objectId) !== true);
    if (strange.length > 0)
      throw new DeskRefusal(
        "validation",
        `${confirmation.from} has no ${strange.join(", ")}, so ${strange.length === 1 ? "it" : "they"} can't have moved from there; nothing is written.\nLeave out what has not moved. What is new is confirmed without --from.`,
      );
  }
  const moved = confirmation.from === undefined ? undefined : owners.get(confirmation.from);
  if (confirmation.from !== undefined && moved !== undefined)
    await moveObjects(work, id, confirmation.from, account.platform, [...moved]);
  const fresh = ids.filter((objectId) => !owners.get(id)?.has(objectId) && moved?.has(objectId) !== true);
  await recordIds(work, id, account.platform, fresh, {
    knownBy: "confirmed",
    isEmpty: ids.length === 0,
    note: confirmation.reason,
  });
  return readAccount(work, id);
}

/** Makes everything that is known of one account another's: what was written to it is found there from now on. */
export async function mergeAccount(work: Work, id: string, { into, reason }: AccountMerge): Promise<Account> {
  const from = await findAccount(work.tx, id);
  const to = await findAccount(work.tx, into);
  if (from === undefined || to === undefined)
    throw new DeskRefusal("notFound", `There is no account ${from === undefined ? id : into}.`);
  if (from.merged_into === to.id) return readAccount(work, to.id);
  for (const account of [from, to]) if (account.merged_into !== null) throw mergedAlready(account);
  if (from.id === to.id || from.platform !== to.platform)
    throw new DeskRefusal("validation", `${id} and ${into} are no two accounts of one platform.`);
  await refuseDoubles(work.tx, from.id, to.id);
  await refuseNamesakes(work.tx, from.id, to.id);

  const dropped = await dropClaims(work.tx, from.id, to.id);
  await joinEntries(work.tx, from.id, to.id);
  await joinListings(work.tx, from.id, to.id);
  const owned = ["account_object", "account_connection", "intent", "inventory_entry", "inventory_import"] as const;
  for (const table of [...owned, "request", "request_item"] as const)
    await work.tx.updateTable(table).set({ account: to.id }).where("account", "=", from.id).execute();
  await work.tx
    .updateTable("account")
    .set({ merged_into: to.id })
    .where((e) => e.or([e("id", "=", from.id), e("merged_into", "=", from.id)]))
    .execute();
  await work.tx
    .updateTable("account")
    .set({ known_by: "confirmed", is_empty: false })
    .where("id", "=", to.id)
    .execute();
  await work.record("account merged", `account:${to.id}`, {
    from: from.id,
    note: reason,
    ...(dropped.length === 0 ? {} : { claimsDropped: dropped }),
  });
  return readAccount(work, to.id);
}

/** Makes objects of one account another's, with what is open about them. */
async function moveObjects(
  work: Work,
  id: string,
  from: string,
  platform: string,
  ids: readonly string[],
): Promise<void> {
  await work.tx
    .updateTable("account_object")
    .set({ account: id })
    .where("platform", "=", platform)
    .where("object_id", "in", ids)
    .execute();
  for (const table of ["request", "request_item"] as const) {
    await work.tx
      .updateTable(table)
      .set({ account: id })
      .where("account", "=", from)
      .where("subject_kind", "=", "customer")
      .where("subject_key", "in", ids)
      .execute();
  }
  await work.record("account ids moved", `account:${id}`, { from, ids });
}

/** One thing can't leave twice at once: people end one of the two first. */
async function refuseDoubles(tx: Tx, from: string, to: string): Promise<void> {
  const doubles = await tx
    .selectFrom("request_item as a")
    .innerJoin("request_item as b", (join) =>
      join
        .onRef("b.subject_kind", "=", "a.subject_kind")
        .onRef("b.subject_key", "=", "a.subject_key")
        .onRef("b.kind", "=", "a.kind")
        .onRef("b.name_key", "=", "a.name_key")
        .onRef("b.request_kind", "=", "a.request_kind"),
    )
    .select(["a.request as one", "b.request as other"])
    .where("a.account", "=", from)
    .where("b.account", "=", to)
    .where("a.open", "=", true)
    .where("b.open", "=", true)
    .execute();
  const blockers = [...new Set(doubles.flatMap(({ one, other }) => [one, other]))];
  if (blockers.length === 0) return;
  throw new DeskRefusal(
    "blocked",
    `${from} and ${to} have open requests for the same: ${blockers.join(", ")}.\nWithdraw one of each two, then merge.`,
    { blockers },
  );
}

/** Claims of both on one name. */
function claimedTwice(tx: Tx, from: string, to: string) {
  return tx
    .selectFrom("intent as a")
    .innerJoin("intent as b", (join) =>
      join.onRef("b.type", "=", "a.type").onRef("b.natural_key", "=", "a.natural_key"),
    )
    .where("a.account", "=", from)
    .where("b.account", "=", to);
}

/** Two things of one name: one of the programs would take the other's for its own. */
async function refuseNamesakes(tx: Tx, from: string, to: string): Promise<void> {
  const namesakes = await claimedTwice(tx, from, to)
    .select(["a.id as a", "a.type as type", "a.natural_key as name", "a.object_id as object", "a.resource as resource"])
    .select(["b.id as b", "b.object_id as other_object", "b.resource as other_resource"])
    .whereRef("a.object_id", "<>", "b.object_id")
    .orderBy("a.type")
    .orderBy("a.natural_key")
    .execute();
  if (namesakes.length === 0) return;
  const told = namesakes.map(
    (both) =>
      `${both.type} ${both.name} is ${both.object} in ${from} (${both.resource}) and ${both.other_object} in ${to} (${both.other_resource})`,
  );
  throw new DeskRefusal(
    "blocked",
    `${from} and ${to} have claims on different things of one name: ${told.join("; ")}; nothing is merged.\nRename one of each two while its account is still on its own, or have one of the two claims given back at the desk (DELETE /v1/intents/${namesakes[0]?.a}), then merge.`,
    { blockers: namesakes.flatMap(({ a, b }) => [a, b]) },
  );
}

/** What both claim: the account that stays is believed. */
async function dropClaims(tx: Tx, from: string, to: string): Promise<readonly Intent[]> {
  const dropped = claimedTwice(tx, from, to).select("a.id");
  return (await tx.deleteFrom("intent").where("id", "in", dropped).returningAll().execute()).map(toIntent);
}

/** What both know: the newer one is believed, the other shown beside it where it says something else. */
async function joinEntries(tx: Tx, from: string, to: string): Promise<void> {
  const known = new Map((await entriesOf(tx, to)).map((row) => [rowKey(row), row]));
  const doubles = (await entriesOf(tx, from)).flatMap((theirs) => {
    const ours = known.get(rowKey(theirs));
    return ours === undefined ? [] : [{ ours, theirs }];
  });
  for (let start = 0; start < doubles.length; start += 5_000) {
    const ids = doubles.slice(start, start + 5_000).map(({ theirs }) => theirs.id);
    await tx.deleteFrom("inventory_entry").where("id", "in", ids).execute();
  }
  await putEntries(
    tx,
    doubles.map(({ ours, theirs }) => joined(ours, theirs)),
  );
}

function joined(ours: InventoryEntryRow, theirs: InventoryEntryRow): InventoryEntryRow {
  const [kept, other] = theirs.as_of > ours.as_of ? [theirs, ours] : [ours, theirs];
  const said = ({ present, units, company, facts }: InventoryEntryRow) =>
    canonicalJson([present, units, company, facts]);
  const beside = said(kept) === said(other) ? [] : [conflictOf(other)];
  return {
    ...kept,
    // What is there has one incarnation: that of the account that stays, if it is there in both.
    id: theirs.present && !ours.present ? theirs.id : ours.id,
    account: ours.account,
    conflicts: [...kept.conflicts, ...other.conflicts, ...beside],
  };
}

/** One that lists both is expected to list as much as both did: else the first answer that is cut short would be believed. */
async function joinListings(tx: Tx, from: string, to: string): Promise<void> {
  const gone = await tx.deleteFrom("account_listing").where("account", "=", from).returningAll().execute();
  for (const { kind, count, at } of gone) {
    await tx
      .insertInto("account_listing")
      .values({ account: to, kind, count, at })
      .onConflict((conflict) =>
        conflict.columns(["account", "kind"]).doUpdateSet((e) => ({
          count: e("account_listing.count", "+", e.ref("excluded.count")),
          at: e.fn<string>("greatest", ["account_listing.at", "excluded.at"]),
        })),
      )
      .execute();
  }
}
