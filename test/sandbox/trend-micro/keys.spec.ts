import { expect } from "chai";
import { systemRandom } from "../../../provider/clock";
import { Keys } from "../../../sandbox/trend-micro/keys";
import { startLmpi } from "../../../sandbox/trend-micro/server";

describe("sandbox LMPI keys", () => {
  it("are issued and ended by its control API", async () => {
    const lmpi = await startLmpi();
    const control = async (name: string, body: object) => {
      const answer = await fetch(`${lmpi.url}/_control/${name}`, {
        method: "POST",
        headers: { authorization: `Bearer ${lmpi.controlToken}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    try {
      const { accessToken } = lmpi;
      const made = await control("keys", { accessToken });
      expect(made.body).to.include({ accessToken }).and.to.have.property("secretKey").not.equal(lmpi.secretKey);
      expect(await control("revoke", { key: 1 })).to.deep.equal({ status: 200, body: { key: 1 } });
      expect(await control("revoke", { key: 1 })).to.deep.include({ status: 400 });
    } finally {
      await lmpi.close();
    }
  });

  it("tell a wrong signature of a known token from a token that nobody has", () => {
    const keys = new Keys({ accessToken: "one", secretKey: "a" }, systemRandom);
    keys.issue();
    const signed = (token: string) => ({
      method: "GET",
      uri: "/LMPI/v3/me/serviceplans",
      body: undefined,
      headers: { "x-access-token": token, "x-posix-time": "0", "x-signature": "no" },
    });
    const readings = { secretKey: "text", bodyDigest: "raw" } as const;
    expect(() => keys.signerOf(signed("one"), 0, readings)).to.throw("x-signature does not match");
    expect(() => keys.signerOf(signed("two"), 0, readings)).to.throw("x-access-token is not known");
    keys.revoke(1);
    expect(() => keys.signerOf(signed("one"), 0, readings)).to.throw("x-access-token is not known");
  });
});
