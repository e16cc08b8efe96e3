/**
 * The one client of the desk. Everything that people verify, attest or are told goes through it; it speaks the desk's HTTP API, version 1.
 * Every call throws `ProviderError`: `unavailable` when the desk is down, and the kind that the desk's problem names otherwise.
 */
import { callSignal } from "../clock";
import type { ErrorKind } from "../errors";
import { isProviderError, ProviderError } from "../errors";
import type {
  Account,
  AccountClaim,
  ConfirmAction,
  Filing,
  Handshake,
  Intent,
  IntentChange,
  IntentClaim,
  InventoryEntry,
  OffboardingRequest,
  Problem,
  RemovedAction,
  RequestKind,
} from "../generated/types";
import type { HttpClient, HttpRequest } from "../http/client";

/** The version of the desk's API that this package speaks. */
export const DESK_API_VERSION = 1;

export interface InventoryQuery {
  readonly account: string;
  readonly kind?: InventoryEntry["kind"];
  readonly subject?: string;
  readonly product?: string;
}

export interface RequestQuery {
  readonly account?: string;
  readonly subject?: string;
  readonly product?: string;
  readonly kind?: RequestKind;
  readonly open?: boolean;
}

/** What a preview and a refresh may ask of the desk. */
export interface DeskReader {
  handshake(): Promise<Handshake>;
  inventory(query: InventoryQuery): Promise<readonly InventoryEntry[]>;
  requests(query: RequestQuery): Promise<readonly OffboardingRequest[]>;
  request(id: string): Promise<OffboardingRequest>;
  intent(account: string, type: string, naturalKey: string): Promise<Intent | undefined>;
  /** Whose the objects of a type are. */
  intents(account: string, type: string): Promise<readonly Intent[]>;
}

/** What an `up` may ask of the desk besides. */
export interface Desk extends DeskReader {
  /** Which account these credentials belong to; recorded at first sight, `forbidden` when they are another account's. */
  resolveAccount(claim: AccountClaim): Promise<Account>;
  recordListing(account: string, kind: string, count: number): Promise<void>;
  claimIntent(claim: IntentClaim): Promise<{ readonly intent: Intent; readonly ours: boolean }>;
  changeIntent(id: string, change: IntentChange): Promise<Intent>;
  /** Gives a claim back; one that is gone already is fine. */
  releaseIntent(id: string): Promise<void>;
  /** Files a request, or answers the open one for the same subject and product. */
  file(filing: Filing): Promise<{ readonly request: OffboardingRequest; readonly existed: boolean }>;
  withdraw(id: string, reason: string): Promise<OffboardingRequest>;
  removed(id: string, item: number, action: RemovedAction): Promise<OffboardingRequest>;
  confirm(id: string, item: number, action: ConfirmAction): Promise<OffboardingRequest>;
}

export interface DeskClientOptions {
  readonly http: HttpClient;
  /** Bearer token; only ever sent as a header to the desk. */
  readonly token: string;
  /** This package's version, for the handshake. */
  readonly version: string;
}

/** Makes a client; the versions are compared once, before its first other call. */
export function createDesk(options: DeskClientOptions): Desk {
  const { http, token, version } = options;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" };

  async function send<T>(
    request: Omit<HttpRequest, "headers" | "body"> & { readonly json?: unknown },
  ): Promise<{ status: number; body: T }> {
    const { json, ...rest } = request;
    try {
      const answer = await http.send({
        ...rest,
        headers,
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      return { status: answer.status, body: answer.body as T };
    } catch (error) {
      throw explained(error, rest.operation);
    }
  }

  let shaken: Promise<Handshake> | undefined;
  const handshake = () => {
    shaken ??= send<Handshake>({
      method: "GET",
      path: `/v1/handshake?${query({ api: DESK_API_VERSION, client: version })}`,
      operation: "shake hands with the desk",
    }).then((answer) => sameApi(answer.body));
    // A desk that was down is asked again by the next call.
    shaken.catch(() => {
      shaken = undefined;
    });
    return shaken;
  };
  async function call<T>(
    method: HttpRequest["method"],
    path: string,
    operation: string,
    json?: unknown,
  ): Promise<{ status: number; body: T }> {
    await handshake();
    return send<T>({ method, path, operation, ...(json === undefined ? {} : { json }) });
  }
  const get = async <T>(path: string, operation: string) => (await call<T>("GET", path, operation)).body;
  const post = async <T>(path: string, operation: string, json: unknown) =>
    (await call<T>("POST", path, operation, json)).body;
  const id = encodeURIComponent;

  async function pages<T>(path: string, operation: string): Promise<readonly T[]> {
    const all: T[] = [];
    const seen = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const page = await get<{ items: T[]; nextCursor?: string }>(
        cursor === undefined ? path : `${path}&cursor=${id(cursor)}`,
        operation,
      );
      all.push(...page.items);
      cursor = page.nextCursor;
      if (cursor === undefined) return all;
      if (seen.has(cursor))
        throw new ProviderError("internal", `The desk repeats the page cursor ${cursor} of ${path}.`, { operation });
      seen.add(cursor);
    }
  }

  return {
    handshake,
    inventory: (q) => pages<InventoryEntry>(`/v1/inventory?${query(q)}`, "read the attested inventory"),
    requests: (q) =>
      pages<OffboardingRequest>(`/v1/requests?${query({ ...q, limit: 100 })}`, "read off-boarding requests"),
    request: (requestId) => get(`/v1/requests/${id(requestId)}`, `read request ${requestId}`),
    intent: async (account, type, naturalKey) =>
      (await get<{ items: Intent[] }>(`/v1/intents?${query({ account, type, naturalKey })}`, "read intents")).items[0],
    intents: (account, type) => pages<Intent>(`/v1/intents?${query({ account, type })}`, "read intents"),
    resolveAccount: (claim) => post("/v1/accounts/resolve", `identify the account behind ${claim.connection}`, claim),
    recordListing: async (account, kind, count) => {
      await call("PUT", `/v1/accounts/${id(account)}/listings/${id(kind)}`, "record the size of a listing", { count });
    },
    claimIntent: async (claim) =>
      (await call<{ intent: Intent; ours: boolean }>("PUT", "/v1/intents", "record an intent", claim)).body,
    changeIntent: async (intentId, change) =>
      (await call<Intent>("PATCH", `/v1/intents/${id(intentId)}`, "record what became of an intent", change)).body,
    releaseIntent: async (intentId) => {
      await call("DELETE", `/v1/intents/${id(intentId)}`, "give a claim back");
    },
    file: async (filing) => {
      const answer = await call<OffboardingRequest>("POST", "/v1/requests", "file a request", filing);
      return { request: answer.body, existed: answer.status === 200 };
    },
    withdraw: (requestId, reason) =>
      post(`/v1/requests/${id(requestId)}/withdraw`, `withdraw request ${requestId}`, { reason }),
    removed: (requestId, item, action) =>
      post(`/v1/requests/${id(requestId)}/items/${item}/removed`, `record the removal on request ${requestId}`, action),
    confirm: (requestId, item, action) =>
      post(`/v1/requests/${id(requestId)}/items/${item}/confirm`, `confirm request ${requestId}`, action),
  };
}

/** A desk for a run that has none, or none that it can reach: every call says so, and nothing is filed by half. */
export function refusingDesk(why: ProviderError): Desk {
  const refuse = () => Promise.reject(why);
  return {
    handshake: refuse,
    inventory: refuse,
    requests: refuse,
    request: refuse,
    intent: refuse,
    intents: refuse,
    resolveAccount: refuse,
    recordListing: refuse,
    claimIntent: refuse,
    changeIntent: refuse,
    releaseIntent: refuse,
    file: refuse,
    withdraw: refuse,
    removed: refuse,
    confirm: refuse,
  };
}

/** What answers anything else may be no desk at all. */
function sameApi(answer: Handshake | undefined): Handshake {
  if (answer?.api === DESK_API_VERSION) return answer;
  throw new ProviderError(
    "unsupported",
    `What answers at MSP_DESK_URL does not speak version ${DESK_API_VERSION} of the desk's API, as this pulumi-msp does; nothing was sent.\nCorrect MSP_DESK_URL if it is no desk; else update whichever of the two is older.`,
    { platform: "desk", operation: "shake hands with the desk" },
  );
}

function query(values: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) search.set(key, String(value));
  return search.toString();
}

const KINDS: ReadonlySet<string> = new Set<ErrorKind>([
  "validation",
  "unsupported",
  "notFound",
  "alreadyExists",
  "stale",
  "unauthenticated",
  "forbidden",
  "notEntitled",
  "rateLimited",
  "unavailable",
  "ambiguous",
  "partial",
  "pending",
  "blocked",
  "internal",
]);

const OTHER_TOKEN = "Set MSP_DESK_TOKEN to a token that an admin of the desk has made.";

/** The desk's own words where it gave them, else what to do about a desk that does not answer. */
function explained(error: unknown, operation: string): unknown {
  if (!isProviderError(error)) return error;
  const problem = error.problem as Problem | undefined;
  if (problem !== undefined && KINDS.has(problem.kind)) {
    const hint = problem.kind === "unauthenticated" ? `\n${OTHER_TOKEN}` : "";
    return new ProviderError(problem.kind as ErrorKind, problem.detail + hint, {
      platform: "desk",
      operation,
      ...(error.status === undefined ? {} : { status: error.status }),
      ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
      cause: error,
    });
  }
  // This operation's own time is over: that says nothing of the desk.
  if (callSignal()?.aborted === true) return error;
  if (error.kind === "unavailable" || error.kind === "ambiguous") {
    return new ProviderError(
      error.kind,
      `The off-boarding desk does not answer: could not ${operation}.\nStart it (\`npx msp desk\`) or correct MSP_DESK_URL, then run this again; what was acknowledged is kept.`,
      { platform: "desk", operation, cause: error },
    );
  }
  if (error.kind === "unauthenticated") {
    return new ProviderError(
      "unauthenticated",
      `The desk does not know this token: could not ${operation}.\n${OTHER_TOKEN}`,
      {
        platform: "desk",
        operation,
        cause: error,
      },
    );
  }
  return error;
}
