/** The desk's tables as Kysely sees them; `migrations.ts` makes them, the same on both engines. */
import type { ColumnType, Selectable } from "kysely";
import type {
  Act,
  CompanyProfile,
  Instant,
  InventoryConflict,
  InventoryKind,
  ItemKind,
  ItemMode,
  ItemState,
  LicenceDisposition,
  Person,
  Requester,
  RequestKind,
  RequestState,
  Role,
  SubjectKind,
  TokenKind,
  VendorSide,
  Verification,
} from "../../provider/generated/types";

/** A jsonb column: read as the value, written as its JSON text, which both drivers take alike. */
export type Json<T> = ColumnType<T, string, string>;

export type JsonOrNull<T> = ColumnType<T | null, string | null, string | null>;

export interface TokenTable {
  readonly id: string;
  /** SHA-256 of the token, in hex; the token itself is nowhere. */
  readonly sha256: string;
  readonly email: string;
  readonly name: string | null;
  readonly kind: TokenKind;
  readonly roles: Json<readonly Role[]>;
  readonly created_at: Instant;
  readonly revoked_at: Instant | null;
}

export interface AccountTable {
  readonly id: string;
  readonly platform: string;
  /** The connection under which it was first seen. */
  readonly connection: string;
  readonly known_by: "first-use" | "overlap" | "declared" | "confirmed";
  /** A person has confirmed that it shows nothing; until something is seen in it again. */
  readonly is_empty: boolean;
  /** The account that it is a part of now; nothing is known of this one any more. */
  readonly merged_into: string | null;
  readonly created_at: Instant;
}

/** The account that a connection name last resolved to. */
export interface AccountConnectionTable {
  readonly platform: string;
  readonly connection: string;
  readonly account: string;
}

export interface AccountObjectTable {
  readonly platform: string;
  readonly object_id: string;
  readonly account: string;
}

export interface AccountListingTable {
  readonly account: string;
  readonly kind: string;
  readonly count: number;
  readonly at: Instant;
}

export interface IntentTable {
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly natural_key: string;
  readonly resource: string;
  readonly recorded_at: Instant;
  readonly sent_at: Instant | null;
  readonly object_id: string | null;
  readonly outcome: "recorded" | "sent" | "done";
}

export interface InventoryEntryTable {
  /** The incarnation: kept while present, new when the thing comes back. */
  readonly id: string;
  readonly account: string;
  readonly kind: InventoryKind;
  readonly subject_kind: SubjectKind;
  readonly subject_key: string;
  readonly subject_name: string;
  /** As the source spells it; empty where the fact is about no product. */
  readonly product: string;
  /** The product in lower case: what is the same product. */
  readonly product_key: string;
  readonly units: number | null;
  readonly company: JsonOrNull<CompanyProfile>;
  readonly facts: JsonOrNull<Readonly<Record<string, string>>>;
  readonly present: boolean;
  readonly as_of: Instant;
  readonly source: string;
  readonly voucher: string | null;
  readonly conflicts: Json<readonly InventoryConflict[]>;
}

export interface InventoryImportTable {
  readonly id: string;
  readonly number: number;
  readonly account: string;
  readonly as_of: Instant;
  readonly voucher: string;
  readonly complete: boolean;
  /** What was imported, as it was understood. */
  readonly rows: Json<readonly unknown[]>;
  readonly imported_at: Instant;
  readonly imported_by: string;
}

export interface RequestTable {
  readonly id: string;
  readonly number: number;
  readonly account: string;
  readonly platform: string;
  readonly kind: RequestKind;
  readonly state: RequestState;
  readonly subject_kind: SubjectKind;
  readonly subject_key: string;
  readonly subject_name: string;
  readonly reason: string;
  readonly requesters: Json<readonly Requester[]>;
  readonly licence: LicenceDisposition;
  readonly stays: Json<readonly string[]>;
  readonly resource: string;
  readonly filed_at: Instant;
  readonly filed_by: Json<Person>;
  readonly verification: JsonOrNull<Verification>;
  readonly vendor: JsonOrNull<VendorSide>;
  /** Times during which the clock stood; the last one has no end while it stands. */
  readonly pauses: Json<readonly Pause[]>;
  readonly closed_at: Instant | null;
  readonly outcome_reason: string | null;
  readonly blocked_by: Json<readonly string[]>;
  readonly contradictions: Json<readonly string[]>;
}

/** A time during which the clock of a request stood. */
export interface Pause {
  readonly from: Instant;
  readonly to?: Instant;
}

export interface RequestItemTable {
  readonly request: string;
  readonly n: number;
  readonly kind: ItemKind;
  readonly name: string;
  /** The name in lower case, folded here: databases fold as their locale has it. */
  readonly name_key: string;
  readonly incarnation: string;
  readonly mode: ItemMode;
  readonly click_path: Json<readonly string[]>;
  readonly units: number | null;
  readonly state: ItemState;
  readonly removed: JsonOrNull<Act>;
  readonly confirmed: JsonOrNull<Act>;
  // What the unique index needs, copied from the request.
  readonly account: string;
  readonly subject_kind: SubjectKind;
  readonly subject_key: string;
  readonly request_kind: RequestKind;
  readonly open: boolean;
}

/** What a held request waits for: one row per part, naming the request on which the part leaves. */
export interface HeldPartTable {
  readonly request: string;
  readonly subject_key: string;
  readonly product: string;
  /** Of the item on the request that is waited for. */
  readonly incarnation: string;
  readonly waits_for: string;
}

export interface AuditRecordTable {
  readonly seq: number;
  readonly at: Instant;
  readonly by: Json<Person>;
  readonly action: string;
  readonly subject: string;
  /** Canonical JSON text, byte for byte as it was hashed: jsonb would reorder it. */
  readonly body: string;
  readonly hash: string;
}

export interface Tables {
  readonly token: TokenTable;
  readonly account: AccountTable;
  readonly account_connection: AccountConnectionTable;
  readonly account_object: AccountObjectTable;
  readonly account_listing: AccountListingTable;
  readonly intent: IntentTable;
  readonly inventory_entry: InventoryEntryTable;
  readonly inventory_import: InventoryImportTable;
  readonly request: RequestTable;
  readonly request_item: RequestItemTable;
  readonly held_part: HeldPartTable;
  readonly audit_record: AuditRecordTable;
}

export type RequestRow = Selectable<RequestTable>;
export type RequestItemRow = Selectable<RequestItemTable>;
export type InventoryEntryRow = Selectable<InventoryEntryTable>;
