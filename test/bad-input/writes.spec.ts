import { expect } from "chai";
import { applyEdit } from "../../sandbox/trend-micro/edits";
import { REPLIES_TO_UNITS, repliesTo, type WrongReply } from "./platform/writes";
import { type BadWorld, CUSTOMER, openBadWorld, type Properties, SUBSCRIPTION } from "./support/world";

const EMAIL = "Email Security Yearly";
const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };

/** A write that was done is done once, and known by its own id, whatever was answered to it. */
describe("wrong answers to writes", () => {
  let world: BadWorld;
  let tries = 0;

  before(async function () {
    this.timeout(120_000);
    world = await openBadWorld();
  });
  after(() => world.close());

  const sent = () => world.lmpi.log.writes().length;
  const create = (type: "Customer" | "ProductAssignment", args: Properties) =>
    world
      .run()(type)
      .create({ licence: "keep", wait: "submitted", ...args, platform: "lmp", __resource: `msp/bad::try-${tries}` });

  async function lied<T>(call: RegExp, { answer }: WrongReply, act: () => Promise<T>): Promise<T> {
    world.lmpiFront.tamper(({ method, path }, truth) => (call.test(`${method} ${path}`) ? answer(truth) : undefined));
    try {
      return await act();
    } finally {
      world.lmpiFront.tamper(undefined);
    }
  }

  describe("a new subscription", () => {
    for (const one of repliesTo("subscription", SUBSCRIPTION)) {
      it(`${one.expects}: ${one.name}`, async () => {
        tries += 1;
        const customer = applyEdit(world.lmpi.store, {
          kind: "addCustomer",
          company: { name: `Customer ${tries}`, ...COMPANY },
        }).id;
        const others = [...world.lmpi.store.subscriptions.values()].map((other) => structuredClone(other));
        const before = sent();
        const declared = { customer, subjectName: `Customer ${tries}`, product: EMAIL, units: 3 };
        const made = await lied(/^POST .*\/subscriptions$/, one, () => create("ProductAssignment", declared));
        const theirs = [...world.lmpi.store.subscriptions.values()].filter(({ customerId }) => customerId === customer);
        expect(theirs.map(({ id }) => id)).to.deep.equal([made.id]);
        expect((await create("ProductAssignment", declared)).id, "made again, it is the same").to.equal(made.id);
        expect(sent() - before, "sent once").to.equal(1);
        expect([...world.lmpi.store.subscriptions.values()].filter(({ id }) => id !== made.id)).to.deep.equal(others);
      });
    }
  });

  describe("a new customer", () => {
    for (const one of repliesTo("customer", CUSTOMER)) {
      it(`${one.expects}: ${one.name}`, async () => {
        tries += 1;
        const others = [...world.lmpi.store.customers.values()].map((other) => structuredClone(other));
        const before = sent();
        const firstUser = { loginName: `user-${tries}`, firstName: "Ada", lastName: "Byron", email: "ada@example.com" };
        const declared = { name: `New ${tries}`, company: COMPANY, products: [], firstUser };
        const made = await lied(/^POST \/LMPI\/v2\/customers$/, one, () => create("Customer", declared));
        expect(world.lmpi.store.customers.get(made.id)?.company.name).to.equal(`New ${tries}`);
        expect((await create("Customer", declared)).id, "made again, it is the same").to.equal(made.id);
        expect(sent() - before, "sent once").to.equal(1);
        expect([...world.lmpi.store.customers.values()].filter(({ id }) => id !== made.id)).to.deep.equal(others);
      });
    }
  });

  describe("new units", () => {
    let units = 10;
    for (const one of REPLIES_TO_UNITS) {
      it(`${one.expects}: ${one.name}`, async () => {
        units += 1;
        const before = sent();
        const { type, id, state } = world.held.subscription;
        const { outs } = await lied(/^PUT .*\/subscriptions\/[^/]+$/, one, () =>
          world
            .run()(type)
            .update(id, state, { ...state, units }),
        );
        expect(outs).to.include({ assignmentId: SUBSCRIPTION, units });
        expect(
          world.lmpi.store.subscriptions.get(SUBSCRIPTION)?.licences.map((licence) => licence.units),
        ).to.deep.equal([units]);
        expect(sent() - before, "sent once").to.equal(1);
      });
    }
  });
});
