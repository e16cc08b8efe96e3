/** What kind of failure a {@link ProviderError} is; `retryable` and every message to a person hang on it. */
export type ErrorKind =
  | "validation"
  | "unsupported"
  | "notFound"
  | "alreadyExists"
  | "stale"
  | "unauthenticated"
  | "forbidden"
  | "notEntitled"
  | "rateLimited"
  | "unavailable"
  | "ambiguous"
  | "partial"
  | "pending"
  | "blocked"
  | "internal";

/** Only a failure that proves the call did nothing, or that changes nothing, may be sent again. */
const RETRYABLE: Readonly<Record<ErrorKind, boolean>> = {
  validation: false,
  unsupported: false,
  notFound: false,
  alreadyExists: false,
  stale: false,
  unauthenticated: false,
  forbidden: false,
  notEntitled: false,
  rateLimited: true,
  unavailable: true,
  ambiguous: false,
  partial: false,
  pending: false,
  blocked: false,
  internal: false,
};

/** Where a failure happened, for logs and for the message. */
export interface ErrorContext {
  readonly platform?: string;
  readonly operation?: string;
  /** The object that it failed on, as a person knows it: "Customer Acme Dental". */
  readonly resource?: string;
  /** HTTP status, when a platform or the desk answered. */
  readonly status?: number;
  /** The other side's own id of the call, for its support. */
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  /** The other side's RFC 9457 problem, parsed; only our own desk sends one. */
  readonly problem?: unknown;
  readonly cause?: unknown;
}

/**
 * The one error type: what failed, on which object, what to do. At most three lines, the first of which stands alone; never a body or token.
 * Test with {@link hasKind}: packages may hold two copies of this class.
 */
export class ProviderError extends Error {
  readonly kind: ErrorKind;
  readonly platform: string | undefined;
  readonly operation: string | undefined;
  readonly resource: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly problem: unknown;

  constructor(kind: ErrorKind, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = "ProviderError";
    this.kind = kind;
    this.platform = context.platform;
    this.operation = context.operation;
    this.resource = context.resource;
    this.status = context.status;
    this.requestId = context.requestId;
    this.retryAfterMs = context.retryAfterMs;
    this.problem = context.problem;
  }

  get retryable(): boolean {
    return RETRYABLE[this.kind];
  }
}

/** Whether `error` is a {@link ProviderError} of that kind, also one from another copy of the package. */
export function hasKind(error: unknown, kind: ErrorKind): error is ProviderError {
  return error instanceof Error && error.name === "ProviderError" && "kind" in error && error.kind === kind;
}

/** Whether `error` is a {@link ProviderError} of any kind. */
export function isProviderError(error: unknown): error is ProviderError {
  return error instanceof Error && error.name === "ProviderError" && "kind" in error;
}
