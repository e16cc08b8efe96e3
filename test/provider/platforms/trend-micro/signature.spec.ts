import { expect } from "chai";
import { signature } from "../../../../provider/platforms/trend-micro/signature";

// Computed with openssl from the formula of the vendor's page.
const KEY = "c2VjcmV0LWtleS1mb3ItdGVzdHM=";
const TIME = "1772442000";
const LIST =
  "/LMPI/v3/customers?created_start=2000-01-01T00%3A00%3A00Z&created_end=2026-03-03T09%3A00%3A00Z&page=1&limit=100";
const POST = {
  secretKey: KEY,
  posixTime: TIME,
  method: "POST",
  uri: "/LMPI/v2/customers",
  body: '{"company":{"name":"Zahnärzte"}}',
} as const;

describe("LMPI signature", () => {
  it("covers time, method and the address with its query as sent", () => {
    expect(signature({ secretKey: KEY, posixTime: TIME, method: "get", uri: LIST })).to.equal(
      "c3KdLGKJkIKe7avXh8kQv4tQVEHBMe/9eAS0ZSm74pM=",
    );
  });

  it("covers the bytes of the body, by their MD5", () => {
    expect(signature(POST)).to.equal("nOoMVDvw2xSeUwdD/jRJNm9GDeFVTLd+T8kATVatwEk=");
  });

  it("takes the MD5 as hex text where that is the reading", () => {
    expect(signature({ ...POST, readings: { bodyDigest: "hex" } })).to.equal(
      "ta7vaxUzyUPvEfNmKlCSwaZRo7XheVZHISn2nfS7rRM=",
    );
  });

  it("takes the key as the bytes that it encodes where that is the reading", () => {
    expect(signature({ ...POST, readings: { secretKey: "base64" } })).to.equal(
      "3Fs+nypB7keqz8QzaRSoFD0xKXvDQ6hUdnT2V4lXmKY=",
    );
  });

  it("treats an empty body as none", () => {
    expect(signature({ ...POST, body: "" })).to.equal(
      signature({ secretKey: KEY, posixTime: TIME, method: "POST", uri: POST.uri }),
    );
  });
});
