/** The hash chain: every change leaves one record that carries the hash of all before it, so none can be altered or taken out unseen. */
import { createHash } from "node:crypto";
import type { Instant, Person } from "../../provider/generated/types";
import type { Store, Tx } from "../store/store";

/** A record before it has its place in the chain. */
export interface Entry {
  readonly at: Instant;
  readonly by: Person;
  readonly action: string;
  /** What it is about: `request:R-7`, `token:T-1`. */
  readonly subject: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface AuditRecord extends Entry {
  readonly seq: number;
  readonly hash: string;
}

export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export interface ChainVerdict {
  readonly ok: boolean;
  readonly count: number;
  /** The first record that is not what was written, or whose forerunner is missing. */
  readonly firstBroken?: number;
}

/** What the first record follows. */
const ORIGIN: ChainHead = { seq: 0, hash: "0".repeat(64) };
const BATCH = 1_000;

/** Adds a record in the transaction of the change that it tells of. */
export async function append(tx: Tx, entry: Entry): Promise<ChainHead> {
  const previous = await head(tx);
  const seq = previous.seq + 1;
  const hash = hashOf(previous.hash, { ...entry, seq });
  await tx
    .insertInto("audit_record")
    .values({
      seq,
      at: entry.at,
      by: JSON.stringify(entry.by),
      action: entry.action,
      subject: entry.subject,
      body: canonicalJson(entry.body),
      hash,
    })
    .execute();
  return { seq, hash };
}

/** The last record's place and hash; whoever keeps a copy elsewhere can tell later whether the chain was cut. */
export async function head(tx: Tx): Promise<ChainHead> {
  return (
    (await tx.selectFrom("audit_record").select(["seq", "hash"]).orderBy("seq", "desc").limit(1).executeTakeFirst()) ??
    ORIGIN
  );
}

/** Records after `after`, oldest first. */
export async function records(tx: Tx, after: number, limit: number): Promise<readonly AuditRecord[]> {
  const rows = await tx
    .selectFrom("audit_record")
    .selectAll()
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) }));
}

/** Computes the whole chain anew; `kept` is a head that somebody noted earlier, which the chain must still hold. */
export async function verify(store: Store, kept: ChainHead = ORIGIN): Promise<ChainVerdict> {
  let previous = ORIGIN;
  const isOther = ({ seq, hash }: ChainHead) => seq === kept.seq && hash !== kept.hash;
  for (;;) {
    const rows = await store.read((tx) =>
      tx.selectFrom("audit_record").selectAll().where("seq", ">", previous.seq).orderBy("seq").limit(BATCH).execute(),
    );
    for (const row of rows) {
      const expected = previous.seq + 1;
      if (row.seq !== expected || row.hash !== hashOf(previous.hash, { ...row, body: parsed(row.body) })) {
        return { ok: false, count: previous.seq, firstBroken: expected };
      }
      if (isOther(row)) return { ok: false, count: previous.seq, firstBroken: expected };
      previous = { seq: row.seq, hash: row.hash };
    }
    if (rows.length < BATCH) {
      const { seq } = previous;
      return seq < kept.seq ? { ok: false, count: seq, firstBroken: seq + 1 } : { ok: true, count: seq };
    }
  }
}

/** The text of a tampered body may be no JSON at all; then it hashes as the text that it is, which nothing we write does. */
function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body);
  } catch {
    return { unreadable: body };
  }
}

function hashOf(previousHash: string, { seq, at, by, action, subject, body }: Omit<AuditRecord, "hash">): string {
  return createHash("sha256")
    .update(previousHash)
    .update(canonicalJson({ seq, at, by, action, subject, body }))
    .digest("hex");
}

/** JSON with sorted keys and no spaces: the same value always has the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}
