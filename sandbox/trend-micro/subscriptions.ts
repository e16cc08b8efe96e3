import { readObject, requiredText, wholeNumber } from "./body";
import { param, writeReply, type Call } from "./call";
import { readLicenceDate, writeInstant } from "./dates";
import { isInside, pageOf, readWindow } from "./listing";
import type { ServicePlan } from "./plans";
import { invalid } from "./refusal";
import type { SubscriptionChange } from "./store";
import type { Licence, Subscription } from "./world";

const GREATEST_UNITS = 999_999;

/** GET me/serviceplans, without paging. */
export function listServicePlans(call: Call): object {
  const plans = call.store.plans.map((plan) => planWire(call, plan));
  return call.readings.plansReply === "array" ? plans : { service_plans: plans };
}

/** POST v2 subscriptions. */
export function createSubscription(call: Call): object | undefined {
  const customer = call.store.customer(param(call, "customerId"));
  const body = readObject(call.body);
  const startsAt = body.license_start_date;
  const order = {
    planId: requiredText(body, "service_plan_id"),
    units: body.units_per_license === undefined ? 1 : readUnits(body.units_per_license),
    ...(startsAt !== undefined && { startsAtMs: readLicenceDate(startsAt, "license_start_date") }),
  };
  const subscription = call.store.createSubscription(customer.id, order, call.birth);
  return writeReply(
    call,
    { subscription_id: subscription.id },
    {
      product_name: call.store.plan(subscription.planId).product,
      service_url: serviceUrl(subscription),
      licenses: subscription.licences.map((licence) => ({
        ...licenceDates(call, licence),
        product_id: licence.productId,
        version: planVersion(call, call.store.plan(subscription.planId)),
        ac_code: licence.acCode,
        units: licence.units,
      })),
    },
  );
}

/** GET v2 subscription. Nothing in it says that it is suspended, but for what `enabled` says in one reading. */
export function getSubscription(call: Call): object {
  return subscriptionWire(call, target(call));
}

/** GET v2.5 subscriptions: those created in a window, or those modified in one. */
export function listSubscriptions(call: Call): object {
  const isByCreation = call.query.has("created_start") || call.query.has("created_end");
  const isByChange = call.query.has("modified_start") || call.query.has("modified_end");
  if (isByCreation === isByChange) {
    throw invalid("Give either created_start and created_end, or modified_start and modified_end");
  }
  const window = readWindow(call.query, isByCreation ? "created" : "modified", call.readings);
  const now = call.clock.now();
  const found = [...call.store.subscriptions.values()].filter((subscription) => {
    if (subscription.visibleAtMs > now) return false;
    if (isByCreation) return isInside(window, subscription.createdAtMs, call.readings);
    const at = modifiedAt(call, subscription);
    return isInside(window, at, call.readings) && (at ?? 0) + call.readings.visibilityMs <= now;
  });
  const { paging, items } = pageOf(call.query, found);
  return { paging, subscriptions: items.map((subscription) => listedWire(call, subscription)) };
}

/** PUT v2 subscription: units, a new expiration date, another plan. */
export function updateSubscription(call: Call): object | undefined {
  const subscription = target(call);
  const body = readObject(call.body);
  const isWhole = call.readings.subscriptionUpdate === "whole";
  const change: SubscriptionChange = {
    ...((isWhole || body.units_per_license !== undefined) && { units: readUnits(body.units_per_license) }),
    ...(body.license_expiration_date !== undefined && {
      expiresAtMs: readLicenceDate(body.license_expiration_date, "license_expiration_date"),
    }),
    ...(body.service_plan_id !== undefined && { planId: requiredText(body, "service_plan_id") }),
  };
  if (Object.keys(change).length === 0) throw invalid("There is nothing to update");
  call.store.updateSubscription(subscription, change);
  return written(call, subscription);
}

/** PUT v2 disable: cancels at once. */
export function disableSubscription(call: Call): object | undefined {
  const subscription = target(call);
  call.store.disable(subscription);
  return written(call, subscription);
}

/** PUT v3 suspend. */
export function suspendSubscription(call: Call): object | undefined {
  const subscription = target(call);
  call.store.suspend(subscription, optionalExpiry(call));
  return written(call, subscription);
}

/** PUT v3 unsuspend. */
export function unsuspendSubscription(call: Call): object | undefined {
  const subscription = target(call);
  call.store.unsuspend(subscription, optionalExpiry(call));
  return written(call, subscription);
}

/** GET v2 getid: the subscription of a plan. */
export function getSubscriptionId(call: Call): object {
  return { subscription_id: call.store.findOfPlan(param(call, "customerId"), param(call, "planId")).id };
}

function target(call: Call): Subscription {
  return call.store.subscription(param(call, "customerId"), param(call, "subscriptionId"));
}

function written(call: Call, subscription: Subscription): object | undefined {
  return writeReply(call, { subscription_id: subscription.id }, subscriptionWire(call, subscription));
}

function readUnits(value: unknown): number {
  return wholeNumber(value, "units_per_license", 1, GREATEST_UNITS);
}

function optionalExpiry(call: Call): number | undefined {
  if (call.body === undefined || call.body.length === 0) return undefined;
  const value = readObject(call.body).license_expiration_date;
  return value === undefined ? undefined : readLicenceDate(value, "license_expiration_date");
}

function modifiedAt(call: Call, subscription: Subscription): number | undefined {
  const { subscriptionCreationCountsAsModified, subscriptionChangeCountsAsModified } = call.readings;
  const changedAtMs = subscriptionChangeCountsAsModified ? subscription.modifiedAtMs : undefined;
  return changedAtMs ?? (subscriptionCreationCountsAsModified ? subscription.createdAtMs : undefined);
}

function isEnabled(call: Call, subscription: Subscription): boolean {
  const isHidden = subscription.suspendedFromMs !== undefined && !call.readings.enabledWhileSuspended;
  return subscription.enabled && !isHidden;
}

function subscriptionWire(call: Call, subscription: Subscription): object {
  return {
    id: subscription.id,
    name: call.store.plan(subscription.planId).name,
    enabled: isEnabled(call, subscription),
    is_auto_renewal: subscription.autoRenewal,
    auto_renewal_month: subscription.autoRenewalMonths,
    expiration_notification: true,
    service_url: serviceUrl(subscription),
    licenses: subscription.licences.map((licence) => ({
      ac_code: licence.acCode,
      product_id: licence.productId,
      ...licenceDates(call, licence),
      grace_period: licence.gracePeriodDays,
      units: licence.units,
      enabled: isEnabled(call, subscription) && call.store.isInForce(subscription, licence),
    })),
  };
}

function listedWire(call: Call, subscription: Subscription): object {
  return {
    subscription_id: subscription.id,
    name: call.store.plan(subscription.planId).name,
    enabled: isEnabled(call, subscription),
    is_auto_renewal: subscription.autoRenewal,
    auto_renewal_month: subscription.autoRenewalMonths,
    service_plan_id: subscription.planId,
    customer_id: subscription.customerId,
  };
}

function licenceDates(call: Call, licence: Licence): object {
  const format = call.readings.replyDates;
  return {
    license_start_date: writeInstant(licence.startsAtMs, format),
    license_expiration_date: writeInstant(licence.expiresAtMs, format),
    start_charge_date: writeInstant(licence.startsAtMs, format),
  };
}

function planWire(call: Call, plan: ServicePlan): object {
  return {
    service_plan_id: plan.id,
    name: plan.name,
    product: plan.product,
    product_code: plan.productCode,
    version: planVersion(call, plan),
    initial_license_period_month: plan.initialPeriodMonths,
    data_center_code: plan.dataCenterCode,
    data_center: plan.dataCenter,
    auto_renewal: plan.autoRenewal,
  };
}

function planVersion(call: Call, plan: ServicePlan): string | number {
  if (call.readings.planVersion === "words") return plan.version;
  return plan.version === "trial" ? 0 : 1;
}

function serviceUrl(subscription: Subscription): string {
  return `https://services.example.com/${subscription.id}`;
}
