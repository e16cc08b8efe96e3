/** The attested inventory as it stands: current facts, each with its source, date and voucher. */
import type {
  CompanyProfile,
  Instant,
  InventoryEntry,
  InventoryKind,
  ItemKind,
  Subject,
} from "../../provider/generated/types";
import type { Tx } from "../store/store";
import type { InventoryEntryRow } from "../store/tables";
import type { View, Work } from "../work";

/** One statement about one thing, before it is compared with what is known. */
export interface Statement {
  readonly kind: InventoryKind;
  readonly subject: Subject;
  readonly product?: string;
  readonly units?: number;
  readonly company?: CompanyProfile;
  readonly facts?: Readonly<Record<string, string>>;
}

export interface InventoryFilter {
  readonly account?: string | undefined;
  readonly kind?: string | undefined;
  readonly subject?: string | undefined;
  readonly product?: string | undefined;
  readonly present?: boolean | undefined;
}

/** What makes two statements be about the same thing of an account. */
export function keyOf(about: {
  kind: InventoryKind;
  subject: Pick<Subject, "kind" | "key">;
  product?: string;
}): string {
  return JSON.stringify([about.kind, about.subject.kind, about.subject.key, nameKey(about.product ?? "")]);
}

/** A name as the desk compares it: without regard to case, to how its accents are composed, and to blanks around it. */
export function nameKey(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}

/** A subject as the desk compares it: e-mail addresses are names, while a customer's key is exact. */
export function normalSubject(subject: Subject): Subject {
  return subject.kind === "owner" ? { ...subject, key: nameKey(subject.key) } : subject;
}

/** The current facts, in the order of their keys. */
export async function listEntries(view: View, filter: InventoryFilter): Promise<readonly InventoryEntry[]> {
  let query = view.tx.selectFrom("inventory_entry").selectAll();
  if (filter.account !== undefined) query = query.where("account", "=", filter.account);
  if (filter.kind !== undefined) query = query.where("kind", "=", filter.kind as InventoryKind);
  if (filter.subject !== undefined) query = query.where("subject_key", "in", [filter.subject, nameKey(filter.subject)]);
  if (filter.product !== undefined) query = query.where("product_key", "=", nameKey(filter.product));
  if (filter.present !== undefined) query = query.where("present", "=", filter.present);
  const rows = await query.orderBy("account").orderBy("kind").orderBy("subject_key").orderBy("product_key").execute();
  return rows.map((row) => toEntry(view, row));
}

/** What is known of subjects with these keys: customers by them exactly, device owners in any case. */
export function entriesOfSubjects(tx: Tx, account: string, keys: readonly string[]): Promise<InventoryEntryRow[]> {
  const folded = keys.map(nameKey);
  return tx
    .selectFrom("inventory_entry")
    .selectAll()
    .where("account", "=", account)
    .where((e) =>
      e.or([
        e.and([e("subject_kind", "=", "customer"), e("subject_key", "in", keys)]),
        e.and([e("subject_kind", "=", "owner"), e("subject_key", "in", folded)]),
      ]),
    )
    .orderBy("subject_key")
    .orderBy("product_key")
    .execute();
}

/** Everything that the account is known to hold or to have held. */
export function entriesOf(tx: Tx, account: string): Promise<InventoryEntryRow[]> {
  return tx.selectFrom("inventory_entry").selectAll().where("account", "=", account).execute();
}

/** Puts a fact where the one with the same key was, or adds it. */
export async function putEntries(tx: Tx, rows: readonly InventoryEntryRow[]): Promise<void> {
  // PostgreSQL takes 65,535 parameters in one statement; a row has 16.
  for (let start = 0; start < rows.length; start += 1_000) {
    const values = rows.slice(start, start + 1_000).map((row) => ({
      ...row,
      company: row.company === null ? null : JSON.stringify(row.company),
      facts: row.facts === null ? null : JSON.stringify(row.facts),
      conflicts: JSON.stringify(row.conflicts),
    }));
    await tx
      .insertInto("inventory_entry")
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(["account", "kind", "subject_kind", "subject_key", "product_key"]).doUpdateSet((e) => ({
          id: e.ref("excluded.id"),
          subject_name: e.ref("excluded.subject_name"),
          product: e.ref("excluded.product"),
          units: e.ref("excluded.units"),
          company: e.ref("excluded.company"),
          facts: e.ref("excluded.facts"),
          present: e.ref("excluded.present"),
          as_of: e.ref("excluded.as_of"),
          source: e.ref("excluded.source"),
          voucher: e.ref("excluded.voucher"),
          conflicts: e.ref("excluded.conflicts"),
        })),
      )
      .execute();
  }
}

/** Where a fact comes from. */
export interface Origin {
  readonly account: string;
  readonly asOf: Instant;
  readonly source: string;
  readonly voucher: string | undefined;
  /** Makes the id of a new incarnation. */
  newId(): string;
}

/** A fact about a thing that nothing was known of. */
export function newEntry(about: Statement, origin: Origin, present: boolean): InventoryEntryRow {
  return {
    id: origin.newId(),
    account: origin.account,
    kind: about.kind,
    subject_kind: about.subject.kind,
    subject_key: about.subject.key,
    subject_name: about.subject.name,
    product: about.product ?? "",
    product_key: nameKey(about.product ?? ""),
    units: about.units ?? null,
    company: about.company ?? null,
    facts: about.facts ?? null,
    present,
    as_of: origin.asOf,
    source: origin.source,
    voucher: origin.voucher ?? null,
    conflicts: [],
  };
}

/** The same thing as a newer source says it: what the source is silent on stays, and coming back makes a new incarnation. */
export function supersede(
  known: InventoryEntryRow,
  about: Statement | undefined,
  origin: Origin,
  present: boolean,
): InventoryEntryRow {
  const isBack = present && !known.present;
  return {
    ...known,
    id: isBack ? origin.newId() : known.id,
    subject_name: about?.subject.name ?? known.subject_name,
    product: about?.product ?? known.product,
    units: about?.units ?? (isBack ? null : known.units),
    company: about?.company ?? known.company,
    facts: about?.facts ?? known.facts,
    present,
    as_of: origin.asOf,
    source: origin.source,
    voucher: origin.voucher ?? null,
    conflicts: known.conflicts.filter(
      (conflict) => conflict.present !== present && conflict.source.startsWith("request:"),
    ),
  };
}

/** What a confirmed item of a request proves, as a fact of the inventory. */
export async function recordOutcome(work: Work, about: Statement, origin: Origin, present: boolean): Promise<void> {
  const known = await findEntry(work.tx, origin.account, about);
  if (known === undefined) return putEntries(work.tx, [newEntry(about, origin, present)]);
  if (known.as_of > origin.asOf) return;
  await putEntries(work.tx, [supersede(known, about, origin, present)]);
}

/** An item of a request, as the thing that the inventory knows. */
export function statementOf(subject: Subject, item: { kind: ItemKind; name: string; units?: number }): Statement {
  if (item.kind === "customer") return { kind: "customer", subject };
  return {
    kind: "assignment",
    subject,
    product: item.name,
    ...(item.units === undefined ? {} : { units: item.units }),
  };
}

/** What is known of one thing. */
export function findEntry(
  tx: Tx,
  account: string,
  about: Pick<Statement, "kind" | "subject" | "product">,
): Promise<InventoryEntryRow | undefined> {
  return tx
    .selectFrom("inventory_entry")
    .selectAll()
    .where("account", "=", account)
    .where("kind", "=", about.kind)
    .where("subject_kind", "=", about.subject.kind)
    .where("subject_key", "=", about.subject.key)
    .where("product_key", "=", nameKey(about.product ?? ""))
    .executeTakeFirst();
}

/** Older than the account's platform allows for irrecoverable steps. */
export function isStale(view: View, row: Pick<InventoryEntryRow, "account" | "as_of">): boolean {
  const { staleAfterMs } = view.calendars.of(platformOf(row.account));
  return Date.parse(view.now) - Date.parse(row.as_of) > staleAfterMs;
}

/** An account's identity begins with its platform. */
export function platformOf(account: string): string {
  return account.split(":", 1)[0] ?? account;
}

function toEntry(view: View, row: InventoryEntryRow): InventoryEntry {
  return {
    id: row.id,
    account: row.account,
    kind: row.kind,
    subject: { kind: row.subject_kind, key: row.subject_key, name: row.subject_name },
    ...(row.product === "" ? {} : { product: row.product }),
    ...(row.units === null ? {} : { units: row.units }),
    ...(row.company === null ? {} : { company: row.company }),
    ...(row.facts === null ? {} : { facts: row.facts }),
    present: row.present,
    asOf: row.as_of,
    source: row.source,
    ...(row.voucher === null ? {} : { voucher: row.voucher }),
    stale: isStale(view, row),
    conflicts: row.conflicts,
  };
}
