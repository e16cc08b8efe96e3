import { expect } from "chai";
import { DAY_MS } from "../../../sandbox/trend-micro/dates";
import { customerBody, LmpiUnderTest } from "./lmpi-client";

describe("sandbox LMPI", () => {
  let test: LmpiUnderTest;
  beforeEach(async () => {
    test = await LmpiUnderTest.start();
  });
  afterEach(() => test.lmpi.close());

  describe("customers", () => {
    it("creates a company with its first user and answers both ids", async () => {
      const answer = await test.post("/LMPI/v2/customers", customerBody());
      const listed = await test.customers();
      expect(answer.status).to.equal(200);
      expect(answer.body).to.have.all.keys("customer_id", "user_id");
      expect(listed.body.customers[0]).to.deep.equal({
        customer_id: answer.body.customer_id,
        name: "Acme Dental",
        address: "Street 1",
        city: "Berlin",
        state: "Berlin",
        country: "DE",
        status: "Enabled",
        note: "first",
      });
    });

    it("creates a company with a contact by v3, without a user", async () => {
      const { company, user } = customerBody();
      const answer = await test.post("/LMPI/v3/customers", {
        company,
        contact: { first_name: user.first_name, last_name: user.last_name, email: user.email },
      });
      expect(answer.body).to.have.all.keys("customer_id");
    });

    const refused = [
      { reason: "no company", body: { user: customerBody().user } },
      { reason: "no user", body: { company: customerBody().company } },
      { reason: "a country in words", body: withCompany({ country: "Germany" }) },
      { reason: "a name of 129 characters", body: withCompany({ name: "x".repeat(129) }) },
      { reason: "no city", body: withCompany({ city: undefined }) },
      { reason: "no state", body: withCompany({ state: "" }) },
      { reason: "a body that is no JSON", body: "{" },
    ];
    for (const { reason, body } of refused) {
      it(`refuses ${reason}`, async () => {
        const answer = await test.post("/LMPI/v2/customers", body);
        expect(answer.status).to.equal(400);
        expect(answer.body).to.have.all.keys("error_subject", "error_message");
      });
    }

    it("refuses a login name that another user has", async () => {
      await test.createCustomer("Acme Dental", "acme");
      const answer = await test.post("/LMPI/v2/customers", customerBody("Beta Law", "acme"));
      expect(answer.status).to.equal(409);
    });

    it("updates the company whole and keeps the id", async () => {
      const id = await test.createCustomer();
      const { company } = customerBody("Acme Dental Group");
      await test.put(`/LMPI/v2/customers/${id}`, { company: { ...company, note: undefined } });
      const [listed] = (await test.customers()).body.customers;
      expect(listed.name).to.equal("Acme Dental Group");
      expect(listed).not.to.have.property("note");
    });

    it("shows a user in the v2 list once its profile was modified, and not before", async () => {
      const id = await test.createCustomer();
      const before = await test.users();
      const userId = test.lmpi.store.customer(id).users[0]?.id;
      await test.put(`/LMPI/v2/customers/${id}/users/${userId}`, {
        user: { ...customerBody().user, last_name: "Ray" },
      });
      const [listed] = (await test.users()).body.users;
      expect(before.body.users).to.deep.equal([]);
      expect(listed).to.include({ customer_id: id, user_id: userId, last_name: "Ray" });
    });

    it("has no deleting and no reading of one customer", async () => {
      const id = await test.createCustomer();
      const answers = [
        await test.send("DELETE", `/LMPI/v2/customers/${id}`),
        await test.get(`/LMPI/v2/customers/${id}`),
        await test.get("/other"),
      ];
      expect(answers.map(({ status }) => status)).to.deep.equal([404, 404, 404]);
      expect(answers[0]?.body).to.have.all.keys("error_subject", "error_message");
    });
  });

  describe("windows and pages", () => {
    it("lists what was created inside the window, its end included", async () => {
      await test.createCustomer();
      const inside = await test.customers("start=2026-03-02T09:00:00Z&end=2026-03-02T09:00:00Z");
      const before = await test.customers("start=2026-03-01T00:00:00Z&end=2026-03-02T08:59:59Z");
      const after = await test.customers("start=2026-03-02T09:00:01Z&end=2026-03-03T00:00:00Z");
      expect([inside, before, after].map(({ body }) => body.paging.total)).to.deep.equal([1, 0, 0]);
    });

    const refused = [
      { reason: "no window", uri: "/LMPI/v3/customers" },
      { reason: "half a window", uri: "/LMPI/v3/customers?created_start=2026-01-01T00:00:00Z" },
      { reason: "an end before the start", uri: window("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z") },
      { reason: "a day that does not exist", uri: window("2026-02-31T00:00:00Z", "2026-03-01T00:00:00Z") },
      { reason: "a limit above 100", uri: `${window("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z")}&limit=101` },
      { reason: "page 0", uri: `${window("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z")}&page=0` },
      { reason: "both windows of subscriptions", uri: subscriptions("created", "modified") },
      { reason: "no window of subscriptions", uri: subscriptions() },
    ];
    for (const { reason, uri } of refused) {
      it(`refuses ${reason}`, async () => {
        expect((await test.get(uri)).status).to.equal(400);
      });
    }

    it("pages by 25 unless told, from page 1, and tells the total", async () => {
      for (let n = 0; n < 27; n += 1) await test.createCustomer(`Customer ${n}`, `user-${n}`);
      const first = await test.customers();
      const second = await test.customers("page=2");
      const third = await test.customers("page=3&limit=10");
      expect(first.body.paging).to.deep.equal({ total: 27, limit: 25, page: 1 });
      expect([first, second, third].map(({ body }) => body.customers.length)).to.deep.equal([25, 2, 7]);
    });
  });

  describe("subscriptions", () => {
    let customerId: string;
    beforeEach(async () => {
      customerId = await test.createCustomer();
    });

    it("lists the service plans without paging, in v2 and v3", async () => {
      const v3 = await test.get("/LMPI/v3/me/serviceplans");
      const v2 = await test.get("/LMPI/v2/me/serviceplans");
      expect(v2.body).to.deep.equal(v3.body);
      expect(v3.body[0]).to.have.all.keys(
        "service_plan_id",
        "name",
        "product",
        "product_code",
        "version",
        "initial_license_period_month",
        "data_center_code",
        "data_center",
        "auto_renewal",
      );
    });

    it("creates one with its licences and reads it back", async () => {
      const created = await test.post(`/LMPI/v2/customers/${customerId}/subscriptions`, {
        service_plan_id: test.planId("WFBS-S Yearly"),
        license_start_date: "2026-03-02",
        units_per_license: 12,
      });
      const read = await test.get(`/LMPI/v2/customers/${customerId}/subscriptions/${created.body.subscription_id}`);
      expect(created.body).to.have.all.keys("subscription_id", "product_name", "service_url", "licenses");
      expect(read.body).to.include({ id: created.body.subscription_id, enabled: true, is_auto_renewal: true });
      expect(read.body.licenses[0]).to.include({
        units: 12,
        enabled: true,
        license_start_date: "2026-03-02T00:00:00Z",
        license_expiration_date: "2027-03-02T00:00:00Z",
        grace_period: 30,
      });
    });

    it("lists it with plan and customer, and without units", async () => {
      const { id } = await test.createSubscription(customerId);
      const [listed] = (await test.subscriptions()).body.subscriptions;
      expect(listed).to.deep.equal({
        subscription_id: id,
        name: "WFBS-S Yearly",
        enabled: true,
        is_auto_renewal: true,
        auto_renewal_month: 12,
        service_plan_id: test.planId("WFBS-S Yearly"),
        customer_id: customerId,
      });
    });

    it("lists it as modified once it was updated", async () => {
      const { path } = await test.createSubscription(customerId);
      const before = await test.subscriptions("modified");
      await test.put(`/LMPI/v2${path}`, { units_per_license: 11 });
      const after = await test.subscriptions("modified");
      expect([before, after].map(({ body }) => body.paging.total)).to.deep.equal([0, 1]);
    });

    it("updates units at once", async () => {
      const { path } = await test.createSubscription(customerId);
      await test.put(`/LMPI/v2${path}`, { units_per_license: 999_999 });
      expect((await test.get(`/LMPI/v2${path}`)).body.licenses[0].units).to.equal(999_999);
    });

    for (const units of [0, 1_000_000, 1.5, "5"]) {
      it(`refuses ${JSON.stringify(units)} units`, async () => {
        const { path } = await test.createSubscription(customerId);
        expect((await test.put(`/LMPI/v2${path}`, { units_per_license: units })).status).to.equal(400);
      });
    }

    it("refuses to update a trial", async () => {
      const { path } = await test.createSubscription(customerId, "WFBS-S Trial");
      expect((await test.put(`/LMPI/v2${path}`, { units_per_license: 2 })).status).to.equal(409);
    });

    it("disables at once, and shows it as not enabled", async () => {
      const { path } = await test.createSubscription(customerId);
      await test.put(`/LMPI/v2${path}/disable`);
      const read = await test.get(`/LMPI/v2${path}`);
      expect([read.body.enabled, read.body.licenses[0].enabled]).to.deep.equal([false, false]);
    });

    it("suspends only where auto-renewal is on, and then refuses updates", async () => {
      const renewing = await test.createSubscription(customerId);
      const fixed = await test.createSubscription(customerId, "Cloud Edge Fixed Term");
      const suspended = await test.put(`/LMPI/v3${renewing.path}/suspend`);
      const refused = await test.put(`/LMPI/v3${fixed.path}/suspend`);
      const updated = await test.put(`/LMPI/v2${renewing.path}`, { units_per_license: 2 });
      expect([suspended.status, refused.status, updated.status]).to.deep.equal([200, 409, 409]);
      expect(suspended.body.is_auto_renewal).to.equal(false);
    });

    it("unsuspends within the grace period, with auto-renewal on again", async () => {
      const { path } = await test.createSubscription(customerId);
      await test.put(`/LMPI/v3${path}/suspend`);
      test.clock.advance(29 * DAY_MS);
      const answer = await test.put(`/LMPI/v3${path}/unsuspend`);
      expect(answer.body.is_auto_renewal).to.equal(true);
      expect(answer.body.licenses[0].license_expiration_date).to.equal("2027-03-02T09:00:00Z");
    });

    it("refuses to unsuspend after the grace period", async () => {
      const { path } = await test.createSubscription(customerId);
      await test.put(`/LMPI/v3${path}/suspend`, { license_expiration_date: "2026-04-01" });
      test.clock.advance(61 * DAY_MS);
      expect((await test.put(`/LMPI/v3${path}/unsuspend`)).status).to.equal(409);
    });

    it("renews by itself what has auto-renewal, and counts it as modified", async () => {
      const { path } = await test.createSubscription(customerId, "Cloud App Security Monthly");
      test.clock.advance(40 * DAY_MS);
      const read = await test.get(`/LMPI/v2${path}`);
      const modified = await test.subscriptions("modified");
      expect(read.body.licenses[0].license_expiration_date).to.equal("2026-05-02T09:00:00Z");
      expect(modified.body.paging.total).to.equal(1);
    });

    it("shows a licence as not enabled once its grace period is over", async () => {
      const { path } = await test.createSubscription(customerId, "Cloud Edge Fixed Term");
      test.clock.advance(366 * DAY_MS);
      const inGrace = await test.get(`/LMPI/v2${path}`);
      test.clock.advance(30 * DAY_MS);
      const after = await test.get(`/LMPI/v2${path}`);
      expect([inGrace, after].map(({ body }) => body.licenses[0].enabled)).to.deep.equal([true, false]);
    });

    it("finds the subscription of a plan by GetID, and answers 404 where there is none", async () => {
      const { id } = await test.createSubscription(customerId);
      const found = await test.get(getId(customerId, test.planId("WFBS-S Yearly")));
      const missing = await test.get(getId(customerId, test.planId("Email Security Yearly")));
      expect(found.body).to.deep.equal({ subscription_id: id });
      expect(missing.status).to.equal(404);
    });

    it("knows no subscription under another customer", async () => {
      const { id } = await test.createSubscription(customerId);
      const other = await test.createCustomer("Beta Law", "beta");
      expect((await test.get(`/LMPI/v2/customers/${other}/subscriptions/${id}`)).status).to.equal(404);
    });
  });
});

function withCompany(change: Record<string, unknown>) {
  const { company, user } = customerBody();
  return { company: { ...company, ...change }, user };
}

function window(start: string, end: string): string {
  return `/LMPI/v3/customers?created_start=${start}&created_end=${end}`;
}

function subscriptions(...by: string[]): string {
  const windows = by.map((name) => `${name}_start=2026-01-01T00:00:00Z&${name}_end=2026-02-01T00:00:00Z`);
  return `/LMPI/v2.5/customers/subscriptions?${["page=1", ...windows].join("&")}`;
}

function getId(customerId: string, planId: string): string {
  return `/LMPI/v2/customers/${customerId}/serviceplan/${planId}/getid`;
}
