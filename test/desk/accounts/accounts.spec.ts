import { expect } from "chai";
import type { Account, Intent } from "../../../provider/generated/types";
import { completed, leaving, onBothStores, openTestDesk, type TestDesk } from "../support/desk";

describe("desk: accounts and intents", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let runs = 0;
    before(async () => {
      desk = await openTestDesk(await openStore());
    });
    after(() => desk.close());
    let platform: string;
    beforeEach(() => {
      runs += 1;
      platform = `platform-${runs}`;
    });

    const claim = (connection: string, ids: readonly string[], kind = "overlap") => ({
      platform,
      connection,
      evidence: { kind, ids },
    });
    const resolve = (connection: string, ids: readonly string[], kind?: string) =>
      desk.pipeline.post<Account>("/v1/accounts/resolve", claim(connection, ids, kind));
    const refused = (connection: string, ids: readonly string[]) =>
      desk.pipeline.refused("POST", "/v1/accounts/resolve", claim(connection, ids));

    describe("whose the credentials are", () => {
      it("is the declared name, recorded at first sight", async () => {
        const account = await resolve("portal", ["Acme MSP"], "declared");
        expect(account).to.deep.equal({
          id: `${platform}:Acme MSP`,
          platform,
          connection: "portal",
          knownBy: "declared",
          listings: {},
        });
        expect(await resolve("portal", ["Acme MSP"], "declared")).to.deep.equal(account);
        expect(await desk.auditor.get(`/v1/accounts/${encodeURIComponent(account.id)}`)).to.deep.equal(account);
      });

      it("is a new account at first sight of ids that nobody knows", async () => {
        const account = await resolve("remote-manager", ["1", "2"]);
        expect(account.id).to.match(new RegExp(`^${platform}:[0-9a-f-]{36}$`));
        expect(account).to.deep.include({ connection: "remote-manager", knownBy: "first-use" });
      });

      it("is the account that shares an id, under whatever connection, and its new ids are kept", async () => {
        const { id } = await resolve("remote-manager", ["1", "2"]);
        expect(await resolve("renamed", ["2", "3"])).to.deep.include({ id, knownBy: "overlap" });
        expect(await resolve("remote-manager", ["3"])).to.include({ id });
      });

      it("is refused where the connection is known by an account, and the ids are those of another known one", async () => {
        const { id } = await resolve("remote-manager", ["1", "2"]);
        const other = await resolve("second", ["8", "9"]);
        const problem = await refused("remote-manager", ["8", "9"]);
        expect(problem).to.include({ kind: "forbidden", status: 409 });
        expect(problem.detail).to.contain(id);
        expect(await resolve("remote-manager", ["1"])).to.include({ id });
        expect(await resolve("second", ["9"])).to.include({ id: other.id });
      });

      it("is refused where nothing is shared with what the connection is known by", async () => {
        const { id } = await resolve("remote-manager", ["1", "2"]);
        const problem = await refused("remote-manager", ["8", "9"]);
        expect(problem).to.include({ kind: "forbidden", status: 409 });
        expect(problem.detail).to.contain("another account").and.contain(id);
      });

      it("is refused where the ids are of two accounts, and both are named", async () => {
        const one = await resolve("one", ["1"]);
        const two = await resolve("two", ["2"]);
        const problem = await refused("one", ["1", "2"]);
        expect(problem).to.include({ kind: "forbidden", status: 409 });
        expect(problem.detail).to.contain(one.id).and.contain(two.id);
      });

      it("cannot be told where a known account shows nothing", async () => {
        await resolve("remote-manager", ["1"]);
        expect(await refused("remote-manager", [])).to.include({ kind: "stale", status: 409 });
      });

      it("is held to by every connection name that it resolved under, whatever they come to show", async () => {
        const { id } = await resolve("remote-manager", ["1", "2"]);
        await resolve("renamed", ["2"]);
        const problem = await refused("renamed", ["9"]);
        expect(problem).to.include({ kind: "forbidden", status: 409 });
        expect(problem.detail).to.contain(id);
        expect(await refused("renamed", [])).to.include({ kind: "stale", status: 409 });
      });

      it("is the account that a person has confirmed to be empty, until something is seen in it again", async () => {
        const { id } = await resolve("remote-manager", ["1"]);
        const path = `/v1/accounts/${encodeURIComponent(id)}/confirmations`;
        await desk.operator.post(path, { evidence: [], reason: "all customers have left" });
        expect(await resolve("remote-manager", [])).to.include({ id, knownBy: "confirmed" });
        expect(await refused("remote-manager", ["9"])).to.include({ kind: "forbidden" });
        await resolve("remote-manager", ["1"]);
        expect(await refused("remote-manager", [])).to.include({ kind: "stale" });
      });

      it("is not known as empty by a confirmation of what it shows", async () => {
        const { id } = await resolve("remote-manager", ["1"]);
        await desk.operator.post(`/v1/accounts/${encodeURIComponent(id)}/confirmations`, {
          evidence: ["2"],
          reason: "a customer was moved",
        });
        expect(await refused("remote-manager", [])).to.include({ kind: "stale" });
      });

      it("begins without ids on an account that is empty, and is completed by the next claim", async () => {
        const empty = await resolve("remote-manager", []);
        expect(empty.knownBy).to.equal("first-use");
        expect(await resolve("remote-manager", [])).to.deep.equal(empty);
        expect((await resolve("remote-manager", ["1"])).id).to.equal(empty.id);
        expect(await refused("remote-manager", ["9"])).to.include({ kind: "forbidden" });
      });

      it("keeps the same ids of two platforms apart", async () => {
        const here = await resolve("remote-manager", ["1"]);
        platform = `${platform}-other`;
        expect((await resolve("remote-manager", ["1"])).id).not.to.equal(here.id);
      });

      it("takes an account's worth of ids", async () => {
        const ids = Array.from({ length: 10_000 }, (_, i) => `customer-${i}`);
        const { id } = await resolve("remote-manager", ids);
        expect((await resolve("remote-manager", ids.slice(9_999))).id).to.equal(id);
      });

      it("is answered to a token that may only read, which records nothing", async () => {
        expect(await desk.auditor.refused("POST", "/v1/accounts/resolve", claim("remote-manager", ["1"]))).to.include({
          kind: "forbidden",
          status: 403,
        });
        const { id } = await resolve("remote-manager", ["1"]);
        expect(
          await desk.auditor.post<Account>("/v1/accounts/resolve", claim("remote-manager", ["1", "2"])),
        ).to.include({ id, knownBy: "first-use" });
        expect(await refused("remote-manager", ["2"])).to.include({ kind: "forbidden" });
      });

      it("is settled by a person's word, with a reason", async () => {
        const { id } = await resolve("remote-manager", ["1"]);
        const path = `/v1/accounts/${encodeURIComponent(id)}/confirmations`;
        const confirmation = { evidence: ["9"], reason: "the customer was moved; checked by phone" };
        expect(await desk.operator.post<Account>(path, confirmation)).to.deep.include({ id, knownBy: "confirmed" });
        expect((await resolve("remote-manager", ["9"])).id).to.equal(id);
        const other = await resolve("other", ["20"]);
        const problem = await desk.operator.refused("POST", path, { ...confirmation, evidence: ["20"] });
        expect(problem).to.include({ kind: "forbidden", status: 409 });
        expect(problem.blockers).to.deep.equal([other.id]);
        expect(await desk.operator.refused("POST", "/v1/accounts/nobody/confirmations", confirmation)).to.include({
          kind: "notFound",
        });
      });
    });

    it("keeps the size of the last whole listing of each kind", async () => {
      const { id } = await resolve("remote-manager", ["1"]);
      const path = `/v1/accounts/${encodeURIComponent(id)}/listings`;
      expect((await desk.pipeline.call<Account>("PUT", `${path}/customer`, { count: 12 })).status).to.equal(200);
      const { body } = await desk.pipeline.call<Account>("PUT", `${path}/customer`, { count: 14 });
      expect(body.listings).to.deep.equal({ customer: { count: 14, at: "2026-03-02T09:00:00.000Z" } });
      expect(await desk.pipeline.refused("PUT", `${path}/customer`, { count: -1 })).to.include({ kind: "validation" });
      expect(await desk.pipeline.refused("PUT", "/v1/accounts/nobody/listings/customer", { count: 1 })).to.include({
        kind: "notFound",
      });
    });

    it("expects one less of a kind for each that left by a request, so that it is not missed", async () => {
      const { id } = await resolve("portal", ["Acme MSP"], "declared");
      const path = `/v1/accounts/${encodeURIComponent(id)}`;
      await desk.pipeline.call("PUT", `${path}/listings/ProductAssignment`, { count: 7 });
      const filed = await desk.pipeline.post<{ id: string }>(
        "/v1/requests",
        leaving("jane@example.com", "ShieldOne", { account: id }),
      );
      await completed(desk, filed.id);
      const { listings } = await desk.auditor.get<Account>(path);
      expect(listings.ProductAssignment?.count).to.equal(6);
    });

    describe("an intent", () => {
      const intentClaim = (resource: string, changes: Readonly<Record<string, string>> = {}) => ({
        account: platform,
        type: "ProductAssignment",
        naturalKey: "jane@example.com/ShieldOne",
        resource,
        ...changes,
      });
      const put = async (resource: string, changes?: Readonly<Record<string, string>>) =>
        (
          await desk.pipeline.call<{ intent: Intent; ours: boolean }>(
            "PUT",
            "/v1/intents",
            intentClaim(resource, changes),
          )
        ).body;
      const patch = async (id: string, change: unknown) =>
        (await desk.pipeline.call<Intent>("PATCH", `/v1/intents/${id}`, change)).body;
      const list = async () => (await desk.auditor.get<{ items: Intent[] }>(`/v1/intents?account=${platform}`)).items;

      it("is the first resource's, and told to every other", async () => {
        const first = await put("fleet/acme::jane");
        expect(first).to.deep.include({ ours: true });
        expect(first.intent).to.include({
          outcome: "recorded",
          resource: "fleet/acme::jane",
          recordedAt: "2026-03-02T09:00:00.000Z",
        });
        expect(await put("fleet/acme::jane")).to.deep.equal(first);
        expect(await put("fleet/other::jane")).to.deep.equal({ intent: first.intent, ours: false });
        expect((await put("fleet/acme::jane", { naturalKey: "max@example.com/ShieldOne" })).intent.id).not.to.equal(
          first.intent.id,
        );
      });

      it("tells what became of the create, and the object's id once it is known", async () => {
        const { intent } = await put("fleet/acme::jane");
        expect(await patch(intent.id, { outcome: "sent" })).to.include({
          outcome: "sent",
          sentAt: "2026-03-02T09:00:00.000Z",
        });
        expect(await patch(intent.id, { outcome: "done", objectId: "sub-1" })).to.include({
          outcome: "done",
          objectId: "sub-1",
          sentAt: "2026-03-02T09:00:00.000Z",
        });
        expect(await patch(intent.id, { outcome: "recorded" })).not.to.have.property("sentAt");
        expect(await desk.pipeline.refused("PATCH", "/v1/intents/none", { outcome: "sent" })).to.include({
          kind: "notFound",
        });
      });

      it("ends when its object has left, by the object's id", async () => {
        const jane = await put("fleet/acme::jane");
        const max = await put("fleet/acme::max", { naturalKey: "max@example.com/ShieldOne" });
        await patch(jane.intent.id, { outcome: "done", objectId: "sub-1" });
        await patch(max.intent.id, { outcome: "done", objectId: "sub-2" });
        const { id } = await desk.pipeline.post(
          "/v1/requests",
          leaving("jane@example.com", "ShieldOne", { account: platform, item: { id: "sub-1" } }),
        );
        await completed(desk, id);
        expect((await list()).map((intent) => intent.objectId)).to.deep.equal(["sub-2"]);
      });

      it("ends by its resource where the object's id was never learnt", async () => {
        await put("fleet/acme::jane");
        const { id } = await desk.pipeline.post(
          "/v1/requests",
          leaving("jane@example.com", "ShieldOne", { account: platform, resource: "fleet/acme::jane" }),
        );
        await completed(desk, id);
        expect(await list()).to.deep.equal([]);
      });

      it("is given back by whoever sent nothing after all, and may then be another's", async () => {
        const { intent } = await put("fleet/acme::jane");
        const gone = () =>
          fetch(`${desk.desk.url}/v1/intents/${intent.id}`, {
            method: "DELETE",
            headers: { authorization: `Bearer ${desk.pipeline.token}` },
          });
        expect((await gone()).status).to.equal(204);
        expect((await gone()).status).to.equal(204);
        expect((await put("fleet/other::jane")).ours).to.equal(true);
      });

      it("stays when the leaving is withdrawn", async () => {
        await put("fleet/acme::jane");
        const { id } = await desk.pipeline.post(
          "/v1/requests",
          leaving("jane@example.com", "ShieldOne", { account: platform, resource: "fleet/acme::jane" }),
        );
        await desk.pipeline.post(`/v1/requests/${id}/withdraw`, { reason: "she stays" });
        expect(await list()).to.have.length(1);
      });
    });
  });
});
