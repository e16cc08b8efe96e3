/** A desk for tests: its people, a clock that stands until it is moved, and calls over real HTTP. */
import { expect } from "chai";
import type { Calendars } from "../../../desk/requests/calendars";
import { type RunningDesk, startDesk } from "../../../desk/start";
import type { Clock } from "../../../provider/clock";
import { openMemoryStore } from "../../../desk/store/pglite";
import type { Store } from "../../../desk/store/store";
import type {
  Filing,
  FilingItem,
  ImportRow,
  ImportResult,
  InventoryEntry,
  OffboardingRequest,
  Problem,
} from "../../../provider/generated/types";
import { openDatabaseStore } from "./postgres";

/** Monday, 2 March 2026, 09:00 in UTC: within the default working hours. */
export const MONDAY = "2026-03-02T09:00:00.000Z";

/** A clock that stands until it is moved, also back. The desk never sleeps. */
export class StandingClock implements Clock {
  private nowMs: number;

  constructor(start: string) {
    this.nowMs = Date.parse(start);
  }

  now(): number {
    return this.nowMs;
  }

  sleep(): Promise<void> {
    return Promise.reject(new Error("The desk does not sleep."));
  }

  advance(ms: number): void {
    this.nowMs += ms;
  }

  set(instant: string): void {
    this.nowMs = Date.parse(instant);
  }
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** Somebody with a token. */
export interface Caller {
  readonly token: string;
  call<T = Problem>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  get<T>(path: string): Promise<T>;
  /** Calls and expects to succeed. */
  post<T = OffboardingRequest>(path: string, body?: unknown): Promise<T>;
  /** Calls and expects to be refused. */
  refused(method: string, path: string, body?: unknown): Promise<Problem>;
}

export function caller(url: string, token: string): Caller {
  async function call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as T };
  }
  async function succeed<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await call<T>(method, path, body);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 299);
    return answer.body;
  }
  return {
    token,
    call,
    get: (path) => succeed("GET", path),
    post: (path, body) => succeed("POST", path, body),
    refused: async (method, path, body) => {
      const answer = await call<Problem>(method, path, body);
      expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).to.be.within(400, 599);
      expect(answer.body.status).to.equal(answer.status);
      return answer.body;
    },
  };
}

/** Everybody that a leaving needs. */
export interface People {
  readonly admin: Caller;
  /** The pipeline: a bot that files. */
  readonly pipeline: Caller;
  readonly requester: Caller;
  readonly verifier: Caller;
  readonly operator: Caller;
  readonly auditor: Caller;
}

export interface TestDesk extends People {
  readonly desk: RunningDesk;
  readonly clock: StandingClock;
  close(): Promise<void>;
}

export async function openTestDesk(store: Store | undefined, calendars?: Calendars): Promise<TestDesk> {
  const clock = new StandingClock(MONDAY);
  const desk = await startDesk({
    clock,
    ...(store === undefined ? {} : { store }),
    ...(calendars === undefined ? {} : { calendars }),
  });
  const as = async (
    email: string,
    role: "requester" | "verifier" | "operator" | "auditor",
    kind: "person" | "bot" = "person",
  ) => caller(desk.url, await desk.token(email, [role], kind));
  return {
    desk,
    clock,
    admin: caller(desk.url, desk.adminToken),
    pipeline: await as("pipeline@example.com", "requester", "bot"),
    requester: await as("rita@example.com", "requester"),
    verifier: await as("vera@example.com", "verifier"),
    operator: await as("olga@example.com", "operator"),
    auditor: await as("otto@example.com", "auditor"),
    close: async () => {
      await desk.close();
      await store?.close();
    },
  };
}

/** The same promises on both engines; PostgreSQL that is missing fails them. */
export function onBothStores(define: (openStore: () => Promise<Store>) => void): void {
  const engines = [
    ["PGlite", openMemoryStore],
    ["PostgreSQL", openDatabaseStore],
  ] as const;
  for (const [name, open] of engines) {
    describe(`on ${name}`, function () {
      this.timeout(120_000);
      define(open);
    });
  }
}

/** A product of a device owner that is to leave; what a test is about, it says. */
export function leaving(
  owner: string,
  product: string,
  changes: Partial<Filing> & { readonly item?: Partial<FilingItem> } = {},
): Filing {
  const { item, ...rest } = changes;
  return {
    account: "armourzero:acme",
    platform: "armourzero",
    kind: "leaving",
    subject: { kind: "owner", key: owner, name: owner },
    items: [{ kind: "product", name: product, id: `${owner}-${product}`, mode: "request", ...item }],
    reason: "left the company",
    requesters: [{ email: "rita@example.com", via: "note" }],
    licence: "reduce",
    stays: [],
    resource: `fleet/acme::${owner}-${product}`,
    ...rest,
  };
}

/** A whole customer that is to leave. */
export function customerLeaving(key: string, changes: Partial<Filing> = {}): Filing {
  return leaving(key, key, {
    account: "trend-micro:clp",
    platform: "trend-micro",
    subject: { kind: "customer", key, name: `Customer ${key}` },
    items: [{ kind: "customer", name: `Customer ${key}`, id: key, mode: "request" }],
    ...changes,
  });
}

/** A product of a customer that is to leave. */
export function customerProductLeaving(key: string, product: string, changes: Partial<Filing> = {}): Filing {
  return leaving(key, product, {
    account: "trend-micro:clp",
    platform: "trend-micro",
    subject: { kind: "customer", key, name: `Customer ${key}` },
    ...changes,
  });
}

export function assignment(owner: string, product: string, more: Partial<ImportRow> = {}): ImportRow {
  return { kind: "assignment", subject: { kind: "owner", key: owner, name: owner }, product, ...more };
}

export function customerAssignment(key: string, product: string): ImportRow {
  return { kind: "assignment", subject: { kind: "customer", key, name: `Customer ${key}` }, product };
}

/** Imports rows as the operator, as of now. */
export function importRows(
  desk: TestDesk,
  account: string,
  rows: readonly ImportRow[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<ImportResult> {
  return desk.operator.post<ImportResult>("/v1/inventory/imports", {
    account,
    voucher: "export.csv",
    complete: true,
    format: "rows",
    rows,
    ...more,
  });
}

export async function inventory(desk: TestDesk, account: string, query = ""): Promise<readonly InventoryEntry[]> {
  return (
    await desk.auditor.get<{ items: InventoryEntry[] }>(`/v1/inventory?account=${encodeURIComponent(account)}${query}`)
  ).items;
}

export const ACCEPTED = {
  outcome: "accepted",
  identity: "called back on the number on file",
  necessity: "has left the company",
};

/** Takes a filed request to In Progress. */
export async function submitted(people: People, id: string): Promise<OffboardingRequest> {
  await people.verifier.post(`/v1/requests/${id}/verify`, ACCEPTED);
  return people.operator.post(`/v1/requests/${id}/submit`, {});
}

/** Takes a filed request to Completed, as people do. */
export async function completed(people: People, id: string): Promise<OffboardingRequest> {
  const { items } = await submitted(people, id);
  let request: OffboardingRequest | undefined;
  for (const { n } of items) {
    await people.operator.post(`/v1/requests/${id}/items/${n}/removed`, {});
    request = await people.operator.post(`/v1/requests/${id}/items/${n}/confirm`, {
      evidence: { kind: "attested", text: "gone from the console" },
    });
  }
  if (request === undefined) throw new Error(`${id} has no items`);
  return request;
}
