/**
 * A platform that nobody can read by API: what it holds is known from the desk's attested inventory alone. It writes nothing; joining and
 * leaving go through people. One driver serves every such platform and account type, which differ only in their capability tables.
 */
import { ProviderError } from "../../errors";
import type { InventoryEntry, Known } from "../../generated/types";
import { folded } from "../../names";
import { nearest } from "../../nearest";
import type {
  AssignmentRecord,
  CapabilityTable,
  CustomerRecord,
  Driver,
  DriverOptions,
  OwnerRecord,
  PlatformName,
  ReadAssignments,
  ReadCustomers,
  ReadOptions,
  ReadOwners,
} from "../platform";

export interface AttestedDefinition {
  readonly platform: PlatformName;
  readonly title: string;
  readonly capabilities: CapabilityTable;
  readonly visibilityWindowMs: number;
  /** What kinds of subjects the platform has. */
  readonly holds: { readonly customers: boolean; readonly owners: boolean };
}

/** How long one reading of the inventory serves a run. */
const FRESHNESS_MS = 30_000;

/** Makes a driver over the attested inventory of the account that the connection declares. */
export function createAttestedDriver(definition: AttestedDefinition, options: DriverOptions): Driver {
  const { desk, clock, connection } = options;
  const account = `${definition.platform}:${connection.account ?? ""}`;
  const cache = new Map<
    InventoryEntry["kind"],
    { readonly at: number; readonly entries: Promise<readonly InventoryEntry[]> }
  >();

  const entries = async (kind: InventoryEntry["kind"], read: ReadOptions = {}) => {
    const cached = cache.get(kind);
    if (cached !== undefined && !read.fresh && clock.now() - cached.at < FRESHNESS_MS) return cached.entries;
    const reading = desk.inventory({ account, kind });
    cache.set(kind, { at: clock.now(), entries: reading });
    reading.catch(() => cache.delete(kind));
    return reading;
  };
  const present = async (kind: InventoryEntry["kind"], read?: ReadOptions) =>
    (await entries(kind, read)).filter((entry) => entry.present);

  const customers: ReadCustomers = {
    list: async (read) => (await present("customer", read)).map(toCustomer),
    find: async (ref, read) => {
      const all = (await present("customer", read)).map(toCustomer);
      if (ref.id !== undefined) return all.find((customer) => customer.id === ref.id);
      const named = all.filter(
        (customer) =>
          same(customer.name, ref.name) &&
          (ref.country === undefined || customer.company === undefined || customer.company.country === ref.country),
      );
      if (named.length > 1) {
        throw new ProviderError(
          "validation",
          `${definition.title} holds ${named.length} customers named ${ref.name}: ${named.map((c) => c.id).join(", ")}.\nImport the one that is meant by its id.`,
          {
            platform: definition.platform,
            operation: "find customer",
          },
        );
      }
      return named[0];
    },
  };
  const owners: ReadOwners = {
    list: async (read) => (await present("owner", read)).map(toOwner),
    find: async (email, read) =>
      (await present("owner", read)).map(toOwner).find((owner) => owner.id === folded(email)),
  };
  const assignments: ReadAssignments = {
    list: async (read) =>
      (await present("assignment", read))
        .filter(
          (entry) =>
            read?.subject === undefined ||
            (entry.subject.kind === read.subject.kind && same(entry.subject.key, read.subject.key)),
        )
        .map(toAssignment),
    find: async (ref, read) => {
      const live = (await present("assignment", read)).map(toAssignment);
      const byId = ref.id === undefined ? undefined : live.find((assignment) => assignment.id === ref.id);
      return (
        byId ??
        live.find(
          (a) =>
            a.subject.kind === ref.subject.kind && same(a.subject.key, ref.subject.key) && same(a.product, ref.product),
        )
      );
    },
    // The inventory knows the spelling of every product that anybody has; one that nobody has yet is taken as it is written.
    resolveProduct: async (name) => {
      const known = new Set((await entries("assignment")).map((entry) => entry.product ?? ""));
      const spelt = [...known].find((product) => same(product, name));
      if (spelt !== undefined) return { id: spelt, name: spelt };
      const near = nearest(name, known, 1)[0];
      if (near !== undefined) {
        throw new ProviderError(
          "validation",
          `${definition.title} knows no product ${name}; did you mean ${near}?\nIf it is a new one: assign it in the console once, import the inventory, and declare it with \`adopt: true\`.`,
          { platform: definition.platform, operation: "find product" },
        );
      }
      return { id: name, name };
    },
  };
  return {
    platform: definition.platform,
    title: definition.title,
    capabilities: definition.capabilities,
    visibilityWindowMs: definition.visibilityWindowMs,
    identity: async () => ({ kind: "declared", ids: [connection.account ?? ""] }),
    ...(definition.holds.customers ? { customers } : {}),
    ...(definition.holds.owners ? { owners } : {}),
    assignments,
  };
}

function same(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

function attested(entry: InventoryEntry): Known {
  return {
    how: "attested",
    asOf: entry.asOf,
    source: entry.source,
    ...(entry.voucher === undefined ? {} : { voucher: entry.voucher }),
  };
}

function age({ stale }: InventoryEntry): { readonly stale?: true } {
  return stale ? { stale } : {};
}

function toCustomer(entry: InventoryEntry): CustomerRecord {
  return {
    id: entry.subject.key,
    name: entry.subject.name,
    company: entry.company,
    known: attested(entry),
    ...age(entry),
  };
}

function toOwner(entry: InventoryEntry): OwnerRecord {
  const email = folded(entry.subject.key);
  return { id: email, email, name: entry.subject.name, known: attested(entry) };
}

function toAssignment(entry: InventoryEntry): AssignmentRecord {
  return {
    id: entry.id,
    subject: entry.subject,
    product: entry.product ?? "",
    ...(entry.units === undefined ? {} : { units: entry.units }),
    facts: {},
    known: attested(entry),
    ...age(entry),
  };
}
