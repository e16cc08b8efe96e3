import { createHash, createHmac } from "node:crypto";
import type { LmpiReadings } from "../../generated/types";

export interface SignatureInput {
  readonly secretKey: string;
  readonly posixTime: string;
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly uri: string;
  /** Exactly as sent; none for a call without one. */
  readonly body?: string;
  readonly readings?: Pick<LmpiReadings, "secretKey" | "bodyDigest">;
}

/** The value of `x-signature`: base64(HMAC-SHA256(secret key, time + METHOD + URI + base64(MD5(body)))). */
export function signature({ secretKey, posixTime, method, uri, body, readings = {} }: SignatureInput): string {
  const key = readings.secretKey === "base64" ? Buffer.from(secretKey, "base64") : Buffer.from(secretKey, "utf8");
  const payload = posixTime + method.toUpperCase() + uri + (body ? bodyDigest(body, readings.bodyDigest) : "");
  return createHmac("sha256", key).update(payload, "utf8").digest("base64");
}

function bodyDigest(body: string, reading: LmpiReadings["bodyDigest"]): string {
  const md5 = createHash("md5").update(body, "utf8").digest();
  return (reading === "hex" ? Buffer.from(md5.toString("hex"), "utf8") : md5).toString("base64");
}
