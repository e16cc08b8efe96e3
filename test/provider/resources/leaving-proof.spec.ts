import { expect } from "chai";
import { settleAll } from "../../../fleet/settle";
import { settle } from "../../../provider/lifecycle/settle";
import { productAssignment } from "../../../provider/resources/product-assignment";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld, type WorldOptions } from "../lifecycle/msp-world";

const YEARLY = "WFBS-S Yearly";
const EMAIL = "Email Security Yearly";
const JANE = "jane@acme.example";
const PRODUCTS = ["ShieldOne", "ScoutTwo", "GuardThree", "WatchFour"];

describe("proof that something is gone", () => {
  let world: MspWorld;
  let harness: Harness;
  let customer: string;

  const open = async (options: WorldOptions = {}) => {
    world = await openWorld(options);
    harness = new Harness(world);
    customer = applyEdit(world.lmpi.store, {
      kind: "addCustomer",
      company: { name: "Acme Dental", city: "Bonn", state: "NRW", country: "DE" } as never,
    }).id;
    world.note("{ customer: Acme Dental, reason: Moved, requester: account-manager@msp.example }");
  };
  const declared = (args: object = {}, name = "acme/product"): Declared => ({
    type: "ProductAssignment",
    name,
    args: { platform: world.names.lmp, customer, subjectName: "Acme Dental", product: YEARLY, units: 5, ...args },
  });
  const states = async () => (await world.requests()).map(({ state, items }) => `${items[0]?.name} ${state}`);
  const context = () => world.run().session.write(world.names.lmp, `${world.program}::acme/product`);
  const live = () => [...world.lmpi.store.subscriptions.values()].filter(({ enabled }) => enabled).length;
  const disables = () => world.lmpi.log.of("disableSubscription").length;
  const describeDelete = async (held: Held) => productAssignment.describeDelete(await context(), held.outputs as never);

  afterEach(() => world.close());

  it("is not a listing that may not show it yet: what was just made and is dropped is neither forgotten nor filed", async () => {
    await open();
    world.lmpi.faults.arm({ kind: "hiddenFor", ms: 200_000 }, { target: "createSubscription" });
    const made = await harness.up(declared());
    const message = await harness.refused(() => harness.delete(made));
    expect(message).to.contain("does not show it now: whether it is gone can't be told yet, and nothing was filed");
    expect(await describeDelete(made).catch((error: Error) => error.message)).to.equal(message);
    world.clock.advance(200_000);
    await harness.delete(made);
    expect(await states()).to.deep.equal([`${YEARLY} Pending`]);
  });

  it("is not an import in which much is gone at once: dropping any of it is refused", async () => {
    await open();
    world.armourzero.world.add(JANE, "Front Desk", Object.fromEntries(PRODUCTS.map((name) => [name, 1])));
    await world.armourzero.operator.importInventory();
    const made: Held[] = [];
    for (const product of PRODUCTS) {
      const args = { platform: world.names.armourzero, owner: JANE, product, adopt: true };
      made.push(await harness.up({ type: "ProductAssignment", name: `jane/${product}`, args }));
    }
    world.note(`{ owner: ${JANE}, reason: She has left, requester: account-manager@msp.example }`);
    world.clock.advance(1_000);
    const rows = world.armourzero.world.rows().filter(({ kind }) => kind === "owner");
    await world.armourzero.operator.importInventory({ rows });
    for (const held of made) {
      const message = await harness.refused(() => harness.delete(held));
      expect(message).to.contain("lists 0 where it listed 4").and.contain("nothing is dropped from state");
    }
    // Nor does a refused run make the small listing the one to compare with.
    await harness.refused(() => harness.delete(made[0] as Held));
  });

  it("is not a listing that shows nothing: of a few, what is verified is ended by its id all the same", async () => {
    await open();
    const made = await harness.up(declared());
    await harness.delete(made);
    await world.armourzero.verifier.verify((await world.requests())[0]?.id ?? "");
    world.lmpi.faults.arm({ kind: "emptyList" }, { target: "listSubscriptions", times: "always" });
    for await (const one of settleAll(world.run().session)) expect(one.failure).to.equal(undefined);
    expect(await states()).to.deep.equal([`${YEARLY} Completed`]);
    expect(disables()).to.equal(1);
    expect(live()).to.equal(0);
  });

  it("is not a listing that shows nothing of many: a verified leaving is neither ended nor confirmed", async () => {
    await open();
    const made = await harness.up(declared());
    const plans = world.lmpi.store.plans.map(({ name }) => name).filter((name) => name !== YEARLY);
    for (const product of plans.slice(0, 3)) await harness.up(declared({ product }, `acme/${product}`));
    await harness.delete(made);
    const [request] = await world.requests();
    await world.armourzero.verifier.verify(request?.id ?? "");
    world.lmpi.faults.arm({ kind: "emptyList" }, { target: "listSubscriptions", times: "always" });
    const failures: (string | undefined)[] = [];
    for await (const { failure } of settleAll(world.run().session)) failures.push(failure);
    expect(failures).to.have.length(1);
    expect(failures[0]).to.contain("lists 0 where it listed 4");
    expect(await states()).to.deep.equal([`${YEARLY} Pending`]);
    expect(live()).to.equal(4);
  });

  it("is not a listing that shows nothing: what is declared again while it leaves is taken back, and not made twice", async () => {
    await open();
    const made = await harness.up(declared());
    await harness.delete(made);
    world.lmpi.faults.arm({ kind: "emptyList" }, { target: "listSubscriptions", times: "always" });
    world.clock.advance(10 * 60_000);
    expect((await harness.up(declared())).id).to.equal(made.id);
    expect(live()).to.equal(1);
    expect(await states()).to.deep.equal([`${YEARLY} Withdrawn`]);
  });

  it("is not a listing that shows nothing: what this program made and lost from its state is found, and not made twice", async () => {
    await open();
    const made = await harness.up(declared());
    world.lmpi.faults.arm({ kind: "emptyList" }, { target: "listSubscriptions", times: "always" });
    world.clock.advance(10 * 60_000);
    expect((await new Harness(world).up(declared())).id).to.equal(made.id);
    expect(live()).to.equal(1);
  });

  describe("of a licence that is not in force", () => {
    beforeEach(() => open({ lmpi: { readings: { enabledWhileSuspended: false } } }));

    it("is not given by a suspension: dropped with a reason, it leaves by a request like any other", async () => {
      const made = await harness.up(declared());
      applyEdit(world.lmpi.store, { kind: "suspend", subscriptionId: made.id });
      expect(await describeDelete(made)).to.match(/^files an off-boarding request: WFBS-S Yearly/);
      await harness.delete(made);
      expect(await states()).to.deep.equal([`${YEARLY} Pending`]);
    });

    it("is taken at the platform's word where it was ended by hand and nobody gives a reason", async () => {
      const made = await harness.up(declared());
      world.note("{ customer: Somebody Else, reason: Moved, requester: account-manager@msp.example }");
      applyEdit(world.lmpi.store, { kind: "disable", subscriptionId: made.id });
      expect(await describeDelete(made)).to.equal("is gone from the platform already; nothing is filed");
      await harness.delete(made);
      expect(await world.requests()).to.deep.equal([]);
    });
  });

  it("is not sought for what was withdrawn after the requests were listed: nothing is disabled", async () => {
    await open();
    for (const [product, name] of [
      [YEARLY, "acme/product"],
      [EMAIL, "acme/email"],
    ] as const)
      await harness.delete(await harness.up(declared({ product }, name)));
    const listed = await world.requests();
    for (const { id } of listed) await world.armourzero.verifier.verify(id);
    const verified = await world.requests();
    const [first, second] = verified;
    if (first === undefined || second === undefined) throw new Error("Two requests were filed.");
    await world.desk.as("bot").post(`/v1/requests/${first.id}/withdraw`, { reason: "It stays." });
    expect((await settle(await context(), first)).state).to.equal("Withdrawn");
    expect(disables()).to.equal(0);
    expect((await settle(await context(), second)).state).to.equal("Completed");
    expect(disables()).to.equal(1);
    expect(live()).to.equal(1);
  });

  it("ends what it was ours by: assigned anew by somebody else, it is not taken over without `adopt`", async () => {
    await open();
    const made = await harness.up(declared({ wait: "completed" }));
    await harness.refused(() => harness.delete(made), { changes: true });
    await world.armourzero.verifier.verify((await world.requests())[0]?.id ?? "");
    await harness.delete(made);
    expect(await states()).to.deep.equal([`${YEARLY} Completed`]);
    const theirs = applyEdit(world.lmpi.store, {
      kind: "addSubscription",
      customerId: customer,
      plan: YEARLY,
      units: 2,
    });
    world.clock.advance(60_000);
    expect(await harness.refused(() => harness.up(declared())))
      .to.contain("exists on Trend Micro")
      .and.contain("adopt: true");
    expect((await harness.up(declared({ adopt: true }))).id).to.equal(theirs.id);
  });
});
