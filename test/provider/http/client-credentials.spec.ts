import { inspect } from "node:util";
import { expect } from "chai";
import { ProviderError } from "../../../provider/errors";
import { clientFixture, failure, SECRET, TOKEN, write, read } from "./client-fixture";
import { type Answer, hangUp, json, startServer, status } from "./test-server";

describe("http client, with credentials", () => {
  const at = clientFixture();

  it("does not follow a redirect with credentials", async () => {
    const elsewhere = await startServer();
    at.server.answers(status(302, { location: `${elsewhere.url}/steal?token=x` }));
    const error = await failure(at.client.send({ ...read, headers: { authorization: `Bearer ${TOKEN}` } }));
    expect(error).to.include({ kind: "validation", status: 302 });
    expect(error?.message).to.contain(new URL(elsewhere.url).host).and.not.contain("steal");
    expect(elsewhere.received).to.have.length(0);
    await elsewhere.close();
  });

  it("leaks no secret into any failure, however the other side echoes it", async () => {
    const bearer = Buffer.from(`Bearer ${TOKEN}`);
    const echo = `${bearer.toString("base64")} ${bearer.toString("hex")} ${TOKEN} ${SECRET} ${encodeURIComponent(SECRET)} ${Buffer.from(SECRET).toString("base64")}`;
    const problem = JSON.stringify({ kind: "forbidden", detail: echo, blockers: [TOKEN], more: { echo } });
    const answers: readonly Answer[] = [
      status(403, { "content-type": "application/problem+json" }, problem),
      status(400, { "content-type": "application/json", "x-request-id": TOKEN }, JSON.stringify({ error: echo })),
      status(403, {}, echo),
      json({ error: echo }),
      hangUp,
      status(302, { location: `https://${TOKEN}.example.com/?${SECRET}` }),
    ];
    for (const answer of answers) {
      at.server.answers(answer);
      const error = await failure(
        at.client.send({
          ...write,
          resource: `thing ${TOKEN}`,
          headers: { authorization: `Bearer ${TOKEN}` },
          sign: () => ({ "x-signature": SECRET }),
          body: JSON.stringify({ password: SECRET }),
          refusalIn: (body) =>
            typeof (body as { error?: unknown })?.error === "string"
              ? { reason: (body as { error: string }).error }
              : undefined,
        }),
      );
      expect(error, "each of these fails").to.be.instanceOf(ProviderError);
      const everything = `${inspect(error, { depth: 20, showHidden: true, getters: true })} ${JSON.stringify(error)} ${error?.message} ${error?.stack}`;
      const others = [encodeURIComponent(SECRET), Buffer.from(SECRET).toString("base64")];
      // "Bearer " is seven bytes, so the token begins within a group of three.
      const insideBase64 = bearer.subarray(9).toString("base64").slice(0, 20);
      for (const canary of ["canary", ...others, insideBase64, Buffer.from(TOKEN).toString("hex")])
        expect(everything).to.not.contain(canary);
    }
  });

  describe("where credentials may go", () => {
    const refused: readonly { readonly baseUrl: string; readonly reason: string }[] = [
      { baseUrl: "https://evil.example.com", reason: "a host that is not on the list" },
      {
        baseUrl: "https://platform.example.org.evil.example.com",
        reason: "a host that only begins like one on the list",
      },
      { baseUrl: "https://xplatform.example.org", reason: "a host that only ends like one on the list" },
      { baseUrl: "http://platform.example.org", reason: "plain http beyond this machine" },
      { baseUrl: "https://user:word@platform.example.org", reason: "credentials in the address" },
      { baseUrl: "ftp://platform.example.org", reason: "another protocol" },
      { baseUrl: "platform.example.org", reason: "no address at all" },
    ];
    for (const { baseUrl, reason } of refused) {
      it(`refuses ${reason}`, () => {
        const make = () => at.open({ baseUrl, allowedHosts: ["platform.example.org", ".tenants.example.org"] });
        expect(make).to.throw(ProviderError).with.property("kind", "validation");
      });
    }

    it("allows the hosts on the list and their subdomains where a dot leads", () => {
      at.open({ baseUrl: "https://platform.example.org", allowedHosts: ["platform.example.org"] });
      at.open({ baseUrl: "https://a.tenants.example.org", allowedHosts: [".tenants.example.org"] });
    });

    for (const path of ["//evil.example.com/x", "/a/../b", "/with space", "relative", "/a\\b", "/a#b"]) {
      it(`sends nothing for the path ${JSON.stringify(path)}, which would not be sent as it is written`, async () => {
        expect(await failure(at.client.send({ ...read, path }))).to.include({ kind: "internal" });
        expect(at.server.received).to.have.length(0);
      });
    }
  });
});
