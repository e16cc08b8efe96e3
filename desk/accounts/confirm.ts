/** What people say of an account: that ids are its own, or that it is a part of another now. Credentials alone can't show that. */
import type { Account, AccountConfirmation, AccountMerge } from "../../provider/generated/types";
import { DeskRefusal } from "../problems";
import type { Tx } from "../store/store";
import type { AccountTable } from "../store/tables";
import type { Work } from "../work";
import { findAccount, ownersOf, readAccount, recordIds } from "./resolve";

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

  await dropDoubles(work.tx, from.id, to.id);
  const owned = ["account_object", "account_connection", "intent", "inventory_entry", "inventory_import"] as const;
  for (const table of [...owned, "request", "request_item"] as const)
    await work.tx.updateTable(table).set({ account: to.id }).where("account", "=", from.id).execute();
  // How much the whole lists is seen at its next listing.
  await work.tx.deleteFrom("account_listing").where("account", "in", [from.id, to.id]).execute();
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
  await work.record("account merged", `account:${to.id}`, { from: from.id, note: reason });
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

function mergedAlready({ id, merged_into: into }: AccountTable): DeskRefusal {
  return new DeskRefusal("stale", `${id} was merged into ${into} and has nothing of its own any more.`);
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

/** What both know: the account that stays is believed. */
async function dropDoubles(tx: Tx, from: string, to: string): Promise<void> {
  await tx
    .deleteFrom("intent")
    .where("account", "=", from)
    .where((e) =>
      e.exists(
        e
          .selectFrom("intent as kept")
          .select("kept.id")
          .where("kept.account", "=", to)
          .whereRef("kept.type", "=", "intent.type")
          .whereRef("kept.natural_key", "=", "intent.natural_key"),
      ),
    )
    .execute();
  await tx
    .deleteFrom("inventory_entry")
    .where("account", "=", from)
    .where((e) =>
      e.exists(
        e
          .selectFrom("inventory_entry as kept")
          .select("kept.id")
          .where("kept.account", "=", to)
          .whereRef("kept.kind", "=", "inventory_entry.kind")
          .whereRef("kept.subject_kind", "=", "inventory_entry.subject_kind")
          .whereRef("kept.subject_key", "=", "inventory_entry.subject_key")
          .whereRef("kept.product_key", "=", "inventory_entry.product_key"),
      ),
    )
    .execute();
}
