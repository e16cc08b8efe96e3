import { randomBytes } from "node:crypto";
import type { Random } from "../../provider/clock";
import { ProviderError } from "../../provider/errors";
import type { LmpiReadings } from "./readings";
import { LmpiRefusal } from "./refusal";
import { checkSignature, type LmpiCredentials, type SignedRequest, UNKNOWN_TOKEN } from "./signature";

/** The keys of one account: a rotation has two that count at once. */
export class Keys {
  private readonly random: Random;
  /** In order of issue; a number is a key's for ever, and a revoked one leaves a gap. */
  private readonly issued: (LmpiCredentials | undefined)[];

  constructor(first: LmpiCredentials, random: Random) {
    this.issued = [first];
    this.random = random;
  }

  /** Another key, which counts beside those that are there; with `accessToken` only the secret is new. */
  issue({ accessToken = this.random.uuid() }: { readonly accessToken?: string } = {}): LmpiCredentials {
    const made = { accessToken, secretKey: randomBytes(32).toString("base64") };
    this.issued.push(made);
    return made;
  }

  /** Ends a key at once. */
  revoke(number: number): void {
    if (this.issued[number - 1] === undefined)
      throw new ProviderError("validation", `The sandbox has no key ${number} that counts.`);
    this.issued[number - 1] = undefined;
  }

  /** The number of the key that signed a request; throws the refusal that says what is wrong. */
  signerOf(request: SignedRequest, nowMs: number, readings: Pick<LmpiReadings, "secretKey" | "bodyDigest">): number {
    let refusal = new LmpiRefusal(401, "AUTHENTICATION_FAILED", UNKNOWN_TOKEN);
    for (const [i, credentials] of this.issued.entries()) {
      if (credentials === undefined) continue;
      try {
        checkSignature(request, credentials, nowMs, readings);
        return i + 1;
      } catch (error) {
        if (!(error instanceof LmpiRefusal)) throw error;
        // What says more than that the token is another's is about this key.
        if (error.message !== UNKNOWN_TOKEN) refusal = error;
      }
    }
    throw refusal;
  }
}
