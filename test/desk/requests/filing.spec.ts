import { expect } from "chai";
import type { Filing, OffboardingRequest } from "../../../provider/generated/types";
import type { Store } from "../../../desk/store/store";
import { customerLeaving, leaving, onBothStores, openTestDesk, type TestDesk } from "../support/desk";

describe("desk: filing", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let store: Store;
    before(async () => {
      store = await openStore();
      desk = await openTestDesk(store);
    });
    after(() => desk.close());

    it("keeps what was filed, by whom and when, and begins unverified", async () => {
      const filing = leaving("Keep@Example.com", "ShieldOne", {
        stays: ["ScoutTwo"],
        item: { clickPath: ["Devices", "Off-board"], units: 3 },
      });
      const { status, body } = await desk.pipeline.call<OffboardingRequest>("POST", "/v1/requests", filing);
      expect(status).to.equal(201);
      expect(body).to.deep.include({
        account: "armourzero:acme",
        platform: "armourzero",
        kind: "leaving",
        state: "Pending",
        subject: { kind: "owner", key: "keep@example.com", name: "Keep@Example.com" },
        reason: "left the company",
        requesters: [{ email: "rita@example.com", via: "note" }],
        licence: "reduce",
        stays: ["ScoutTwo"],
        waitsFor: [],
        blockedBy: [],
        filedBy: { email: "pipeline@example.com" },
        filedAt: "2026-03-02T09:00:00.000Z",
        clock: { state: "notStarted" },
        allowed: ["verify", "withdraw"],
      });
      expect(body.items).to.deep.equal([
        {
          n: 1,
          kind: "product",
          name: "ShieldOne",
          id: "Keep@Example.com-ShieldOne",
          mode: "request",
          clickPath: ["Devices", "Off-board"],
          units: 3,
          state: "open",
        },
      ]);
      expect(body.events.map((event) => event.action)).to.deep.equal(["filed"]);
      expect(await desk.auditor.get(`/v1/requests/${body.id}`)).to.deep.equal(body);
    });

    it("gives twenty clients that file at once one request", async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          desk.pipeline.call<OffboardingRequest>(
            "POST",
            "/v1/requests",
            leaving("race@example.com", "ShieldOne", { resource: `fleet/stack-${i}::x` }),
          ),
        ),
      );
      expect(new Set(answers.map(({ body }) => body.id)).size).to.equal(1);
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([...Array(19).fill(200), 201]);
    });

    it("answers the open request whoever files it again, in whatever spelling", async () => {
      const first = await desk.pipeline.post("/v1/requests", leaving("twice@example.com", "ShieldOne"));
      const again = await desk.requester.call<OffboardingRequest>(
        "POST",
        "/v1/requests",
        leaving("Twice@example.com", "SHIELDONE", { item: { id: "twice@example.com-ShieldOne" } }),
      );
      expect(again.status).to.equal(200);
      expect(again.body).to.deep.equal(first);
    });

    it("has the database itself refuse a second open leaving of one incarnation", async () => {
      const { id } = await desk.pipeline.post("/v1/requests", leaving("index@example.com", "ShieldOne"));
      const copy = store.write(async (tx) => {
        const item = await tx
          .selectFrom("request_item")
          .selectAll()
          .where("request", "=", id)
          .executeTakeFirstOrThrow();
        await tx
          .insertInto("request_item")
          .values({ ...item, n: 2, name: "shieldone", click_path: "[]", removed: null, confirmed: null })
          .execute();
      });
      const error = await copy.then(
        () => undefined,
        (caught: { code?: string; constraint?: string }) => caught,
      );
      expect(error).to.deep.include({ code: "23505", constraint: "request_item_open" });
    });

    it("takes two live incarnations of one product for two leavings", async () => {
      const first = await desk.pipeline.post(
        "/v1/requests",
        leaving("two@example.com", "ShieldOne", { item: { id: "subscription-1" } }),
      );
      const second = await desk.pipeline.post(
        "/v1/requests",
        leaving("two@example.com", "ShieldOne", { item: { id: "subscription-2" } }),
      );
      expect(second.id).not.to.equal(first.id);
    });

    it("takes one joining for a product, whatever id the client makes up for it", async () => {
      const joining: Partial<Filing> = { kind: "joining" };
      const first = await desk.pipeline.post(
        "/v1/requests",
        leaving("join@example.com", "ShieldOne", { ...joining, item: { id: "new-1" } }),
      );
      const again = await desk.pipeline.post(
        "/v1/requests",
        leaving("join@example.com", "ShieldOne", { ...joining, item: { id: "new-2" } }),
      );
      expect(again.id).to.equal(first.id);
    });

    it("takes a new request once the old one has ended", async () => {
      const first = await desk.pipeline.post("/v1/requests", leaving("again@example.com", "ShieldOne"));
      await desk.pipeline.post(`/v1/requests/${first.id}/withdraw`, { reason: "a mistake" });
      const second = await desk.pipeline.call<OffboardingRequest>(
        "POST",
        "/v1/requests",
        leaving("again@example.com", "ShieldOne"),
      );
      expect(second.status).to.equal(201);
      expect(second.body.id).not.to.equal(first.id);
    });

    it("refuses a filing of which a part is on an open request, and names it", async () => {
      const first = await desk.pipeline.post("/v1/requests", leaving("part@example.com", "ShieldOne"));
      const [item] = leaving("part@example.com", "ShieldOne").items;
      const [other] = leaving("part@example.com", "ScoutTwo").items;
      const both = { ...leaving("part@example.com", "ShieldOne"), items: [item, other] };
      const problem = await desk.pipeline.refused("POST", "/v1/requests", both);
      expect(problem).to.include({ kind: "blocked", status: 409 });
      expect(problem.blockers).to.deep.equal([`ShieldOne is on ${first.id}`]);
    });

    it("refuses a leaving while the product is being assigned, and an assignment while it leaves", async () => {
      const joining = await desk.pipeline.post(
        "/v1/requests",
        leaving("cross@example.com", "ShieldOne", { kind: "joining" }),
      );
      const refusedLeaving = await desk.pipeline.refused(
        "POST",
        "/v1/requests",
        leaving("cross@example.com", "shieldone"),
      );
      expect(refusedLeaving).to.include({ kind: "blocked" });
      expect(refusedLeaving.detail).to.contain(joining.id);

      const open = await desk.pipeline.post("/v1/requests", leaving("cross@example.com", "ScoutTwo"));
      const refusedJoining = await desk.pipeline.refused(
        "POST",
        "/v1/requests",
        leaving("cross@example.com", "ScoutTwo", { kind: "joining" }),
      );
      expect(refusedJoining).to.include({ kind: "blocked" });
      expect(refusedJoining.detail).to.contain(open.id);
    });

    it("refuses an assignment to a customer that is leaving", async () => {
      await desk.pipeline.post("/v1/requests", customerLeaving("c-leaving"));
      const joining = {
        ...customerLeaving("c-leaving"),
        kind: "joining",
        items: [{ kind: "product", name: "ShieldOne", id: "new", mode: "request" }],
      };
      expect(await desk.pipeline.refused("POST", "/v1/requests", joining)).to.include({ kind: "blocked" });
    });

    const MALFORMED = [
      {
        reason: "a customer among products",
        filing: () => ({
          ...customerLeaving("c-mixed"),
          items: [...customerLeaving("c-mixed").items, ...leaving("x@example.com", "ShieldOne").items],
        }),
      },
      {
        reason: "a customer as an item of a device owner",
        filing: () => leaving("c@example.com", "C", { item: { kind: "customer" } }),
      },
      {
        reason: "an item that is there twice",
        filing: () => ({
          ...leaving("d@example.com", "X"),
          items: [...leaving("d@example.com", "X").items, ...leaving("d@example.com", "X").items],
        }),
      },
      { reason: "no reason", filing: () => ({ ...leaving("e@example.com", "X"), reason: "" }) },
      { reason: "nobody who asked", filing: () => ({ ...leaving("f@example.com", "X"), requesters: [] }) },
      { reason: "an item without an incarnation", filing: () => leaving("g@example.com", "X", { item: { id: "" } }) },
    ];
    for (const { reason, filing } of MALFORMED) {
      it(`refuses ${reason}`, async () => {
        expect(await desk.pipeline.refused("POST", "/v1/requests", filing())).to.include({
          kind: "validation",
          status: 400,
        });
      });
    }

    it("finds requests by subject, product, kind, state and whether they are open, newest first", async () => {
      const account = "armourzero:finding";
      const file = async (owner: string, product: string, changes: Partial<Filing> = {}) =>
        (await desk.pipeline.post("/v1/requests", leaving(owner, product, { account, ...changes }))).id;
      const janes = await file("jane@example.com", "ShieldOne");
      const joining = await file("jane@example.com", "ScoutTwo", { kind: "joining" });
      const maxs = await file("max@example.com", "ShieldOne");
      await desk.pipeline.post(`/v1/requests/${maxs}/withdraw`, { reason: "a mistake" });
      const find = async (query: string) =>
        (
          await desk.auditor.get<{ items: OffboardingRequest[] }>(
            `/v1/requests?account=${encodeURIComponent(account)}&${query}`,
          )
        ).items.map((request) => request.id);
      expect(await find("")).to.deep.equal([maxs, joining, janes]);
      expect(await find("subject=Jane@example.com")).to.deep.equal([joining, janes]);
      expect(await find("product=shieldone")).to.deep.equal([maxs, janes]);
      expect(await find("kind=joining")).to.deep.equal([joining]);
      expect(await find("state=Withdrawn")).to.deep.equal([maxs]);
      expect(await find("open=true")).to.deep.equal([joining, janes]);
      expect(await find("open=false")).to.deep.equal([maxs]);
    });

    it("pages through all requests without missing or repeating one", async () => {
      const account = "armourzero:paging";
      for (let i = 0; i < 5; i++)
        await desk.pipeline.post("/v1/requests", leaving(`p${i}@example.com`, "ShieldOne", { account }));
      const seen: string[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined; ) {
        const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
        const page: { items: OffboardingRequest[]; nextCursor?: string } = await desk.auditor.get(
          `/v1/requests?account=${account}&limit=2${from}`,
        );
        expect(page.items.length).to.be.within(1, 2);
        seen.push(...page.items.map((request) => request.subject.key));
        cursor = page.nextCursor;
      }
      expect(seen).to.deep.equal([
        "p4@example.com",
        "p3@example.com",
        "p2@example.com",
        "p1@example.com",
        "p0@example.com",
      ]);
    });

    it("tells an unknown request from one that is", async () => {
      expect(await desk.auditor.refused("GET", "/v1/requests/R-99999")).to.include({ kind: "notFound", status: 404 });
    });

    const BAD_QUERIES = [
      "limit=0",
      "limit=1000",
      "limit=x",
      "cursor=abc",
      "open=maybe",
      "sort=name",
      "state=Held&state=Pending",
    ];
    for (const query of BAD_QUERIES) {
      it(`refuses the query ${query}`, async () => {
        expect(await desk.auditor.refused("GET", `/v1/requests?${query}`)).to.include({ kind: "validation" });
      });
    }
  });
});
