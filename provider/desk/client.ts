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
  AccountConfirmation,
  AccountMerge,
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
  /** A person's word that ids are of an account; a bot's is refused. */
  confirmAccount(account: string, confirmation: AccountConfirmation): Promise<Account>;
  /** A person's word that an account is a part of another now. */
  mergeAccount(account: string, merge: AccountMerge): Promise<Account>;
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
  const get = async <T>(path: string, operation: string, shape: Shape) =>
    due<T>((await call<T>("GET", path, operation)).body, shape, operation, "unavailable");
  const write = async <T>(
    method: HttpRequest["method"],
    path: string,
    operation: string,
    json: unknown,
    shape: Shape,
  ) => due<T>((await call<T>(method, path, operation, json)).body, shape, operation, "ambiguous");
  const id = encodeURIComponent;

  async function pages<T>(path: string, operation: string, shape: Shape): Promise<readonly T[]> {
    const all: T[] = [];
    const seen = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const page = await get<{ items: T[]; nextCursor?: string }>(
        cursor === undefined ? path : `${path}&cursor=${id(cursor)}`,
        operation,
        { items: [shape] },
      );
      all.push(...page.items);
      cursor = page.nextCursor;
      if (cursor === undefined) return all;
      if (seen.has(cursor))
        throw new ProviderError(
          "unavailable",
          `The off-boarding desk begins a list again and again: could not ${operation}.\nNothing is concluded from it: run this again, and update the desk if it stays so.`,
          { platform: "desk", operation },
        );
      seen.add(cursor);
    }
  }

  const intents = async (q: { readonly account: string; readonly type: string; readonly naturalKey?: string }) =>
    ofAccount(q.account, await pages<Intent>(`/v1/intents?${query(q)}`, "read intents", INTENT), "read intents");

  return {
    handshake,
    inventory: async (q) =>
      ofAccount(
        q.account,
        await pages<InventoryEntry>(`/v1/inventory?${query(q)}`, "read the attested inventory", ENTRY),
        "read the attested inventory",
      ),
    requests: async (q) =>
      ofAccount(
        q.account,
        await pages<OffboardingRequest>(
          `/v1/requests?${query({ ...q, limit: 100 })}`,
          "read off-boarding requests",
          REQUEST,
        ),
        "read off-boarding requests",
      ),
    request: (requestId) => get(`/v1/requests/${id(requestId)}`, `read request ${requestId}`, REQUEST),
    intent: async (account, type, naturalKey) => (await intents({ account, type, naturalKey }))[0],
    intents: (account, type) => intents({ account, type }),
    resolveAccount: (claim) =>
      write("POST", "/v1/accounts/resolve", `identify the account behind ${claim.connection}`, claim, ACCOUNT),
    confirmAccount: (account, confirmation) =>
      write("POST", `/v1/accounts/${id(account)}/confirmations`, `confirm account ${account}`, confirmation, ACCOUNT),
    mergeAccount: (account, merge) =>
      write("POST", `/v1/accounts/${id(account)}/merge`, `merge account ${account}`, merge, ACCOUNT),
    recordListing: async (account, kind, count) => {
      await call("PUT", `/v1/accounts/${id(account)}/listings/${id(kind)}`, "record the size of a listing", { count });
    },
    claimIntent: (claim) => write("PUT", "/v1/intents", "record an intent", claim, { intent: INTENT, ours: "boolean" }),
    changeIntent: (intentId, change) =>
      write("PATCH", `/v1/intents/${id(intentId)}`, "record what became of an intent", change, INTENT),
    releaseIntent: async (intentId) => {
      await call("DELETE", `/v1/intents/${id(intentId)}`, "give a claim back");
    },
    file: async (filing) => {
      const answer = await call<OffboardingRequest>("POST", "/v1/requests", "file a request", filing);
      const request = due<OffboardingRequest>(answer.body, REQUEST, "file a request", "ambiguous");
      return { request, existed: answer.status === 200 };
    },
    withdraw: (requestId, reason) =>
      write("POST", `/v1/requests/${id(requestId)}/withdraw`, `withdraw request ${requestId}`, { reason }, REQUEST),
    removed: (requestId, item, action) =>
      write(
        "POST",
        `/v1/requests/${id(requestId)}/items/${item}/removed`,
        `record the removal on request ${requestId}`,
        action,
        REQUEST,
      ),
    confirm: (requestId, item, action) =>
      write(
        "POST",
        `/v1/requests/${id(requestId)}/items/${item}/confirm`,
        `confirm request ${requestId}`,
        action,
        REQUEST,
      ),
  };
}

/** The members that an answer must have to be used at all; a list of one shape stands for any number of it. */
type Shape = "string" | "boolean" | "object" | readonly [Shape] | { readonly [member: string]: Shape };

const SUBJECT: Shape = { kind: "string", key: "string", name: "string" };
const ENTRY: Shape = { id: "string", kind: "string", subject: SUBJECT, present: "boolean" };
const REQUEST: Shape = { id: "string", kind: "string", state: "string", subject: SUBJECT, items: ["object"] };
const INTENT: Shape = { id: "string", account: "string", naturalKey: "string", resource: "string", outcome: "string" };
const ACCOUNT: Shape = { id: "string", listings: "object" };

function fits(value: unknown, shape: Shape): boolean {
  if (typeof shape === "string") return typeof value === shape && value !== null;
  if (isList(shape)) return Array.isArray(value) && value.every((item) => fits(item, shape[0]));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(shape).every(([member, of]) => fits((value as Record<string, unknown>)[member], of));
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

/** What stands between may answer in the desk's place: that is no word of the desk's. */
function due<T>(answer: unknown, shape: Shape, operation: string, kind: "unavailable" | "ambiguous"): T {
  if (fits(answer, shape)) return answer as T;
  throw new ProviderError(
    kind,
    `What answers at MSP_DESK_URL does not answer as the off-boarding desk does: could not ${operation}.\nCheck MSP_DESK_URL and what stands between, and that pulumi-msp and the desk are up to date; then run this again.`,
    { platform: "desk", operation },
  );
}

/** What a cache or a gateway answers with may be the answer to somebody else: nobody's things are gone because another's came. */
function ofAccount<T extends { readonly account: string }>(
  account: string | undefined,
  entries: readonly T[],
  operation: string,
): readonly T[] {
  const other = entries.find((entry) => account !== undefined && entry.account !== account)?.account;
  if (other === undefined) return entries;
  throw new ProviderError(
    "unavailable",
    `The off-boarding desk answered with entries of another account, ${other}, where ${account} was asked for: could not ${operation}.\nNothing is concluded from it: check what stands between this machine and the desk, then run this again.`,
    { platform: "desk", operation },
  );
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
    confirmAccount: refuse,
    mergeAccount: refuse,
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

const OTHER_TOKEN =
  "Set MSP_DESK_TOKEN, or the file that MSP_DESK_TOKEN_FILE names, to a token that an admin of the desk has made.";

/** The desk's own words where it gave them, else what to do about a desk that does not answer. */
function explained(error: unknown, operation: string): unknown {
  if (!isProviderError(error)) return error;
  const problem = error.problem as Problem | undefined;
  if (problem !== undefined && KINDS.has(problem.kind) && typeof problem.detail === "string") {
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
  // Something answered, so there is nothing to start.
  const seen = error.status === undefined ? undefined : /: (The off-boarding desk .+)/.exec(error.message)?.[1];
  if ((error.kind === "unavailable" || error.kind === "ambiguous") && seen !== undefined) {
    return new ProviderError(
      error.kind,
      `The off-boarding desk does not answer as it should: could not ${operation}. ${seen}\nCheck the desk, MSP_DESK_URL and what stands between, then run this again; what was acknowledged is kept.`,
      { platform: "desk", operation, ...(error.status === undefined ? {} : { status: error.status }), cause: error },
    );
  }
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
  // The desk says why it refuses: what only has a status is the word of something in between.
  if (error.status !== undefined && error.kind !== "rateLimited" && problem === undefined) {
    const [first = ""] = error.message.split("\n");
    return new ProviderError(
      error.kind,
      `${first}\nThe desk itself would say why: check MSP_DESK_URL, and what stands between.`,
      {
        platform: "desk",
        operation,
        status: error.status,
        cause: error,
      },
    );
  }
  return error;
}
