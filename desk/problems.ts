/** How the desk refuses: one error class inside, RFC 9457 problems outside. */
import { type ErrorKind, isProviderError, ProviderError } from "../provider/errors";
import type { Problem } from "../provider/generated/types";

export interface RefusalDetails {
  /** What the state allows instead. */
  readonly allowed?: readonly string[];
  /** What is in the way, by name. */
  readonly blockers?: readonly string[];
  /** Where the kind alone does not tell the status. */
  readonly status?: number;
}

/** A `ProviderError` with what a client can act on. */
export class DeskRefusal extends ProviderError {
  readonly allowed: readonly string[] | undefined;
  readonly blockers: readonly string[] | undefined;

  constructor(kind: ErrorKind, message: string, details: RefusalDetails = {}) {
    super(kind, message, details.status === undefined ? {} : { status: details.status });
    this.allowed = details.allowed;
    this.blockers = details.blockers;
  }
}

const STATUS: Readonly<Record<ErrorKind, number>> = {
  validation: 400,
  unsupported: 409,
  notFound: 404,
  alreadyExists: 409,
  stale: 409,
  unauthenticated: 401,
  forbidden: 403,
  notEntitled: 403,
  rateLimited: 429,
  unavailable: 503,
  ambiguous: 504,
  partial: 500,
  pending: 409,
  blocked: 409,
  internal: 500,
};

const TITLE: Readonly<Record<ErrorKind, string>> = {
  validation: "The request is not well formed",
  unsupported: "Not supported",
  notFound: "Not found",
  alreadyExists: "Already exists",
  stale: "What is known is too old",
  unauthenticated: "Not signed in",
  forbidden: "Not allowed",
  notEntitled: "Not entitled",
  rateLimited: "Too many calls",
  unavailable: "Not available",
  ambiguous: "Outcome unknown",
  partial: "Done in part",
  pending: "Not done yet",
  blocked: "Something is in the way",
  internal: "An error of the desk",
};

/** What a client is told. Of an error that is not a refusal it learns the call's id and nothing else. */
export function toProblem(error: unknown, requestId: string): Problem {
  const refusal = isProviderError(error) && error.kind !== "internal" ? error : fromFramework(error);
  if (refusal === undefined) {
    const detail = `The desk failed on this call; that is our bug. Its log has the details under ${requestId}.`;
    return { ...base("internal", STATUS.internal, detail), requestId };
  }
  const { allowed, blockers } = refusal as Partial<DeskRefusal>;
  return {
    ...base(refusal.kind, refusal.status ?? STATUS[refusal.kind], refusal.message),
    ...(allowed === undefined ? {} : { allowed }),
    ...(blockers === undefined ? {} : { blockers }),
    requestId,
  };
}

function base(kind: ErrorKind, status: number, detail: string): Problem {
  return { type: `https://pulumi-msp.dev/problems/${kind}`, title: TITLE[kind], status, detail, kind };
}

/** Fastify's own refusals of a call that it can't read, in our words. */
function fromFramework(error: unknown): ProviderError | undefined {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number") return undefined;
  const status = error.statusCode;
  if (status === 413) return new DeskRefusal("validation", "The body is too large for this call.", { status });
  if (status === 415)
    return new DeskRefusal("validation", "The body must be JSON, with the content type application/json.", { status });
  if (status >= 400 && status < 500)
    return new DeskRefusal(
      "validation",
      "The call can't be read: its address, headers or JSON are malformed; correct them.",
      {
        status,
      },
    );
  return undefined;
}
