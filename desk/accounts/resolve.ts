/** Which account is behind some credentials: by its declared name, or by the ids that only it has. The identity is pinned at first sight. */
import type { Account, AccountClaim, AccountConfirmation, Instant } from "../../provider/generated/types";
import { DeskRefusal } from "../problems";
import type { Tx } from "../store/store";
import type { AccountTable } from "../store/tables";
import type { View, Work } from "../work";

/** The account that the claim is of; recorded at first sight, and its new ids with it. */
export async function resolveAccount(work: Work, claim: AccountClaim): Promise<Account> {
  return claim.evidence.kind === "declared" ? declared(work, claim) : overlapping(work, claim);
}

async function declared(work: Work, claim: AccountClaim): Promise<Account> {
  const [name] = claim.evidence.ids;
  if (name === undefined || claim.evidence.ids.length > 1) {
    throw new DeskRefusal("validation", `The connection ${claim.connection} must declare one account name.`);
  }
  const id = `${claim.platform}:${name}`;
  const known = await findAccount(work.tx, id);
  if (known === undefined) return create(work, claim, id, "declared", []);
  await pin(work, claim, id);
  return readAccount(work, id);
}

async function overlapping(work: Work, claim: AccountClaim): Promise<Account> {
  const ids = [...new Set(claim.evidence.ids)];
  const owners = await ownersOf(work.tx, claim.platform, ids);
  const [owner, other] = owners.keys();
  if (owner !== undefined && other !== undefined) {
    throw new DeskRefusal(
      "forbidden",
      `The credentials of ${claim.connection} show objects of two accounts, ${owner} and ${other}.\nNothing is written until an admin of the desk has found out why.`,
      { status: 409, blockers: [owner, other] },
    );
  }
  const known = await pinnedBy(work, claim);
  if (owner !== undefined && known !== undefined && known.id !== owner && known.hasIds)
    throw otherAccount(claim, known.id);
  if (owner !== undefined) {
    const fresh = ids.filter((objectId) => !owners.get(owner)?.has(objectId));
    const account = await readAccount(work, owner);
    const isNews = fresh.length > 0 || account.knownBy !== "overlap";
    await pin(work, claim, owner);
    if (isNews && mayRecord(work)) await merge(work, owner, claim.platform, fresh, { knownBy: "overlap" });
    return isNews ? readAccount(work, owner) : account;
  }
  if (known === undefined) return create(work, claim, `${claim.platform}:${work.newId()}`, "first-use", ids);
  if (!known.hasIds) {
    if (ids.length > 0 && mayRecord(work))
      await merge(work, known.id, claim.platform, ids, { knownBy: known.known_by });
    return readAccount(work, known.id);
  }
  if (ids.length === 0 && known.is_empty) return readAccount(work, known.id);
  if (ids.length === 0) {
    throw new DeskRefusal(
      "stale",
      `The account behind ${claim.connection} shows nothing, so nobody can tell whether it is still ${known.id}.\nIf it is, an admin or operator confirms it at the desk, without evidence.`,
    );
  }
  throw otherAccount(claim, known.id);
}

function otherAccount(claim: AccountClaim, known: string): DeskRefusal {
  return new DeskRefusal(
    "forbidden",
    `The credentials of ${claim.connection} are those of another account: nothing that they show is known of ${known}.\nUse the credentials of ${known}, another connection name for the other account, or have an admin or operator confirm it at the desk.`,
    { status: 409 },
  );
}

/** The account that a connection's name has stood for so far, and whether it is known by objects of its own. */
async function pinnedBy(work: Work, claim: AccountClaim) {
  const known = await work.tx
    .selectFrom("account_connection")
    .innerJoin("account", "account.id", "account_connection.account")
    .select(["account.id", "account.known_by", "account.is_empty"])
    .where("account_connection.platform", "=", claim.platform)
    .where("account_connection.connection", "=", claim.connection)
    .executeTakeFirst();
  if (known === undefined) return undefined;
  const object = await work.tx
    .selectFrom("account_object")
    .select("object_id")
    .where("account", "=", known.id)
    .limit(1)
    .executeTakeFirst();
  return { ...known, hasIds: object !== undefined };
}

/** A person's word that new evidence is of the same account; without evidence, that it is the same and shows nothing. */
export async function confirmAccount(work: Work, id: string, confirmation: AccountConfirmation): Promise<Account> {
  const account = await findAccount(work.tx, id);
  if (account === undefined) throw new DeskRefusal("notFound", `There is no account ${id}.`);
  const ids = [...new Set(confirmation.evidence)];
  const owners = await ownersOf(work.tx, account.platform, ids);
  const other = [...owners.keys()].find((owner) => owner !== id);
  if (other !== undefined)
    throw new DeskRefusal("forbidden", `Some of these ids are of the account ${other}, so they can't be of ${id}.`, {
      status: 409,
      blockers: [other],
    });
  const fresh = ids.filter((objectId) => !owners.get(id)?.has(objectId));
  await merge(work, id, account.platform, fresh, {
    knownBy: "confirmed",
    isEmpty: ids.length === 0,
    note: confirmation.reason,
  });
  return readAccount(work, id);
}

/** The size of a whole listing, against which a sudden loss is noticed. */
export async function recordListing(work: Work, id: string, kind: string, count: number): Promise<Account> {
  if ((await findAccount(work.tx, id)) === undefined) throw new DeskRefusal("notFound", `There is no account ${id}.`);
  await work.tx
    .insertInto("account_listing")
    .values({ account: id, kind, count, at: work.now })
    .onConflict((conflict) => conflict.columns(["account", "kind"]).doUpdateSet({ count, at: work.now }))
    .execute();
  await work.record("listing recorded", `account:${id}`, { kind, count });
  return readAccount(work, id);
}

/** What has left by a request is not missed when the account is next listed. */
export async function expectOneLess(work: Work, account: string, kind: string): Promise<void> {
  await work.tx
    .updateTable("account_listing")
    .set((e) => ({ count: e("count", "-", 1) }))
    .where("account", "=", account)
    .where("kind", "=", kind)
    .where("count", ">", 0)
    .execute();
}

export async function readAccount(view: View, id: string): Promise<Account> {
  const row = await findAccount(view.tx, id);
  if (row === undefined) throw new DeskRefusal("notFound", `There is no account ${id}.`);
  const listings = await view.tx
    .selectFrom("account_listing")
    .selectAll()
    .where("account", "=", id)
    .orderBy("kind")
    .execute();
  return {
    id: row.id,
    platform: row.platform,
    connection: row.connection,
    knownBy: row.known_by,
    listings: Object.fromEntries(
      listings.map(({ kind, count, at }): [string, { count: number; at: Instant }] => [kind, { count, at }]),
    ),
  };
}

function findAccount(tx: Tx, id: string): Promise<AccountTable | undefined> {
  return tx.selectFrom("account").selectAll().where("id", "=", id).executeTakeFirst();
}

/** A token that may only read learns who the account is, and records nothing. */
function mayRecord(work: Work): boolean {
  return work.actor.roles.some((role) => role === "requester" || role === "operator" || role === "admin");
}

async function create(
  work: Work,
  claim: AccountClaim,
  id: string,
  knownBy: AccountTable["known_by"],
  ids: readonly string[],
): Promise<Account> {
  const { platform, connection } = claim;
  if (!mayRecord(work)) {
    throw new DeskRefusal(
      "forbidden",
      `The desk sees the account behind ${connection} for the first time, and ${work.actor.person.email} may only read.\nRun once with a token of the role requester, which records it.`,
    );
  }
  await work.tx
    .insertInto("account")
    .values({ id, platform, connection, known_by: knownBy, is_empty: false, created_at: work.now })
    .execute();
  await work.tx
    .insertInto("account_connection")
    .values({ platform, connection, account: id })
    .onConflict((conflict) => conflict.columns(["platform", "connection"]).doUpdateSet({ account: id }))
    .execute();
  await insertObjects(work.tx, id, platform, ids);
  const endpoint = claim.endpoint === undefined ? {} : { endpoint: claim.endpoint };
  await work.record("account recorded", `account:${id}`, { connection, ...endpoint, knownBy, ids });
  return readAccount(work, id);
}

interface Knowledge {
  readonly knownBy: AccountTable["known_by"];
  readonly isEmpty?: boolean;
  readonly note?: string;
}

async function merge(
  work: Work,
  id: string,
  platform: string,
  ids: readonly string[],
  { knownBy, isEmpty = false, note }: Knowledge,
): Promise<void> {
  await insertObjects(work.tx, id, platform, ids);
  await work.tx.updateTable("account").set({ known_by: knownBy, is_empty: isEmpty }).where("id", "=", id).execute();
  await work.record(knownBy === "confirmed" ? "account confirmed" : "account ids added", `account:${id}`, {
    ...(note === undefined ? {} : { note }),
    ids,
    ...(isEmpty ? { isEmpty } : {}),
  });
}

/** From now, whoever comes under this connection's name and shows nothing known is another. */
async function pin(work: Work, { platform, connection }: AccountClaim, account: string): Promise<void> {
  if (!mayRecord(work)) return;
  const pinned = await work.tx
    .selectFrom("account_connection")
    .select("account")
    .where("platform", "=", platform)
    .where("connection", "=", connection)
    .executeTakeFirst();
  if (pinned?.account === account) return;
  await work.tx
    .insertInto("account_connection")
    .values({ platform, connection, account })
    .onConflict((conflict) => conflict.columns(["platform", "connection"]).doUpdateSet({ account }))
    .execute();
  const before = pinned === undefined ? {} : { before: pinned.account };
  await work.record("connection pinned", `account:${account}`, { connection, ...before });
}

async function insertObjects(tx: Tx, account: string, platform: string, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += 5_000) {
    const values = ids.slice(start, start + 5_000).map((object_id) => ({ platform, object_id, account }));
    await tx.insertInto("account_object").values(values).execute();
  }
}

/** Which accounts know which of these ids. */
async function ownersOf(
  tx: Tx,
  platform: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const owners = new Map<string, Set<string>>();
  for (let start = 0; start < ids.length; start += 5_000) {
    const rows = await tx
      .selectFrom("account_object")
      .select(["account", "object_id"])
      .where("platform", "=", platform)
      .where("object_id", "in", ids.slice(start, start + 5_000))
      .execute();
    for (const { account, object_id } of rows) owners.set(account, (owners.get(account) ?? new Set()).add(object_id));
  }
  return owners;
}
