import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { expect } from "chai";
import type { Problem, TokenRecord } from "../../../provider/generated/types";
import type { Store } from "../../../desk/store/store";
import { caller, leaving, onBothStores, openTestDesk, type TestDesk } from "../support/desk";

type Granted = TokenRecord & { readonly token: string };
const GRANT = { person: { email: "nina@example.com", name: "Nina" }, kind: "person", roles: ["verifier", "auditor"] };

describe("desk: tokens", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let store: Store;
    before(async () => {
      store = await openStore();
      desk = await openTestDesk(store);
    });
    after(() => desk.close());

    it("are granted by an admin, shown once, and open what their roles allow", async () => {
      const { status, body } = await desk.admin.call<Granted>("POST", "/v1/tokens", GRANT);
      expect(status).to.equal(201);
      const { token, ...record } = body;
      expect(record).to.deep.include({ ...GRANT, createdAt: "2026-03-02T09:00:00.000Z" });
      expect(await caller(desk.desk.url, token).get("/v1/me")).to.deep.equal(record);
      const { items } = await desk.admin.get<{ items: TokenRecord[] }>("/v1/tokens");
      expect(items.at(-1)).to.deep.equal(record);
    });

    it("are nowhere in the database, but for their digests", async () => {
      const { token } = await desk.admin.post<Granted>("/v1/tokens", GRANT);
      const everything = await store.read(async (tx) =>
        JSON.stringify([
          await tx.selectFrom("token").selectAll().execute(),
          await tx.selectFrom("audit_record").selectAll().execute(),
        ]),
      );
      for (const secret of [token, token.slice(4), desk.desk.adminToken]) expect(everything).not.to.contain(secret);
      expect(everything).to.match(/"sha256":"[0-9a-f]{64}"/);
    });

    it("end at once when they are revoked, and say so to whoever still holds one", async () => {
      const { id, token } = await desk.admin.post<Granted>("/v1/tokens", GRANT);
      const holder = caller(desk.desk.url, token);
      await holder.get("/v1/me");
      const revoked = await desk.admin.call<TokenRecord>("DELETE", `/v1/tokens/${id}`);
      expect(revoked.body).to.include({ id, revokedAt: "2026-03-02T09:00:00.000Z" });
      const problem = await holder.refused("GET", "/v1/me");
      expect(problem).to.include({ kind: "unauthenticated", status: 401 });
      expect(problem.detail).to.contain("revoked");
      expect((await desk.admin.call("DELETE", `/v1/tokens/${id}`)).body).to.deep.equal(revoked.body);
    });

    it("end at once also for a call whose body is still on its way", async () => {
      const { id, token } = await desk.admin.post<Granted>("/v1/tokens", { ...GRANT, roles: ["requester"] });
      const body = JSON.stringify(leaving("late@example.com", "ShieldOne"));
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          expect: "100-continue",
        };
        const call = request(`${desk.desk.url}/v1/requests`, { method: "POST", headers }, resolve);
        call.on("error", reject);
        // The desk has let the call in when it says so; then the token ends.
        call.on("continue", () => {
          desk.admin.call("DELETE", `/v1/tokens/${id}`).then(() => call.end(body), reject);
        });
        call.flushHeaders();
      });
      expect(answer.statusCode).to.equal(401);
      expect((await json(answer)) as Problem)
        .to.have.property("detail")
        .that.contains("revoked");
      expect(await desk.auditor.get("/v1/requests?subject=late@example.com")).to.deep.include({ items: [] });
    });

    it("keep the last admin, or nobody could grant another", async () => {
      const { id } = await desk.admin.get<TokenRecord>("/v1/me");
      expect(await desk.admin.refused("DELETE", `/v1/tokens/${id}`)).to.include({ kind: "blocked" });
      const second = await desk.admin.post<Granted>("/v1/tokens", { ...GRANT, roles: ["admin"] });
      expect((await desk.admin.call("DELETE", `/v1/tokens/${id}`)).status).to.equal(200);
      expect((await caller(desk.desk.url, second.token).get<TokenRecord>("/v1/me")).id).to.equal(second.id);
    });

    it("are told apart from tokens that there are not", async () => {
      const token = await desk.desk.token("admin-2@example.com", ["admin"]);
      expect(await caller(desk.desk.url, token).refused("DELETE", "/v1/tokens/T-9999")).to.include({
        kind: "notFound",
      });
    });
  });
});
