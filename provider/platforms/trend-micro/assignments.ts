import { hasKind, ProviderError } from "../../errors";
import type { AssignmentRecord, AssignmentRef, ReadOptions, SubjectRef, WriteAssignments } from "../platform";
import { createAssignmentWrites } from "./assignment-writes";
import { AHEAD_MS, sinceMs } from "./api";
import { createChanges } from "./changes";
import type { LmpContext, LmpCustomers } from "./customers";
import { knownNow, WIDEST_DAYS } from "./customers";
import { DAY_MS, dateWindows } from "./dates";
import { createDetailReads } from "./details";
import type { DatedDetails } from "./details";
import { createListing } from "./listing";
import { toAssignment, toListedAssignment } from "./mapping";
import { wholeListing } from "./paging";
import { createPlans } from "./plans";
import type { SubscriptionWire } from "./wire";

const MINUTE_MS = 60_000;

/** Subscriptions as assignments of a customer. Listings carry no units or dates: those are read one by one, and only where something changed. */
export function createAssignments(context: LmpContext, customers: LmpCustomers): WriteAssignments {
  const { api, readings, clock, freshForMs, visibilityWindowMs } = context;
  const format = readings.dateFormat ?? "iso-z";
  const plans = createPlans({ api, clock });
  const details = createDetailReads({ api, clock, freshForMs });

  const load = (by: "created" | "modified", fromMs: number) =>
    wholeListing({
      windows: dateWindows({
        fromMs,
        toMs: api.serverNowMs() + AHEAD_MS,
        widestDays: readings.windowDays ?? WIDEST_DAYS,
        format,
      }),
      page: (window, page) => api.subscriptionsPage(by, window, page),
      idOf: (row) => row.subscription_id,
      what: "subscriptions",
    });
  const listing = createListing<SubscriptionWire>({
    load: () => load("created", sinceMs(readings)),
    idOf: (row) => row.subscription_id,
    same: (a, b) => a.enabled === b.enabled && a.service_plan_id === b.service_plan_id,
    clock,
    freshForMs,
    visibilityMs: visibilityWindowMs,
  });
  // Times without a zone may be meant in any.
  const marginMs = visibilityWindowMs + (format === "iso-local" ? DAY_MS : MINUTE_MS);
  const changes = createChanges({
    serverNowMs: api.serverNowMs,
    load: async (fromMs) => new Set((await load("modified", fromMs)).map((row) => row.subscription_id)),
    clock,
    freshForMs,
    marginMs,
  });
  const sought = new Map<string, number>();

  const productOf = async (row: SubscriptionWire) =>
    (row.service_plan_id === undefined ? undefined : await plans.nameOf(row.service_plan_id)) ??
    row.name ??
    row.service_plan_id ??
    "";
  const customerNameOf = (row: SubscriptionWire, previous?: AssignmentRecord) =>
    customers.nameOf(row.customer_id) ?? previous?.subject.name ?? row.customer_id;

  async function detailed(
    row: SubscriptionWire,
    { details: found, asOfMs }: DatedDetails,
    previous?: AssignmentRecord,
  ): Promise<AssignmentRecord> {
    const known = { how: "read", asOf: new Date(asOfMs).toISOString() } as const;
    return toAssignment(row, found, {
      product: await productOf(row),
      customerName: customerNameOf(row, previous),
      known,
    });
  }

  async function rowOf(ref: AssignmentRef, options: ReadOptions): Promise<SubscriptionWire | undefined> {
    if (ref.id !== undefined) {
      const byId = (rows: readonly SubscriptionWire[]) => rows.find((row) => row.subscription_id === ref.id);
      // What is known by a list is read anew by itself, which says more than the list; only what it does not show is looked for in a new one.
      return byId(await listing.rows()) ?? (options.fresh === true ? byId(await listing.rows(options)) : undefined);
    }
    const isProduct = await matcher(ref.product);
    const key = soughtKey(ref.subject.key, ref.product);
    const seeking = (sought.get(key) ?? Number.NEGATIVE_INFINITY) > clock.now();
    const rows = (await listing.rows({ fresh: options.fresh === true || seeking })).filter(
      (row) => row.customer_id === ref.subject.key,
    );
    const matches: SubscriptionWire[] = [];
    for (const row of rows) if (await isProduct(row)) matches.push(row);
    const live = matches.filter(isLive);
    if (live.length > 1) {
      throw new ProviderError(
        "validation",
        `Customer ${ref.subject.key} has ${live.length} subscriptions of ${ref.product}: ${live.map((row) => row.subscription_id).join(", ")}.\nImport the one that is meant by its id, or cancel the others.`,
        { platform: "trend-micro", operation: "find subscription", resource: ref.product },
      );
    }
    const found = live[0] ?? matches.at(-1);
    if (live[0] !== undefined) sought.delete(key);
    return found;
  }

  /** Listed, and unknown to a single read: gone meanwhile, or ended; anything else is a contradiction that must not read as "gone". */
  async function listedOnly(row: SubscriptionWire, previous?: AssignmentRecord): Promise<AssignmentRecord | undefined> {
    const now = (await listing.rows({ fresh: true })).find((listed) => listed.subscription_id === row.subscription_id);
    if (now === undefined) return undefined;
    if (isLive(now)) {
      throw new ProviderError(
        "unavailable",
        `Trend Micro lists subscription ${row.subscription_id} of customer ${row.customer_id}, and does not know it when it is read.\nNothing is concluded from it; run this again.`,
        { platform: "trend-micro", operation: "read subscription", resource: row.subscription_id },
      );
    }
    return toListedAssignment(now, {
      product: await productOf(now),
      customerName: customerNameOf(now, previous),
      known: knownNow(api),
    });
  }

  /** A listing may lie, or be late: what was there before is gone only where a single read does not know it either. */
  async function unlisted(
    { subject }: AssignmentRef,
    previous: AssignmentRecord,
    fresh: boolean,
  ): Promise<AssignmentRecord | undefined> {
    const row: SubscriptionWire = {
      subscription_id: previous.id,
      customer_id: subject.key,
      service_plan_id: undefined,
      name: previous.product,
      enabled: undefined,
      is_auto_renewal: undefined,
    };
    const dated = await details.read(row, { fresh });
    return dated === undefined ? undefined : detailed(row, dated, previous);
  }

  /** By plan; a product that is on no plan any more is known by the subscription's own name. */
  async function matcher(product: string): Promise<(row: SubscriptionWire) => Promise<boolean>> {
    try {
      const plan = await plans.resolve(product);
      return async (row) => row.service_plan_id === plan.service_plan_id;
    } catch (error) {
      if (!hasKind(error, "validation") || /named/.test(error.message)) throw error;
      return async (row) => (await productOf(row)) === product;
    }
  }

  async function find(
    ref: AssignmentRef,
    { fresh = false, previous }: ReadOptions & { readonly previous?: AssignmentRecord } = {},
  ) {
    if (ref.subject.kind !== "customer") return undefined;
    const lastMs =
      previous?.units === undefined || readings.subscriptionDetails === "all" ? undefined : readAtMs(previous);
    const watch =
      fresh || previous === undefined || lastMs === undefined ? undefined : changes.watch(previous.id, lastMs);
    try {
      const row = await rowOf(ref, { fresh });
      if (row === undefined) return previous === undefined ? undefined : await unlisted(ref, previous, fresh);
      const untilMs =
        watch !== undefined && previous !== undefined && stands(row, previous)
          ? await watch.unchangedUntilMs()
          : undefined;
      if (untilMs !== undefined && previous?.units !== undefined) {
        const known = { how: "read", asOf: new Date(untilMs).toISOString() } as const;
        const listed = toListedAssignment(row, {
          product: await productOf(row),
          customerName: customerNameOf(row, previous),
          known,
        });
        return { ...listed, units: previous.units, facts: previous.facts };
      }
      const dated = await details.read(row, { fresh });
      if (dated === undefined) return await listedOnly(row, previous);
      // A reading that leaves out whether it is in force leaves that to the list.
      const listed = fresh && dated.details.enabled === undefined ? await listing.rows({ fresh }) : [];
      return await detailed(listed.find((one) => one.subscription_id === row.subscription_id) ?? row, dated, previous);
    } finally {
      watch?.done();
    }
  }

  const writes = createAssignmentWrites({ context, plans, details, listing, detailed, unknownOutcome });

  function unknownOutcome(subject: SubjectRef, product: string): void {
    listing.drop();
    sought.set(soughtKey(subject.key, product), clock.now() + visibilityWindowMs);
  }

  return {
    list: async ({ subject, ...options } = {}) => {
      const rows = await listing.rows(options);
      const wanted =
        subject === undefined
          ? rows
          : rows.filter((row) => subject.kind === "customer" && row.customer_id === subject.key);
      const records: AssignmentRecord[] = [];
      for (const row of [...wanted.filter(isLive), ...wanted.filter((row) => !isLive(row))]) {
        records.push(
          toListedAssignment(row, {
            product: await productOf(row),
            customerName: customerNameOf(row),
            known: knownNow(api),
          }),
        );
      }
      return records;
    },
    find,
    resolveProduct: async (nameOrId) => {
      const { service_plan_id: id, name } = await plans.resolve(nameOrId);
      return { id, name };
    },
    ...writes,
  };
}

/**
 * Whether a subscription counts as there. No field shows suspension, so `enabled` alone decides: one that is switched off has ended, or is
 * suspended, and nobody can tell which from here.
 */
function isLive(row: SubscriptionWire): boolean {
  return row.enabled !== false;
}

/** Whether the listing shows the subscription as it was when its details were read. */
function stands(row: SubscriptionWire, previous: AssignmentRecord): boolean {
  const same = (listed: boolean | undefined, before: boolean | undefined) => listed === undefined || listed === before;
  return (
    row.subscription_id === previous.id &&
    same(row.enabled, previous.facts.enabled) &&
    same(row.is_auto_renewal, previous.facts.autoRenewal)
  );
}

/** When the details of a record were read from the platform; undefined where nobody did. */
function readAtMs(record: AssignmentRecord | undefined): number | undefined {
  if (record?.known.how !== "read" || record.known.asOf === undefined) return undefined;
  const ms = Date.parse(record.known.asOf);
  return Number.isNaN(ms) ? undefined : ms;
}

function soughtKey(customerId: string, product: string): string {
  return JSON.stringify([customerId, product]);
}
