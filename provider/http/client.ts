/**
 * The one HTTP client: pace, retry, redaction, and what a status means. It repeats reads, and a write only where the server proved that it
 * refused it; a write whose outcome is unknown fails as `ambiguous`. Every failure is a `ProviderError` that carries neither request nor body.
 */
import { type Clock, callSignal, DONE, type Random } from "../clock";
import type { ErrorKind } from "../errors";
import { ProviderError } from "../errors";
import { checkedBase, urlOf } from "./hosts";
import type { Limiter } from "./limiter";
import { failureMessage } from "./messages";
import { createRedactor, oneLine } from "./redact";
import { backoffMs, LONGEST_PAUSE_MS, MOST_ATTEMPTS, MOST_ATTEMPTS_AT_NOBODY, retryAfterMs } from "./retry";
import { kindOf } from "./status";
import type { Outcome, Transport } from "./transport";
import { createTransport } from "./transport";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with its query, exactly as it must be sent (signatures cover these bytes): "/LMPI/v2/customers?page=1". */
  readonly path: string;
  /** Sent as is, UTF-8. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For messages: "create customer". */
  readonly operation: string;
  /** For messages: "customer Acme Dental". */
  readonly resource?: string;
  /** Computes headers anew for each attempt (a signature carries the time). */
  readonly sign?: () => Readonly<Record<string, string>>;
  /** Finds a platform's own error in a parsed body, also in that of a 200. */
  readonly refusalIn?: (body: unknown) => Refusal | undefined;
}

/** A platform's own words of refusal. */
export interface Refusal {
  readonly reason: string;
  /** Where the words say more than the status does. */
  readonly kind?: ErrorKind;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or text, or undefined where there is none. */
  readonly body: unknown;
}

export interface HttpClientOptions {
  readonly baseUrl: string;
  /** Host names that credentials may be sent to; a leading dot allows subdomains. Loopback needs no entry. */
  readonly allowedHosts: readonly string[];
  /** For messages and errors. */
  readonly platform: string;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly random: Random;
  readonly attemptTimeoutMs: number;
  /** For one call with its retries, from its first send; waiting for the pace does not count. */
  readonly totalTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly signal?: AbortSignal;
  /** Secret values: never in an error. */
  readonly redact: readonly string[];
  /** Where a person put these secrets, for the message when they are refused. */
  readonly credentialsIn?: string;
  /** How bytes are sent and answered; over sockets where it is left out. */
  readonly transport?: Transport;
}

export interface HttpClient {
  /** Answers 2xx only; everything else throws `ProviderError`. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** The server's Date minus `clock.now()`, from the last answer; 0 before. */
  readonly serverTimeOffsetMs: number;
  /** Closes idle connections; they also close by themselves. */
  close(): void;
}

/** What is to be told of one failed attempt, and whether the same call may be sent again after a while. */
interface Failure {
  readonly kind: ErrorKind;
  readonly what: string;
  readonly reason?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly problem?: unknown;
  readonly code?: string;
  /** Asked for by the server. */
  readonly retryAfterMs?: number;
  readonly repeatable: boolean;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { allowedHosts, platform, limiter, clock, random } = options;
  const base = checkedBase(options.baseUrl, allowedHosts, platform);
  const redact = createRedactor(options.redact);
  const transport = options.transport ?? createTransport();
  let offsetMs = 0;
  const redacted = (value: object): unknown =>
    JSON.parse(JSON.stringify(value, (_key, text) => (typeof text === "string" ? redact(text) : text)));

  function failed(
    request: HttpRequest,
    { kind, what, reason, code, repeatable: _, ...context }: Failure,
  ): ProviderError {
    const text = (value: string | undefined) => (value === undefined ? undefined : oneLine(redact(value)));
    const requestId = text(context.requestId);
    const { operation, resource } = request;
    const { retryAfterMs } = context;
    const said = { reason: text(reason), requestId, retryAfterMs, credentialsIn: options.credentialsIn };
    const message = failureMessage({ kind, platform, operation, resource, what, ...said });
    return new ProviderError(kind, redact(message), {
      platform,
      operation,
      ...(resource === undefined ? {} : { resource: redact(resource) }),
      ...context,
      ...(requestId === undefined ? {} : { requestId }),
      ...(code === undefined ? {} : { cause: new Error(code) }),
    });
  }

  /** One attempt with its own timeout, on the injected clock. */
  async function attempt(
    request: HttpRequest,
    url: string,
    headers: Readonly<Record<string, string>>,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ) {
    const stop = new AbortController();
    const timer = new AbortController();
    let timedOut = false;
    const onTime = () => {
      timedOut = true;
      stop.abort();
    };
    clock.sleep(timeoutMs, timer.signal).then(onTime, () => undefined);
    try {
      const outcome = await transport.attempt({
        method: request.method,
        url,
        headers,
        body: request.body,
        maxResponseBytes: options.maxResponseBytes,
        signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
      });
      return { outcome, timedOut };
    } finally {
      timer.abort(DONE);
    }
  }

  function judge(
    request: HttpRequest,
    outcome: Outcome,
    timedOutAfterMs: number | undefined,
    signal: AbortSignal | undefined,
  ): HttpResponse | Failure {
    const write = request.method !== "GET";
    if (!outcome.answered) {
      const kind: ErrorKind = write && outcome.sent ? "ambiguous" : "unavailable";
      const what =
        timedOutAfterMs !== undefined
          ? `gave no answer within ${timedOutAfterMs / 1000} s`
          : outcome.cause === "cancelled"
            ? `was not waited for: ${whyStopped(signal)}`
            : outcome.cause === "tooLarge"
              ? `sent more than ${options.maxResponseBytes} bytes`
              : /^(HPE|Z)_/.test(outcome.code)
                ? "sent an answer that can't be read: its HTTP or its compression is broken"
                : outcome.sent
                  ? "broke the connection off"
                  : "can't be reached";
      const repeatable = !write && (timedOutAfterMs !== undefined || outcome.cause === "network");
      return { kind, what, code: outcome.code, repeatable };
    }

    const { status, headers } = outcome;
    const parsed = parse(outcome.body, headers["content-type"]);
    const date = Date.parse(headers.date ?? "");
    if (!Number.isNaN(date)) offsetMs = date - clock.now();
    const success = status >= 200 && status < 300;
    const refusal = parsed.broken ? undefined : request.refusalIn?.(parsed.body);
    if (success && refusal === undefined && !parsed.broken) return { status, headers, body: parsed.body };

    const requestId = headers["x-request-id"] ?? headers["x-traceid"] ?? headers["x-correlation-id"];
    const told = {
      status,
      ...(requestId === undefined ? {} : { requestId }),
      ...(refusal === undefined ? {} : { reason: refusal.reason }),
    };
    if (success) {
      if (refusal === undefined) {
        return {
          ...told,
          kind: write ? "ambiguous" : "unavailable",
          what: isPage(parsed.body)
            ? `answered ${status} with a page in place of JSON`
            : `answered ${status} with JSON that is cut or broken`,
          repeatable: !write,
        };
      }
      // The other side's own failure proves nothing about a write, and neither do words that nobody knows under a status that says it was done.
      const kind =
        write && (refusal.kind ?? "unavailable") === "unavailable" ? "ambiguous" : (refusal.kind ?? "validation");
      return {
        ...told,
        kind,
        what: `answered ${status} with an error in it`,
        repeatable: !write && (kind === "rateLimited" || kind === "unavailable"),
      };
    }

    const asked = retryAfterMs(headers["retry-after"], Number.isNaN(date) ? clock.now() + offsetMs : date);
    const byStatus = kindOf(status, write, asked !== undefined);
    // The words refine a bare refusal; where they tell of the platform's own failure, they prove nothing about a write.
    const refined = byStatus === "validation" ? (refusal?.kind ?? byStatus) : byStatus;
    const kind = write && byStatus === "validation" && refined === "unavailable" ? "ambiguous" : refined;
    // Its words are told as they are, so they may not repeat our token.
    const problem =
      /^application\/problem\+json/i.test(headers["content-type"] ?? "") && isObject(parsed.body)
        ? redacted(parsed.body)
        : undefined;
    return {
      ...told,
      kind,
      what:
        status < 400 && headers.location !== undefined
          ? `redirects to ${hostOf(headers.location, base)}, which is not followed with credentials: set the endpoint to what answers itself`
          : `answered ${status}${isPage(parsed.body) ? " with a page, as a proxy or a firewall does" : ""}`,
      ...(problem === undefined ? {} : { problem }),
      ...(asked === undefined ? {} : { retryAfterMs: asked }),
      repeatable:
        byStatus === "rateLimited" ||
        byStatus === "unavailable" ||
        (!write && (kind === "rateLimited" || kind === "unavailable")),
    };
  }

  /** Whether anybody has answered yet. */
  let isThere = false;

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const url = urlOf(base, request.path, platform);
    const signal = anyOf(options.signal, callSignal());
    let startedAt: number | undefined;
    const leftMs = () => options.totalTimeoutMs - (startedAt === undefined ? 0 : clock.now() - startedAt);
    for (let sends = 1; ; sends++) {
      await slot(request, leftMs(), signal);
      startedAt ??= clock.now();
      const timeoutMs = Math.min(options.attemptTimeoutMs, Math.max(1, leftMs()));
      const headers = {
        accept: "application/json",
        "user-agent": "pulumi-msp",
        ...request.headers,
        ...request.sign?.(),
      };
      const { outcome, timedOut } = await attempt(request, url, headers, timeoutMs, signal);
      isThere ||= outcome.answered;
      const result = judge(request, outcome, timedOut ? timeoutMs : undefined, signal);
      if (!("repeatable" in result)) return result;

      const waitMs = result.retryAfterMs ?? backoffMs(sends, random);
      if (result.kind === "rateLimited") limiter.pause(Math.min(waitMs, LONGEST_PAUSE_MS));
      const again =
        result.repeatable &&
        sends < (result.code === "ECONNREFUSED" && !isThere ? MOST_ATTEMPTS_AT_NOBODY : MOST_ATTEMPTS) &&
        waitMs <= LONGEST_PAUSE_MS &&
        waitMs < leftMs() &&
        !signal?.aborted;
      if (!again) throw failed(request, result);
      // A pause of the key is kept by the limiter; any other wait is this call's own.
      if (result.kind !== "rateLimited") await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  async function slot(request: HttpRequest, longestPauseMs: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await limiter.slot(request.method === "GET" ? "read" : "write", {
        longestPauseMs,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      const cancelled = signal?.aborted === true;
      const what = cancelled
        ? `was not called: ${whyStopped(signal)}`
        : "asked for a longer pause than this call may wait";
      const waitMs = error instanceof ProviderError ? error.retryAfterMs : undefined;
      throw failed(request, {
        kind: cancelled ? "unavailable" : "rateLimited",
        what,
        ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
        repeatable: false,
      });
    }
  }

  return {
    send,
    get serverTimeOffsetMs() {
      return offsetMs;
    },
    close: () => transport.close(),
  };
}

function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}

function whyStopped(signal: AbortSignal | undefined): string {
  return signal?.reason instanceof DOMException && signal.reason.name === "TimeoutError"
    ? "this operation has taken longer than msp:timeoutSeconds allows"
    : "this run is being cancelled";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function parse(bytes: Buffer, contentType: string | undefined): { readonly body: unknown; readonly broken: boolean } {
  let text: string;
  try {
    // A letter that is lost on the way would read as a changed name. A byte order mark is left out.
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { body: undefined, broken: true };
  }
  if (text.trim() === "") return { body: undefined, broken: false };
  try {
    return { body: JSON.parse(text), broken: false };
  } catch {
    return { body: text, broken: /[/+]json\b/i.test(contentType ?? "") };
  }
}

/** A page for people: somebody between us and the API answered, or the address is not the API's. */
function isPage(body: unknown): boolean {
  return typeof body === "string" && body.trimStart().startsWith("<");
}

/** Only the host of a redirect's target is told: its query may carry what is secret. */
function hostOf(location: string | undefined, base: URL): string {
  return location !== undefined && URL.canParse(location, base.href) ? new URL(location, base).host : "another address";
}
