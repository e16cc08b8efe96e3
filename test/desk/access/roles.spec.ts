import { expect } from "chai";
import Fastify, { type FastifyInstance } from "fastify";
import { buildDesk, createDesk, ROUTES } from "../../../desk/server";
import { issueToken } from "../../../desk/access/tokens";
import { SETUP } from "../../../desk/access/first-admin";
import { openMemoryStore } from "../../../desk/store/pglite";
import type { Store } from "../../../desk/store/store";
import { change } from "../../../desk/work";
import type { Role, TokenKind } from "../../../provider/generated/types";

const ROLES: readonly Role[] = ["requester", "verifier", "operator", "auditor", "admin"];

/** Whom each route lets in: roles of persons and of bots. */
interface Row {
  readonly route: string;
  readonly persons: readonly Role[];
  readonly bots: readonly Role[];
}

const same = (route: string, roles: readonly Role[]): Row => ({ route, persons: roles, bots: roles });
const personsOnly = (route: string, roles: readonly Role[]): Row => ({ route, persons: roles, bots: [] });

const MATRIX: readonly Row[] = [
  same("GET /v1/handshake", ROLES),
  same("GET /v1/me", ROLES),
  same("POST /v1/tokens", ["admin"]),
  same("GET /v1/tokens", ["admin", "auditor"]),
  same("DELETE /v1/tokens/:id", ["admin"]),
  same("POST /v1/accounts/resolve", ROLES),
  same("GET /v1/accounts/:id", ROLES),
  personsOnly("POST /v1/accounts/:id/confirmations", ["admin", "operator"]),
  personsOnly("POST /v1/accounts/:id/merge", ["admin", "operator"]),
  same("PUT /v1/accounts/:id/listings/:kind", ["requester", "operator"]),
  same("PUT /v1/intents", ["requester", "operator"]),
  same("PATCH /v1/intents/:id", ["requester", "operator"]),
  same("DELETE /v1/intents/:id", ["requester", "operator"]),
  same("GET /v1/intents", ROLES),
  personsOnly("POST /v1/inventory/imports", ["operator"]),
  same("GET /v1/inventory", ROLES),
  same("POST /v1/requests", ["requester"]),
  same("GET /v1/requests", ROLES),
  same("GET /v1/requests/:id", ROLES),
  personsOnly("POST /v1/requests/:id/verify", ["verifier"]),
  same("POST /v1/requests/:id/withdraw", ["requester"]),
  same("POST /v1/requests/:id/submit", ["operator"]),
  same("POST /v1/requests/:id/contact", ["operator"]),
  same("POST /v1/requests/:id/vendor-verification", ["operator"]),
  same("POST /v1/requests/:id/pause", ["operator"]),
  same("POST /v1/requests/:id/resume", ["operator"]),
  // The bot that holds a platform's credentials delivers what it removes by API or reads; the rules on items do the rest.
  { route: "POST /v1/requests/:id/items/:n/removed", persons: ["operator"], bots: ["operator", "requester"] },
  { route: "POST /v1/requests/:id/items/:n/confirm", persons: ["operator"], bots: ["operator", "requester"] },
  same("GET /v1/audit/head", ROLES),
  same("GET /v1/audit/records", ROLES),
  same("GET /v1/audit/verify", ROLES),
];

describe("desk: who may do what", () => {
  let store: Store;
  let app: FastifyInstance;
  const tokens = new Map<string, string>();
  before(async () => {
    store = await openMemoryStore();
    app = buildDesk({ store });
    for (const kind of ["person", "bot"] as const) {
      for (const role of ROLES) {
        const grant = { person: { email: `${role}-${kind}@example.com` }, kind, roles: [role] };
        const { token } = await change(createDesk({ store }), SETUP, (work) => issueToken(work, grant));
        tokens.set(`${role} ${kind}`, token);
      }
    }
  });
  after(async () => {
    await app.close();
    await store.close();
  });

  async function call(route: string, authorization: string | undefined) {
    const [method, path] = route.split(" ") as ["GET" | "POST" | "PUT" | "PATCH" | "DELETE", string];
    const url = path.replace(/:\w+/g, "0");
    // A body that no route takes: who is let in is told so, and nothing is changed.
    const body =
      method === "GET" || method === "DELETE"
        ? {}
        : { payload: "no JSON", headers: { "content-type": "application/json" } };
    return app.inject({
      method,
      url,
      ...body,
      headers: { ...body.headers, ...(authorization === undefined ? {} : { authorization }) },
    });
  }
  async function letsIn(route: string, role: Role, kind: TokenKind): Promise<boolean> {
    const { statusCode } = await call(route, `Bearer ${tokens.get(`${role} ${kind}`)}`);
    expect(statusCode).to.be.oneOf([200, 204, 400, 403, 404, 409]);
    return statusCode !== 403;
  }

  it("says so for every route that there is", () => {
    const found: string[] = [];
    const recorder = Fastify({ exposeHeadRoutes: false });
    recorder.addHook("onRoute", ({ method, url }) => {
      found.push(`${String(method)} ${url}`);
    });
    for (const routes of ROUTES) routes(recorder, createDesk({ store }));
    expect(found).to.have.members(["GET /healthz", ...MATRIX.map((row) => row.route)]);
  });

  for (const { route, persons, bots } of MATRIX) {
    it(`${route} lets in ${persons.join(", ")}${bots === persons ? "" : `, and of bots ${bots.join(", ") || "none"}`}`, async () => {
      for (const role of ROLES) {
        expect(await letsIn(route, role, "person"), `${role}, a person`).to.equal(persons.includes(role));
        expect(await letsIn(route, role, "bot"), `${role}, a bot`).to.equal(bots.includes(role));
      }
    });
  }

  it("lets nobody in without a known token, and says nothing of what there is", async () => {
    for (const route of [...MATRIX.map((row) => row.route), "GET /v1/nothing"]) {
      for (const authorization of [undefined, "Bearer msp_unknown", "Basic b3R0bzpvdHRv", "Bearer"]) {
        const response = await call(route, authorization);
        expect(response.statusCode, route).to.equal(401);
        expect(response.headers["www-authenticate"]).to.equal("Bearer");
        expect(response.json()).to.include({ kind: "unauthenticated" });
      }
    }
  });

  it("tells anybody that it is there", async () => {
    const response = await call("GET /healthz", undefined);
    expect([response.statusCode, response.json()]).to.deep.equal([200, { status: "ok" }]);
  });

  it("does not start with a route that does not say who may call it", () => {
    const bare = buildDesk({ store });
    expect(() => bare.get("/v1/open", async () => "anybody")).to.throw("does not say who may call it");
  });

  it("says which role it takes, and how to get it", async () => {
    const response = await call("POST /v1/requests", `Bearer ${tokens.get("auditor person")}`);
    expect(response.json().detail).to.equal(
      "This takes the role requester; auditor-person@example.com has auditor.\nAn admin of the desk grants it with a new token.",
    );
  });
});
