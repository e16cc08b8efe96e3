import { createHash, createHmac } from "node:crypto";
import type { Clock } from "../../../provider/clock";
import { type LmpiOptions, type LmpiSandbox, startLmpi } from "../../../sandbox/trend-micro/server";

/** A clock that moves only when told; whoever sleeps wakes when it has moved far enough. */
export class HandClock implements Clock {
  private nowMs: number;
  private sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor(start: string) {
    this.nowMs = Date.parse(start);
  }

  now(): number {
    return this.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake, fail) => {
      this.sleepers.push({ atMs: this.nowMs + ms, wake });
      signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
    });
  }

  get sleeping(): number {
    return this.sleepers.length;
  }

  advance(ms: number): void {
    this.nowMs += ms;
    const due = this.sleepers.filter(({ atMs }) => atMs <= this.nowMs);
    this.sleepers = this.sleepers.filter(({ atMs }) => atMs > this.nowMs);
    for (const { wake } of due) wake();
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests look into bodies of every shape; a wrong path fails the assertion.
  readonly body: ReturnType<typeof JSON.parse>;
}

/** What a test may bend in an otherwise right request. */
export interface Bending {
  readonly secretKey?: string;
  readonly accessToken?: string;
  readonly secondsOff?: number;
  readonly sentUri?: string;
  readonly sentBody?: string;
  readonly signKey?: (secret: string) => Buffer;
  readonly bodyDigest?: (body: string) => string;
  readonly omit?: string;
}

export const START = "2026-03-02T09:00:00.250Z";
export const ALL_TIME = "start=2020-01-01T00:00:00Z&end=2030-01-01T00:00:00Z";

/** A sandbox on a hand clock, with a signing client of the tests' own. */
export class LmpiUnderTest {
  readonly clock = new HandClock(START);
  lmpi!: LmpiSandbox;

  static async start(options: Omit<LmpiOptions, "clock"> = {}): Promise<LmpiUnderTest> {
    const test = new LmpiUnderTest();
    test.lmpi = await startLmpi({ ...options, clock: test.clock });
    return test;
  }

  async send(method: string, uri: string, body?: unknown, bending: Bending = {}): Promise<Answer> {
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(this.lmpi.url + (bending.sentUri ?? uri), {
      method,
      headers: this.sign(method, uri, text, bending),
      ...(text !== undefined && { body: bending.sentBody ?? text }),
    });
    const answer = await response.text();
    let parsed: unknown;
    try {
      parsed = answer === "" ? undefined : JSON.parse(answer);
    } catch {
      parsed = undefined;
    }
    return { status: response.status, headers: response.headers, text: answer, body: parsed };
  }

  get(uri: string): Promise<Answer> {
    return this.send("GET", uri);
  }

  put(uri: string, body?: unknown): Promise<Answer> {
    return this.send("PUT", uri, body);
  }

  post(uri: string, body?: unknown): Promise<Answer> {
    return this.send("POST", uri, body);
  }

  /** Lists customers of all time, or of the given window. */
  customers(query = ""): Promise<Answer> {
    return this.get(`/LMPI/v3/customers?${window("created", query)}`);
  }

  users(query = ""): Promise<Answer> {
    return this.get(`/LMPI/v2/customers?${window("user_modified", query)}`);
  }

  subscriptions(by: "created" | "modified" = "created", query = ""): Promise<Answer> {
    return this.get(`/LMPI/v2.5/customers/subscriptions?${window(by, query)}`);
  }

  async createCustomer(name = "Acme Dental", loginName = "acme"): Promise<string> {
    await this.post("/LMPI/v2/customers", customerBody(name, loginName));
    return [...this.lmpi.store.customers.keys()].at(-1) ?? "";
  }

  /** Creates a subscription and answers its path. */
  async createSubscription(
    customerId: string,
    plan = "WFBS-S Yearly",
    units = 10,
  ): Promise<{ id: string; path: string }> {
    const planId = this.planId(plan);
    await this.post(`/LMPI/v2/customers/${customerId}/subscriptions`, {
      service_plan_id: planId,
      units_per_license: units,
    });
    const id = [...this.lmpi.store.subscriptions.keys()].at(-1) ?? "";
    return { id, path: `/customers/${customerId}/subscriptions/${id}` };
  }

  planId(name: string): string {
    return this.lmpi.store.plans.find((plan) => plan.name === name)?.id ?? "";
  }

  private sign(method: string, uri: string, body: string | undefined, bending: Bending): Record<string, string> {
    const secret = bending.secretKey ?? this.lmpi.secretKey;
    const key = bending.signKey?.(secret) ?? Buffer.from(secret);
    const time = String(Math.floor(this.clock.now() / 1000) + (bending.secondsOff ?? 0));
    const digest = bending.bodyDigest ?? ((text: string) => createHash("md5").update(text).digest("base64"));
    const payload = `${time}${method}${uri}${body === undefined ? "" : digest(body)}`;
    const headers: Record<string, string> = {
      "content-type": "application/json; charset=utf-8",
      "x-access-token": bending.accessToken ?? this.lmpi.accessToken,
      "x-posix-time": time,
      "x-signature": createHmac("sha256", key).update(payload).digest("base64"),
    };
    if (bending.omit !== undefined) delete headers[bending.omit];
    return headers;
  }
}

export function customerBody(name = "Acme Dental", loginName = "acme") {
  return {
    company: { name, city: "Berlin", state: "Berlin", country: "DE", address: "Street 1", note: "first" },
    user: { login_name: loginName, first_name: "Ann", last_name: "Lee", email: `${loginName}@example.com` },
  };
}

function window(name: string, query: string): string {
  const given = query.includes("start=") ? query : `${ALL_TIME}${query === "" ? "" : `&${query}`}`;
  return given.replace("start=", `${name}_start=`).replace("end=", `${name}_end=`);
}
