import { expect } from "chai";
import { hasKind, ProviderError } from "../../../../provider/errors";
import type { CompanyProfile } from "../../../../provider/generated/types";
import { createLmpi, type Lmpi } from "../../../../provider/platforms/trend-micro/api";
import { createAssignments } from "../../../../provider/platforms/trend-micro/assignments";
import { createCustomers } from "../../../../provider/platforms/trend-micro/customers";
import { trendMicro } from "../../../../provider/platforms/trend-micro/definition";
import { applyEdit } from "../../../../sandbox/trend-micro/edits";
import { steadyRandom } from "../../http/manual-clock";
import { EMAIL, type LmpWorld, startLmpWorld, SUITE, WFBSS } from "./lmp-world";

const BERLIN: CompanyProfile = { city: "Berlin", state: "BE", country: "DE" };
const DRAFT = {
  name: "Acme Dental",
  company: BERLIN,
  firstUser: { loginName: "acme-admin", firstName: "Ada", lastName: "Byron", email: "ada@example.com" },
};
const LMP = { platform: "trend-micro", accountType: "lmp", endpoint: "https://cspi.trendmicro.com" } as const;
const CLP = { platform: "trend-micro", accountType: "clp", account: "Example MSP" } as const;

describe("LMP driver", () => {
  let world: LmpWorld;
  afterEach(() => world?.close());

  const start = async (options: Parameters<typeof startLmpWorld>[0] = {}) => {
    world = await startLmpWorld(options);
    return world.driver();
  };
  const lmpi = (client: LmpWorld) =>
    createLmpi({
      http: client.http(),
      accessToken: client.sandbox.accessToken,
      secretKey: client.sandbox.secretKey,
      readings: {},
      clock: client.clock,
      random: steadyRandom,
    });

  /** The driver's ports over an API that may be another platform's. */
  const ports = (api: Lmpi) => {
    const context = {
      api,
      readings: {},
      clock: world.clock,
      signal: undefined,
      freshForMs: 30_000,
      visibilityWindowMs: 300_000,
    };
    const customers = createCustomers(context);
    return { customers, assignments: createAssignments(context, customers) };
  };
  const oneSubscription = async () => {
    const driver = await start();
    const subject = await world.addSubject("Acme Dental");
    return driver.assignments.create({ subject, product: WFBSS, units: 5 });
  };

  describe("with a clock that is off", () => {
    for (const errors of ["status", "body"] as const) {
      for (const skewMs of [20 * 60_000, -20 * 60_000]) {
        it(`signs anew, once, with the server's time: ${skewMs / 60_000} minutes, errors by ${errors}`, async () => {
          const driver = await start({ skewMs, served: { errors } });
          const made = await driver.customers.create(DRAFT);
          expect(world.profileOf(made.id)?.name).to.equal(DRAFT.name);
          expect(await driver.customers.list({ fresh: true })).to.have.length(1);
          const { entries } = world.sandbox.log;
          expect(entries.filter((call) => call.kind === "write")).to.have.length(2);
          expect(entries).to.have.length(3);
        });
      }
    }

    it("does not sign anew what is refused for another reason", async () => {
      await start();
      const other = createLmpi({
        http: world.http(),
        accessToken: world.sandbox.accessToken,
        secretKey: "another key",
        readings: {},
        clock: world.clock,
        random: steadyRandom,
      });
      const error = await failure(other.servicePlans());
      expect(hasKind(error, "unauthenticated") || hasKind(error, "forbidden")).to.equal(true);
      expect(world.sandbox.log.entries).to.have.length(1);
    });
  });

  describe("what the platform decides by itself", () => {
    for (const enabledWhileSuspended of [true, false]) {
      it(`is a fact, not a difference: suspension, with enabled ${enabledWhileSuspended} meanwhile`, async () => {
        const driver = await start({ served: { enabledWhileSuspended } });
        const subject = await world.addSubject("Acme Dental");
        const made = await driver.assignments.create({ subject, product: WFBSS, units: 5 });
        applyEdit(world.sandbox.store, { kind: "suspend", subscriptionId: made.id });
        const seen = await world
          .driver()
          .assignments.find({ id: made.id, subject, product: WFBSS }, { previous: made });
        expect(seen).to.include({ id: made.id, units: 5, product: WFBSS });
        expect(seen?.facts).to.include({ enabled: enabledWhileSuspended, autoRenewal: false });
        // It is no way to keep one that was to leave.
        await world.driver().assignments.end(seen ?? made);
        expect(await failure(lmpi(world).unsuspendSubscription(subject.key, made.id))).to.have.property(
          "name",
          "ProviderError",
        );
        expect(world.isEnabled(made.id)).to.equal(false);
      });
    }

    for (const crossGrade of ["convert", "absorb"] as const) {
      it(`is a fact, not a difference: cross grade (${crossGrade}) leaves a subscription findable by its id`, async () => {
        const driver = await start({ served: { crossGrade } });
        const subject = await world.addSubject("Acme Dental");
        const made = await driver.assignments.create({ subject, product: WFBSS, units: 5 });
        await driver.assignments.create({ subject, product: SUITE, units: 5 });
        world.later();
        expect(
          (await world.driver().assignments.find({ id: made.id, subject, product: WFBSS }, { previous: made }))?.id,
        ).to.equal(made.id);
      });
    }

    it("is a fact, not a difference: expiry and auto-renewal", async () => {
      const driver = await start();
      const subject = await world.addSubject("Acme Dental");
      const made = await driver.assignments.create({ subject, product: WFBSS, units: 5 });
      world.later();
      applyEdit(world.sandbox.store, { kind: "setExpiry", subscriptionId: made.id, date: "2026-12-24" });
      applyEdit(world.sandbox.store, { kind: "setAutoRenewal", subscriptionId: made.id, isOn: false });
      const seen = await world.driver().assignments.find({ id: made.id, subject, product: WFBSS }, { previous: made });
      expect(seen).to.include({ id: made.id, units: 5 });
      expect(seen?.facts).to.include({ expiresOn: "2026-12-24", autoRenewal: false });
    });
  });

  it("names the account by its customers, which can't be deleted", async () => {
    const driver = await start();
    const { key } = await world.addSubject("Acme Dental");
    expect(await driver.identity()).to.deep.equal({ kind: "overlap", ids: [key] });
  });

  it("refuses two subscriptions of one plan with both ids, and finds each by its own", async () => {
    const driver = await start();
    const subject = await world.addSubject("Acme Dental");
    const ids = [await world.addAssignment(subject, WFBSS, 5), await world.addAssignment(subject, WFBSS, 6)];
    const error = await failure(driver.assignments.find({ subject, product: WFBSS }));
    for (const id of ids) {
      expect(error?.message).to.contain(id);
      expect((await driver.assignments.find({ id, subject, product: WFBSS }))?.id).to.equal(id);
    }
  });

  it("takes a subscription that is unknown under one customer and listed for another for no end of it", async () => {
    const driver = await start();
    const subject = await world.addSubject("Acme Dental");
    const other = await world.addSubject("Birch Law");
    const made = await driver.assignments.create({ subject, product: WFBSS, units: 5 });
    const error = await failure(driver.assignments.end({ ...made, subject: other }));
    expect(error?.message).to.contain(made.id).and.contain(subject.key).and.contain(other.key);
    expect(world.isEnabled(made.id)).to.equal(true);
    applyEdit(world.sandbox.store, { kind: "removeSubscription", subscriptionId: made.id });
    await driver.assignments.end(made);
    expect(await world.driver().assignments.find({ id: made.id, subject, product: WFBSS })).to.equal(undefined);
  });

  it("refuses a name that two service plans have with their ids, and takes the id", async () => {
    await start();
    const plans = world.sandbox.store.plans;
    await world.close();
    const [plan] = plans as [(typeof plans)[number]];
    const driver = await start({ plans: [plan, { ...plan, id: "twin-of-the-first" }] });
    const error = await failure(driver.assignments.resolveProduct(plan.name));
    expect(error?.message).to.contain(plan.id).and.contain("twin-of-the-first");
    expect(await driver.assignments.resolveProduct("twin-of-the-first")).to.deep.equal({
      id: "twin-of-the-first",
      name: plan.name,
    });
    const subject = await world.addSubject("Acme Dental");
    await driver.assignments.create({ subject, product: "twin-of-the-first", units: 5 });
    expect((await driver.assignments.list())[0]?.product, "a name that would be ambiguous is not told").to.equal(
      "twin-of-the-first",
    );
  });

  it("starts a licence on the day that was asked for", async () => {
    const driver = await start();
    const subject = await world.addSubject("Acme Dental");
    const made = await driver.assignments.create({ subject, product: EMAIL, units: 5, startsOn: "2026-04-01" });
    expect(made.facts.startsOn).to.equal("2026-04-01");
  });

  it("says so when an update is accepted and nothing of it ever shows", async () => {
    await start();
    const id = await world.addCustomer("Acme Dental", BERLIN);
    // As a platform does that expects another form of body and ignores what it does not know.
    const { customers } = ports({ ...lmpi(world), updateCustomer: async () => undefined });
    const from = world.clock.now();
    const error = await failure(customers.update(id, { name: "Acme Dental Care", company: BERLIN }));
    expect(error?.kind).to.equal("pending");
    expect(error?.message).to.contain("readings.updateBody");
    expect(world.clock.now() - from).to.equal(300_000);
  });

  it("says so when new units moved the expiry, which nobody asked for", async () => {
    const made = await oneSubscription();
    const api = lmpi(world);
    const { assignments } = ports({
      ...api,
      // As a platform does that resets what an update leaves out.
      updateSubscription: async (customerId, id, change) => {
        await api.updateSubscription(customerId, id, change);
        applyEdit(world.sandbox.store, { kind: "setExpiry", subscriptionId: id, date: "2026-06-30" });
      },
    });
    const error = await failure(assignments.setUnits(made, 9));
    expect(error?.kind).to.equal("partial");
    expect(error?.message).to.contain("2026-06-30").and.contain("readings.subscriptionUpdate");
  });

  it("concludes nothing from a subscription that is listed as live and unknown when it is read", async () => {
    const made = await oneSubscription();
    const { assignments } = ports({
      ...lmpi(world),
      subscription: async () => {
        throw new ProviderError("notFound", "No such subscription.");
      },
    });
    const ref = { id: made.id, subject: made.subject, product: WFBSS };
    expect((await failure(assignments.find(ref)))?.kind).to.equal("unavailable");
    applyEdit(world.sandbox.store, { kind: "disable", subscriptionId: made.id });
    expect((await assignments.find(ref, { fresh: true }))?.facts.enabled).to.equal(false);
  });

  it("suspends, resumes and looks up subscriptions", async () => {
    const driver = await start();
    const subject = await world.addSubject("Acme Dental");
    const made = await driver.assignments.create({ subject, product: WFBSS, units: 5 });
    const api = lmpi(world);
    const plan = await driver.assignments.resolveProduct(WFBSS);
    expect(await api.subscriptionId(subject.key, plan.id)).to.equal(made.id);
    expect(await api.subscriptionId(subject.key, (await driver.assignments.resolveProduct(EMAIL)).id)).to.equal(
      undefined,
    );
    await api.suspendSubscription(subject.key, made.id);
    expect(world.sandbox.store.subscriptions.get(made.id)?.autoRenewal).to.equal(false);
    await api.unsuspendSubscription(subject.key, made.id);
    expect(world.sandbox.store.subscriptions.get(made.id)?.autoRenewal).to.equal(true);
  });

  it("never sends a write whose path lacks an id", async () => {
    await start();
    const api = lmpi(world);
    for (const id of ["", "  ", ".", ".."]) {
      for (const call of [
        api.updateCustomer(id, "Acme", BERLIN),
        api.createSubscription(id, { servicePlanId: "P1" }),
        api.updateSubscription("C1", id, { units: 1 }),
        api.updateSubscription(id, "S1", { units: 1 }),
        api.disableSubscription("C1", id),
        api.disableSubscription(id, "S1"),
        api.suspendSubscription("C1", id),
        api.unsuspendSubscription("C1", id),
      ]) {
        expect((await failure(call))?.kind).to.equal("internal");
      }
    }
    expect(world.sandbox.log.entries).to.have.length(0);
  });
});

describe("Trend Micro definition", () => {
  it("deletes no LMP customer, in the vendor's words, and tells the way out", () => {
    const refusal = trendMicro.capabilities(LMP).Customer?.delete;
    expect(refusal?.mode).to.equal("refused");
    expect(refusal?.why)
      .to.contain("Customer Licensing Portal accounts")
      .and.contain("Once customer accounts are deleted, they cannot be recovered.");
    expect(refusal?.wayOut).to.contain("onDelete: forget");
  });

  it("does everything else of an LMP account by API", () => {
    const { Customer, ProductAssignment } = trendMicro.capabilities(LMP);
    const modes = [
      Customer?.create,
      Customer?.read,
      Customer?.update,
      ProductAssignment?.create,
      ProductAssignment?.read,
      ProductAssignment?.update,
      ProductAssignment?.delete,
    ];
    expect(modes.map((capability) => capability?.mode)).to.deep.equal(Array(7).fill("api"));
  });

  it("has people do what is done of a CLP account, on the vendor's click path", () => {
    const table = trendMicro.capabilities(CLP);
    for (const type of ["Customer", "ProductAssignment"] as const) {
      for (const operation of ["create", "read", "delete"] as const)
        expect(table[type]?.[operation].mode).to.equal("request");
      expect(table[type]?.update.mode, "nobody could tell what was changed").to.equal("refused");
    }
    const path = table.Customer?.delete.clickPath?.join(" ");
    expect(path)
      .to.contain("{subject}")
      .and.contain("Delete")
      .and.contain("All products must be removed from the selected customer before the customer can be deleted.");
    expect(table.Customer?.delete.irrecoverable).to.contain(
      "Once customer accounts are deleted, they cannot be recovered.",
    );
    expect(table.ProductAssignment?.delete.clickPath?.join(" ")).to.contain("{product}");
  });

  it("has no device owners, on either", () => {
    expect([trendMicro.capabilities(LMP).DeviceOwner, trendMicro.capabilities(CLP).DeviceOwner]).to.deep.equal([
      undefined,
      undefined,
    ]);
  });

  it("asks for credentials only where there is an API", () => {
    expect(trendMicro.credentials(LMP)).to.deep.equal(["accessToken", "secretKey"]);
    expect(trendMicro.credentials(CLP)).to.deep.equal([]);
  });
});

async function failure(call: Promise<unknown>): Promise<ProviderError | undefined> {
  return call.then(
    () => undefined,
    (error) => error as ProviderError,
  );
}
