import type { ErrorKind } from "../errors";

/** What to do about a failed call, by kind. */
const ADVICE: Readonly<Record<ErrorKind, string>> = {
  validation: "Correct what it names; sending the same again fails again.",
  unsupported: "The other side has no such call: check the endpoint, and that pulumi-msp is up to date.",
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
  /** How long the other side asks to wait. */
  readonly retryAfterMs: number | undefined;
  /** Where a person put the credentials. */
  readonly credentialsIn?: string | undefined;
}

/** Two lines: what failed and on what, then what to do. */
export function failureMessage(failure: FailureText): string {
  const { platform, operation, resource, what, reason, requestId, retryAfterMs = 0 } = failure;
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
  const pause = retryAfterMs < 60_000 ? "" : ` It asks for a pause of ${inWords(retryAfterMs)}.`;
  return `Could not ${subject}: ${platform} ${what}${said}.\n${adviceOn(failure)}${pause}${id}`;
}

function adviceOn({ kind, resource, what, reason, credentialsIn }: FailureText): string {
  if (kind === "unauthenticated" && credentialsIn !== undefined)
    return `Put the credentials that count now into ${credentialsIn}, and check this machine's clock.`;
  // Nobody removes a list: it is another address that lacks it.
  if (kind === "notFound" && resource === undefined && reason === undefined)
    return "There is no such call at that address: check the endpoint.";
  if (kind === "validation" && reason === undefined && !what.startsWith("redirects"))
    return "It does not say why: check the endpoint, and what was sent; sending the same again fails again.";
  return ADVICE[kind];
}

function inWords(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
