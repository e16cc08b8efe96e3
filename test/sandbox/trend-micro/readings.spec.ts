import { expect } from "chai";
import { checkReadings, type LmpiReadings } from "../../../sandbox/trend-micro/readings";
import { customerBody, LmpiUnderTest } from "./lmpi-client";

describe("sandbox LMPI readings", () => {
  let test: LmpiUnderTest;
  beforeEach(async () => {
    test = await LmpiUnderTest.start();
  });
  afterEach(() => test.lmpi.close());

  function read(readings: Partial<LmpiReadings>): void {
    Object.assign(test.lmpi.readings, readings);
  }

  const windows = [
    { format: "iso-z", query: "start=2026-03-02T09:00:00Z&end=2026-03-02T09:00:01Z" },
    { format: "iso-local", query: "start=2026-03-02T09:00:00&end=2026-03-02T09:00:01" },
    { format: "iso-millis", query: "start=2026-03-02T09:00:00.250Z&end=2026-03-02T09:00:00.250Z" },
    { format: "posix", query: "start=1772442000&end=1772442001" },
  ] as const;
  for (const { format, query } of windows) {
    it(`dateFormat ${format}: takes windows so written and no others`, async () => {
      read({ dateFormat: format });
      await test.createCustomer();
      const totals = [];
      for (const other of windows) totals.push((await test.customers(other.query)).body.paging?.total);
      expect(totals).to.deep.equal(windows.map((other) => (other.query === query ? 1 : undefined)));
    });
  }

  const replies = [
    { format: "iso-z", expected: "2027-03-02T09:00:00Z" },
    { format: "iso-local", expected: "2027-03-02T09:00:00" },
    { format: "iso-millis", expected: "2027-03-02T09:00:00.250Z" },
    { format: "posix", expected: 1803978000 },
  ] as const;
  for (const { format, expected } of replies) {
    it(`replyDates ${format}: writes dates so`, async () => {
      read({ replyDates: format });
      const { path } = await test.createSubscription(await test.createCustomer());
      expect((await test.get(`/LMPI/v2${path}`)).body.licenses[0].license_expiration_date).to.equal(expected);
    });
  }

  it("windowEnd exclusive: what is stamped at the end is outside", async () => {
    read({ windowEnd: "exclusive" });
    await test.createCustomer();
    const listed = await test.customers("start=2026-03-02T08:00:00Z&end=2026-03-02T09:00:00Z");
    expect(listed.body.paging.total).to.equal(0);
  });

  it("windowDays: a wider window is refused, one just as wide is not", async () => {
    read({ windowDays: 30 });
    const wide = await test.customers("start=2026-03-01T00:00:00Z&end=2026-03-31T00:00:01Z");
    const right = await test.customers("start=2026-03-01T00:00:00Z&end=2026-03-31T00:00:00Z");
    expect([wide.status, right.status]).to.deep.equal([400, 200]);
  });

  it("errors body: errors come with status 200, those of authentication too", async () => {
    read({ errors: "body" });
    const invalid = await test.post("/LMPI/v2/customers", {});
    const unknown = await test.send("GET", "/LMPI/v3/me/serviceplans", undefined, { secretKey: "another" });
    expect([invalid.status, unknown.status]).to.deep.equal([200, 200]);
    expect(invalid.body.error_subject).to.equal("INVALID_PARAMETER");
    expect(unknown.body.error_subject).to.equal("AUTHENTICATION_FAILED");
  });

  it("creationCountsAsModified: a new user is in the v2 list", async () => {
    read({ creationCountsAsModified: true });
    await test.createCustomer();
    expect((await test.users()).body.paging.total).to.equal(1);
  });

  for (const counts of [true, false]) {
    it(`companyChangeCountsAsModified ${counts}: a changed company is ${counts ? "" : "not "}in the v2 list`, async () => {
      read({ companyChangeCountsAsModified: counts });
      const id = await test.createCustomer();
      await test.put(`/LMPI/v2/customers/${id}`, { company: customerBody("Renamed").company });
      expect((await test.users()).body.paging.total).to.equal(counts ? 1 : 0);
    });
  }

  it("subscriptionCreationCountsAsModified: a new subscription is in the modified list", async () => {
    read({ subscriptionCreationCountsAsModified: true });
    await test.createSubscription(await test.createCustomer());
    expect((await test.subscriptions("modified")).body.paging.total).to.equal(1);
  });

  it("subscriptionChangeCountsAsModified false: a changed subscription is not in the modified list", async () => {
    read({ subscriptionChangeCountsAsModified: false });
    const { path } = await test.createSubscription(await test.createCustomer());
    await test.put(`/LMPI/v2${path}`, { units_per_license: 3 });
    expect((await test.subscriptions("modified")).body.paging.total).to.equal(0);
  });

  it("writeReplies empty: a write answers no body at all", async () => {
    read({ writeReplies: "empty" });
    const created = await test.post("/LMPI/v2/customers", customerBody());
    const { path } = await test.createSubscription([...test.lmpi.store.customers.keys()][0] ?? "");
    const disabled = await test.put(`/LMPI/v2${path}/disable`);
    expect([created.status, created.text, disabled.status, disabled.text]).to.deep.equal([200, "", 200, ""]);
  });

  it("writeReplies ids: a write answers the ids alone", async () => {
    read({ writeReplies: "ids" });
    const { id, path } = await test.createSubscription(await test.createCustomer());
    const updated = await test.put(`/LMPI/v2${path}`, { units_per_license: 3 });
    expect(updated.body).to.deep.equal({ subscription_id: id });
  });

  const names = [
    { name: "customer_id", keys: ["customer_id", "user_id"] },
    { name: "id", keys: ["id", "user_id"] },
    { name: "companyId", keys: ["companyId", "userId"] },
    { name: "nested", keys: ["company", "user"] },
  ] as const;
  for (const { name, keys } of names) {
    it(`createIds ${name}: a creation answers ${keys.join(" and ")}`, async () => {
      read({ createIds: name });
      const answer = await test.post("/LMPI/v2/customers", customerBody());
      expect(answer.body).to.have.all.keys(...keys);
    });
  }

  it("v3CreateMakesUser: the contact becomes a user", async () => {
    read({ v3CreateMakesUser: true });
    const contact = { first_name: "Ann", last_name: "Lee", email: "ann@example.com" };
    const answer = await test.post("/LMPI/v3/customers", { company: customerBody().company, contact });
    expect(answer.body).to.have.all.keys("customer_id", "user_id");
  });

  it("updateBody flat: takes the flat body and refuses the nested one", async () => {
    read({ updateBody: "flat" });
    const id = await test.createCustomer();
    const { company } = customerBody("Renamed");
    const nested = await test.put(`/LMPI/v2/customers/${id}`, { company });
    const flat = await test.put(`/LMPI/v2/customers/${id}`, company);
    expect([nested.status, flat.status]).to.deep.equal([400, 200]);
  });

  it("updateBody nested: refuses the flat body", async () => {
    const id = await test.createCustomer();
    expect((await test.put(`/LMPI/v2/customers/${id}`, customerBody("Renamed").company)).status).to.equal(400);
  });

  it("updateEffect merge: what is left out stays", async () => {
    read({ updateEffect: "merge" });
    const id = await test.createCustomer();
    await test.put(`/LMPI/v2/customers/${id}`, { company: { name: "Renamed" } });
    expect((await test.customers()).body.customers[0]).to.include({ name: "Renamed", city: "Berlin", note: "first" });
  });

  it("updateEffect replace: a body without what is required is refused", async () => {
    const id = await test.createCustomer();
    expect((await test.put(`/LMPI/v2/customers/${id}`, { company: { name: "Renamed" } })).status).to.equal(400);
  });

  const updates = [
    { subscriptionUpdate: "changes", expiry: "2026-12-31T00:00:00Z", withoutUnits: 200 },
    { subscriptionUpdate: "whole", expiry: "2027-03-02T09:00:00Z", withoutUnits: 400 },
  ] as const;
  for (const { subscriptionUpdate, expiry, withoutUnits } of updates) {
    it(`subscriptionUpdate ${subscriptionUpdate}: decides over what an update leaves out`, async () => {
      const { path } = await test.createSubscription(await test.createCustomer());
      await test.put(`/LMPI/v2${path}`, { license_expiration_date: "2026-12-31" });
      read({ subscriptionUpdate });
      const updated = await test.put(`/LMPI/v2${path}`, { units_per_license: 3 });
      const refused = await test.put(`/LMPI/v2${path}`, { license_expiration_date: "2026-12-30" });
      expect(updated.body.licenses[0]).to.include({ units: 3, license_expiration_date: expiry });
      expect(refused.status).to.equal(withoutUnits);
    });
  }

  for (const mayExtend of [true, false]) {
    it(`expiryMayExtend ${mayExtend}: a later date is ${mayExtend ? "taken" : "refused"}, an earlier one taken`, async () => {
      read({ expiryMayExtend: mayExtend });
      const { path } = await test.createSubscription(await test.createCustomer());
      const later = await test.put(`/LMPI/v2${path}`, { license_expiration_date: "2028-01-01T00:00:00Z" });
      const earlier = await test.put(`/LMPI/v2${path}`, { license_expiration_date: "2026-12-31T00:00:00Z" });
      expect([later.status, earlier.status]).to.deep.equal([mayExtend ? 200 : 400, 200]);
    });
  }

  for (const sameName of ["accept", "refuse"] as const) {
    it(`sameName ${sameName}: decides over a second customer of a name`, async () => {
      read({ sameName });
      await test.createCustomer("Acme Dental", "one");
      const second = await test.post("/LMPI/v2/customers", customerBody("Acme Dental", "two"));
      expect(second.status).to.equal(sameName === "accept" ? 200 : 409);
    });
  }

  it("samePlan refuse: a second subscription of a plan is refused until the first is disabled", async () => {
    read({ samePlan: "refuse" });
    const customerId = await test.createCustomer();
    const { path } = await test.createSubscription(customerId);
    const order = { service_plan_id: test.planId("WFBS-S Yearly"), units_per_license: 1 };
    const refused = await test.post(`/LMPI/v2/customers/${customerId}/subscriptions`, order);
    await test.put(`/LMPI/v2${path}/disable`);
    const accepted = await test.post(`/LMPI/v2/customers/${customerId}/subscriptions`, order);
    expect([refused.status, accepted.status]).to.deep.equal([409, 200]);
  });

  for (const getId of ["newest", "oldest", "refuse"] as const) {
    it(`getId ${getId}: says so of two subscriptions of a plan`, async () => {
      read({ getId });
      const customerId = await test.createCustomer();
      const oldest = await test.createSubscription(customerId);
      const newest = await test.createSubscription(customerId);
      const answer = await find(customerId);
      const expected = { newest: newest.id, oldest: oldest.id, refuse: undefined };
      expect(answer.body.subscription_id).to.equal(expected[getId]);
      expect(answer.status).to.equal(getId === "refuse" ? 409 : 200);
    });
  }

  for (const finds of [true, false]) {
    it(`getIdFindsDisabled ${finds}: GetID ${finds ? "finds" : "passes over"} a disabled subscription`, async () => {
      read({ getIdFindsDisabled: finds });
      const customerId = await test.createCustomer();
      const { path } = await test.createSubscription(customerId);
      await test.put(`/LMPI/v2${path}/disable`);
      expect((await find(customerId)).status).to.equal(finds ? 200 : 404);
    });
  }

  for (const enabled of [true, false]) {
    it(`enabledWhileSuspended ${enabled}: list, subscription and licence say ${enabled}`, async () => {
      read({ enabledWhileSuspended: enabled });
      const { path } = await test.createSubscription(await test.createCustomer());
      await test.put(`/LMPI/v3${path}/suspend`);
      const one = await test.get(`/LMPI/v2${path}`);
      const [listed] = (await test.subscriptions()).body.subscriptions;
      expect([listed.enabled, one.body.enabled, one.body.licenses[0].enabled]).to.deep.equal([
        enabled,
        enabled,
        enabled,
      ]);
    });
  }

  for (const disableTwice of ["accept", "refuse"] as const) {
    it(`disableTwice ${disableTwice}: decides over the second time`, async () => {
      read({ disableTwice });
      const { path } = await test.createSubscription(await test.createCustomer());
      await test.put(`/LMPI/v2${path}/disable`);
      expect((await test.put(`/LMPI/v2${path}/disable`)).status).to.equal(disableTwice === "accept" ? 200 : 409);
    });
  }

  const versions = [
    { planVersion: "words", expected: ["full", "trial"] },
    { planVersion: "numbers", expected: [1, 0] },
  ] as const;
  for (const { planVersion, expected } of versions) {
    it(`planVersion ${planVersion}: plans say ${expected.join(" and ")}`, async () => {
      read({ planVersion });
      const { body } = await test.get("/LMPI/v3/me/serviceplans");
      expect([body.at(0).version, body.at(-1).version]).to.deep.equal(expected);
    });
  }

  it("plansReply wrapped: plans come inside an object", async () => {
    read({ plansReply: "wrapped" });
    expect((await test.get("/LMPI/v3/me/serviceplans")).body.service_plans).to.have.length(6);
  });

  describe("crossGrade", () => {
    async function suiteOver(crossGrade: LmpiReadings["crossGrade"]) {
      read({ crossGrade });
      const customerId = await test.createCustomer();
      const old = await test.createSubscription(customerId, "WFBS-S Yearly", 10);
      const other = await test.createSubscription(customerId, "Email Security Yearly", 4);
      const suite = await test.createSubscription(customerId, "Worry-Free Suite Yearly", 5);
      const reads = [];
      for (const { path } of [old, other, suite]) reads.push((await test.get(`/LMPI/v2${path}`)).body);
      const modified = (await test.subscriptions("modified")).body.paging.total;
      return { names: reads.map(({ name }) => name), enabled: reads.map(({ enabled }) => enabled), reads, modified };
    }

    it("off: a suite leaves other licences alone", async () => {
      const { names, modified } = await suiteOver("off");
      expect(names).to.deep.equal(["WFBS-S Yearly", "Email Security Yearly", "Worry-Free Suite Yearly"]);
      expect(modified).to.equal(0);
    });

    it("convert: licences of covered products become the suite's, and count as modified", async () => {
      const { names, enabled, modified } = await suiteOver("convert");
      expect(names).to.deep.equal(["Worry-Free Suite Yearly", "Email Security Yearly", "Worry-Free Suite Yearly"]);
      expect(enabled).to.deep.equal([true, true, true]);
      expect(modified).to.equal(1);
    });

    it("absorb: the old subscription is disabled and its units are the suite's", async () => {
      const { enabled, reads } = await suiteOver("absorb");
      expect(enabled).to.deep.equal([false, true, true]);
      expect(reads[2].licenses[0].units).to.equal(15);
    });
  });

  it("visibilityMs: lists show a new object only after that time, while it can be read by its id at once", async () => {
    read({ visibilityMs: 60_000 });
    const { path } = await test.createSubscription(await test.createCustomer());
    const early = [await test.customers(), await test.subscriptions()].map(({ body }) => body.paging.total);
    const byId = await test.get(`/LMPI/v2${path}`);
    test.clock.advance(60_000);
    const late = [await test.customers(), await test.subscriptions()].map(({ body }) => body.paging.total);
    expect([early, byId.status, late]).to.deep.equal([[0, 0], 200, [1, 1]]);
  });

  it("visibilityMs: the modified list shows a change only after that time", async () => {
    const { path } = await test.createSubscription(await test.createCustomer());
    read({ visibilityMs: 60_000 });
    await test.put(`/LMPI/v2${path}`, { units_per_license: 3 });
    const early = await test.subscriptions("modified");
    test.clock.advance(60_000);
    const late = await test.subscriptions("modified");
    expect([early, late].map(({ body }) => body.paging.total)).to.deep.equal([0, 1]);
  });

  for (const getIdIsLate of [true, false]) {
    it(`getIdIsLate ${getIdIsLate}: GetID ${getIdIsLate ? "waits for the lists" : "is at once"}`, async () => {
      read({ visibilityMs: 60_000, getIdIsLate });
      const customerId = await test.createCustomer();
      await test.createSubscription(customerId);
      expect((await find(customerId)).status).to.equal(getIdIsLate ? 404 : 200);
    });
  }

  it("rateLimit: refuses beyond it with the time to wait, and lets through after it", async () => {
    read({ rateLimit: { requests: 2, perMs: 5000 } });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push(await test.get("/LMPI/v3/me/serviceplans"));
    test.clock.advance(5000);
    statuses.push(await test.get("/LMPI/v3/me/serviceplans"));
    expect(statuses.map(({ status }) => status)).to.deep.equal([200, 200, 429, 200]);
    expect(statuses[2]?.headers.get("retry-after")).to.equal("5");
  });

  describe("from outside", () => {
    const refused = [
      { reason: "an unknown name", given: { dateformat: "posix" }, says: /no reading dateformat/ },
      { reason: "an unknown value", given: { dateFormat: "rfc" }, says: /iso-z or iso-local/ },
      { reason: "a text for a number", given: { windowDays: "30" }, says: /windowDays/ },
      { reason: "a limit of nothing", given: { rateLimit: { requests: 0, perMs: 1000 } }, says: /rateLimit/ },
    ];
    for (const { reason, given, says } of refused) {
      it(`refuses ${reason}`, () => {
        expect(() => checkReadings(given)).to.throw(says);
      });
    }
  });

  function find(customerId: string) {
    return test.get(`/LMPI/v2/customers/${customerId}/serviceplan/${test.planId("WFBS-S Yearly")}/getid`);
  }
});
