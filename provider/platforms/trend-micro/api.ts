/**
 * LMPI, one function per endpoint. Each call is signed with the server's own time as its last answer told it; a call that was refused while
 * our time was off is signed anew and sent once more. A write never goes out with an empty id in its path.
 */
import type { Clock, Random } from "../../clock";
import { hasKind, ProviderError } from "../../errors";
import type { CompanyProfile, FirstUser, LmpiReadings } from "../../generated/types";
import type { HttpClient, HttpRequest } from "../../http/client";
import type { DateWindow } from "./dates";
import { DAY_MS, formatInstant } from "./dates";
import { createCustomerBody, updateCustomerBody } from "./mapping";
import { PAGE_ROWS } from "./paging";
import { signature } from "./signature";
import type { CustomerWire, PageWire, ServicePlanWire, SubscriptionDetailWire, SubscriptionWire } from "./wire";
import * as wire from "./wire";

export interface LmpiOptions {
  readonly http: HttpClient;
  readonly accessToken: string;
  readonly secretKey: string;
  readonly readings: LmpiReadings;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a subscription update may send: units always; plan and expiry only where the reading asks for the whole. */
export interface SubscriptionChange {
  readonly units: number;
  readonly servicePlanId?: string;
  readonly expirationAsSent?: unknown;
}

export interface Lmpi {
  /** The server's time, as well as it is known. */
  serverNowMs(): number;
  customersPage(window: DateWindow, page: number): Promise<PageWire<CustomerWire>>;
  createCustomer(
    name: string,
    company: CompanyProfile,
    user: FirstUser,
  ): Promise<ReturnType<typeof wire.createdCustomerIds>>;
  updateCustomer(customerId: string, name: string, company: CompanyProfile): Promise<void>;
  servicePlans(): Promise<readonly ServicePlanWire[]>;
  subscriptionsPage(by: "created" | "modified", window: DateWindow, page: number): Promise<PageWire<SubscriptionWire>>;
  subscription(customerId: string, subscriptionId: string): Promise<SubscriptionDetailWire>;
  createSubscription(
    customerId: string,
    draft: { readonly servicePlanId: string; readonly units?: number; readonly startsOn?: string },
  ): Promise<ReturnType<typeof wire.createdSubscription>>;
  updateSubscription(customerId: string, subscriptionId: string, change: SubscriptionChange): Promise<void>;
  /** Cancels it at once. */
  disableSubscription(customerId: string, subscriptionId: string): Promise<void>;
  suspendSubscription(customerId: string, subscriptionId: string): Promise<void>;
  unsuspendSubscription(customerId: string, subscriptionId: string): Promise<void>;
  /** The id of the customer's subscription of a plan; undefined where there is none. */
  subscriptionId(customerId: string, servicePlanId: string): Promise<string | undefined>;
}

/** The gateway refuses calls whose time is 15 minutes off; a refusal with a smaller difference has another reason. */
const SUSPICIOUS_SKEW_MS = 5 * 60_000;

export function createLmpi({ http, accessToken, secretKey, readings, clock, random }: LmpiOptions): Lmpi {
  const dateFormat = readings.dateFormat ?? "iso-z";
  const serverNowMs = () => clock.now() + http.serverTimeOffsetMs;

  async function call(request: Omit<HttpRequest, "sign" | "refusalIn" | "headers">): Promise<unknown> {
    let signedAtMs = 0;
    const signed: HttpRequest = {
      ...request,
      headers: { "content-type": "application/json; charset=utf-8" },
      refusalIn: wire.refusalIn,
      sign: () => {
        signedAtMs = serverNowMs();
        const posixTime = String(Math.floor(signedAtMs / 1000));
        return {
          "x-access-token": accessToken,
          "x-posix-time": posixTime,
          "x-signature": signature({
            secretKey,
            posixTime,
            method: request.method,
            uri: request.path,
            readings,
            ...(request.body === undefined ? {} : { body: request.body }),
          }),
          "x-traceid": random.uuid(),
        };
      },
    };
    try {
      return (await http.send(signed)).body;
    } catch (error) {
      const refused = hasKind(error, "unauthenticated") || hasKind(error, "forbidden") || hasKind(error, "validation");
      if (!refused || Math.abs(serverNowMs() - signedAtMs) < SUSPICIOUS_SKEW_MS) throw error;
      return (await http.send(signed)).body;
    }
  }

  const windowQuery = (by: string, window: DateWindow, page: number) =>
    `${by}_start=${encodeURIComponent(window.start)}&${by}_end=${encodeURIComponent(window.end)}&page=${page}&limit=${PAGE_ROWS}`;
  const customerPath = (customerId: string) => `/LMPI/v2/customers/${segment(customerId, "customer")}`;
  const subscriptionPath = (customerId: string, subscriptionId: string, version = "v2") =>
    `/LMPI/${version}/customers/${segment(customerId, "customer")}/subscriptions/${segment(subscriptionId, "subscription")}`;
  const put = (path: string, operation: string, resource: string, body?: object) =>
    call({ method: "PUT", path, operation, resource, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

  return {
    serverNowMs,
    customersPage: async (window, page) =>
      wire.customersPage(
        await call({
          method: "GET",
          path: `/LMPI/v3/customers?${windowQuery("created", window, page)}`,
          operation: "list customers",
        }),
      ),
    createCustomer: async (name, company, user) =>
      wire.createdCustomerIds(
        await call({
          method: "POST",
          path: "/LMPI/v2/customers",
          body: createCustomerBody(name, company, user),
          operation: "create customer",
          resource: `customer ${name}`,
        }),
      ),
    updateCustomer: async (customerId, name, company) => {
      const body = updateCustomerBody(name, company, readings.updateBody);
      await call({
        method: "PUT",
        path: customerPath(customerId),
        body,
        operation: "update customer",
        resource: `customer ${name}`,
      });
    },
    servicePlans: async () =>
      wire.servicePlans(
        await call({ method: "GET", path: "/LMPI/v3/me/serviceplans", operation: "list service plans" }),
      ),
    subscriptionsPage: async (by, window, page) =>
      wire.subscriptionsPage(
        await call({
          method: "GET",
          path: `/LMPI/v2.5/customers/subscriptions?${windowQuery(by, window, page)}`,
          operation: "list subscriptions",
        }),
      ),
    subscription: async (customerId, subscriptionId) =>
      wire.subscriptionDetail(
        await call({
          method: "GET",
          path: subscriptionPath(customerId, subscriptionId),
          operation: "read subscription",
          resource: `subscription ${subscriptionId}`,
        }),
        subscriptionId,
      ),
    createSubscription: async (customerId, { servicePlanId, units, startsOn }) =>
      wire.createdSubscription(
        await call({
          method: "POST",
          path: `${customerPath(customerId)}/subscriptions`,
          body: JSON.stringify({
            service_plan_id: servicePlanId,
            license_start_date: startsOn === undefined ? undefined : formatInstant(Date.parse(startsOn), dateFormat),
            units_per_license: units,
          }),
          operation: "create subscription",
          resource: `subscription of plan ${servicePlanId} for customer ${customerId}`,
        }),
      ),
    updateSubscription: async (customerId, subscriptionId, { units, servicePlanId, expirationAsSent }) => {
      await put(subscriptionPath(customerId, subscriptionId), "update subscription", `subscription ${subscriptionId}`, {
        units_per_license: units,
        license_expiration_date: expirationAsSent,
        service_plan_id: servicePlanId,
      });
    },
    disableSubscription: async (customerId, subscriptionId) => {
      await put(
        `${subscriptionPath(customerId, subscriptionId)}/disable`,
        "cancel subscription",
        `subscription ${subscriptionId}`,
      );
    },
    suspendSubscription: async (customerId, subscriptionId) => {
      await put(
        `${subscriptionPath(customerId, subscriptionId, "v3")}/suspend`,
        "suspend subscription",
        `subscription ${subscriptionId}`,
        {},
      );
    },
    unsuspendSubscription: async (customerId, subscriptionId) => {
      await put(
        `${subscriptionPath(customerId, subscriptionId, "v3")}/unsuspend`,
        "resume subscription",
        `subscription ${subscriptionId}`,
        {},
      );
    },
    subscriptionId: async (customerId, servicePlanId) => {
      try {
        return wire.subscriptionIdOf(
          await call({
            method: "GET",
            path: `${customerPath(customerId)}/serviceplan/${segment(servicePlanId, "service plan")}/getid`,
            operation: "look up the subscription",
            resource: `plan ${servicePlanId}`,
          }),
        );
      } catch (error) {
        if (hasKind(error, "notFound")) return undefined;
        throw error;
      }
    },
  };
}

/** First instant of the date windows, unless the connection knows a later one. */
export function sinceMs(readings: LmpiReadings): number {
  return Date.parse(readings.since ?? "2000-01-01");
}

/** Beyond now: the server's zone may not be ours, and its clock may be ahead. */
export const AHEAD_MS = DAY_MS;

/** An id as one part of a path. Empty, or a step in the path, it could name all of them or another one: then nothing is sent. */
function segment(id: string, what: string): string {
  const part = encodeURIComponent(id.trim());
  if (part === "" || part === "." || part === "..") {
    throw new ProviderError(
      "internal",
      `A call to Trend Micro lacks the id of the ${what}; nothing was sent. This is a fault of pulumi-msp.`,
      {
        platform: "trend-micro",
      },
    );
  }
  return part;
}
