import { type ErrorKind, hasKind, isProviderError, ProviderError } from "../../errors";
import type { AssignmentRecord, SubjectRef, WriteAssignments } from "../platform";
import type { LmpContext } from "./customers";
import type { DatedDetails, DetailReads } from "./details";
import type { Listing } from "./listing";
import { toLicenceDetails } from "./mapping";
import type { Plans } from "./plans";
import { settle } from "./settle";
import type { SubscriptionWire } from "./wire";

export interface AssignmentWriteOptions {
  readonly context: LmpContext;
  readonly plans: Plans;
  readonly details: DetailReads;
  readonly listing: Listing<SubscriptionWire>;
  readonly detailed: (row: SubscriptionWire, dated: DatedDetails) => Promise<AssignmentRecord>;
  readonly unknownOutcome: (subject: SubjectRef, product: string) => void;
}

/** The writes of subscriptions. Each is read back; none whose outcome is unknown is sent again. */
export function createAssignmentWrites(
  options: AssignmentWriteOptions,
): Pick<WriteAssignments, "create" | "setUnits" | "end"> {
  const { context, plans, details, listing, detailed, unknownOutcome } = options;
  const { api, readings, clock, signal, visibilityWindowMs } = context;

  const failure = (kind: ErrorKind, operation: string, resource: string, message: string) =>
    new ProviderError(kind, message, { platform: "trend-micro", operation, resource });
  const labelOf = (record: AssignmentRecord) => `${record.product} of ${record.subject.name}`;
  const rowOf = (record: AssignmentRecord): SubscriptionWire => ({
    subscription_id: record.id,
    customer_id: record.subject.key,
    service_plan_id: undefined,
    name: record.product,
    enabled: record.facts.enabled,
    is_auto_renewal: record.facts.autoRenewal,
  });
  const settled = (row: SubscriptionWire, shown: (found: DatedDetails | undefined) => boolean) =>
    settle({ read: () => details.read(row, { fresh: true }), shown, clock, signal, windowMs: visibilityWindowMs });

  /** The subscription that a creation made though its reply was lost or empty: one of this plan whose id was not there before. */
  async function recognise(
    customerId: string,
    planId: string,
    before: ReadonlySet<string>,
  ): Promise<string | undefined> {
    try {
      const id = await api.subscriptionId(customerId, planId);
      return id === undefined || before.has(id) ? undefined : id;
    } catch (error) {
      // What can't be looked up now stays unknown; the lifecycle looks again.
      if (isProviderError(error)) return undefined;
      throw error;
    }
  }

  async function create({
    subject,
    product,
    units,
    startsOn,
  }: Parameters<WriteAssignments["create"]>[0]): Promise<AssignmentRecord> {
    if (subject.kind !== "customer") {
      throw failure(
        "unsupported",
        "create subscription",
        product,
        `Trend Micro has no device owners, so ${product} can't be assigned to ${subject.name}.\nAssign it to a customer.`,
      );
    }
    const plan = await plans.resolve(product);
    const before = new Set((await listing.rows()).map((row) => row.subscription_id));
    const sentAtMs = api.serverNowMs();
    let made: Awaited<ReturnType<typeof api.createSubscription>>;
    try {
      made = await api.createSubscription(subject.key, {
        servicePlanId: plan.service_plan_id,
        ...(units === undefined ? {} : { units }),
        ...(startsOn === undefined ? {} : { startsOn }),
      });
    } catch (error) {
      if (!hasKind(error, "ambiguous")) throw error;
      const id = await recognise(subject.key, plan.service_plan_id, before);
      if (id === undefined) {
        unknownOutcome(subject, product);
        throw error;
      }
      made = { subscriptionId: id, licenses: [] };
    }
    // A reply that names what was there before is not the reply to this.
    const told = made.subscriptionId === undefined || before.has(made.subscriptionId) ? undefined : made.subscriptionId;
    const id = told ?? (await recognise(subject.key, plan.service_plan_id, before));
    if (id === undefined) {
      unknownOutcome(subject, product);
      throw failure(
        "ambiguous",
        "create subscription",
        product,
        `Trend Micro accepted ${product} for ${subject.name} without naming an id, and does not show it yet.\nIt is looked up, and not sent again.`,
      );
    }
    const row: SubscriptionWire = {
      subscription_id: id,
      customer_id: subject.key,
      service_plan_id: plan.service_plan_id,
      name: plan.name,
      enabled: undefined,
      is_auto_renewal: undefined,
    };
    // A reply that was not to this says nothing of it.
    return taken(row, subject, toLicenceDetails(told === undefined ? [] : made.licenses), sentAtMs);
  }

  /** The record of a subscription that is certainly there: as read, else as its creation's reply told it. */
  async function taken(
    row: SubscriptionWire,
    subject: SubjectRef,
    replied: DatedDetails["details"],
    asOfMs: number,
  ): Promise<AssignmentRecord> {
    let dated: DatedDetails | undefined;
    try {
      dated = await details.read(row, { fresh: true });
    } catch (error) {
      // It exists: a failed look at it must not make its creation fail.
      if (!isProviderError(error)) throw error;
    }
    const found = dated ?? { details: replied, asOfMs };
    if (dated === undefined) details.drop(row.subscription_id);
    const listed = { ...row, enabled: found.details.enabled ?? true, is_auto_renewal: found.details.autoRenewal };
    listing.wrote(listed);
    const record = await detailed(listed, found);
    return { ...record, subject };
  }

  async function setUnits(record: AssignmentRecord, units: number): Promise<AssignmentRecord> {
    const row = (await listing.rows()).find((listed) => listed.subscription_id === record.id) ?? rowOf(record);
    const before = await details.read(row, { fresh: true });
    if (before === undefined) {
      throw failure(
        "notFound",
        "update subscription",
        labelOf(record),
        `${labelOf(record)} (${record.id}) is not on the platform, so its units can't be set.\nRun \`pulumi refresh\`, then \`pulumi up\`.`,
      );
    }
    const whole = readings.subscriptionUpdate === "whole";
    let unknown: unknown;
    try {
      await api.updateSubscription(row.customer_id, row.subscription_id, {
        units,
        ...(row.service_plan_id === undefined ? {} : { servicePlanId: row.service_plan_id }),
        ...(whole && before.details.expirationAsSent !== undefined
          ? { expirationAsSent: before.details.expirationAsSent }
          : {}),
      });
    } catch (error) {
      details.drop(row.subscription_id);
      if (!hasKind(error, "ambiguous")) throw error;
      unknown = error;
    }
    const shown = (found: DatedDetails | undefined) => found?.details.units === units;
    const after = await settled(row, shown);
    if (unknown !== undefined && !shown(after)) throw unknown;
    if (after === undefined || !shown(after)) {
      throw failure(
        "pending",
        "update subscription",
        labelOf(record),
        `Trend Micro accepted ${units} units of ${labelOf(record)}, and still shows ${after?.details.units ?? "none"} after ${visibilityWindowMs / 1000} s.\nRun \`pulumi refresh\` later: it may take a while to appear.`,
      );
    }
    if (after.details.expiresOn !== before.details.expiresOn) {
      throw failure(
        "partial",
        "update subscription",
        labelOf(record),
        `${labelOf(record)} has ${units} units now, but its expiry moved from ${before.details.expiresOn} to ${after.details.expiresOn}, which nobody asked for.\nSet readings.subscriptionUpdate of this connection to ${whole ? "changes" : "whole"}, and have the expiry corrected.`,
      );
    }
    return { ...(await detailed(row, after)), subject: record.subject };
  }

  /** Whatever was answered, what the platform shows decides. */
  async function proveEnded(
    record: AssignmentRecord,
    row: SubscriptionWire,
    refusal: ProviderError | undefined,
  ): Promise<void> {
    const waits = refusal === undefined || hasKind(refusal, "ambiguous");
    if (ended(waits ? await settled(row, ended) : await details.read(row, { fresh: true }))) return;
    throw (
      refusal ??
      failure(
        "pending",
        "cancel subscription",
        labelOf(record),
        `Trend Micro accepted the cancellation of ${labelOf(record)}, and still shows it as enabled after ${visibilityWindowMs / 1000} s.\nRun this again later: it is read first.`,
      )
    );
  }

  /** Unknown under its customer is gone only where the whole list has it under no other. */
  async function proveGone(record: AssignmentRecord): Promise<void> {
    const listed = (await listing.rows({ fresh: true })).find((row) => row.subscription_id === record.id);
    if (listed === undefined || listed.enabled === false) return;
    throw failure(
      "unavailable",
      "cancel subscription",
      labelOf(record),
      `Trend Micro does not know subscription ${record.id} under customer ${record.subject.key}, but lists it for customer ${listed.customer_id}; nothing was sent.\nRun \`pulumi refresh\`, and see whose it is before it is cancelled.`,
    );
  }

  async function end(record: AssignmentRecord): Promise<void> {
    const row = rowOf(record);
    const before = await details.read(row, { fresh: true });
    if (before === undefined) return proveGone(record);
    let refusal: ProviderError | undefined;
    try {
      await api.disableSubscription(row.customer_id, row.subscription_id);
    } catch (error) {
      details.drop(row.subscription_id);
      if (!isProviderError(error)) throw error;
      refusal = error;
    }
    // One that is switched off may be suspended only, so it is cancelled all the same; doing that twice may be an error.
    if (!ended(before)) await proveEnded(record, row, refusal);
    else if (refusal !== undefined && !saysEnded(refusal)) throw refusal;
    const listed = (await listing.rows()).find((candidate) => candidate.subscription_id === record.id);
    if (listed !== undefined) listing.wrote({ ...listed, enabled: false });
  }

  return { create, setUnits, end };
}

function ended(found: DatedDetails | undefined): boolean {
  return found === undefined || found.details.enabled === false;
}

/** Whether the refusal to cancel means no more than that nothing is left to cancel; a suspended one that can't be cancelled is another matter. */
function saysEnded(refusal: ProviderError): boolean {
  const refused = (["validation", "alreadyExists", "notFound", "blocked", "stale"] as const).some((kind) =>
    hasKind(refusal, kind),
  );
  return refused && !/suspend/i.test(refusal.message);
}
