import { expect } from "chai";
import { createDesk, type Desk } from "../../../provider/desk/client";
import { type ErrorKind, ProviderError } from "../../../provider/errors";
import type { HttpClient, HttpRequest, HttpResponse } from "../../../provider/http/client";
import { thrown } from "../../support/thrown";

type Answer = (request: HttpRequest) => Partial<HttpResponse> | ProviderError;

const HANDSHAKE = { api: 1, version: "0.1.0", store: "pglite", durable: false };

/** As much of a request as the client looks at. */
const REQUEST = {
  id: "R-1",
  kind: "leaving",
  state: "Pending",
  subject: { kind: "owner", key: "jane@acme.example", name: "Jane" },
  items: [],
};

/** As much of a claim. */
const INTENT = { id: "I-1", account: "a", naturalKey: "acme|DE", resource: "fleet/acme::acme", outcome: "done" };

describe("the desk's client", () => {
  let sent: HttpRequest[];
  const deskThat = (answers: Answer): Desk => {
    const send = async (request: HttpRequest): Promise<HttpResponse> => {
      sent.push(request);
      const answer = request.path.startsWith("/v1/handshake") ? { body: HANDSHAKE } : answers(request);
      if (answer instanceof Error) throw answer;
      return { status: 200, headers: {}, body: undefined, ...answer };
    };
    const http: HttpClient = { send, serverTimeOffsetMs: 0, close: () => undefined };
    return createDesk({ http, token: "canary", version: "0.1.0" });
  };
  const problem = (kind: ErrorKind, detail: string, status = 409) =>
    new ProviderError("alreadyExists", "Could not do it: the desk answered 409.", {
      status,
      requestId: "q-1",
      problem: { kind, detail, status, type: "about:blank", title: "x" },
    });

  beforeEach(() => {
    sent = [];
  });

  it("compares versions once, before its first other call", async () => {
    const desk = deskThat(() => ({ body: { items: [] } }));
    await Promise.all([desk.inventory({ account: "a" }), desk.requests({ account: "a" })]);
    expect(sent.map(({ path }) => path.split("?")[0])).to.deep.equal([
      "/v1/handshake",
      "/v1/inventory",
      "/v1/requests",
    ]);
    expect(sent[0]?.path).to.equal("/v1/handshake?api=1&client=0.1.0");
  });

  it("compares them again after a desk that was down", async () => {
    let isDown = true;
    const send = async (request: HttpRequest): Promise<HttpResponse> => {
      sent.push(request);
      if (isDown) throw new ProviderError("unavailable", "Could not reach it.");
      return { status: 200, headers: {}, body: request.path.startsWith("/v1/h") ? HANDSHAKE : { items: [] } };
    };
    const desk = createDesk({
      http: { send, serverTimeOffsetMs: 0, close: () => undefined },
      token: "canary",
      version: "0.1.0",
    });
    await thrown("unavailable", desk.inventory({ account: "a" }));
    isDown = false;
    expect(await desk.inventory({ account: "a" })).to.deep.equal([]);
  });

  it("reads lists to their end", async () => {
    const [one, two, three] = [REQUEST, { ...REQUEST, id: "R-2" }, { ...REQUEST, id: "R-3" }];
    const pages: Record<string, object> = { "": { items: [one, two], nextCursor: "b&c" }, "b&c": { items: [three] } };
    const desk = deskThat(({ path }) => ({
      body: pages[new URL(path, "http://desk").searchParams.get("cursor") ?? ""],
    }));
    expect(await desk.requests({ account: "a:b", open: true })).to.deep.equal([one, two, three]);
    expect(sent[1]?.path).to.equal("/v1/requests?account=a%3Ab&open=true&limit=100");
  });

  it("refuses a list that goes in a circle", async () => {
    const desk = deskThat(() => ({ body: { items: [REQUEST], nextCursor: "again" } }));
    await thrown("unavailable", desk.requests({ account: "a" }));
  });

  it("tells whether a filing was new", async () => {
    expect((await deskThat(() => ({ status: 201, body: REQUEST })).file({} as never)).existed).to.equal(false);
    expect((await deskThat(() => ({ status: 200, body: REQUEST })).file({} as never)).existed).to.equal(true);
  });

  it("answers an intent, or that there is none", async () => {
    const intent = { ...INTENT, outcome: "sent" };
    expect(await deskThat(() => ({ body: { items: [intent] } })).intent("a", "Customer", "acme|DE")).to.deep.equal(
      intent,
    );
    expect(await deskThat(() => ({ body: { items: [] } })).intent("a", "Customer", "acme|DE")).to.equal(undefined);
  });

  it("believes no claim of another account, nor one that says of none", async () => {
    const { account: _, ...ofNone } = INTENT;
    for (const item of [{ ...INTENT, account: "b" }, ofNone]) {
      const desk = deskThat(() => ({ body: { items: [item] } }));
      await thrown("unavailable", desk.intent("a", "Customer", "acme|DE"));
      await thrown("unavailable", desk.intents("a", "Customer"));
    }
  });

  it("names objects in addresses so that none can be another", async () => {
    await deskThat(() => ({ body: {} })).recordListing("trend-micro:a/b?c", "Customer", 3);
    expect(sent[1]?.path).to.equal("/v1/accounts/trend-micro%3Aa%2Fb%3Fc/listings/Customer");
    expect(sent[1]?.body).to.equal('{"count":3}');
  });

  it("fails with the desk's own kind and words", async () => {
    const error = await thrown(
      "blocked",
      deskThat(() => problem("blocked", "R-1 is Completed.\nIt can't be withdrawn.")).withdraw("R-1", "x"),
    );
    expect(error).to.include({
      message: "R-1 is Completed.\nIt can't be withdrawn.",
      status: 409,
      requestId: "q-1",
      platform: "desk",
    });
  });

  const failures: readonly (readonly [ErrorKind, RegExp])[] = [
    ["unavailable", /^The off-boarding desk does not answer: could not read request R-1\.\nStart it/],
    ["ambiguous", /^The off-boarding desk does not answer/],
    ["unauthenticated", /^The desk does not know this token/],
    ["forbidden", /^Could not do it/],
  ];
  for (const [kind, expected] of failures) {
    it(`says what to do when it is ${kind}`, async () => {
      const error = await thrown(
        kind,
        deskThat(() => new ProviderError(kind, "Could not do it: it failed.")).request("R-1"),
      );
      expect(error.message).to.match(expected);
      expect(error.message).to.not.contain("canary");
    });
  }

  it("does not trust a kind that it does not know", async () => {
    const strange = problem("weird" as ErrorKind, "<html>");
    const error = await thrown("alreadyExists", deskThat(() => strange).request("R-1"));
    expect(error.message).to.not.contain("<html>");
  });
});
