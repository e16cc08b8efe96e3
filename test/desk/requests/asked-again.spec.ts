import { expect } from "chai";
import type { Actor } from "../../../desk/access/roles";
import { defaultCalendars } from "../../../desk/requests/calendars";
import { fileRequest } from "../../../desk/requests/file";
import type { Store } from "../../../desk/store/store";
import { systemRandom } from "../../../provider/clock";
import type { Filing, OffboardingRequest, TokenRecord } from "../../../provider/generated/types";
import { ACCEPTED, caller, customerLeaving, leaving, onBothStores, openTestDesk, type TestDesk } from "../support/desk";

describe("desk: what is asked for again", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let store: Store;
    let owners = 0;
    let owner: string;
    before(async () => {
      store = await openStore();
      desk = await openTestDesk(store);
    });
    after(() => desk.close());
    beforeEach(() => {
      owners += 1;
      owner = `owner-${owners}@example.com`;
    });
    const file = (changes: Partial<Filing> = {}) =>
      desk.pipeline.call<OffboardingRequest>("POST", "/v1/requests", leaving(owner, "ShieldOne", changes));
    const token = async (email: string) =>
      caller(desk.desk.url, await desk.desk.token(email, ["requester", "verifier"], "person"));

    it("has been asked for by the second one too, and by those whom he names: none of them may verify it", async () => {
      const { body } = await file();
      const bob = await token("bob@example.com");
      const again = await bob.call<OffboardingRequest>(
        "POST",
        "/v1/requests",
        leaving(owner, "ShieldOne", { requesters: [{ email: "Vera@example.com", via: "author" }], reason: "me too" }),
      );
      expect(again.status).to.equal(200);
      expect(again.body.id).to.equal(body.id);
      expect(again.body.requesters).to.deep.equal([
        { email: "rita@example.com", via: "note" },
        { email: "Vera@example.com", via: "author" },
        { email: "bob@example.com", via: "operator" },
      ]);
      expect(again.body.events.at(-1)).to.deep.include({
        action: "asked again",
        by: { email: "bob@example.com" },
        note: "Vera@example.com, bob@example.com: me too",
      });
      for (const person of [bob, desk.verifier])
        expect(await person.refused("POST", `/v1/requests/${body.id}/verify`, ACCEPTED)).to.include({
          kind: "forbidden",
        });
    });

    it("is not news where those who ask have asked already", async () => {
      const { body } = await file();
      expect((await file({ reason: "in other words" })).body).to.deep.equal(body);
    });

    it("keeps those who asked before it was verified", async () => {
      const { body } = await file();
      await desk.verifier.post(`/v1/requests/${body.id}/verify`, ACCEPTED);
      const again = await file({ requesters: [{ email: "late@example.com", via: "author" }] });
      expect(again.status).to.equal(200);
      expect(again.body.requesters).to.deep.equal(body.requesters);
    });

    it("is refused where the licence is to become something else, naming both", async () => {
      const { body } = await file({ licence: "reduce" });
      const problem = await desk.pipeline.refused(
        "POST",
        "/v1/requests",
        leaving(owner, "ShieldOne", { licence: "keep" }),
      );
      expect(problem).to.include({ kind: "blocked", status: 409 });
      expect(problem.detail).to.contain(body.id).and.contain("reduce").and.contain("keep");
      expect(problem.blockers).to.deep.equal([`${body.id} (licence: reduce)`]);
    });

    it("tells the loser of a race for the index of the winner's request, and hides no other clash", async () => {
      const { body } = await file();
      const token = await desk.pipeline.get<TokenRecord>("/v1/me");
      const pipeline: Actor = { person: token.person, kind: token.kind, roles: ["requester"], token };
      const losing = (constraint: string) => {
        let isFirst = true;
        const write: Store["write"] = (work) => {
          if (!isFirst) return store.write(work);
          isFirst = false;
          return Promise.reject(Object.assign(new Error("duplicate key"), { code: "23505", constraint }));
        };
        const racing = {
          store: { ...store, write },
          clock: desk.clock,
          random: systemRandom,
          calendars: defaultCalendars,
        };
        return fileRequest(racing, pipeline, leaving(owner, "ShieldOne"));
      };
      expect(await losing("request_item_open")).to.deep.equal({ request: body, existed: true });
      const error = await losing("request_number_key").catch((caught: unknown) => caught);
      expect(error).to.include({ constraint: "request_number_key" });
    });

    it("is not verified by one who asked under a tagged address", async () => {
      const { body } = await file({ requesters: [{ email: "vera+git@example.com", via: "author" }] });
      expect(await desk.verifier.refused("POST", `/v1/requests/${body.id}/verify`, ACCEPTED)).to.include({
        kind: "forbidden",
      });
    });

    it("is one leaving of a customer, also when it was renamed in between", async () => {
      const first = await desk.pipeline.post("/v1/requests", customerLeaving(owner));
      const renamed = await desk.pipeline.call<OffboardingRequest>(
        "POST",
        "/v1/requests",
        customerLeaving(owner, {
          subject: { kind: "customer", key: owner, name: "New Name" },
          items: [{ kind: "customer", name: "New Name", id: owner, mode: "request" }],
        }),
      );
      expect(renamed.status).to.equal(200);
      expect(renamed.body.id).to.equal(first.id);
    });

    it("is found by its product in any case of any alphabet", async () => {
      const account = `armourzero:alphabets-${owners}`;
      const { id } = await desk.pipeline.post("/v1/requests", leaving(owner, "ÜberSchutz", { account }));
      const query = `/v1/requests?account=${account}&product=${encodeURIComponent("übersCHUTZ")}`;
      const { items } = await desk.auditor.get<{ items: OffboardingRequest[] }>(query);
      expect(items.map((request) => request.id)).to.deep.equal([id]);
    });
  });
});
