/**
 * The port: what the lifecycle asks of a platform, in domain words. A driver implements the sub-ports that its platform has;
 * a missing one is a check failure that names the platform. Drivers throw only `ProviderError`, and never leak wire shapes.
 */
import type { Clock, Random } from "../clock";
import type { DeskReader } from "../desk/client";
import type { CompanyProfile, Connection, FirstUser, Known } from "../generated/types";
import type { HttpClient } from "../http/client";

export type PlatformName = Connection["platform"];

/**
 * How an operation is done: `api` we do it and read it back; `observe` we can read it, a person does it; `request` nobody can read it,
 * a person does it and attests it; `refused` the platform has no such thing for this account type.
 */
export type Mode = "api" | "observe" | "request" | "refused";

export interface Capability {
  readonly mode: Mode;
  /** The vendor's own click path for a person, in the order of the page; `{subject}` and `{product}` are filled in. */
  readonly clickPath?: readonly string[];
  /** What can't be undone, in the vendor's words: a person is told before doing it. */
  readonly irrecoverable?: string;
  /** For `refused`: why, in the vendor's words, and the way out. */
  readonly why?: string;
  readonly wayOut?: string;
  /** Which seed or vendor page says so. */
  readonly source: string;
}

export type ResourceType = "Customer" | "DeviceOwner" | "ProductAssignment";
export type Operation = "create" | "read" | "update" | "delete";
export type CapabilityTable = Readonly<Record<ResourceType, Readonly<Record<Operation, Capability>> | undefined>>;

/** Who has a product: a device owner by e-mail address, or a customer by the platform's id. */
export interface SubjectRef {
  readonly kind: "owner" | "customer";
  /** The owner's e-mail address in lower case, or the customer's id. */
  readonly key: string;
  /** As a person knows it. */
  readonly name: string;
}

export interface CustomerRecord {
  readonly id: string;
  readonly name: string;
  /** Undefined where the platform has no source for it. */
  readonly company: CompanyProfile | undefined;
  /** The platform's own word, "Enabled"; never a cause of a diff. */
  readonly status?: string;
  /** The first user's id, when the platform told it at creation. */
  readonly userId?: string;
  readonly known: Known;
  /** Attested too long ago for an irrecoverable step to rest on it. */
  readonly stale?: true;
}

/** What the platform decides by itself: reported, never fought. */
export interface AssignmentFacts {
  readonly enabled?: boolean;
  readonly autoRenewal?: boolean;
  /** ISO dates. */
  readonly startsOn?: string;
  readonly expiresOn?: string;
}

export interface AssignmentRecord {
  /** The platform's id of this one incarnation of the assignment (LMP: subscription id). */
  readonly id: string;
  readonly subject: SubjectRef;
  /** The product's name as the platform spells it (LMP: the service plan's name). */
  readonly product: string;
  /** Licence units; undefined where the platform has no source. */
  readonly units?: number;
  readonly facts: AssignmentFacts;
  readonly known: Known;
  /** Attested too long ago for an irrecoverable step to rest on it. */
  readonly stale?: true;
}

export interface OwnerRecord {
  /** E-mail address, lower case. */
  readonly id: string;
  readonly email: string;
  readonly name?: string;
  readonly known: Known;
}

export interface CustomerRef {
  readonly id?: string;
  readonly name: string;
  readonly country?: string;
}

export interface ReadCustomers {
  /** Whole or an error. Served from one single-flight listing within its freshness. */
  list(options?: ReadOptions): Promise<readonly CustomerRecord[]>;
  /** By id where one is given, else by natural key; undefined means absent. Two matches of a natural key are an error that lists both. */
  find(ref: CustomerRef, options?: ReadOptions): Promise<CustomerRecord | undefined>;
}

export interface CustomerDraft {
  readonly name: string;
  readonly company: CompanyProfile;
  readonly firstUser: FirstUser;
}

export interface WriteCustomers extends ReadCustomers {
  /** Throws `ambiguous` when the outcome is unknown, `alreadyExists` when the platform says so. Answers the record as sent, with its ids. */
  create(draft: CustomerDraft): Promise<CustomerRecord>;
  /** Sends the whole profile (merge and replace read alike), and answers what was read back. */
  update(id: string, draft: Pick<CustomerDraft, "name" | "company">): Promise<CustomerRecord>;
}

export interface ReadAssignments {
  /** All of the account, or of one subject. Live ones first. Without units where only a single read has them. */
  list(
    options?: ReadOptions & { readonly subject?: Pick<SubjectRef, "kind" | "key"> },
  ): Promise<readonly AssignmentRecord[]>;
  /**
   * By incarnation id, else by subject and product (a live one before an ended one, which has `facts.enabled: false`). With details: `previous`
   * is what was known before, and what the platform lists as unmodified since its `known.asOf` is answered from it without another read.
   * The answer's `asOf` is by the platform's clock, and is what the next call wants as `previous`.
   */
  find(
    ref: AssignmentRef,
    options?: ReadOptions & { readonly previous?: AssignmentRecord },
  ): Promise<AssignmentRecord | undefined>;
  /** The product as the platform spells it, by name or id; throws `validation` with the near matches, at `property: product`. */
  resolveProduct(nameOrId: string): Promise<{ readonly id: string; readonly name: string }>;
}

export interface AssignmentRef {
  readonly id?: string;
  readonly subject: Pick<SubjectRef, "kind" | "key">;
  readonly product: string;
}

export interface WriteAssignments extends ReadAssignments {
  create(draft: {
    readonly subject: SubjectRef;
    readonly product: string;
    readonly units?: number;
    readonly startsOn?: string;
  }): Promise<AssignmentRecord>;
  setUnits(record: AssignmentRecord, units: number): Promise<AssignmentRecord>;
  /** Ends it (LMP: disable = cancel, at once). Already ended is success. Only called for a verified off-boarding item. */
  end(record: AssignmentRecord): Promise<void>;
}

export interface ReadOwners {
  list(options?: ReadOptions): Promise<readonly OwnerRecord[]>;
  find(email: string, options?: ReadOptions): Promise<OwnerRecord | undefined>;
}

export interface ReadOptions {
  /** Bypass the cache: for the read before an irrecoverable step. */
  readonly fresh?: boolean;
}

/** What names the account behind the credentials, without naming a secret. */
export interface IdentityEvidence {
  /** `overlap`: ids of objects that only this account has. `declared`: the name of the account in the connection. */
  readonly kind: "overlap" | "declared";
  readonly ids: readonly string[];
}

/** What a preview or a refresh is given: it cannot write, by type. */
export interface ReadDriver {
  readonly platform: PlatformName;
  /** As people write it: "Trend Micro Remote Manager". */
  readonly title: string;
  readonly capabilities: CapabilityTable;
  /** After this many milliseconds since a write was sent, absence in a listing proves that it did not happen. */
  readonly visibilityWindowMs: number;
  identity(): Promise<IdentityEvidence>;
  readonly customers?: ReadCustomers;
  readonly owners?: ReadOwners;
  readonly assignments?: ReadAssignments;
}

export interface Driver extends ReadDriver {
  readonly customers?: WriteCustomers | ReadCustomers;
  readonly assignments?: WriteAssignments | ReadAssignments;
}

/** Whether the driver itself can write there (mode `api`). */
export function canWriteCustomers(port: ReadCustomers | undefined): port is WriteCustomers {
  return port !== undefined && "create" in port;
}
export function canWriteAssignments(port: ReadAssignments | undefined): port is WriteAssignments {
  return port !== undefined && "create" in port;
}

export interface DriverOptions {
  /** The connection's own name in configuration: "remote-manager". */
  readonly name: string;
  readonly connection: Connection;
  /** Secrets by their name in the platform's `credentials` list; never logged. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly http: HttpClient;
  /** The attested inventory, for platforms that nobody can read. */
  readonly desk: DeskReader;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal?: AbortSignal;
}

/** One entry of the registry. */
export interface PlatformDefinition {
  readonly name: PlatformName;
  readonly title: string;
  /** Names of the secrets that a connection needs: `accessToken` comes from MSP_<CONNECTION>_ACCESS_TOKEN. */
  credentials(connection: Connection): readonly string[];
  /** Host names (a leading dot allows subdomains) that credentials may be sent to. */
  readonly allowedHosts: readonly string[];
  /** The pace where the connection sets none: modest where the vendor states no limit. */
  readonly requestsPerSecond: number;
  capabilities(connection: Connection): CapabilityTable;
  driver(options: DriverOptions): Driver;
}
