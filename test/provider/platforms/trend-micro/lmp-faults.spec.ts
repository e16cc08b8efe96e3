import { expect } from "chai";
import { hasKind, type ProviderError } from "../../../../provider/errors";
import type { CompanyProfile } from "../../../../provider/generated/types";
import type { AssignmentRecord, SubjectRef } from "../../../../provider/platforms/platform";
import type { Fault } from "../../../../sandbox/trend-micro/faults";
import { EMAIL, type LmpDriver, type LmpWorld, startLmpWorld, WFBSS } from "./lmp-world";

const BERLIN: CompanyProfile = { city: "Berlin", state: "BE", country: "DE" };
const DRAFT = {
  name: "Acme Dental",
  company: BERLIN,
  firstUser: { loginName: "acme-admin", firstName: "Ada", lastName: "Byron", email: "ada@example.com" },
};

const LOST: readonly { readonly fault: Fault; readonly reason: string }[] = [
  { fault: { kind: "droppedReply", isCommitted: true }, reason: "the reply is dropped" },
  { fault: { kind: "serverError", isCommitted: true, status: 500 }, reason: "500 is answered" },
  { fault: { kind: "serverError", isCommitted: true, status: 502 }, reason: "502 is answered" },
  { fault: { kind: "serverError", isCommitted: true, status: 503 }, reason: "503 is answered" },
  { fault: { kind: "serverError", isCommitted: true, status: 504 }, reason: "504 is answered" },
  { fault: { kind: "errorInOk", isCommitted: true }, reason: "200 is answered with a failure of the system in it" },
  { fault: { kind: "garbage" }, reason: "the reply is garbage" },
  { fault: { kind: "hugeBody" }, reason: "the reply is huge" },
];

describe("LMP driver, when the platform fails", () => {
  let world: LmpWorld;
  let driver: LmpDriver;
  let customer: SubjectRef;

  beforeEach(async () => {
    world = await startLmpWorld();
    driver = world.driver();
    customer = await world.addSubject("Birch Law");
  });
  afterEach(() => world.close());

  const assigned = (product = WFBSS): Promise<AssignmentRecord> =>
    driver.assignments.create({ subject: customer, product, units: 5 });
  const sent = (operation: Parameters<LmpWorld["sandbox"]["log"]["of"]>[0]) => world.sandbox.log.of(operation).length;

  for (const { fault, reason } of LOST) {
    describe(`after a write was done and ${reason}`, () => {
      it("leaves a customer's creation ambiguous, sends it once, and finds what it made", async () => {
        world.sandbox.faults.arm(fault, { target: "createCustomer" });
        const error = await failure(driver.customers.create(DRAFT));
        expect(error?.kind).to.equal("ambiguous");
        expect(sent("createCustomer")).to.equal(1);
        expect((await driver.customers.find({ name: DRAFT.name, country: "DE" }))?.name).to.equal(DRAFT.name);
        expect(
          [...world.sandbox.store.customers.values()].filter((made) => made.company.name === DRAFT.name),
        ).to.have.length(1);
      });

      it("recognises the subscription that it made, and sends its creation once", async () => {
        world.sandbox.faults.arm(fault, { target: "createSubscription" });
        const made = await assigned();
        expect(made).to.include({ units: 5, product: WFBSS });
        expect(sent("createSubscription")).to.equal(1);
        expect([...world.sandbox.store.subscriptions.keys()]).to.deep.equal([made.id]);
      });

      it("reads back updates and cancellations instead of sending them again", async () => {
        const made = await assigned();
        world.sandbox.faults.arm(fault, { target: "updateSubscription" });
        world.sandbox.faults.arm(fault, { target: "disableSubscription" });
        world.sandbox.faults.arm(fault, { target: "updateCustomer" });
        expect((await driver.assignments.setUnits(made, 9)).units).to.equal(9);
        await driver.assignments.end(made);
        expect(world.isEnabled(made.id)).to.equal(false);
        expect((await driver.customers.update(customer.key, { name: "Birch & Oak", company: BERLIN })).name).to.equal(
          "Birch & Oak",
        );
        expect([sent("updateSubscription"), sent("disableSubscription"), sent("updateCustomer")]).to.deep.equal([
          1, 1, 1,
        ]);
      });
    });
  }

  describe("before a write was done", () => {
    const fault: Fault = { kind: "droppedReply", isCommitted: false };

    it("leaves every write ambiguous, and sends none again", async () => {
      const made = await assigned();
      for (const target of [
        "createCustomer",
        "createSubscription",
        "updateSubscription",
        "disableSubscription",
        "updateCustomer",
      ] as const) {
        world.sandbox.faults.arm(fault, { target });
      }
      world.sandbox.log.reset();
      for (const call of [
        driver.customers.create(DRAFT),
        assigned(EMAIL),
        driver.assignments.setUnits(made, 9),
        driver.assignments.end(made),
        driver.customers.update(customer.key, { name: "Birch & Oak", company: BERLIN }),
      ]) {
        expect((await failure(call))?.kind).to.equal("ambiguous");
      }
      expect(world.sandbox.log.writes()).to.have.length(5);
      expect(world.sandbox.log.writes().some((write) => write.isCommitted)).to.equal(false);
    });

    it("looks for what it may have made in a new listing each time, until found", async () => {
      world.sandbox.faults.arm(fault, { target: "createCustomer" });
      await failure(driver.customers.create(DRAFT));
      expect(await driver.customers.find({ name: DRAFT.name, country: "DE" })).to.equal(undefined);
      const id = await world.addCustomer(DRAFT.name, BERLIN);
      expect((await driver.customers.find({ name: DRAFT.name, country: "DE" }))?.id).to.equal(id);
    });
  });

  it("takes a subscription that was there before for no answer to what became of a creation", async () => {
    const before = await assigned();
    world.sandbox.faults.arm({ kind: "droppedReply", isCommitted: false }, { target: "createSubscription" });
    expect((await failure(assigned()))?.kind).to.equal("ambiguous");
    expect([...world.sandbox.store.subscriptions.keys()]).to.deep.equal([before.id]);
  });

  it("takes an error inside a 200 for an error, on reads and on writes", async () => {
    for (const target of ["listCustomers", "listServicePlans", "listSubscriptions"] as const) {
      world.sandbox.faults.arm({ kind: "errorInOk", isCommitted: false }, { target, times: "always" });
    }
    for (const call of [
      driver.customers.list(),
      driver.assignments.list(),
      driver.assignments.resolveProduct(WFBSS),
      driver.identity(),
    ]) {
      expect(await failure(call)).to.have.property("name", "ProviderError");
    }
    world.sandbox.faults.reset();
    world.sandbox.faults.arm({ kind: "errorInOk", isCommitted: false }, { target: "createCustomer" });
    expect(await failure(driver.customers.create(DRAFT))).to.have.property("name", "ProviderError");
    expect(sent("createCustomer")).to.equal(1);
  });

  it("does not believe a list of customers that is empty all at once, and does believe it later", async () => {
    await driver.customers.list();
    world.sandbox.faults.arm({ kind: "emptyList" }, { target: "listCustomers", times: "always" });
    const error = await failure(driver.customers.find({ name: "Birch Law", country: "DE" }, { fresh: true }));
    expect(error?.kind).to.equal("unavailable");
    expect(error?.message).to.match(/^Trend Micro lists no customer where it listed 1 a moment ago/);
    world.clock.advance(600_000);
    expect(await driver.customers.list({ fresh: true })).to.deep.equal([]);
  });

  describe("in the middle of a listing", () => {
    beforeEach(async () => {
      for (let i = 1; i <= 120; i++) await world.addAssignment(await world.addSubject(`Customer ${i}`), WFBSS, 1);
    });

    const faults: readonly { readonly fault: Fault; readonly skip: number; readonly reason: string }[] = [
      { fault: { kind: "cutPage" }, skip: 0, reason: "a first page that is cut" },
      { fault: { kind: "cutPage" }, skip: 1, reason: "a last page that is cut" },
      { fault: { kind: "cutPage", keep: 0 }, skip: 1, reason: "a last page that is empty" },
      { fault: { kind: "repeatedPage" }, skip: 1, reason: "a page that is repeated" },
    ];
    for (const { fault, skip, reason } of faults) {
      it(`never reads as "gone": ${reason}`, async () => {
        for (const target of ["listCustomers", "listSubscriptions"] as const)
          world.sandbox.faults.arm(fault, { target, skip });
        expect((await failure(driver.customers.list()))?.kind).to.equal("unavailable");
        expect((await failure(driver.assignments.list()))?.kind).to.equal("unavailable");
        // Nothing of it is remembered.
        expect(await driver.customers.list()).to.have.length(121);
        expect(await driver.assignments.list()).to.have.length(120);
      });
    }

    it("takes added fields and another order for the same", async () => {
      for (const kind of ["addedFields", "reordered"] as const) {
        world.sandbox.faults.arm({ kind }, { target: "reads", times: "always" });
        const names = (await world.driver().customers.list()).map((listed) => listed.name).sort();
        expect(names).to.have.length(121);
        expect(names[0]).to.equal("Birch Law");
      }
    });
  });

  it("reads again what failed, and gives up when it keeps failing", async () => {
    world.sandbox.faults.arm(
      { kind: "serverError", isCommitted: false, status: 502 },
      { target: "listCustomers", times: 2 },
    );
    expect(await driver.customers.list()).to.have.length(1);
    world.sandbox.faults.arm({ kind: "garbage" }, { target: "listCustomers", times: "always" });
    expect((await failure(driver.customers.list({ fresh: true })))?.kind).to.equal("unavailable");
  });

  for (const retryAfter of ["seconds", "date", "none"] as const) {
    it(`waits when it is told to slow down (Retry-After: ${retryAfter}), and then does what was asked, once`, async () => {
      world.sandbox.faults.arm({ kind: "tooManyRequests", retryAfter, seconds: 30 }, { target: "createCustomer" });
      const from = world.clock.now();
      const made = await driver.customers.create(DRAFT);
      expect(world.profileOf(made.id)?.name).to.equal(DRAFT.name);
      expect(world.sandbox.log.of("createCustomer").map((call) => call.status)).to.deep.equal([429, 200]);
      const [first, second] = world.sandbox.log.of("createCustomer");
      expect((second?.at ?? 0) - (first?.at ?? 0)).to.be.at.least(retryAfter === "none" ? 300 : 29_000);
      expect(world.clock.now() - from).to.be.lessThan(40_000);
    });
  }

  it("stays within a rate that the platform enforces", async () => {
    await world.close();
    world = await startLmpWorld({
      served: { rateLimit: { requests: 5, perMs: 1_000 } },
      connection: { requestsPerSecond: 5 },
    });
    driver = world.driver();
    for (let i = 0; i < 12; i++)
      await driver.customers.create({
        ...DRAFT,
        name: `Customer ${i}`,
        firstUser: { ...DRAFT.firstUser, loginName: `login-${i}` },
      });
    expect(world.sandbox.log.entries.filter((call) => call.status === 429)).to.deep.equal([]);
    expect(world.sandbox.store.customers.size).to.equal(12);
  });

  it("knows what it made though lists hide it, and finds two that one creation made for an error", async () => {
    world.sandbox.faults.arm({ kind: "hiddenFor", ms: 240_000 }, { target: "createCustomer" });
    const hidden = await driver.customers.create(DRAFT);
    expect(await driver.customers.find({ id: hidden.id, name: DRAFT.name })).to.include({ name: DRAFT.name });
    world.sandbox.faults.arm({ kind: "duplicateName" }, { target: "createCustomer" });
    await driver.customers.create({ ...DRAFT, name: "Twins", firstUser: { ...DRAFT.firstUser, loginName: "twins" } });
    expect((await failure(world.driver().customers.find({ name: "Twins" })))?.message).to.contain(
      "2 customers named Twins",
    );
  });

  it("names no secret in any failure", async () => {
    const { inspect } = await import("node:util");
    const faults: readonly Fault[] = [
      { kind: "serverError", isCommitted: false, status: 500 },
      { kind: "droppedReply", isCommitted: false },
      { kind: "garbage" },
    ];
    for (const fault of faults) {
      world.sandbox.faults.arm(fault, { target: "createCustomer" });
      const error = await failure(driver.customers.create(DRAFT));
      const everything = inspect(error, { depth: 20, showHidden: true, getters: true });
      expect(hasKind(error, "ambiguous")).to.equal(true);
      for (const secret of [world.sandbox.accessToken, world.sandbox.secretKey])
        expect(everything).to.not.contain(secret);
    }
  });
});

async function failure(call: Promise<unknown>): Promise<ProviderError | undefined> {
  return call.then(
    () => undefined,
    (error) => error as ProviderError,
  );
}
