// Generated from schemas/ - run npm run generate

/** An e-mail address; compared without regard to case. */
export type Email = string;

/** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
export type Instant = string;

/** A calendar date: 2026-03-02. */
export type CalendarDate = string;

/** A stable name of this entry in the fleet file; it makes the logical name, so it never changes. */
export type FleetKey = string;

/** The name of a platform connection in configuration. */
export type ConnectionName = string;

/** The product as the platform spells it; where a platform sells service plans, the plan's name or id. */
export type ProductName = string;

/** Licence units (seats). */
export type Units = number;

/** What becomes of the licence when a product leaves: `keep` leaves the count as it is, `reduce` lowers it. */
export type LicenceDisposition = "keep" | "reduce";

/** `submitted`: a leaving is done for Pulumi once its request is filed. `completed`: the resource stays until the product is proven gone. */
export type Wait = "submitted" | "completed";

/** How this state is known, and as of when. */
export interface Known {
  /** `read` from the platform, `attested` by a person or an import, or `unknown`. */
  readonly how: HowKnown;
  /** When what is told was found so; a later look that finds the same does not move it. */
  readonly asOf?: Instant;
  /** Where an attested fact comes from: an import or a request. */
  readonly source?: string;
  /** The document or evidence behind an attested fact. */
  readonly voucher?: string;
}

/** `read` from the platform, `attested` by a person or an import, or `unknown`. */
export type HowKnown = "read" | "attested" | "unknown";

/** The company profile of a customer. */
export interface CompanyProfile {
  /** Street and number. */
  readonly address?: string;
  /** City. */
  readonly city: string;
  /** State, province or region. */
  readonly state: string;
  /** Postal code. */
  readonly postalCode?: string;
  /** Country, ISO 3166 with two letters: DE. */
  readonly country: string;
  /** A note that the platform keeps with the customer. */
  readonly note?: string;
  /** Where the platform sends urgent messages. */
  readonly emergencyEmail?: Email;
}

/** A telephone number in parts. */
export interface Phone {
  /** Area code. */
  readonly areaCode?: string;
  /** Number. */
  readonly number: string;
  /** Extension. */
  readonly extension?: string;
}

/** The customer's first user account; used when the customer is created, and not changed by it later. */
export interface FirstUser {
  /** Unique on the platform. */
  readonly loginName: string;
  /** First name. */
  readonly firstName: string;
  /** Last name. */
  readonly lastName: string;
  /** E-mail address. */
  readonly email: Email;
  /** Telephone. */
  readonly phone?: Phone;
  /** The platform's name of a time zone: "Pacific Standard Time". */
  readonly timeZone?: string;
  /** Language and country: en-US. */
  readonly language?: string;
}

/** One account on one platform: names and endpoints only. Credentials come from the environment or from the file named here. */
export interface Connection {
  /** Which platform. */
  readonly platform: PlatformName;
  /** Trend Micro: a Licensing Management Platform (lmp) or a Customer Licensing Portal (clp) account. */
  readonly accountType?: AccountType;
  /** The MSP's own account as the platform names it; it pins the identity where the platform can't be read. */
  readonly account?: string;
  /** Base address of the platform's API: https, or http on loopback. */
  readonly endpoint?: string;
  /** A JSON or YAML file with the credentials, if they are not in the environment. Relative to the project. */
  readonly credentialsFile?: string;
  /** Further host names that credentials may be sent to; a leading dot allows subdomains. */
  readonly allowedHosts?: readonly string[];
  /** Pace of calls to the platform. */
  readonly requestsPerSecond?: number;
  /** Longest wait for one answer. */
  readonly attemptTimeoutSeconds?: number;
  /** Longest time for one call with its retries. */
  readonly totalTimeoutSeconds?: number;
  /** How long after a write a listing may not show it yet. */
  readonly visibilitySeconds?: number;
  /** Trend Micro: which reading of the vendor's documentation holds, where it can be read in two ways. */
  readonly readings?: LmpiReadings;
}

/** Which platform. */
export type PlatformName = "armourzero" | "trend-micro";

/** Trend Micro: a Licensing Management Platform (lmp) or a Customer Licensing Portal (clp) account. */
export type AccountType = "lmp" | "clp";

/** Trend Micro: which reading of the vendor's documentation holds, where it can be read in two ways. */
export interface LmpiReadings {
  /** How instants are written in date windows. */
  readonly dateFormat?: "iso-z" | "iso-local" | "iso-millis" | "posix";
  /** Greatest width of a date window. */
  readonly windowDays?: number;
  /** Whether the body of a customer update holds the company nested or flat. */
  readonly updateBody?: "nested" | "flat";
  /** Whether the secret key signs as its text or as the bytes that it encodes. */
  readonly secretKey?: "text" | "base64";
  /** Whether the body's MD5 enters the signature as raw bytes or as hex text, before base64. */
  readonly bodyDigest?: "raw" | "hex";
  /** First day that date windows cover: nothing on the account is older. 2000-01-01 when left out; a later day with a small windowDays spares calls. */
  readonly since?: CalendarDate;
  /** Whether an update of units sends the expiry along as it is (whole), where leaving it out would change it, or leaves it out (changes). */
  readonly subscriptionUpdate?: "changes" | "whole";
  /** Which subscriptions have units and dates read one by one: those that the platform lists as modified since, or all of them where that list is not to be relied on. */
  readonly subscriptionDetails?: "modified" | "all";
}

/** Platform connections by name, the value of the configuration key msp:connections. */
export type Connections = Readonly<Record<string, Connection>>;

/** What a stack's configuration holds, each under `msp:` and its name. */
export interface Configuration {
  /** Platform connections by name: names and endpoints, no credentials. */
  readonly connections?: Connections;
  /** Address of the off-boarding desk. Its token comes from `MSP_DESK_TOKEN`, or from the file that `MSP_DESK_TOKEN_FILE` names. */
  readonly deskUrl?: string;
  /** The fleet file whose `leaving:` notes say why something leaves. Relative to the project. */
  readonly fleetFile?: string;
  /** Why what leaves in this run is leaving, where no note says so. */
  readonly reason?: string;
  /** Who asks for what this run files, where no note says so: an e-mail address. */
  readonly requester?: string;
  /** Longest time for one operation on one resource. */
  readonly timeoutSeconds?: number;
  /** Goes on where a platform lists much less than before, instead of refusing. */
  readonly acceptLosses?: boolean;
}

/** A customer of the MSP on a platform that has customers (Trend Micro Remote Manager). */
export interface CustomerInputs {
  /** The platform connection. */
  readonly platform: ConnectionName;
  /** The company's name, 1 to 128 characters. */
  readonly name: string;
  /** The company profile. */
  readonly company: CompanyProfile;
  /** The first user account, sent when the customer is created. */
  readonly firstUser?: FirstUser;
  /** Every product that this customer is meant to have. What it has beyond them shows as drift. */
  readonly products?: readonly ProductName[];
  /** Refuses to delete the customer while true. Deleted customers can't be recovered. */
  readonly deletionProtection?: boolean;
  /** `offboard` files the removal of the customer; `forget` takes it out of Pulumi's state and leaves it on the platform. */
  readonly onDelete?: OnDelete;
  /** When a leaving is done for Pulumi. */
  readonly wait?: Wait;
  /** Take over what exists on the platform already, instead of refusing. */
  readonly adopt?: boolean;
}

/** `offboard` files the removal of the customer; `forget` takes it out of Pulumi's state and leaves it on the platform. */
export type OnDelete = "offboard" | "forget";

/** What the platform or the desk says of a customer. */
export interface CustomerOutputs {
  /** The platform's id. */
  readonly customerId: string;
  /** The pinned identity of the account that this was written to; other credentials refuse every write. */
  readonly account: string;
  /** lmp or clp. */
  readonly accountType?: string;
  /** The platform's own word. */
  readonly status?: string;
  /** Id of the first user, when the platform told it. */
  readonly userId?: string;
  /** Products that it has and no program declares. */
  readonly undeclaredProducts?: readonly ProductName[];
  /** How this state is known. */
  readonly known: Known;
}

/** An end user whose devices are protected (ArmourZero). Found by e-mail address; never created by us. */
export interface DeviceOwnerInputs {
  /** The platform connection. */
  readonly platform: ConnectionName;
  /** The owner's e-mail address. */
  readonly email: Email;
  /** The owner's name; compared only when set. */
  readonly name?: string;
  /** Every product that this owner is meant to have. What is assigned beyond them shows as drift. */
  readonly products?: readonly ProductName[];
}

/** What is known of a device owner. */
export interface DeviceOwnerOutputs {
  /** The pinned identity of the account that this was written to; other credentials refuse every write. */
  readonly account: string;
  /** Products that are assigned and no program declares. */
  readonly undeclaredProducts?: readonly ProductName[];
  /** How this state is known. */
  readonly known: Known;
}

/** A product that a device owner or a customer has. Deleting it files a verified off-boarding request. */
export interface ProductAssignmentInputs {
  /** The platform connection. */
  readonly platform: ConnectionName;
  /** The device owner who has it. */
  readonly owner?: Email;
  /** The platform's id of the customer who has it. */
  readonly customer?: string;
  /** The owner's or customer's name, for messages and requests. */
  readonly subjectName?: string;
  /** The product. */
  readonly product: ProductName;
  /** Licence units; compared only when set. */
  readonly units?: Units;
  /** First day of the licence, sent when the assignment is created. */
  readonly startsOn?: CalendarDate;
  /** What becomes of the licence when the product leaves. */
  readonly licence?: LicenceDisposition;
  /** When a leaving is done for Pulumi. */
  readonly wait?: Wait;
  /** Take over what exists on the platform already, instead of refusing. */
  readonly adopt?: boolean;
}

/** What is known of an assignment. */
export interface ProductAssignmentOutputs {
  /** The id of this incarnation: the platform's, or the desk's where the platform has none. */
  readonly assignmentId: string;
  /** The pinned identity of the account that this was written to; other credentials refuse every write. */
  readonly account: string;
  /** `assigned`, or `requested` while people are asked to assign it. */
  readonly status: AssignmentStatus;
  /** The request to assign it, while one is open. */
  readonly requestId?: string;
  /** What the platform decides by itself; never a cause of a change. */
  readonly facts?: AssignmentFactsState;
  /** How this state is known. */
  readonly known: Known;
}

/** `assigned`, or `requested` while people are asked to assign it. */
export type AssignmentStatus = "assigned" | "requested";

/** What the platform decides by itself; never a cause of a change. */
export interface AssignmentFactsState {
  /** Whether the licence is in force. */
  readonly enabled?: boolean;
  /** Whether it renews by itself. */
  readonly autoRenewal?: boolean;
  /** First day. */
  readonly startsOn?: CalendarDate;
  /** Last day. */
  readonly expiresOn?: CalendarDate;
}

/** A fleet file: the customers of an MSP and what each is meant to have. */
export interface Fleet {
  /** The version of this format. */
  readonly version: 1;
  /** What entries inherit. */
  readonly defaults?: FleetDefaults;
  /** The customers. */
  readonly customers: readonly FleetCustomerEntry[];
  /** Why what was dropped is leaving, and who asks. */
  readonly leaving?: readonly LeavingNote[];
}

/** What entries inherit. */
export interface FleetDefaults {
  /** Take over what exists already. */
  readonly adopt?: boolean;
  /** When a leaving is done. */
  readonly wait?: Wait;
  /** What becomes of the licence. */
  readonly licence?: LicenceDisposition;
}

/** One customer with all its parts. */
export interface FleetCustomerEntry {
  /** A stable name of this customer in the file; it makes the logical name, so it never changes. */
  readonly key: FleetKey;
  /** The company's name. */
  readonly name: string;
  /** The platform connection that the customer and its products are on; owners may name another. */
  readonly platform: ConnectionName;
  /** The company profile; required where the platform has customers. */
  readonly company?: CompanyProfile;
  /** The first user account. */
  readonly firstUser?: FleetFirstUser;
  /** The customer's own products. */
  readonly products?: readonly FleetProduct[];
  /** Device owners and their products. */
  readonly owners?: readonly FleetOwner[];
  /** Refuses to delete the customer while true, which it is when left out. */
  readonly deletionProtection?: boolean;
  /** What deleting means: offboard or forget. */
  readonly onDelete?: "offboard" | "forget";
  /** Take over what exists already. */
  readonly adopt?: boolean;
  /** When a leaving is done. */
  readonly wait?: Wait;
  /** Words to select by. */
  readonly tags?: readonly string[];
}

/** The first user account of a customer. */
export interface FleetFirstUser {
  /** The login name, or how to generate a unique one. */
  readonly loginName: FleetLoginName;
  /** First name. */
  readonly firstName: string;
  /** Last name. */
  readonly lastName: string;
  /** E-mail address. */
  readonly email: Email;
  /** Telephone. */
  readonly phone?: Phone;
  /** The platform's name of a time zone. */
  readonly timeZone?: string;
  /** Language and country: en-US. */
  readonly language?: string;
}

/** The login name, or how to generate a unique one. */
export type FleetLoginName = string | GeneratedLoginName;

/** A generated login name. */
export interface GeneratedLoginName {
  /** Generate a unique one. */
  readonly generate: true;
  /** Its beginning. */
  readonly prefix?: string;
}

/** A product by name, or with its settings. */
export type FleetProduct = ProductName | FleetProductSettings;

/** A product with its settings. */
export interface FleetProductSettings {
  /** The product as the platform spells it. */
  readonly product: ProductName;
  /** Licence units (seats). */
  readonly units?: Units;
  /** First day of the licence. */
  readonly startsOn?: CalendarDate;
  /** What becomes of the licence when it leaves. */
  readonly licence?: LicenceDisposition;
  /** When its leaving is done. */
  readonly wait?: Wait;
  /** Take over what exists already. */
  readonly adopt?: boolean;
}

/** A device owner. */
export interface FleetOwner {
  /** A stable name of this owner within the customer; it makes the logical name, so it never changes. */
  readonly key: FleetKey;
  /** The owner's e-mail address. */
  readonly email: Email;
  /** The owner's name. */
  readonly name?: string;
  /** The platform connection, if not the customer's. */
  readonly platform?: ConnectionName;
  /** The owner's products. */
  readonly products?: readonly FleetProduct[];
}

/** Why a product, an owner or a customer leaves, and who asks for it. */
export interface LeavingNote {
  /** The owner who no longer needs the product. */
  readonly owner?: Email;
  /** The name of the customer. */
  readonly customer?: string;
  /** The platform connection that is meant, where a name alone could mean more than one. */
  readonly platform?: ConnectionName;
  /** The product; left out, the note speaks of all of them. */
  readonly product?: ProductName;
  /** Why it is no longer required; the vendor asks for it. */
  readonly reason: string;
  /** Who asks. The verifier is never the requester. */
  readonly requester: Email;
  /** Who asks, by name. */
  readonly requesterName?: string;
  /** What becomes of the licence. */
  readonly licence?: LicenceDisposition;
}

/** One attested fact. */
export interface InventoryEntry {
  /** The desk's id of this incarnation. */
  readonly id: string;
  /** Account identity. */
  readonly account: string;
  /** What the fact is about. */
  readonly kind: InventoryKind;
  /** Whom a request is about. */
  readonly subject: Subject;
  /** For an assignment. */
  readonly product?: string;
  /** Licence units (seats). */
  readonly units?: Units;
  /** The company profile of a customer. */
  readonly company?: CompanyProfile;
  /** Further columns of the source. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Whether the source says that it is there. */
  readonly present: boolean;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly asOf: Instant;
  /** import:<id> or request:<id>. */
  readonly source: string;
  /** The document behind it. */
  readonly voucher?: string;
  /** Older than the account's limit. */
  readonly stale: boolean;
  /** Other sources that say otherwise; never merged. */
  readonly conflicts: readonly InventoryConflict[];
}

/** What the fact is about. */
export type InventoryKind = "customer" | "owner" | "assignment";

/** A contradicting source. */
export interface InventoryConflict {
  /** What it says. */
  readonly present: boolean;
  /** Licence units (seats). */
  readonly units?: Units;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly asOf: Instant;
  /** Its source. */
  readonly source: string;
  /** Its document. */
  readonly voucher?: string;
}

/** One row of an import. */
export interface ImportRow {
  /** What the row is about. */
  readonly kind: "customer" | "owner" | "assignment";
  /** Whom a request is about. */
  readonly subject: Subject;
  /** For an assignment. */
  readonly product?: string;
  /** Licence units (seats). */
  readonly units?: Units;
  /** The company profile of a customer. */
  readonly company?: CompanyProfile;
  /** Further columns. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** What a person attests that the platform holds. */
export interface InventoryImport {
  /** Account identity: <platform>:<account name>. */
  readonly account: string;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly asOf?: Instant;
  /** The export or document. */
  readonly voucher: string;
  /** Whether this is all that the account holds; then what is missing is gone. */
  readonly complete: boolean;
  /** `rows`, or `csv` text. */
  readonly format: "rows" | "csv";
  /** Rows. */
  readonly rows?: readonly ImportRow[];
  /** CSV with a header: kind,subject,name,product,units. Columns beyond are kept as facts. */
  readonly csv?: string;
}

/** What an import changed. */
export interface ImportResult {
  /** The import. */
  readonly id: string;
  /** Facts that are new. */
  readonly added: number;
  /** Facts that changed. */
  readonly changed: number;
  /** Facts that are gone. */
  readonly gone: number;
  /** Facts as before. */
  readonly unchanged: number;
  /** Changes that no request asked for, in words. */
  readonly unexpected: readonly string[];
  /** Contradictions with completed or open requests, in words. */
  readonly contradictions: readonly string[];
}

/** What a client knows of the account behind its credentials. */
export interface AccountClaim {
  /** Platform. */
  readonly platform: string;
  /** The name of a platform connection in configuration. */
  readonly connection: ConnectionName;
  /** Base address. */
  readonly endpoint?: string;
  /** Ids that only this account has, or its declared name. */
  readonly evidence: AccountEvidence;
}

/** Ids that only this account has, or its declared name. */
export interface AccountEvidence {
  /** Kind. */
  readonly kind: "overlap" | "declared";
  /** Ids. */
  readonly ids: readonly string[];
}

/** A pinned account. */
export interface Account {
  /** The identity. */
  readonly id: string;
  /** Platform. */
  readonly platform: string;
  /** Connection. */
  readonly connection: string;
  /** How the identity is known. */
  readonly knownBy: "first-use" | "overlap" | "declared" | "confirmed";
  /** Accounts that were merged into this one: what was written to them is its own. */
  readonly formerly?: readonly string[];
  /** Size of the last whole listing by kind. */
  readonly listings: Readonly<Record<string, ListingSize>>;
}

/** A listing's size. */
export interface ListingSize {
  /** Objects. */
  readonly count: number;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at: Instant;
}

/** A person's word that new evidence is of the same account. */
export interface AccountConfirmation {
  /** The ids. */
  readonly evidence: readonly string[];
  /** The account that they have moved from, where they were known as another's. */
  readonly from?: string;
  /** Why. */
  readonly reason: string;
}

/** A person's word that the account is a part of another now, with all that is known of it. */
export interface AccountMerge {
  /** The account that it is now. */
  readonly into: string;
  /** Why. */
  readonly reason: string;
}

/** A create that is about to be sent. */
export interface IntentClaim {
  /** Account identity. */
  readonly account: string;
  /** Resource type. */
  readonly type: string;
  /** Natural key. */
  readonly naturalKey: string;
  /** project/stack::name. */
  readonly resource: string;
}

/** Whose an object is, though no state may know it. */
export interface Intent {
  /** Id. */
  readonly id: string;
  /** Account. */
  readonly account: string;
  /** Type. */
  readonly type: string;
  /** Natural key. */
  readonly naturalKey: string;
  /** The resource that it belongs to. */
  readonly resource: string;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly recordedAt: Instant;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly sentAt?: Instant;
  /** The object's id, once known. */
  readonly objectId?: string;
  /** recorded: not sent yet. sent: outcome unknown. done: the object exists. */
  readonly outcome: IntentOutcome;
}

/** recorded: not sent yet. sent: outcome unknown. done: the object exists. */
export type IntentOutcome = "recorded" | "sent" | "done";

/** What became of it. */
export interface IntentChange {
  /** Outcome. */
  readonly outcome: "sent" | "done" | "recorded";
  /** The object's id. */
  readonly objectId?: string;
}

/** A new token. */
export interface TokenGrant {
  /** A person or a bot. */
  readonly person: Person;
  /** A bot is nobody: it can't verify or attest. */
  readonly kind: TokenKind;
  /** Roles. */
  readonly roles: readonly Role[];
}

/** A bot is nobody: it can't verify or attest. */
export type TokenKind = "person" | "bot";

export type Role = "requester" | "verifier" | "operator" | "auditor" | "admin";

/** A token without its secret. */
export interface TokenRecord {
  /** Id. */
  readonly id: string;
  /** A person or a bot. */
  readonly person: Person;
  /** Kind. */
  readonly kind: "person" | "bot";
  /** Roles. */
  readonly roles: readonly string[];
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly createdAt: Instant;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly revokedAt?: Instant;
}

/** What the desk is. */
export interface Handshake {
  /** API version. */
  readonly api: number;
  /** Package version. */
  readonly version: string;
  /** Store. */
  readonly store: "pglite" | "postgresql";
  /** Whether a power cut loses nothing. */
  readonly durable: boolean;
  /** What it does not promise. */
  readonly notice?: string;
}

/** RFC 9457 problem. */
export interface Problem {
  /** Address of the kind. */
  readonly type: string;
  /** Kind in words. */
  readonly title: string;
  /** HTTP status. */
  readonly status: number;
  /** What failed, on what, what to do. */
  readonly detail: string;
  /** Kind of ProviderError. */
  readonly kind: string;
  /** Allowed actions. */
  readonly allowed?: readonly string[];
  /** What is in the way, by name. */
  readonly blockers?: readonly string[];
  /** Id of the call. */
  readonly requestId?: string;
}

/** A person or a bot. */
export interface Person {
  /** An e-mail address; compared without regard to case. */
  readonly email: Email;
  /** Name. */
  readonly name?: string;
}

/** Whom a request is about. */
export interface Subject {
  /** A device owner or a customer. */
  readonly kind: SubjectKind;
  /** E-mail address in lower case, or the customer's id. */
  readonly key: string;
  /** As a person knows it. */
  readonly name: string;
}

/** A device owner or a customer. */
export type SubjectKind = "owner" | "customer";

/** What shows that something is so. */
export interface Evidence {
  /** `read` from the platform by us; `attested` by a person. */
  readonly kind: EvidenceKind;
  /** What was seen. */
  readonly text: string;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at?: Instant;
  /** A ticket, file or page. */
  readonly reference?: string;
  /** Digest of the document. */
  readonly sha256?: string;
}

/** `read` from the platform by us; `attested` by a person. */
export type EvidenceKind = "read" | "attested";

/** One thing that is to leave or to be assigned. */
export interface FilingItem {
  /** A product, or the customer itself. */
  readonly kind: ItemKind;
  /** As the platform spells it. */
  readonly name: string;
  /** The platform's or inventory's id of this incarnation. */
  readonly id: string;
  /** How it is done: by our API call, by a person with our reading, or by a person with an attestation. */
  readonly mode: ItemMode;
  /** The vendor's own steps for a person. */
  readonly clickPath?: readonly string[];
  /** Licence units (seats). */
  readonly units?: Units;
}

/** A product, or the customer itself. */
export type ItemKind = "product" | "customer";

/** How it is done: by our API call, by a person with our reading, or by a person with an attestation. */
export type ItemMode = "api" | "observe" | "request";

/** The vendor's public states, with Held for a parent that waits for its parts. */
export type RequestState = "Held" | "Pending" | "In Progress" | "Completed" | "Rejected" | "Withdrawn";

/** `leaving` off-boards, `joining` assigns. */
export type RequestKind = "leaving" | "joining";

/** Someone who counts as having asked. */
export interface Requester {
  /** An e-mail address; compared without regard to case. */
  readonly email: Email;
  /** Name. */
  readonly name?: string;
  /** In which part. */
  readonly via: RequesterVia;
}

/** In which part. */
export type RequesterVia = "note" | "configuration" | "author" | "committer" | "merger" | "operator";

/** Something that is still under the subject, as the platform or inventory shows it. */
export interface Part {
  /** Whose it is. */
  readonly subjectKey: string;
  /** The product. */
  readonly product: string;
  /** Its incarnation. */
  readonly id: string;
}

/** What a client files. */
export interface Filing {
  /** The pinned account identity. */
  readonly account: string;
  /** Platform: armourzero, trend-micro. */
  readonly platform: string;
  /** `leaving` off-boards, `joining` assigns. */
  readonly kind: RequestKind;
  /** Whom a request is about. */
  readonly subject: Subject;
  /** What leaves or is assigned. */
  readonly items: readonly FilingItem[];
  /** Why. */
  readonly reason: string;
  /** Everyone who counts as having asked; the verifier is none of them. */
  readonly requesters: readonly Requester[];
  /** What becomes of the licence when a product leaves: `keep` leaves the count as it is, `reduce` lowers it. */
  readonly licence?: LicenceDisposition;
  /** Products that the subject keeps; they must still be there afterwards. */
  readonly stays?: readonly string[];
  /** For a customer: everything still under it. Each must be on an open leaving, else it blocks. */
  readonly parts?: readonly Part[];
  /** project/stack::name of the resource. */
  readonly resource: string;
}

/** An item with its own way to its end. */
export interface RequestItem {
  /** Its number in the request, from 1. */
  readonly n: number;
  /** A product or a customer. */
  readonly kind: "product" | "customer";
  /** As the platform spells it. */
  readonly name: string;
  /** Its incarnation. */
  readonly id: string;
  /** How it is done. */
  readonly mode: "api" | "observe" | "request";
  /** Steps for a person. */
  readonly clickPath: readonly string[];
  /** Licence units (seats). */
  readonly units?: Units;
  /** Its state. */
  readonly state: ItemState;
  /** Who did what, when, with what evidence. */
  readonly removed?: Act;
  /** Who did what, when, with what evidence. */
  readonly confirmed?: Act;
}

/** Its state. */
export type ItemState = "open" | "removed" | "confirmed";

/** Who did what, when, with what evidence. */
export interface Act {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at: Instant;
  /** A person or a bot. */
  readonly by: Person;
  /** In words. */
  readonly note?: string;
  /** What shows that something is so. */
  readonly evidence?: Evidence;
}

/** First contact within the vendor's working hours. */
export interface RequestClock {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly startedAt?: Instant;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly dueAt?: Instant;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly firstContactAt?: Instant;
  /** Working time left; negative when late. */
  readonly workingSecondsLeft?: number;
  /** The clock's state. */
  readonly state: ClockState;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly pausedSince?: Instant;
}

/** The clock's state. */
export type ClockState = "notStarted" | "running" | "paused" | "met" | "breached";

/** One entry of the timeline. */
export interface RequestEvent {
  /** Number in the hash chain. */
  readonly seq: number;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at: Instant;
  /** A person or a bot. */
  readonly by: Person;
  /** What. */
  readonly action: string;
  /** In words. */
  readonly note?: string;
}

/** A request as the desk keeps it. */
export interface OffboardingRequest {
  /** R- and a number. */
  readonly id: string;
  /** Account identity. */
  readonly account: string;
  /** Platform. */
  readonly platform: string;
  /** `leaving` off-boards, `joining` assigns. */
  readonly kind: RequestKind;
  /** The vendor's public states, with Held for a parent that waits for its parts. */
  readonly state: RequestState;
  /** Whom a request is about. */
  readonly subject: Subject;
  /** Items. */
  readonly items: readonly RequestItem[];
  /** Why. */
  readonly reason: string;
  /** Who asked. */
  readonly requesters: readonly Requester[];
  /** What becomes of the licence when a product leaves: `keep` leaves the count as it is, `reduce` lowers it. */
  readonly licence: LicenceDisposition;
  /** What stays. */
  readonly stays: readonly string[];
  /** Ids of the open requests that a held one waits for. */
  readonly waitsFor: readonly string[];
  /** Why a held one can't be released as it is. */
  readonly blockedBy: readonly string[];
  /** Resource. */
  readonly resource: string;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly filedAt: Instant;
  /** A person or a bot. */
  readonly filedBy: Person;
  /** Our own verification, before anything is sent. */
  readonly verification?: Verification;
  /** The vendor's part. */
  readonly vendor?: VendorSide;
  /** First contact within the vendor's working hours. */
  readonly clock: RequestClock;
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly closedAt?: Instant;
  /** Why it was rejected or withdrawn. */
  readonly outcomeReason?: string;
  /** What a later import says against this request. */
  readonly contradictions: readonly string[];
  /** Actions that its state allows now. */
  readonly allowed: readonly string[];
  /** Timeline. */
  readonly events: readonly RequestEvent[];
}

/** Our own verification, before anything is sent. */
export interface Verification {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at: Instant;
  /** A person or a bot. */
  readonly by: Person;
  /** Outcome. */
  readonly outcome: "accepted" | "refused";
  /** How the requester's identity was confirmed. */
  readonly identity?: string;
  /** Why it is necessary. */
  readonly necessity?: string;
}

/** The vendor's part. */
export interface VendorSide {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly submittedAt?: Instant;
  /** A person or a bot. */
  readonly submittedBy?: Person;
  /** The vendor's reference. */
  readonly reference?: string;
  /** Who did what, when, with what evidence. */
  readonly contact?: Act;
  /** The vendor's verification. */
  readonly verification?: VendorVerification;
}

/** The vendor's verification. */
export interface VendorVerification {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at: Instant;
  /** Outcome. */
  readonly outcome: "accepted" | "refused";
  /** Reference. */
  readonly reference?: string;
  /** In words. */
  readonly note?: string;
}

/** Our verification. */
export interface VerifyAction {
  /** Outcome. */
  readonly outcome: "accepted" | "refused";
  /** How the requester's identity was confirmed. */
  readonly identity: string;
  /** Why off-boarding is necessary, or not. */
  readonly necessity: string;
}

/** Takes a request back. */
export interface WithdrawAction {
  /** Why. */
  readonly reason: string;
}

/** The vendor holds the request from now. */
export interface SubmitAction {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at?: Instant;
  /** The vendor's reference. */
  readonly reference?: string;
}

/** The vendor's first contact. */
export interface ContactAction {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at?: Instant;
  /** Who. */
  readonly who: string;
  /** How: phone, mail, ticket. */
  readonly how: string;
}

/** The vendor's verification. */
export interface VendorVerifyAction {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at?: Instant;
  /** Outcome. */
  readonly outcome: "accepted" | "refused";
  /** Reference. */
  readonly reference?: string;
  /** In words. */
  readonly note?: string;
}

/** An item was removed or assigned. */
export interface RemovedAction {
  /** An instant, ISO 8601 with a zone: 2026-03-02T09:00:00Z. */
  readonly at?: Instant;
  /** In words. */
  readonly note?: string;
}

/** An item is proven gone, or assigned. */
export interface ConfirmAction {
  /** What shows that something is so. */
  readonly evidence: Evidence;
}

/** The clock waits for the requester. */
export interface PauseAction {
  /** Why. */
  readonly reason: string;
}

/** A Customer's state: what the program set, and what the platform or the desk says of it. */
export type CustomerState = CustomerInputs & CustomerOutputs;

/** A DeviceOwner's state: what the program set, and what the platform or the desk says of it. */
export type DeviceOwnerState = DeviceOwnerInputs & DeviceOwnerOutputs;

/** A ProductAssignment's state: what the program set, and what the platform or the desk says of it. */
export type ProductAssignmentState = ProductAssignmentInputs & ProductAssignmentOutputs;
