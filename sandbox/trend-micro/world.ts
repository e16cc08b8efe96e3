import type { ServicePlan } from "./plans";

/** A company profile as LMPI carries it. */
export interface Company {
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly address?: string | undefined;
  readonly postal_code?: string | undefined;
  readonly note?: string | undefined;
  readonly emergency_email?: string | undefined;
  readonly industry?: string | undefined;
}

/** A user account's profile as LMPI carries it. */
export interface UserProfile {
  readonly login_name: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly phone?: { readonly area_code?: string; readonly number?: string; readonly extension?: string } | undefined;
  readonly time_zone?: string | undefined;
  readonly language?: string | undefined;
}

/** The contact of a customer that v3 created. */
export interface Contact {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
}

/** A user account of a customer. */
export interface User {
  readonly id: string;
  profile: UserProfile;
  readonly createdAtMs: number;
  modifiedAtMs: number | undefined;
}

/** A customer of the MSP. */
export interface Customer {
  readonly id: string;
  company: Company;
  contact: Contact | undefined;
  readonly users: User[];
  status: "Enabled" | "Disabled";
  readonly createdAtMs: number;
  companyModifiedAtMs: number | undefined;
  /** Lists show it from then on. */
  visibleAtMs: number;
}

/** A licence of a subscription. */
export interface Licence {
  readonly acCode: string;
  productId: string;
  units: number;
  readonly startsAtMs: number;
  expiresAtMs: number;
  readonly gracePeriodDays: number;
}

/** A subscription of a customer to a service plan. */
export interface Subscription {
  readonly id: string;
  readonly customerId: string;
  planId: string;
  enabled: boolean;
  /** While suspended: when its licences would have expired. */
  suspendedFromMs: number | undefined;
  autoRenewal: boolean;
  autoRenewalMonths: number;
  readonly licences: Licence[];
  readonly createdAtMs: number;
  modifiedAtMs: number | undefined;
  visibleAtMs: number;
}

/** What the platform holds; maps keep the order of creation. */
export interface World {
  readonly plans: ServicePlan[];
  readonly customers: Map<string, Customer>;
  readonly subscriptions: Map<string, Subscription>;
}

/** What a world holds beside its plans, as JSON. */
export interface WorldSnapshot {
  readonly customers: readonly Customer[];
  readonly subscriptions: readonly Subscription[];
}
