/** Vendor shapes, read leniently: only the fields that are used, each in any form that the documentation lets expect. */
import { ProviderError } from "../../errors";
import type { ErrorKind } from "../../errors";
import type { Refusal } from "../../http/client";

export interface CustomerWire {
  readonly customer_id: string;
  readonly name: string;
  /** Whether the row carries a company profile at all. */
  readonly profiled: boolean;
  readonly address: string | undefined;
  readonly city: string | undefined;
  readonly state: string | undefined;
  readonly postal_code: string | undefined;
  readonly country: string | undefined;
  readonly note: string | undefined;
  readonly emergency_email: string | undefined;
  readonly status: string | undefined;
}

export interface SubscriptionWire {
  readonly subscription_id: string;
  readonly customer_id: string;
  readonly service_plan_id: string | undefined;
  readonly name: string | undefined;
  readonly enabled: boolean | undefined;
  readonly is_auto_renewal: boolean | undefined;
}

export interface LicenceWire {
  readonly units: number | undefined;
  readonly enabled: boolean | undefined;
  readonly license_start_date: unknown;
  readonly license_expiration_date: unknown;
}

/** A single subscription: it alone carries licences. Activation codes are left unread. */
export interface SubscriptionDetailWire {
  readonly enabled: boolean | undefined;
  readonly is_auto_renewal: boolean | undefined;
  readonly licenses: readonly LicenceWire[];
}

export interface ServicePlanWire {
  readonly service_plan_id: string;
  readonly name: string;
}

/** One page of a listing. */
export interface PageWire<T> {
  readonly total: number;
  /** Rows per page, as the platform counts them; it may allow fewer than asked for. */
  readonly limit: number | undefined;
  readonly rows: readonly T[];
}

export function customersPage(body: unknown): PageWire<CustomerWire> {
  return page(body, "customers", (row) => {
    const customer_id = text(row.customer_id) ?? text(row.id);
    const name = text(row.name);
    if (customer_id === undefined) return "customer_id";
    if (name === undefined) return "name";
    return {
      customer_id,
      name,
      profiled: "city" in row && "state" in row && "country" in row,
      address: text(row.address),
      city: text(row.city),
      state: text(row.state),
      postal_code: text(row.postal_code),
      country: text(row.country),
      note: text(row.note),
      emergency_email: text(row.emergency_email),
      status: text(row.status),
    };
  });
}

export function subscriptionsPage(body: unknown): PageWire<SubscriptionWire> {
  return page(body, "subscriptions", (row) => {
    const subscription_id = text(row.subscription_id) ?? text(row.id);
    const customer_id = text(row.customer_id);
    if (subscription_id === undefined) return "subscription_id";
    if (customer_id === undefined) return "customer_id";
    return {
      subscription_id,
      customer_id,
      service_plan_id: text(row.service_plan_id),
      name: text(row.name),
      enabled: flag(row.enabled),
      is_auto_renewal: flag(row.is_auto_renewal),
    };
  });
}

export function subscriptionDetail(body: unknown, subscriptionId: string): SubscriptionDetailWire {
  const row = due(body, `subscription ${subscriptionId}`);
  const id = firstText(row.id, row.subscription_id);
  if (id !== undefined && id !== subscriptionId)
    throw unreadable(`subscription ${id} where ${subscriptionId} was asked for`);
  if (!Array.isArray(row.licenses)) throw unreadable(`subscription ${subscriptionId} without a list of its licenses`);
  // Units are billed: what is no count must not read as "not told".
  if (row.licenses.some((licence) => !isCountOrNone(record(licence).units)))
    throw unreadable(`subscription ${subscriptionId} whose licenses have units that are no count`);
  return { enabled: flag(row.enabled), is_auto_renewal: flag(row.is_auto_renewal), licenses: licences(row.licenses) };
}

/** Plans come as an array, bare or under one name. */
export function servicePlans(body: unknown): readonly ServicePlanWire[] {
  const what = "a list of service plans";
  const rows = Array.isArray(body) ? body : Object.values(due(body, what)).find(Array.isArray);
  if (rows === undefined) throw unreadable(`${what} without plans`);
  return rows.map((value, index) => {
    const row = record(value);
    const service_plan_id = text(row.service_plan_id) ?? text(row.id);
    const name = text(row.name) ?? text(row.service_plan_name);
    if (service_plan_id === undefined) throw lacking(what, index, "service_plan_id");
    if (name === undefined) throw lacking(what, index, "name");
    return { service_plan_id, name };
  });
}

/** The ids in the reply to a customer's creation, under any of the names that they may have; none where the reply is empty. */
export function createdCustomerIds(body: unknown): {
  readonly customerId: string | undefined;
  readonly userId: string | undefined;
} {
  const reply = record(body);
  const [customer, company, user] = [
    record(reply.customer),
    record(reply.company),
    record(reply.user ?? reply.contact),
  ];
  return {
    customerId: firstText(
      reply.customer_id,
      reply.customerId,
      reply.cid,
      customer.customer_id,
      customer.id,
      company.customer_id,
      company.id,
      reply.id,
    ),
    userId: firstText(reply.user_id, reply.userId, reply.uid, user.user_id, user.id),
  };
}

/** The id, and the licences where there are any, in the reply to a subscription's creation. */
export function createdSubscription(body: unknown): {
  readonly subscriptionId: string | undefined;
  readonly licenses: readonly LicenceWire[];
} {
  const reply = record(body);
  const nested = record(reply.subscription);
  return {
    subscriptionId: firstText(
      reply.subscription_id,
      reply.subscriptionId,
      reply.sid,
      nested.subscription_id,
      nested.id,
      reply.id,
    ),
    licenses: licences(reply.licenses ?? nested.licenses),
  };
}

/** The answer of GetID: an id, or nothing where the customer has no such subscription. */
export function subscriptionIdOf(body: unknown): string | undefined {
  const bare = text(body);
  return bare !== undefined && /^[\w-]{1,64}$/.test(bare) ? bare : createdSubscription(body).subscriptionId;
}

/** LMPI puts an error into the body, also into that of a 200: `error_subject` and `error_message`. Its codes are not documented. */
export function refusalIn(body: unknown): Refusal | undefined {
  const reply = record(body);
  const subject = text(reply.error_subject);
  const message = text(reply.error_message);
  if (subject === undefined && message === undefined) return undefined;
  const reason = [subject, message].filter((part) => part !== undefined).join(": ");
  const kind = kindOf(subject) ?? kindOf(message);
  return { reason, ...(kind === undefined ? {} : { kind }) };
}

/** Names that are quoted say nothing of the error: a customer may be called "Signature Dental". */
function kindOf(words: string | undefined): ErrorKind | undefined {
  const own = words?.replace(/(["'`])[^"'`]*\1/g, "").replaceAll("_", " ");
  return own === undefined ? undefined : KIND_BY_WORDS.find(([pattern]) => pattern.test(own))?.[1];
}

const KIND_BY_WORDS: readonly (readonly [RegExp, ErrorKind])[] = [
  [/already exist|duplicat/i, "alreadyExists"],
  [/not found|no such|does(n't| not) exist/i, "notFound"],
  [/posix.?time|signature|access.?token|unauthori[sz]ed|authenticat/i, "unauthenticated"],
  [/forbidden|permission|access denied/i, "forbidden"],
  [/too many|rate.?limit|throttl/i, "rateLimited"],
  [/internal|(system|server) (error|fail)|unavailable|timed? ?out|temporar|try again|busy|maintenance/i, "unavailable"],
  [
    /invalid|not valid|missing|required|must (not )?be|not allowed|too (long|short|large)|exceed|not supported/i,
    "validation",
  ],
];

function page<T>(
  body: unknown,
  name: string,
  /** A row, or the name of the field that it lacks. */
  read: (row: Readonly<Record<string, unknown>>) => T | string,
): PageWire<T> {
  const what = `a list of ${name}`;
  const reply = due(body, what);
  const paging = record(reply.paging);
  const total = count(paging.total);
  // Without the total nobody can tell a whole listing from a cut one.
  if (total === undefined) throw unreadable(`${what} whose paging.total is missing, or no count`);
  const values = reply[name] ?? (total === 0 ? [] : undefined);
  if (!Array.isArray(values)) throw unreadable(`${what} whose \`${name}\` is missing, or no list`);
  const rows = values.map((value, index) => {
    const row = read(record(value));
    if (typeof row === "string") throw lacking(what, index, row);
    return row;
  });
  return { total, limit: count(paging.limit) || undefined, rows };
}

function licences(value: unknown): readonly LicenceWire[] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => {
    const row = record(item);
    return {
      units: count(row.units),
      enabled: flag(row.enabled),
      license_start_date: row.license_start_date,
      license_expiration_date: row.license_expiration_date,
    };
  });
}

/** The object that an answer must be. What came instead is told by its kind: it shows who it was that answered. */
function due(body: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return record(body);
  const came =
    body === undefined
      ? "nothing"
      : typeof body === "string"
        ? "text, such as the page of a proxy or a login,"
        : Array.isArray(body)
          ? "a bare list"
          : "a bare value";
  throw unreadable(`${came} where ${what} was due`);
}

function lacking(what: string, index: number, field: string): ProviderError {
  return unreadable(`${what} whose entry ${index + 1} has no ${field} that can be used`);
}

function unreadable(what: string): ProviderError {
  return new ProviderError(
    "unavailable",
    `Trend Micro answered with ${what}.\nNothing was changed by it: run this again later. If it stays so, check the endpoint of the connection, or ask Trend Micro.`,
    {
      platform: "trend-micro",
    },
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** Text that says something; a whole number is taken as its digits, unless it is so great that it was rounded when it was parsed. */
function text(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.map(text).find((value) => value !== undefined);
}

function flag(value: unknown): boolean | undefined {
  const word = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (word === true || word === 1 || word === "1" || word === "true" || word === "yes" || word === "y") return true;
  if (word === false || word === 0 || word === "0" || word === "false" || word === "no" || word === "n") return false;
  return undefined;
}

function isCountOrNone(value: unknown): boolean {
  return value === undefined || value === null || count(value) !== undefined;
}

function count(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 0 ? number : undefined;
}
