import { createHash } from "node:crypto";
import { expect } from "chai";
import { checkSignature } from "../../../sandbox/trend-micro/signature";
import { customerBody, LmpiUnderTest } from "./lmpi-client";

// Made with openssl from the documented formula, not by this project's code:
// base64(HMAC-SHA256(secret, posix time + METHOD + uri + base64(md5(body)))).
const VECTORS = [
  {
    reason: "a read has no body part",
    method: "GET",
    uri: "/LMPI/v3/me/serviceplans?page=1",
    body: undefined,
    signature: "fTnsZSbBbPsmE4upgv/LAGcUgd11j5fvETnycvB4rmw=",
  },
  {
    reason: "a write covers the body's bytes",
    method: "POST",
    uri: "/LMPI/v2/customers",
    body: '{"company":{"name":"Zahnärzte"}}',
    signature: "nOoMVDvw2xSeUwdD/jRJNm9GDeFVTLd+T8kATVatwEk=",
  },
];
const CREDENTIALS = { accessToken: "2f6c1b52-6f3f-4f2e-9c53-0d6f7b0c7a11", secretKey: "c2VjcmV0LWtleS1mb3ItdGVzdHM=" };
const TIME = "1772442000";

describe("sandbox LMPI signature", () => {
  let test: LmpiUnderTest;
  before(async () => {
    test = await LmpiUnderTest.start();
  });
  after(() => test.lmpi.close());

  describe("known vectors", () => {
    for (const { reason, method, uri, body, signature } of VECTORS) {
      it(`accepts a signature made elsewhere: ${reason}`, () => {
        const headers = {
          "x-access-token": CREDENTIALS.accessToken,
          "x-posix-time": TIME,
          "x-signature": signature,
          "content-type": "application/json; charset=utf-8",
        };
        const bytes = body === undefined ? undefined : Buffer.from(body);
        const check = () =>
          checkSignature({ method, uri, body: bytes, headers }, CREDENTIALS, Number(TIME) * 1000, {
            secretKey: "text",
            bodyDigest: "raw",
          });
        expect(check).not.to.throw();
      });
    }
  });

  const refused = [
    { reason: "a wrong secret", bending: { secretKey: "another" } },
    { reason: "an unknown access token", bending: { accessToken: "another" } },
    { reason: "16 minutes in the past", bending: { secondsOff: -16 * 60 } },
    { reason: "16 minutes in the future", bending: { secondsOff: 16 * 60 } },
    { reason: "a body changed on the way", bending: { sentBody: JSON.stringify(customerBody("Other")) } },
    { reason: "a query changed on the way", bending: { sentUri: "/LMPI/v2/customers?limit=1" } },
    { reason: "the same path spelt otherwise", bending: { sentUri: "/LMPI/v2/%63ustomers" } },
    { reason: "no signature", bending: { omit: "x-signature" } },
    { reason: "no time", bending: { omit: "x-posix-time" } },
    { reason: "no access token", bending: { omit: "x-access-token" } },
  ];
  for (const { reason, bending } of refused) {
    it(`refuses ${reason}`, async () => {
      const answer = await test.send("POST", "/LMPI/v2/customers", customerBody(), bending);
      expect(answer.status).to.equal(401);
      expect(answer.body.error_subject).to.equal("AUTHENTICATION_FAILED");
      expect(test.lmpi.store.customers.size).to.equal(0);
    });
  }

  it("accepts a clock 14 minutes off", async () => {
    const answer = await test.send("GET", "/LMPI/v3/me/serviceplans", undefined, { secondsOff: 14 * 60 });
    expect(answer.status).to.equal(200);
  });

  it("tells its own time in the Date header", async () => {
    const answer = await test.get("/LMPI/v3/me/serviceplans");
    expect(answer.headers.get("date")).to.equal("Mon, 02 Mar 2026 09:00:00 GMT");
  });

  describe("readings", () => {
    const hex = (body: string) => Buffer.from(createHash("md5").update(body).digest("hex")).toString("base64");
    const cases = [
      {
        reason: "the secret key is base64 of the key",
        readings: { secretKey: "base64" as const },
        bending: { signKey: (secret: string) => Buffer.from(secret, "base64") },
      },
      { reason: "the digest is hex text", readings: { bodyDigest: "hex" as const }, bending: { bodyDigest: hex } },
    ];
    for (const { reason, readings, bending } of cases) {
      it(`accepts only its own form when ${reason}`, async () => {
        const other = await LmpiUnderTest.start({ readings });
        const right = await other.send("POST", "/LMPI/v2/customers", customerBody(), bending);
        const wrong = await other.send("POST", "/LMPI/v2/customers", customerBody("Other", "other"));
        await other.lmpi.close();
        expect([right.status, wrong.status]).to.deep.equal([200, 401]);
      });
    }
  });
});
