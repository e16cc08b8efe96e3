import { expect } from "chai";
import type { FastifyInstance } from "fastify";
import { buildDesk } from "../../desk/server";
import type { Store } from "../../desk/store/store";
import { type ErrorKind, ProviderError } from "../../provider/errors";
import { toProblem } from "../../desk/problems";
import { openTestDesk, type TestDesk } from "./support/desk";

describe("desk: problems", () => {
  describe("of the desk's own", () => {
    const SECRET = "password=hunter2 at /var/lib/secret";
    let app: FastifyInstance;
    const lines: string[] = [];
    before(() => {
      const broken: Store = {
        kind: "postgresql",
        read: () => Promise.reject(new TypeError(SECRET)),
        write: () => Promise.reject(new TypeError(SECRET)),
        close: async () => undefined,
      };
      app = buildDesk({ store: broken, log: (line) => lines.push(line) });
    });
    after(() => app.close());

    it("tell a client nothing but the call's id, under which the log has the rest", async () => {
      const response = await app.inject({ url: "/v1/me", headers: { authorization: "Bearer msp_canary" } });
      expect(response.statusCode).to.equal(500);
      expect(response.headers["content-type"]).to.equal("application/problem+json; charset=utf-8");
      const problem = response.json();
      expect(problem).to.include({ kind: "internal", status: 500 });
      for (const word of ["hunter2", "TypeError"]) expect(response.body).not.to.contain(word);
      expect(lines.join("\n")).to.contain(problem.requestId).and.contain(SECRET);
    });

    it("log no token", () => {
      expect(lines.join("\n")).not.to.contain("canary");
    });

    it("are not told in the words of an internal refusal either", () => {
      const problem = toProblem(new ProviderError("internal", SECRET), "id-1");
      expect(problem.detail).to.contain("id-1");
      expect(problem.detail).not.to.contain("hunter2");
    });
  });

  const STATUSES: Readonly<Record<ErrorKind, number>> = {
    validation: 400,
    unauthenticated: 401,
    forbidden: 403,
    notEntitled: 403,
    notFound: 404,
    unsupported: 409,
    alreadyExists: 409,
    stale: 409,
    pending: 409,
    blocked: 409,
    rateLimited: 429,
    partial: 500,
    internal: 500,
    unavailable: 503,
    ambiguous: 504,
  };
  for (const [kind, status] of Object.entries(STATUSES)) {
    it(`of the kind ${kind} have the status ${status}`, () => {
      expect(toProblem(new ProviderError(kind as ErrorKind, "What failed."), "id-1")).to.include({
        kind,
        status,
        type: `https://pulumi-msp.dev/problems/${kind}`,
      });
    });
  }

  describe("of what a client sends", () => {
    let desk: TestDesk;
    before(async () => {
      desk = await openTestDesk(undefined);
    });
    after(() => desk.close());

    async function send(path: string, init: RequestInit) {
      const response = await fetch(`${desk.desk.url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${desk.pipeline.token}`, ...init.headers },
      });
      return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
    }
    const json = { "content-type": "application/json" };
    const CLAIM = { account: "armourzero:acme", type: "ProductAssignment", naturalKey: "k", resource: "fleet/acme::a" };
    const BAD = [
      {
        reason: "text that is no JSON",
        path: "/v1/requests",
        init: { method: "POST", body: "{secret", headers: json },
        status: 400,
        kind: "validation",
      },
      {
        reason: "another media type",
        path: "/v1/requests",
        init: { method: "POST", body: "<secret/>", headers: { "content-type": "text/xml" } },
        status: 415,
        kind: "validation",
      },
      {
        reason: "a body that is too large",
        path: "/v1/requests",
        init: { method: "POST", body: `"${"x".repeat(1_100_000)}"`, headers: json },
        status: 413,
        kind: "validation",
      },
      {
        reason: "a body that is nested beyond all measure",
        path: "/v1/requests",
        init: { method: "POST", body: `${"[".repeat(400_000)}${"]".repeat(400_000)}`, headers: json },
        status: 400,
        kind: "validation",
      },
      {
        reason: "a key that is too long",
        path: "/v1/intents",
        init: { method: "PUT", body: JSON.stringify({ ...CLAIM, naturalKey: "secret".repeat(200) }), headers: json },
        status: 400,
        kind: "validation",
      },
      {
        reason: "a kind of listing that is too long",
        path: `/v1/accounts/a/listings/${"secret".repeat(20)}`,
        init: { method: "PUT", body: '{"count":1}', headers: json },
        status: 400,
        kind: "validation",
      },
      {
        reason: "a member that there is not",
        path: "/v1/intents",
        init: { method: "PUT", body: '{"secret":1}', headers: json },
        status: 400,
        kind: "validation",
      },
      {
        reason: "a letter that no database stores",
        path: "/v1/intents",
        init: { method: "PUT", body: '{"account":"a\\u0000secret"}', headers: json },
        status: 400,
        kind: "validation",
      },
      {
        reason: "half a surrogate pair",
        path: "/v1/intents",
        init: { method: "PUT", body: '{"account":"\\ud800secret"}', headers: json },
        status: 400,
        kind: "validation",
      },
      {
        reason: "a list for a body",
        path: "/v1/intents",
        init: { method: "PUT", body: "[]", headers: json },
        status: 400,
        kind: "validation",
      },
      {
        reason: "no body where one is needed",
        path: "/v1/requests",
        init: { method: "POST" },
        status: 400,
        kind: "validation",
      },
      { reason: "an address that there is not", path: "/v1/nowhere", init: {}, status: 404, kind: "notFound" },
      {
        reason: "a method that there is not",
        path: "/v1/me",
        init: { method: "PUT", body: "{}", headers: json },
        status: 404,
        kind: "notFound",
      },
      {
        reason: "an address that can't be decoded",
        path: "/v1/requests/%E0%A4%A",
        init: {},
        status: 400,
        kind: "validation",
      },
      {
        reason: "a letter in the address that no database stores",
        path: "/v1/requests/%00",
        init: {},
        status: 400,
        kind: "validation",
      },
    ];
    for (const { reason, path, init, status, kind } of BAD) {
      it(`name ${reason} without repeating it`, async () => {
        const answer = await send(path, init);
        expect(answer.status, answer.text).to.equal(status);
        expect(answer.type).to.equal("application/problem+json; charset=utf-8");
        expect(JSON.parse(answer.text)).to.include({ kind, status });
        expect(answer.text.replaceAll("secret is unknown", "")).not.to.contain("secret");
      });
    }

    for (const asOf of ["0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-01:00"]) {
      it(`name ${asOf} as an instant that nobody saw`, async () => {
        const row = { kind: "owner", subject: { kind: "owner", key: "jane@example.com", name: "Jane" } };
        const given = { account: "armourzero:acme", voucher: "v", complete: false, format: "rows", rows: [row], asOf };
        expect(await desk.operator.refused("POST", "/v1/inventory/imports", given)).to.include({ kind: "validation" });
      });
    }

    it("name every mistake of a body at once, by its path", async () => {
      const problem = await desk.pipeline.refused("POST", "/v1/requests", {
        account: "a",
        requesters: [{ email: "nobody", via: "rumour" }],
      });
      expect(problem.detail)
        .to.contain("platform is missing")
        .and.contain("requesters.0.email")
        .and.contain("requesters.0.via must be one of note,");
    });
  });

  it("refuse another version of the API, saying both and what to update", async () => {
    const desk = await openTestDesk(undefined);
    try {
      const newer = await desk.auditor.refused("GET", "/v1/handshake?api=2&client=9.0.0");
      expect(newer).to.include({ kind: "unsupported", status: 409 });
      expect(newer.detail)
        .to.contain("9.0.0")
        .and.contain("version 2")
        .and.contain("version 1")
        .and.contain("Update the desk");
      expect((await desk.auditor.refused("GET", "/v1/handshake?api=0&client=0.0.1")).detail).to.contain(
        "Update pulumi-msp",
      );
      expect(await desk.auditor.get("/v1/handshake?api=1&client=0.1.0")).to.deep.include({
        api: 1,
        store: "pglite",
        durable: false,
      });
    } finally {
      await desk.close();
    }
  });
});
