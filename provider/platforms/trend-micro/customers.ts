import type { Clock } from "../../clock";
import { hasKind, ProviderError } from "../../errors";
import type { Known, LmpiReadings } from "../../generated/types";
import { folded } from "../../names";
import type { CustomerRef, ReadOptions, WriteCustomers } from "../platform";
import type { Lmpi } from "./api";
import { AHEAD_MS, sinceMs } from "./api";
import { dateWindows } from "./dates";
import { createListing } from "./listing";
import { sameProfile, sentRow, toCustomer } from "./mapping";
import { wholeListing } from "./paging";
import { settle } from "./settle";
import type { CustomerWire } from "./wire";

export interface LmpContext {
  readonly api: Lmpi;
  readonly readings: LmpiReadings;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly freshForMs: number;
  readonly visibilityWindowMs: number;
}

export interface LmpCustomers extends WriteCustomers {
  /** A customer's name where it is known without a call. */
  nameOf(id: string): string | undefined;
}

/** What a reading within its freshness shows holds as of now; freshness is what that word means here. */
export function knownNow(api: Lmpi): Known {
  return { how: "read", asOf: new Date(api.serverNowMs()).toISOString() };
}

const FAILED = { platform: "trend-micro" } as const;

export function createCustomers(context: LmpContext): LmpCustomers {
  const { api, readings, clock, signal, freshForMs, visibilityWindowMs } = context;
  /** When a listing last had somebody in it, and how many. */
  let peopled: { readonly count: number; readonly atMs: number } | undefined;

  async function load(): Promise<readonly CustomerWire[]> {
    const rows = await wholeListing({
      windows: dateWindows({
        fromMs: sinceMs(readings),
        toMs: api.serverNowMs() + AHEAD_MS,
        widestDays: readings.windowDays ?? WIDEST_DAYS,
        format: readings.dateFormat ?? "iso-z",
      }),
      page: api.customersPage,
      idOf: (row) => row.customer_id,
      what: "customers",
    });
    // No customer can be read by itself, so nothing else would tell.
    if (rows.length === 0 && peopled !== undefined && clock.now() - peopled.atMs < JUST_NOW_MS) {
      throw new ProviderError(
        "unavailable",
        `Trend Micro lists no customer where it listed ${peopled.count} a moment ago; nothing is concluded from it.\nRun this again, and look at the platform if it stays so.`,
        { ...FAILED, operation: "list customers" },
      );
    }
    if (rows.length > 0) peopled = { count: rows.length, atMs: clock.now() };
    return rows;
  }

  const listing = createListing<CustomerWire>({
    load,
    idOf: (row) => row.customer_id,
    same: sameProfile,
    clock,
    freshForMs,
    visibilityMs: visibilityWindowMs,
  });
  /** Creations whose outcome is unknown: until found, or until the window has passed, each look for them is a new reading. */
  const sought = new Map<string, number>();

  const record = (row: CustomerWire) => toCustomer(row, knownNow(api));

  async function rowOf(ref: CustomerRef, options: ReadOptions = {}): Promise<CustomerWire | undefined> {
    if (ref.id !== undefined) return (await listing.rows(options)).find((row) => row.customer_id === ref.id);
    const key = folded(ref.name);
    const seeking = (sought.get(key) ?? Number.NEGATIVE_INFINITY) > clock.now();
    const row = named(await listing.rows({ fresh: options.fresh === true || seeking }), ref);
    if (row !== undefined) sought.delete(key);
    return row;
  }

  function unknownOutcome(name: string) {
    listing.drop();
    sought.set(folded(name), clock.now() + visibilityWindowMs);
  }

  /** The reply to a creation may be empty. The customer is there, and its id is in the listing, now or a little later. */
  async function lookUp(name: string, country: string): Promise<CustomerWire> {
    let cause: unknown;
    try {
      const row = await rowOf({ name, country }, { fresh: true });
      if (row !== undefined) return row;
    } catch (error) {
      cause = error;
    }
    unknownOutcome(name);
    throw new ProviderError(
      "ambiguous",
      `Trend Micro accepted customer ${name} without naming an id, and does not list it yet.\nIt is looked up, and not sent again.`,
      { ...FAILED, operation: "create customer", resource: `customer ${name}`, cause },
    );
  }

  return {
    nameOf: (id) => listing.peek(id)?.name,
    list: async (options) => (await listing.rows(options)).map(record),
    find: async (ref, options) => {
      const row = await rowOf(ref, options);
      return row === undefined ? undefined : record(row);
    },
    create: async ({ name, company, firstUser }) => {
      let ids: Awaited<ReturnType<typeof api.createCustomer>>;
      try {
        ids = await api.createCustomer(name, company, firstUser);
      } catch (error) {
        if (hasKind(error, "ambiguous")) unknownOutcome(name);
        throw error;
      }
      // A reply that names who was there before is not the reply to this.
      const told = ids.customerId === undefined || listing.knew(ids.customerId) ? undefined : ids.customerId;
      const row = told === undefined ? await lookUp(name, company.country) : sentRow(told, name, company);
      listing.wrote(row);
      return { ...record(row), ...(ids.userId === undefined ? {} : { userId: ids.userId }) };
    },
    update: async (id, { name, company }) => {
      const before = await rowOf({ id, name });
      if (before === undefined) {
        throw new ProviderError(
          "notFound",
          `Customer ${name} (${id}) is not on the platform, so it can't be changed.\nRun \`pulumi refresh\`, then \`pulumi up\`.`,
          {
            ...FAILED,
            operation: "update customer",
            resource: `customer ${name}`,
          },
        );
      }
      // What the program does not set stays as it is, also where the platform replaces the profile.
      const whole = sentRow(id, name, { ...record(before).company, ...company }, before);
      let unknown: unknown;
      try {
        await api.updateCustomer(id, name, record(whole).company ?? company);
      } catch (error) {
        listing.drop();
        if (!hasKind(error, "ambiguous")) throw error;
        unknown = error;
      }
      const shown = (row: CustomerWire | undefined) => row !== undefined && sameProfile(row, whole);
      const after = await settle({
        read: () => rowOf({ id, name }, { fresh: true }),
        shown,
        clock,
        signal,
        windowMs: visibilityWindowMs,
      });
      if (unknown !== undefined && !shown(after)) throw unknown;
      if (after === undefined || (sameProfile(after, before) && !shown(after))) {
        throw new ProviderError(
          "pending",
          `Trend Micro accepted the change of customer ${name}, and shows nothing of it after ${visibilityWindowMs / 1000} s.\nIf it never does, set readings.updateBody of this connection to the other form.`,
          { ...FAILED, operation: "update customer", resource: `customer ${name}` },
        );
      }
      listing.wrote(after);
      return record(after);
    },
  };
}

/** For how long a whole account is not believed to have emptied. */
const JUST_NOW_MS = 600_000;

/** One window over all time: the documentation names no limit, and a platform that has one says so with an error. */
export const WIDEST_DAYS = 36_500;

/** By name and country: as it is spelt, else without regard to case, for the platform may take both for one. Two are an error. */
function named(rows: readonly CustomerWire[], ref: CustomerRef): CustomerWire | undefined {
  const inCountry = rows.filter(
    (row) => ref.country === undefined || row.country === undefined || folded(row.country) === folded(ref.country),
  );
  const exact = inCountry.filter((row) => row.name === ref.name);
  const found = exact.length > 0 ? exact : inCountry.filter((row) => folded(row.name) === folded(ref.name));
  if (found.length > 1) {
    const ids = found.map((row) => row.customer_id).join(", ");
    throw new ProviderError(
      "validation",
      `Trend Micro has ${found.length} customers named ${ref.name}: ${ids}.\nImport the one that is meant by its id, or rename the others.`,
      {
        ...FAILED,
        operation: "find customer",
        resource: `customer ${ref.name}`,
      },
    );
  }
  return found[0];
}
