/** Bearer tokens: shown once, kept as SHA-256 digests, compared in constant time, revocable. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Role, TokenGrant, TokenRecord } from "../../provider/generated/types";
import { DeskRefusal } from "../problems";
import type { Tx } from "../store/store";
import type { TokenTable } from "../store/tables";
import type { Work } from "../work";
import { type Actor, revoked } from "./roles";

type TokenRow = Omit<TokenTable, "roles"> & { readonly roles: readonly Role[] };

/** A record, and the token itself, which nobody can be shown again. */
export interface IssuedToken {
  readonly record: TokenRecord;
  readonly token: string;
}

/** A new token, without anybody knowing of it yet. */
export function makeToken(): string {
  return `msp_${randomBytes(32).toString("base64url")}`;
}

/** Grants a token; `token` is given where the environment has set it. */
export async function issueToken(work: Work, grant: TokenGrant, token = makeToken()): Promise<IssuedToken> {
  const { count } = await work.tx
    .selectFrom("token")
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const row: TokenRow = {
    id: `T-${count + 1}`,
    sha256: digest(token),
    email: grant.person.email,
    name: grant.person.name ?? null,
    kind: grant.kind,
    roles: grant.roles,
    created_at: work.now,
    revoked_at: null,
  };
  await work.tx
    .insertInto("token")
    .values({ ...row, roles: JSON.stringify(row.roles) })
    .execute();
  const record = toRecord(row);
  await work.record("token granted", `token:${record.id}`, { token: record });
  return { record, token };
}

/** Who holds this token; undefined when it is unknown. A revoked one is found, so that its holder can be told. */
export async function findToken(tx: Tx, token: string): Promise<TokenRecord | undefined> {
  const wanted = digest(token);
  const row = await tx.selectFrom("token").selectAll().where("sha256", "=", wanted).executeTakeFirst();
  // The index compares digests, which tell nothing of the token; the last word is still a comparison in constant time.
  return row !== undefined && timingSafeEqual(Buffer.from(row.sha256, "hex"), Buffer.from(wanted, "hex"))
    ? toRecord(row)
    : undefined;
}

export async function listTokens(tx: Tx): Promise<readonly TokenRecord[]> {
  const rows = await tx.selectFrom("token").selectAll().orderBy("created_at").orderBy("id").execute();
  return rows.map(toRecord);
}

/** Ends a token at once; ending it again changes nothing. The last admin's is kept, or nobody could grant another. */
export async function revokeToken(work: Work, id: string): Promise<TokenRecord> {
  const all = await listTokens(work.tx);
  const token = all.find((candidate) => candidate.id === id);
  if (token === undefined) throw new DeskRefusal("notFound", `There is no token ${id}.`);
  if (token.revokedAt !== undefined) return token;
  const isLiveAdmin = (t: TokenRecord) => t.roles.includes("admin") && t.revokedAt === undefined;
  if (isLiveAdmin(token) && all.filter(isLiveAdmin).length === 1) {
    throw new DeskRefusal(
      "blocked",
      `${id} is the last token with the role admin; grant another before it is revoked.`,
    );
  }
  await work.tx.updateTable("token").set({ revoked_at: work.now }).where("id", "=", id).execute();
  await work.record("token revoked", `token:${id}`, { person: token.person });
  return { ...token, revokedAt: work.now };
}

/** Who a token lets in; throws `unauthenticated`. */
export async function authenticate(tx: Tx, authorization: string | undefined): Promise<Actor> {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined)
    throw new DeskRefusal("unauthenticated", "This call needs a token: Authorization: Bearer <token>.");
  const record = await findToken(tx, token);
  if (record === undefined)
    throw new DeskRefusal("unauthenticated", "The desk does not know this token. An admin of the desk grants one.");
  if (record.revokedAt !== undefined) throw revoked(record, record.revokedAt);
  return { person: record.person, kind: record.kind, roles: record.roles as readonly Role[], token: record };
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function toRecord(row: TokenRow): TokenRecord {
  return {
    id: row.id,
    person: row.name === null ? { email: row.email } : { email: row.email, name: row.name },
    kind: row.kind,
    roles: row.roles,
    createdAt: row.created_at,
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  };
}
