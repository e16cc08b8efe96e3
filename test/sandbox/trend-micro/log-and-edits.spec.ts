import { expect } from "chai";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { customerBody, LmpiUnderTest } from "./lmpi-client";

describe("sandbox LMPI", () => {
  let test: LmpiUnderTest;
  beforeEach(async () => {
    test = await LmpiUnderTest.start();
  });
  afterEach(() => test.lmpi.close());

  describe("request log", () => {
    it("tells reads from writes, with what was asked and answered", async () => {
      await test.post("/LMPI/v2/customers", customerBody());
      await test.post("/LMPI/v2/customers", {});
      await test.customers();
      const { log } = test.lmpi;
      expect(log.writes()[0]).to.deep.equal({
        at: test.clock.now(),
        method: "POST",
        path: "/LMPI/v2/customers",
        operation: "createCustomer",
        kind: "write",
        status: 200,
        isCommitted: true,
        key: 1,
      });
      expect(log.writes()[1]).to.include({ status: 400, isCommitted: false });
      expect(log.reads().map(({ operation }) => operation)).to.deep.equal(["listCustomers"]);
    });

    it("keeps the window and the page, and forgets all when reset", async () => {
      await test.customers("page=2");
      expect(test.lmpi.log.of("listCustomers")[0]?.path).to.equal(
        "/LMPI/v3/customers?created_start=2020-01-01T00:00:00Z&created_end=2030-01-01T00:00:00Z&page=2",
      );
      test.lmpi.log.reset();
      expect(test.lmpi.log.entries).to.deep.equal([]);
    });

    it("never holds a token, a key or a signature, not even one sent in an address", async () => {
      const { accessToken, secretKey, controlToken } = test.lmpi;
      await test.get(`/LMPI/v3/me/serviceplans?access_token=${accessToken}`);
      await test.get(`/LMPI/${accessToken}/${encodeURIComponent(secretKey)}/x`);
      await test.get(`/_control/${controlToken}`);
      const kept = JSON.stringify(test.lmpi.log.entries);
      for (const secret of [accessToken, secretKey, encodeURIComponent(secretKey), controlToken]) {
        expect(kept).not.to.include(secret);
      }
      expect(test.lmpi.log.entries).to.have.length(3);
      expect(kept).not.to.match(/signature|access_token/);
    });

    it("keeps requests that were refused for their signature", async () => {
      await test.send("POST", "/LMPI/v2/customers", customerBody(), { secretKey: "another" });
      expect(test.lmpi.log.writes()[0]).to.include({ operation: "createCustomer", status: 401, isCommitted: false });
    });
  });

  describe("out-of-band edits", () => {
    let customerId: string;
    let subscription: { id: string; path: string };
    beforeEach(async () => {
      customerId = await test.createCustomer();
      subscription = await test.createSubscription(customerId);
    });

    async function licence() {
      return (await test.get(`/LMPI/v2${subscription.path}`)).body.licenses[0];
    }

    it("changes units, and the subscription counts as modified", async () => {
      applyEdit(test.lmpi.store, { kind: "setUnits", subscriptionId: subscription.id, units: 99 });
      expect((await licence()).units).to.equal(99);
      expect((await test.subscriptions("modified")).body.paging.total).to.equal(1);
    });

    it("changes the expiration date", async () => {
      applyEdit(test.lmpi.store, { kind: "setExpiry", subscriptionId: subscription.id, date: "2030-01-01" });
      expect((await licence()).license_expiration_date).to.equal("2030-01-01T00:00:00Z");
    });

    it("turns auto-renewal off, suspends and disables", async () => {
      const { store } = test.lmpi;
      const other = await test.createSubscription(customerId, "Email Security Yearly");
      const third = await test.createSubscription(customerId, "Cloud App Security Monthly");
      applyEdit(store, { kind: "setAutoRenewal", subscriptionId: subscription.id, isOn: false });
      applyEdit(store, { kind: "suspend", subscriptionId: other.id });
      applyEdit(store, { kind: "disable", subscriptionId: third.id });
      const reads = [];
      for (const { path } of [subscription, other, third]) reads.push((await test.get(`/LMPI/v2${path}`)).body);
      expect(reads.map(({ is_auto_renewal }) => is_auto_renewal)).to.deep.equal([false, false, false]);
      expect(reads.map(({ enabled }) => enabled)).to.deep.equal([true, true, false]);
    });

    it("renames a customer and changes its company", async () => {
      applyEdit(test.lmpi.store, { kind: "rename", customerId, name: "Other Name" });
      applyEdit(test.lmpi.store, { kind: "changeCompany", customerId, company: { city: "Hamburg" } });
      applyEdit(test.lmpi.store, { kind: "setStatus", customerId, status: "Disabled" });
      const [listed] = (await test.customers()).body.customers;
      expect(listed).to.include({ name: "Other Name", city: "Hamburg", note: "first", status: "Disabled" });
    });

    it("adds a second customer of the same name even where LMPI would refuse it", async () => {
      test.lmpi.readings.sameName = "refuse";
      applyEdit(test.lmpi.store, { kind: "addCustomer", company: customerBody().company });
      expect((await test.customers()).body.paging.total).to.equal(2);
    });

    it("adds a subscription that no program declares, and removes one", async () => {
      const { store } = test.lmpi;
      const { id } = applyEdit(store, { kind: "addSubscription", customerId, plan: "Email Security Yearly", units: 3 });
      applyEdit(store, { kind: "removeSubscription", subscriptionId: subscription.id });
      const listed = (await test.subscriptions()).body.subscriptions;
      expect(listed.map(({ subscription_id }: { subscription_id: string }) => subscription_id)).to.deep.equal([id]);
    });

    it("removes a customer with all its subscriptions", async () => {
      applyEdit(test.lmpi.store, { kind: "removeCustomer", customerId });
      const totals = [await test.customers(), await test.subscriptions()].map(({ body }) => body.paging.total);
      expect(totals).to.deep.equal([0, 0]);
    });

    it("refuses what can't be done", () => {
      const { store } = test.lmpi;
      expect(() => applyEdit(store, { kind: "rename", customerId: "none", name: "x" })).to.throw(
        /customer does not exist/,
      );
      expect(() => applyEdit(store, { kind: "setUnits", subscriptionId: subscription.id, units: 0 })).to.throw(
        /1 to 999999/,
      );
      expect(() => applyEdit(store, { kind: "explode" } as never)).to.throw(/no edit "explode"/);
    });
  });

  describe("control API", () => {
    async function control(method: string, name: string, body?: object, token = test.lmpi.controlToken) {
      const response = await fetch(`${test.lmpi.url}/_control/${name}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as ReturnType<typeof JSON.parse> };
    }

    it("is closed without its token, LMPI's own included", async () => {
      const statuses = [];
      for (const token of ["", test.lmpi.accessToken])
        statuses.push((await control("GET", "state", undefined, token)).status);
      expect(statuses).to.deep.equal([401, 401]);
    });

    it("arms faults", async () => {
      const armed = await control("POST", "faults", { fault: { kind: "emptyList" }, target: "lists", times: "always" });
      await test.createCustomer();
      expect(armed.status).to.equal(200);
      expect((await test.customers()).body.paging.total).to.equal(0);
    });

    it("edits the world, and shows it", async () => {
      const customerId = await test.createCustomer();
      const edited = await control("POST", "edit", { kind: "rename", customerId, name: "Other Name" });
      const state = await control("GET", "state");
      expect(edited.body).to.deep.equal({ id: customerId });
      expect(state.body.customers[0].company.name).to.equal("Other Name");
      expect(state.body.plans).to.have.length(6);
    });

    it("switches readings", async () => {
      const switched = await control("PUT", "readings", { plansReply: "wrapped" });
      expect(switched.body.plansReply).to.equal("wrapped");
      expect((await test.get("/LMPI/v3/me/serviceplans")).body).to.have.property("service_plans");
    });

    it("shows the log without being in it, and resets", async () => {
      await test.createCustomer();
      const log = await control("GET", "log");
      await control("POST", "reset", { what: "log" });
      const kept = await control("GET", "state");
      await control("POST", "reset");
      const state = await control("GET", "state");
      expect(log.body.writes).to.have.length(1);
      expect(test.lmpi.log.entries).to.have.length(0);
      expect([kept, state].map(({ body }) => body.customers.length)).to.deep.equal([1, 0]);
    });

    const refused = [
      { reason: "a fault that it does not know", name: "faults", body: { fault: { kind: "flood" }, target: "*" } },
      { reason: "a fault without a target", name: "faults", body: { fault: { kind: "garbage" } } },
      { reason: "an edit that it does not know", name: "edit", body: { kind: "explode" } },
      { reason: "an edit of nothing", name: "edit", body: { kind: "rename", customerId: "none", name: "x" } },
      { reason: "a reset of something else", name: "reset", body: { what: "moon" } },
    ];
    for (const { reason, name, body } of refused) {
      it(`refuses ${reason} in words`, async () => {
        const answer = await control("POST", name, body);
        expect(answer.status).to.equal(400);
        expect(answer.body.error).to.be.a("string");
      });
    }
  });
});
