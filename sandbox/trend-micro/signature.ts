import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { LmpiReadings } from "./readings";
import { LmpiRefusal } from "./refusal";

/** How far `x-posix-time` may be from the server's own time. */
const GREATEST_SKEW_SECONDS = 15 * 60;

/** How a token is refused that the key at hand does not have. */
export const UNKNOWN_TOKEN = "x-access-token is not known";

/** What a signature covers: the bytes as they came. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly uri: string;
  readonly body: Buffer | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** The account's credentials. */
export interface LmpiCredentials {
  readonly accessToken: string;
  readonly secretKey: string;
}

/** Refuses a request whose token, time or signature is not right. */
export function checkSignature(
  request: SignedRequest,
  credentials: LmpiCredentials,
  nowMs: number,
  readings: Pick<LmpiReadings, "secretKey" | "bodyDigest">,
): void {
  const token = header(request.headers, "x-access-token");
  const time = header(request.headers, "x-posix-time");
  const signature = header(request.headers, "x-signature");
  if (!isSame(token, credentials.accessToken)) throw unauthenticated(UNKNOWN_TOKEN);
  if (!/^\d{1,12}$/.test(time)) throw unauthenticated("x-posix-time is not a time in seconds");
  if (Math.abs(nowMs / 1000 - Number(time)) > GREATEST_SKEW_SECONDS) {
    throw unauthenticated("x-posix-time is more than 15 minutes off");
  }
  if (signature.length < 1 || signature.length > 90) throw unauthenticated("x-signature must have 1 to 90 characters");
  if (!isSame(signature, signatureOf(request, time, credentials.secretKey, readings))) {
    throw unauthenticated("x-signature does not match");
  }
}

function signatureOf(
  request: SignedRequest,
  time: string,
  secretKey: string,
  readings: Pick<LmpiReadings, "secretKey" | "bodyDigest">,
): string {
  const key = readings.secretKey === "text" ? Buffer.from(secretKey, "utf8") : Buffer.from(secretKey, "base64");
  return createHmac("sha256", key)
    .update(time + request.method.toUpperCase() + request.uri, "utf8")
    .update(bodyPart(request.body, readings.bodyDigest), "utf8")
    .digest("base64");
}

function bodyPart(body: Buffer | undefined, digest: LmpiReadings["bodyDigest"]): string {
  if (body === undefined || body.length === 0) return "";
  const md5 = createHash("md5").update(body);
  return digest === "raw" ? md5.digest("base64") : Buffer.from(md5.digest("hex"), "ascii").toString("base64");
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  if (typeof value !== "string" || value === "") throw unauthenticated(`${name} is missing`);
  return value;
}

/** Compares without telling by its duration how much was right. */
function isSame(given: string, expected: string): boolean {
  const left = createHash("sha256").update(given).digest();
  const right = createHash("sha256").update(expected).digest();
  return timingSafeEqual(left, right);
}

function unauthenticated(message: string): LmpiRefusal {
  return new LmpiRefusal(401, "AUTHENTICATION_FAILED", message);
}
