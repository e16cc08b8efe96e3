import type { Clock, Random } from "../../provider/clock";
import { addMonths, DAY_MS } from "./dates";
import type { ServicePlan } from "./plans";
import type { LmpiReadings } from "./readings";
import { duplicate, invalid, notAllowed, notFound } from "./refusal";
import type { Company, Contact, Customer, Subscription, User, UserProfile, World, WorldSnapshot } from "./world";

const GRACE_PERIOD_DAYS = 30;

/** What a new subscription is made from. */
export interface SubscriptionOrder {
  readonly planId: string;
  readonly units: number;
  readonly startsAtMs?: number;
}

/** The circumstances of a creation. */
export interface Birth {
  /** How long lists don't show the new object; as the reading says unless told. */
  readonly hiddenForMs?: number;
  /** Makes another one just like it. */
  readonly isTwin?: boolean;
  /** Not through LMPI, so its refusals and its cross grade don't apply. */
  readonly isOutOfBand?: boolean;
}

/** What a subscription update changes; what is left out stays. */
export interface SubscriptionChange {
  readonly units?: number;
  readonly expiresAtMs?: number;
  readonly planId?: string;
}

/** The platform's world and its rules, without HTTP. */
export class LmpiStore implements World {
  readonly plans: ServicePlan[];
  readonly customers = new Map<string, Customer>();
  readonly subscriptions = new Map<string, Subscription>();
  private nextRenewalMs = 0;
  private readonly readings: LmpiReadings;
  private readonly clock: Clock;
  private readonly random: Random;

  constructor(plans: readonly ServicePlan[], readings: LmpiReadings, clock: Clock, random: Random) {
    this.plans = [...plans];
    this.readings = readings;
    this.clock = clock;
    this.random = random;
  }

  customer(id: string): Customer {
    const customer = this.customers.get(id);
    if (customer === undefined) throw notFound("The customer does not exist");
    return customer;
  }

  user(customer: Customer, id: string): User {
    const user = customer.users.find((candidate) => candidate.id === id);
    if (user === undefined) throw notFound("The user does not exist");
    return user;
  }

  subscription(customerId: string, id: string): Subscription {
    const subscription = this.subscriptions.get(id);
    if (subscription === undefined || subscription.customerId !== this.customer(customerId).id) {
      throw notFound("The subscription does not exist");
    }
    return subscription;
  }

  plan(id: string): ServicePlan {
    const plan = this.plans.find((candidate) => candidate.id === id);
    if (plan === undefined) throw notFound("The service plan does not exist");
    return plan;
  }

  createCustomer(company: Company, people: { user?: UserProfile; contact?: Contact }, birth: Birth = {}): Customer {
    if (this.readings.sameName === "refuse" && !birth.isOutOfBand) this.refuseSameName(company.name);
    if (people.user !== undefined) this.refuseSameLogin(people.user.login_name);
    if (birth.isTwin) this.createCustomer(company, {}, { isOutOfBand: true });
    const now = this.clock.now();
    const customer: Customer = {
      id: this.random.uuid(),
      company,
      contact: people.contact,
      users:
        people.user === undefined
          ? []
          : [{ id: this.random.uuid(), profile: people.user, createdAtMs: now, modifiedAtMs: undefined }],
      status: "Enabled",
      createdAtMs: now,
      companyModifiedAtMs: undefined,
      visibleAtMs: now + (birth.hiddenForMs ?? this.readings.visibilityMs),
    };
    this.customers.set(customer.id, customer);
    return customer;
  }

  updateCompany(customer: Customer, company: Company, how: Pick<Birth, "isOutOfBand"> = {}): void {
    const isRenamed = company.name !== customer.company.name;
    if (this.readings.sameName === "refuse" && isRenamed && !how.isOutOfBand) this.refuseSameName(company.name);
    customer.company = company;
    customer.companyModifiedAtMs = this.clock.now();
  }

  updateUser(user: User, profile: UserProfile): void {
    if (profile.login_name !== user.profile.login_name) this.refuseSameLogin(profile.login_name);
    user.profile = profile;
    user.modifiedAtMs = this.clock.now();
  }

  createSubscription(customerId: string, order: SubscriptionOrder, birth: Birth = {}): Subscription {
    const customer = this.customer(customerId);
    const plan = this.plan(order.planId);
    if (this.readings.samePlan === "refuse" && !birth.isOutOfBand) this.refuseSamePlan(customer.id, plan.id);
    if (birth.isTwin) this.createSubscription(customerId, order, { isOutOfBand: true });
    const now = this.clock.now();
    const startsAtMs = order.startsAtMs ?? now;
    const subscription: Subscription = {
      id: this.random.uuid(),
      customerId: customer.id,
      planId: plan.id,
      enabled: true,
      suspendedFromMs: undefined,
      autoRenewal: plan.autoRenewal,
      autoRenewalMonths: plan.initialPeriodMonths,
      licences: [
        {
          acCode: `${plan.productCode}-${this.random.uuid().toUpperCase()}`,
          productId: plan.productCode,
          units: order.units,
          startsAtMs,
          expiresAtMs: addMonths(startsAtMs, plan.initialPeriodMonths),
          gracePeriodDays: GRACE_PERIOD_DAYS,
        },
      ],
      createdAtMs: now,
      modifiedAtMs: undefined,
      visibleAtMs: now + (birth.hiddenForMs ?? this.readings.visibilityMs),
    };
    const how = this.readings.crossGrade;
    if (how !== "off" && !birth.isOutOfBand) this.crossGrade(subscription, plan, how);
    this.subscriptions.set(subscription.id, subscription);
    this.nextRenewalMs = Math.min(this.nextRenewalMs, greatestExpiry(subscription));
    return subscription;
  }

  updateSubscription(subscription: Subscription, change: SubscriptionChange): void {
    if (!subscription.enabled) throw notAllowed("The subscription is disabled");
    if (subscription.suspendedFromMs !== undefined) throw notAllowed("The subscription is suspended");
    if (this.plan(subscription.planId).version === "trial") throw notAllowed("Only full licenses can be updated");
    if (change.planId !== undefined) subscription.planId = this.plan(change.planId).id;
    const { initialPeriodMonths } = this.plan(subscription.planId);
    for (const licence of subscription.licences) {
      if (change.expiresAtMs === undefined && this.readings.subscriptionUpdate === "whole") {
        licence.expiresAtMs = addMonths(licence.startsAtMs, initialPeriodMonths);
      }
      if (change.expiresAtMs !== undefined) {
        if (!this.readings.expiryMayExtend && change.expiresAtMs > licence.expiresAtMs) {
          throw invalid("The new expiration date must be sooner than the current expiration date");
        }
        licence.expiresAtMs = change.expiresAtMs;
      }
      licence.units = change.units ?? licence.units;
    }
    this.touch(subscription);
  }

  disable(subscription: Subscription): void {
    if (!subscription.enabled && this.readings.disableTwice === "refuse") {
      throw notAllowed("The subscription is already disabled");
    }
    subscription.enabled = false;
    subscription.autoRenewal = false;
    this.touch(subscription);
  }

  suspend(subscription: Subscription, expiresAtMs: number | undefined): void {
    if (!subscription.enabled) throw notAllowed("The subscription is disabled");
    if (!subscription.autoRenewal) throw notAllowed("Only a subscription with auto-renewal can be suspended");
    subscription.suspendedFromMs = greatestExpiry(subscription);
    subscription.autoRenewal = false;
    for (const licence of subscription.licences) licence.expiresAtMs = expiresAtMs ?? this.clock.now();
    this.touch(subscription);
  }

  unsuspend(subscription: Subscription, expiresAtMs: number | undefined): void {
    const suspendedFromMs = subscription.suspendedFromMs;
    if (!subscription.enabled || suspendedFromMs === undefined) throw notAllowed("The subscription is not suspended");
    if (subscription.licences.every((licence) => this.clock.now() > graceEnd(licence))) {
      throw notAllowed("The grace period is over");
    }
    subscription.suspendedFromMs = undefined;
    subscription.autoRenewal = true;
    for (const licence of subscription.licences) licence.expiresAtMs = expiresAtMs ?? suspendedFromMs;
    this.touch(subscription);
  }

  /** The subscription of a plan, as GetID chooses it. */
  findOfPlan(customerId: string, planId: string): Subscription {
    const now = this.clock.now();
    const found = this.ofPlan(this.customer(customerId).id, this.plan(planId).id).filter(
      (one) =>
        (one.enabled || this.readings.getIdFindsDisabled) && (!this.readings.getIdIsLate || one.visibleAtMs <= now),
    );
    if (found.length > 1 && this.readings.getId === "refuse") {
      throw duplicate("The customer has more than one subscription of this service plan");
    }
    const chosen = found.at(this.readings.getId === "oldest" ? 0 : -1);
    if (chosen === undefined) throw notFound("The customer has no subscription of this service plan");
    return chosen;
  }

  /** Renews what renews by itself and has expired by now. */
  settle(): void {
    const now = this.clock.now();
    // With ten thousand customers, looking at every licence for every request is what a bulk run would wait for.
    if (now < this.nextRenewalMs) return;
    this.nextRenewalMs = Number.POSITIVE_INFINITY;
    for (const subscription of this.subscriptions.values()) {
      if (!subscription.enabled || !subscription.autoRenewal) continue;
      for (const licence of subscription.licences) {
        while (licence.expiresAtMs <= now) {
          subscription.modifiedAtMs = licence.expiresAtMs;
          licence.expiresAtMs = addMonths(licence.expiresAtMs, subscription.autoRenewalMonths);
        }
        this.nextRenewalMs = Math.min(this.nextRenewalMs, licence.expiresAtMs);
      }
    }
  }

  /** Whether a licence is in force: neither disabled nor expired with its grace period over. */
  isInForce(subscription: Subscription, licence: Subscription["licences"][number]): boolean {
    return subscription.enabled && this.clock.now() <= graceEnd(licence);
  }

  /** Stamps a change. */
  touch(subscription: Subscription): void {
    subscription.modifiedAtMs = this.clock.now();
    this.nextRenewalMs = 0;
  }

  /** Forgets every customer and subscription. */
  clear(): void {
    this.customers.clear();
    this.subscriptions.clear();
  }

  /** A copy, for the control API and for saving. */
  snapshot(): WorldSnapshot {
    return structuredClone({
      customers: [...this.customers.values()],
      subscriptions: [...this.subscriptions.values()],
    });
  }

  /** Takes over a saved world in place of this one. */
  restore(snapshot: WorldSnapshot): void {
    this.clear();
    for (const customer of snapshot.customers) this.customers.set(customer.id, customer);
    for (const subscription of snapshot.subscriptions) this.subscriptions.set(subscription.id, subscription);
    this.nextRenewalMs = 0;
  }

  private ofPlan(customerId: string, planId: string): Subscription[] {
    return [...this.subscriptions.values()].filter((one) => one.customerId === customerId && one.planId === planId);
  }

  private crossGrade(suite: Subscription, plan: ServicePlan, how: "convert" | "absorb"): void {
    for (const other of this.subscriptions.values()) {
      if (other.customerId !== suite.customerId || !other.enabled) continue;
      if (!(plan.covers ?? []).includes(this.plan(other.planId).productCode)) continue;
      if (how === "convert") {
        other.planId = plan.id;
        for (const licence of other.licences) licence.productId = plan.productCode;
      } else {
        other.enabled = false;
        other.autoRenewal = false;
        for (const licence of suite.licences) licence.units += other.licences[0]?.units ?? 0;
      }
      this.touch(other);
    }
  }

  private refuseSamePlan(customerId: string, planId: string): void {
    if (this.ofPlan(customerId, planId).some((other) => other.enabled)) {
      throw duplicate("The customer has a subscription of this service plan");
    }
  }

  private refuseSameName(name: string): void {
    for (const customer of this.customers.values()) {
      if (customer.company.name === name) throw duplicate("A customer of this name exists");
    }
  }

  private refuseSameLogin(loginName: string): void {
    for (const customer of this.customers.values()) {
      if (customer.users.some((user) => user.profile.login_name === loginName)) {
        throw duplicate("A user of this login name exists");
      }
    }
  }
}

function graceEnd(licence: Subscription["licences"][number]): number {
  return licence.expiresAtMs + licence.gracePeriodDays * DAY_MS;
}

function greatestExpiry(subscription: Subscription): number {
  return Math.max(...subscription.licences.map((licence) => licence.expiresAtMs));
}
