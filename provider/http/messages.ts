import type { ErrorKind } from "../errors";

/** What to do about a failed call, by kind. */
const ADVICE: Readonly<Record<ErrorKind, string>> = {
  validation: "Correct what it names; sending the same again fails again.",
  unsupported: "The other side has no such call.",
  notFound: "It may have been removed by someone else: refresh, then run this again.",
  alreadyExists: "Look it up and adopt or import it, or choose another name.",
  stale: "It was changed meanwhile: refresh, then run this again.",
  unauthenticated: "Check the credentials of this connection, and this machine's clock.",
  forbidden: "These credentials lack the right for it: have it granted, or use others.",
  notEntitled: "The account is not entitled to it: see its contract.",
  rateLimited: "Run this again later, or lower requestsPerSecond of the connection.",
  unavailable: "Nothing was changed by it: run this again later.",
  ambiguous: "Whether it was done is not known: look it up before anything is sent again.",
  partial: "Only a part of it was done.",
  pending: "It is not done yet.",
  blocked: "Something is in its way.",
  internal: "This is a fault of pulumi-msp: please report it.",
};

export interface FailureText {
  readonly kind: ErrorKind;
  readonly platform: string;
  readonly operation: string;
  readonly resource: string | undefined;
  /** "answered 503", "gave no answer within 30 s". */
  readonly what: string;
  /** The other side's own words, on one line. */
  readonly reason: string | undefined;
  readonly requestId: string | undefined;
}

/** Two lines: what failed and on what, then what to do. */
export function failureMessage({ kind, platform, operation, resource, what, reason, requestId }: FailureText): string {
  // "create customer Acme Dental": the operation often ends with the resource's own noun.
  const noun = resource?.split(" ", 1)[0] ?? "";
  const subject =
    resource === undefined
      ? operation
      : operation.endsWith(` ${noun}`)
        ? operation.slice(0, -noun.length) + resource
        : `${operation} (${resource})`;
  const said = reason === undefined ? "" : ` (${reason})`;
  const id = requestId === undefined ? "" : ` Its id of this call: ${requestId}.`;
  return `Could not ${subject}: ${platform} ${what}${said}.\n${ADVICE[kind]}${id}`;
}
