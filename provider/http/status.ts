import type { ErrorKind } from "../errors";

const BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: "validation",
  401: "unauthenticated",
  402: "notEntitled",
  403: "forbidden",
  404: "notFound",
  405: "unsupported",
  409: "alreadyExists",
  410: "notFound",
  412: "stale",
  422: "validation",
  423: "blocked",
  429: "rateLimited",
  501: "unsupported",
};

/** What an HTTP status that is no success means. A write that a server or gateway failed on has an unknown outcome. */
export function kindOf(status: number, write: boolean, retryAfter: boolean): ErrorKind {
  // That something exists already says nothing to a reading.
  if (status === 409 && !write) return "validation";
  const kind = BY_STATUS[status];
  if (kind !== undefined) return kind;
  // 307 and 308 ask to send the same call elsewhere: it was not done here. Another redirect may follow a write that was done.
  if (status >= 300 && status < 400) return write && status !== 307 && status !== 308 ? "ambiguous" : "validation";
  // 503 proves a refusal only where the server itself says when to come back; without that, a gateway may have lost the answer.
  if (status === 503 && retryAfter) return "unavailable";
  if (status >= 500 || status === 408 || status === 425) return write ? "ambiguous" : "unavailable";
  return status >= 400 ? "validation" : write ? "ambiguous" : "unavailable";
}
