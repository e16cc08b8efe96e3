/** What makes the tables, in order; plain SQL that PGlite and PostgreSQL understand alike. A released migration is never edited. */
import { type Kysely, sql } from "kysely";
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from "kysely/migration";
import { ProviderError } from "../../provider/errors";

const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of FIRST) await sql.raw(statement).execute(db);
  },
};

const FIRST = [
  `create table token (
     id text primary key,
     sha256 text not null unique,
     email text not null,
     name text,
     kind text not null check (kind in ('person', 'bot')),
     roles jsonb not null,
     created_at timestamptz not null,
     revoked_at timestamptz)`,

  `create table account (
     id text primary key,
     platform text not null,
     connection text not null,
     known_by text not null check (known_by in ('first-use', 'overlap', 'declared', 'confirmed')),
     is_empty boolean not null,
     created_at timestamptz not null)`,
  `create table account_connection (
     platform text not null,
     connection text not null,
     account text not null references account,
     primary key (platform, connection))`,
  `create table account_object (
     platform text not null,
     object_id text not null,
     account text not null references account,
     primary key (platform, object_id))`,
  "create index account_object_account on account_object (account)",
  `create table account_listing (
     account text not null references account,
     kind text not null,
     count integer not null,
     at timestamptz not null,
     primary key (account, kind))`,
  `create table intent (
     id text primary key,
     account text not null,
     type text not null,
     natural_key text not null,
     resource text not null,
     recorded_at timestamptz not null,
     sent_at timestamptz,
     object_id text,
     outcome text not null check (outcome in ('recorded', 'sent', 'done')),
     unique (account, type, natural_key))`,

  `create table inventory_entry (
     id text not null,
     account text not null,
     kind text not null check (kind in ('customer', 'owner', 'assignment')),
     subject_kind text not null check (subject_kind in ('owner', 'customer')),
     subject_key text not null,
     subject_name text not null,
     product text not null,
     product_key text not null,
     units integer,
     company jsonb,
     facts jsonb,
     present boolean not null,
     as_of timestamptz not null,
     source text not null,
     voucher text,
     conflicts jsonb not null,
     primary key (account, kind, subject_kind, subject_key, product_key))`,
  `create table inventory_import (
     id text primary key,
     number integer not null unique,
     account text not null,
     as_of timestamptz not null,
     voucher text not null,
     complete boolean not null,
     rows jsonb not null,
     imported_at timestamptz not null,
     imported_by text not null)`,
  "create index inventory_import_account on inventory_import (account, complete)",

  `create table request (
     id text primary key,
     number integer not null unique,
     account text not null,
     platform text not null,
     kind text not null check (kind in ('leaving', 'joining')),
     state text not null check (state in ('Held', 'Pending', 'In Progress', 'Completed', 'Rejected', 'Withdrawn')),
     subject_kind text not null check (subject_kind in ('owner', 'customer')),
     subject_key text not null,
     subject_name text not null,
     reason text not null,
     requesters jsonb not null,
     licence text not null check (licence in ('keep', 'reduce')),
     stays jsonb not null,
     resource text not null,
     filed_at timestamptz not null,
     filed_by jsonb not null,
     verification jsonb,
     vendor jsonb,
     pauses jsonb not null,
     closed_at timestamptz,
     outcome_reason text,
     blocked_by jsonb not null,
     contradictions jsonb not null)`,
  "create index request_subject on request (account, subject_key)",
  "create index request_state on request (state)",
  `create table request_item (
     request text not null references request,
     n integer not null,
     kind text not null check (kind in ('product', 'customer')),
     name text not null,
     name_key text not null,
     incarnation text not null,
     mode text not null check (mode in ('api', 'observe', 'request')),
     click_path jsonb not null,
     units integer,
     state text not null check (state in ('open', 'removed', 'confirmed')),
     removed jsonb,
     confirmed jsonb,
     account text not null,
     subject_kind text not null,
     subject_key text not null,
     request_kind text not null,
     open boolean not null,
     primary key (request, n))`,
  // One open leaving per incarnation, whoever files it. What is yet to be assigned has no incarnation, so joinings are one per product.
  // A customer is known by its key: its name may change while it leaves.
  `create unique index request_item_open on request_item
     (account, subject_kind, subject_key, kind, (case when kind = 'customer' then '' else name_key end), request_kind, (case when request_kind = 'leaving' then incarnation else '' end))
     where open`,
  "create index request_item_subject on request_item (account, subject_key, name_key)",
  `create table held_part (
     request text not null references request,
     subject_key text not null,
     product text not null,
     incarnation text not null,
     waits_for text not null references request)`,
  "create index held_part_request on held_part (request)",

  `create table audit_record (
     seq integer primary key,
     at timestamptz not null,
     by jsonb not null,
     action text not null,
     subject text not null,
     body text not null,
     hash text not null)`,
  "create index audit_record_subject on audit_record (subject, seq)",
];

const mergedAccounts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql.raw("alter table account add column merged_into text references account").execute(db);
  },
};

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first-storey": first,
  "0002-merged-accounts": mergedAccounts,
};

/** Brings the tables up to this version; safe beside another desk that starts at the same moment. Throws `unsupported` where a newer one was here. */
export async function migrate<T>(db: Kysely<T>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const unknown = await unknownMigrations(db);
  if (unknown.length === 0) throw error;
  throw new ProviderError(
    "unsupported",
    `The desk's database was written by a newer desk: this one does not know ${unknown.join(", ")}.\nUpdate pulumi-msp where this desk runs.`,
    { operation: "start the desk", cause: error },
  );
}

async function unknownMigrations<T>(db: Kysely<T>): Promise<readonly string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
    return rows.map(({ name }) => name).filter((name) => !(name in MIGRATIONS));
  } catch {
    // There is no telling; then the first error is the one to tell.
    return [];
  }
}
