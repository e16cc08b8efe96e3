import type { DeskReader } from "../../../../provider/desk/client";
import type { CompanyProfile, Connection } from "../../../../provider/generated/types";
import type { HttpClient } from "../../../../provider/http/client";
import { createHttpClient } from "../../../../provider/http/client";
import { createLimiter } from "../../../../provider/http/limiter";
import type { Driver, WriteAssignments, WriteCustomers } from "../../../../provider/platforms/platform";
import { canWriteAssignments, canWriteCustomers } from "../../../../provider/platforms/platform";
import { trendMicro } from "../../../../provider/platforms/trend-micro/definition";
import { applyEdit } from "../../../../sandbox/trend-micro/edits";
import type { LmpiReadings as ServedReadings } from "../../../../sandbox/trend-micro/readings";
import type { LmpiOptions, LmpiSandbox } from "../../../../sandbox/trend-micro/server";
import { startLmpi } from "../../../../sandbox/trend-micro/server";
import type { ManualClock } from "../../http/manual-clock";
import { manualClock, steadyRandom } from "../../http/manual-clock";
import type { WritableWorld } from "../contract";

/** Waits below this pass at once on the tests' clock; timeouts of attempts are longer. */
const FLOWS_BELOW_MS = 20 * 60_000;

export interface LmpWorldOptions {
  readonly served?: Partial<ServedReadings>;
  readonly connection?: Partial<Connection>;
  readonly secretKey?: string;
  readonly plans?: LmpiOptions["plans"];
  /** How far our clock is ahead of the platform's. */
  readonly skewMs?: number;
}

export interface LmpDriver extends Driver {
  readonly customers: WriteCustomers;
  readonly assignments: WriteAssignments;
}

export interface LmpWorld extends WritableWorld {
  readonly sandbox: LmpiSandbox;
  readonly clock: ManualClock;
  driver(): LmpDriver;
  http(): HttpClient;
}

export const WFBSS = "WFBS-S Yearly";
export const EMAIL = "Email Security Yearly";
export const SUITE = "Worry-Free Suite Yearly";

/** The LMP driver against the sandbox, both on one clock. */
export async function startLmpWorld(options: LmpWorldOptions = {}): Promise<LmpWorld> {
  const { served, connection: settings, secretKey, plans, skewMs = 0 } = options;
  const clock = manualClock({ flowsBelowMs: FLOWS_BELOW_MS });
  const sandbox = await startLmpi({
    clock: { now: () => clock.now() - skewMs, sleep: clock.sleep },
    ...(served === undefined ? {} : { readings: served }),
    ...(secretKey === undefined ? {} : { secretKey }),
    ...(plans === undefined ? {} : { plans }),
  });
  const connection: Connection = { platform: "trend-micro", accountType: "lmp", endpoint: sandbox.url, ...settings };
  const credentials = { accessToken: sandbox.accessToken, secretKey: sandbox.secretKey };
  const limiter = createLimiter({ requestsPerSecond: connection.requestsPerSecond ?? 1000, clock });
  const clients: HttpClient[] = [];

  const http = () => {
    const client = createHttpClient({
      baseUrl: sandbox.url,
      allowedHosts: trendMicro.allowedHosts,
      platform: trendMicro.title,
      limiter,
      clock,
      random: steadyRandom,
      attemptTimeoutMs: 3_600_000,
      totalTimeoutMs: 24 * 3_600_000,
      maxResponseBytes: 8 * 1024 * 1024,
      redact: Object.values(credentials),
    });
    clients.push(client);
    return client;
  };
  const snake = (company: CompanyProfile) => ({
    city: company.city,
    state: company.state,
    country: company.country,
    address: company.address,
    postal_code: company.postalCode,
    note: company.note,
    emergency_email: company.emergencyEmail,
  });

  const addCustomer: WritableWorld["addCustomer"] = async (name, company) =>
    applyEdit(sandbox.store, { kind: "addCustomer", company: { name, ...snake(company) } }).id;

  return {
    sandbox,
    clock,
    http,
    products: [WFBSS, EMAIL],
    how: "read",
    driver: () => {
      const driver = trendMicro.driver({
        name: "remote-manager",
        connection,
        credentials,
        http: http(),
        desk: noDesk,
        clock,
        random: steadyRandom,
      });
      const { customers, assignments } = driver;
      if (!canWriteCustomers(customers) || !canWriteAssignments(assignments)) throw new Error("The LMP driver writes.");
      return { ...driver, customers, assignments };
    },
    addCustomer,
    addSubject: async (name) => ({
      kind: "customer",
      key: await addCustomer(name, { city: "Berlin", state: "BE", country: "DE" }),
      name,
    }),
    addAssignment: async (subject, plan, units) =>
      applyEdit(sandbox.store, { kind: "addSubscription", customerId: subject.key, plan, units }).id,
    unitsOf: (id) => sandbox.store.subscriptions.get(id)?.licences[0]?.units,
    expiryOf: (id) => {
      const expiresAtMs = sandbox.store.subscriptions.get(id)?.licences[0]?.expiresAtMs;
      return expiresAtMs === undefined ? undefined : new Date(expiresAtMs).toISOString().slice(0, 10);
    },
    setUnits: (id, units) => void applyEdit(sandbox.store, { kind: "setUnits", subscriptionId: id, units }),
    moveExpiry: (id, date) => void applyEdit(sandbox.store, { kind: "setExpiry", subscriptionId: id, date }),
    isEnabled: (id) => sandbox.store.subscriptions.get(id)?.enabled ?? false,
    profileOf: (id) => {
      const company = sandbox.store.customers.get(id)?.company;
      if (company === undefined) return undefined;
      const { postal_code, emergency_email, industry: _, ...rest } = company;
      const renamed = { ...rest, postalCode: postal_code, emergencyEmail: emergency_email };
      return Object.fromEntries(
        Object.entries(renamed).filter(([, value]) => value !== undefined),
      ) as Partial<CompanyProfile> & { name: string };
    },
    later: () => clock.advance(10 * 60_000),
    close: async () => {
      for (const client of clients) client.close();
      await sandbox.close();
    },
  };
}

/** An LMP account needs no desk to be read. */
const noDesk = new Proxy({} as DeskReader, {
  get: () => () => {
    throw new Error("The LMP driver asked the desk.");
  },
});
