import { ProviderError } from "../../provider/errors";
import { isObject, readCompany, readUser, wholeNumber } from "./body";
import { readLicenceDate } from "./dates";
import { LmpiRefusal } from "./refusal";
import type { LmpiStore } from "./store";
import type { Company, Customer, Subscription, UserProfile } from "./world";

/** Something that someone does on the platform behind LMPI's back. Ids are LMPI's. */
export type Edit =
  | { readonly kind: "addCustomer"; readonly company: Company; readonly user?: UserProfile }
  | { readonly kind: "rename"; readonly customerId: string; readonly name: string }
  | { readonly kind: "changeCompany"; readonly customerId: string; readonly company: Partial<Company> }
  | { readonly kind: "setStatus"; readonly customerId: string; readonly status: "Enabled" | "Disabled" }
  | { readonly kind: "removeCustomer"; readonly customerId: string }
  | {
      readonly kind: "addSubscription";
      readonly customerId: string;
      /** Id or name of a plan. */
      readonly plan: string;
      readonly units: number;
    }
  | { readonly kind: "setUnits"; readonly subscriptionId: string; readonly units: number }
  | { readonly kind: "setExpiry"; readonly subscriptionId: string; readonly date: string }
  | { readonly kind: "setAutoRenewal"; readonly subscriptionId: string; readonly isOn: boolean }
  | { readonly kind: "disable"; readonly subscriptionId: string }
  | { readonly kind: "suspend"; readonly subscriptionId: string }
  | { readonly kind: "removeSubscription"; readonly subscriptionId: string };

/** Does an edit and answers the id of what it touched. An edit that can't be done is refused, and nothing changes. */
export function applyEdit(store: LmpiStore, edit: Edit): { readonly id: string } {
  try {
    return { id: apply(store, edit) };
  } catch (error) {
    if (!(error instanceof LmpiRefusal)) throw error;
    throw new ProviderError("validation", `The sandbox can't do the edit ${edit.kind}: ${error.message}.`);
  }
}

function apply(store: LmpiStore, edit: Edit): string {
  switch (edit.kind) {
    case "addCustomer": {
      const people = edit.user === undefined ? {} : { user: readUser({ ...edit.user }) };
      return store.createCustomer(readCompany({ ...edit.company }), people, { isOutOfBand: true }).id;
    }
    case "rename":
      return changeCompany(store, edit.customerId, { name: edit.name });
    case "changeCompany":
      return changeCompany(store, edit.customerId, edit.company);
    case "setStatus": {
      const customer = store.customer(edit.customerId);
      customer.status = edit.status;
      return customer.id;
    }
    case "removeCustomer":
      return removeCustomer(store, store.customer(edit.customerId));
    case "addSubscription": {
      const plan = store.plans.find(({ id, name }) => id === edit.plan || name === edit.plan);
      const units = wholeNumber(edit.units, "units", 1, 999_999);
      const order = { planId: plan?.id ?? edit.plan, units };
      return store.createSubscription(edit.customerId, order, { isOutOfBand: true }).id;
    }
    case "removeSubscription": {
      const { id } = subscriptionOf(store, edit.subscriptionId);
      store.subscriptions.delete(id);
      return id;
    }
    case "setUnits":
    case "setExpiry":
    case "setAutoRenewal":
    case "disable":
    case "suspend":
      return changeSubscription(store, subscriptionOf(store, edit.subscriptionId), edit);
    default:
      throw new ProviderError("validation", `The sandbox knows no edit "${kindOf(edit)}".`);
  }
}

function changeSubscription(
  store: LmpiStore,
  subscription: Subscription,
  edit: Extract<Edit, { kind: "setUnits" | "setExpiry" | "setAutoRenewal" | "disable" | "suspend" }>,
): string {
  switch (edit.kind) {
    case "setUnits": {
      const units = wholeNumber(edit.units, "units", 1, 999_999);
      for (const licence of subscription.licences) licence.units = units;
      break;
    }
    case "setExpiry": {
      const atMs = readLicenceDate(edit.date, "date");
      for (const licence of subscription.licences) licence.expiresAtMs = atMs;
      break;
    }
    case "setAutoRenewal":
      subscription.autoRenewal = edit.isOn;
      break;
    case "disable":
      if (subscription.enabled) store.disable(subscription);
      break;
    case "suspend":
      store.suspend(subscription, undefined);
      break;
  }
  store.touch(subscription);
  return subscription.id;
}

function changeCompany(store: LmpiStore, customerId: string, change: Partial<Company>): string {
  const customer = store.customer(customerId);
  store.updateCompany(customer, readCompany({ ...change }, customer.company), { isOutOfBand: true });
  return customer.id;
}

function removeCustomer(store: LmpiStore, customer: Customer): string {
  for (const subscription of [...store.subscriptions.values()]) {
    if (subscription.customerId === customer.id) store.subscriptions.delete(subscription.id);
  }
  store.customers.delete(customer.id);
  return customer.id;
}

function subscriptionOf(store: LmpiStore, id: string): Subscription {
  const subscription = store.subscriptions.get(id);
  if (subscription === undefined) throw new LmpiRefusal(404, "NOT_FOUND", "The subscription does not exist");
  return subscription;
}

function kindOf(edit: unknown): string {
  return isObject(edit) ? String(edit.kind) : String(edit);
}
