/** Which account is behind some credentials: by its declared name, or by the ids that only it has. The identity is pinned at first sight. */
import type { Account, AccountClaim, Instant } from "../../provider/generated/types";
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
  const now = known.merged_into ?? id;
  await pin(work, claim, now);
  return readAccount(work, now);
}

async function overlapping(work: Work, claim: AccountClaim): Promise<Account> {
  const ids = [...new Set(claim.evidence.ids)];
  const owners = await ownersOf(work.tx, claim.platform, ids);
  const all = await withMakers(work.tx, claim.platform, ids, owners);
  const [owner, other] = all.keys();
  if (owner !== undefined && other !== undefined) throw twoAccounts(claim, all);
  const known = await pinnedBy(work, claim);
  if (owner !== undefined && known !== undefined && known.id !== owner && known.hasIds)
    throw otherAccount(claim, known.id);
  if (owner !== undefined) {
    const fresh = ids.filter((objectId) => !owners.get(owner)?.has(objectId));
    const account = await readAccount(work, owner);
    const isNews = fresh.length > 0 || account.knownBy !== "overlap";
    await pin(work, claim, owner);
    if (isNews && mayRecord(work)) await recordIds(work, owner, claim.platform, fresh, { knownBy: "overlap" });
    return isNews ? readAccount(work, owner) : account;
  }
  if (known === undefined) return create(work, claim, `${claim.platform}:${work.newId()}`, "first-use", ids);
  if (!known.hasIds) {
    if (ids.length > 0 && mayRecord(work))
      await recordIds(work, known.id, claim.platform, ids, { knownBy: known.known_by });
    return readAccount(work, known.id);
  }
  if (ids.length === 0 && known.is_empty) return readAccount(work, known.id);
  if (ids.length === 0) {
    throw new DeskRefusal(
      "stale",
      `The account behind ${claim.connection} shows nothing, so nobody can tell whether it is still ${known.id}.\nCheck the connection's credentials. If it is empty, an admin or operator of the desk says so: npx msp account confirm ${known.id} --empty.`,
    );
  }
  throw otherAccount(claim, known.id);
}

function otherAccount(claim: AccountClaim, known: string): DeskRefusal {
  return new DeskRefusal(
    "forbidden",
    `The credentials of ${claim.connection} are those of another account: nothing that they show is known of ${known}.\nUse the credentials of ${known}, or another connection name for the other account. If it is one account all the same, an admin or operator of the desk says so: npx msp account confirm ${known} ${claim.evidence.ids[0] ?? "<id>"}.`,
    { status: 409 },
  );
}

/** More ids than a person would copy; that many have not moved one by one. */
const MOST_TOLD = 10;

/** Says which objects are whose, from the account that fewer are of. */
function twoAccounts(claim: AccountClaim, owners: ReadonlyMap<string, ReadonlySet<string>>): DeskRefusal {
  const [[from, some] = ["", new Set<string>()], [to] = [""]] = [...owners].sort(([, a], [, b]) => a.size - b.size);
  const told = [...some].slice(0, MOST_TOLD);
  const more = some.size > told.length ? ` and ${some.size - told.length} more` : "";
  return new DeskRefusal(
    "forbidden",
    `The credentials of ${claim.connection} show objects of two accounts: of ${to}, and of ${from} (${told.join(", ")}${more}); nothing is written.\nCheck the credentials. Otherwise an admin or operator of the desk says what is true: npx msp account merge ${from} --into ${to}, or, where only these have moved, npx msp account confirm ${to} ${told.join(" ")} --from ${from}.`,
    { status: 409, blockers: [...owners.keys()] },
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

/** The size of a whole listing, against which a sudden loss is noticed. */
export async function recordListing(work: Work, id: string, kind: string, count: number): Promise<Account> {
  if ((await findAccount(work.tx, id)) === undefined) throw new DeskRefusal("notFound", `There is no account ${id}.`);
  await refuseMerged(work.tx, id, nextRun);
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
  const former = await view.tx.selectFrom("account").select("id").where("merged_into", "=", id).orderBy("id").execute();
  return {
    id: row.id,
    platform: row.platform,
    connection: row.connection,
    knownBy: row.known_by,
    ...(former.length === 0 ? {} : { formerly: former.map((account) => account.id) }),
    listings: Object.fromEntries(
      listings.map(({ kind, count, at }): [string, { count: number; at: Instant }] => [kind, { count, at }]),
    ),
  };
}

/** What is written to an account that is no more, nobody finds: throws `stale`, with the way out. */
export async function refuseMerged(tx: Tx, id: string, wayOut: (into: string) => string): Promise<void> {
  const account = await findAccount(tx, id);
  const into = account?.merged_into ?? undefined;
  if (account !== undefined && into !== undefined) throw mergedAlready(account, wayOut(into));
}

/** The way out of a run that began before the merge. */
export function nextRun(into: string): string {
  return `Run this again: the next run goes on with ${into}.`;
}

export function mergedAlready({ id, merged_into: into }: AccountTable, wayOut?: string): DeskRefusal {
  const words = `${id} was merged into ${into} and has nothing of its own any more.`;
  return new DeskRefusal("stale", wayOut === undefined ? words : `${words}\n${wayOut}`);
}

export function findAccount(tx: Tx, id: string): Promise<AccountTable | undefined> {
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

/** Adds ids to what an account is known by. */
export async function recordIds(
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
export async function ownersOf(
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

/** Which of these ids are of the account, or were made in it by a program. */
export async function idsOf(
  tx: Tx,
  { id, platform }: Pick<AccountTable, "id" | "platform">,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  return (await withMakers(tx, platform, ids, await ownersOf(tx, platform, ids))).get(id) ?? new Set();
}

/**
 * Besides, which account a program made them in. An account that was empty at its last claim has no ids yet, and what was made in it since
 * then must not look like another's that nobody knows.
 */
async function withMakers(
  tx: Tx,
  platform: string,
  ids: readonly string[],
  owners: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const known = new Set([...owners.values()].flatMap((owned) => [...owned]));
  const unknown = ids.filter((id) => !known.has(id));
  const all = new Map([...owners].map(([account, owned]): [string, Set<string>] => [account, new Set(owned)]));
  for (let start = 0; start < unknown.length; start += 5_000) {
    const rows = await tx
      .selectFrom("intent")
      .innerJoin("account", "account.id", "intent.account")
      .select(["account.id as account", "intent.object_id"])
      .where("account.platform", "=", platform)
      .where("intent.type", "=", "Customer")
      .where("intent.object_id", "in", unknown.slice(start, start + 5_000))
      .execute();
    for (const { account, object_id } of rows)
      if (object_id !== null) all.set(account, (all.get(account) ?? new Set()).add(object_id));
  }
  return all;
}
