import { expect } from "chai";
import { UNKNOWN } from "../../../provider/lifecycle/unknowns";
import { productAssignment } from "../../../provider/resources/product-assignment";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const YEARLY = "WFBS-S Yearly";
const EMAIL = "Email Security Yearly";
const VERIFIED = {
  outcome: "accepted",
  identity: "Called back on the number in the contract.",
  necessity: "No longer needed.",
};

describe("a product of an LMP customer", () => {
  let world: MspWorld;
  let harness: Harness;
  let customer: string;
  const declared = (args: object = {}, name = "acme/product"): Declared => ({
    type: "ProductAssignment",
    name,
    args: { platform: world.names.lmp, customer, subjectName: "Acme Dental", product: YEARLY, units: 5, ...args },
  });
  const subscription = (id: string) => world.lmpi.store.subscriptions.get(id);
  const live = () => [...world.lmpi.store.subscriptions.values()].filter(({ enabled }) => enabled).length;
  const units = (id: string) => subscription(id)?.licences[0]?.units;
  const disables = () => world.lmpi.log.of("disableSubscription").length;
  const verify = (id: string) => world.desk.as("verifier").post(`/v1/requests/${id}/verify`, VERIFIED);
  const states = async () => (await world.requests()).map(({ state, items }) => `${items[0]?.name} ${state}`);
  const noteAll = () =>
    world.note(
      "{ customer: Acme Dental, reason: Moved to another vendor, requester: account-manager@msp.example, licence: reduce }",
    );

  beforeEach(async () => {
    world = await openWorld();
    harness = new Harness(world);
    customer = applyEdit(world.lmpi.store, {
      kind: "addCustomer",
      company: { name: "Acme Dental", city: "Bonn", state: "NRW", country: "DE" } as never,
    }).id;
  });
  afterEach(() => world.close());

  it("goes through its whole life", async () => {
    expect((await harness.preview(declared({ customer: UNKNOWN }))).step).to.equal("create");
    const made = await harness.expectUp("create", declared());
    expect(units(made.id)).to.equal(5);
    expect(made.outputs).to.include({ status: "assigned", assignmentId: made.id });
    expect(made.outputs.known).to.include({ how: "read" });

    const grown = await harness.expectUp("update", declared({ units: 8 }), made);
    expect(units(grown.id)).to.equal(8);
    expect(grown.id).to.equal(made.id);

    const local = await harness.expectUp("update", declared({ units: 8, licence: "reduce" }), grown);
    expect(world.lmpi.log.of("updateSubscription")).to.have.length(1);

    noteAll();
    const replaced = await harness.expectUp("replace", declared({ product: EMAIL }), local);
    expect(replaced.id).to.not.equal(made.id);
    expect(await states()).to.deep.equal([`${YEARLY} Pending`]);
    expect(subscription(made.id)?.enabled).to.equal(true);

    await harness.delete(replaced);
    expect(await states()).to.deep.equal([`${EMAIL} Pending`, `${YEARLY} Pending`]);
    expect(disables()).to.equal(0);
  });

  it("is sent without units where the program sets none, and the platform's are no drift", async () => {
    const { units: _, ...args } = declared().args;
    const made = await harness.up({ ...declared(), args });
    expect(made.outputs).to.not.have.property("units");
    applyEdit(world.lmpi.store, { kind: "setUnits", subscriptionId: made.id, units: 99 });
    expect((await harness.preview(made.declared, await harness.refresh(made))).step).to.equal("same");
  });

  it("may be named by its plan's id, and leaves by the plan's name", async () => {
    const plan = world.lmpi.store.plans.find(({ name }) => name === YEARLY);
    const made = await harness.up(declared({ product: plan?.id }));
    expect(made.outputs.product).to.equal(plan?.id);
    noteAll();
    await harness.delete(made);
    await harness.delete(made);
    expect(await states()).to.deep.equal([`${YEARLY} Pending`]);
    await harness.up(declared({ product: plan?.id }));
    expect(await states()).to.deep.equal([`${YEARLY} Withdrawn`]);
  });

  it("that no plan sells is refused with the near ones, before anything is sent", async () => {
    const message = await harness.refused(() => harness.up(declared({ product: "WFBS-S Yerly" })));
    expect(message).to.contain("WFBS-S Yearly");
  });

  it("has facts of the platform's own that are no drift: expiry, renewal, suspension", async () => {
    const made = await harness.up(declared());
    applyEdit(world.lmpi.store, { kind: "setExpiry", subscriptionId: made.id, date: "2031-01-01" });
    applyEdit(world.lmpi.store, { kind: "suspend", subscriptionId: made.id });
    world.clock.advance(60_000);
    const seen = (await harness.refresh(made)) as Held;
    expect((await harness.preview(declared(), seen)).step).to.equal("same");
    expect(seen.outputs.facts).to.not.deep.equal(made.outputs.facts);
  });

  it("changed behind our back is shown, and repaired", async () => {
    const made = await harness.up(declared());
    applyEdit(world.lmpi.store, { kind: "setUnits", subscriptionId: made.id, units: 50 });
    world.clock.advance(60_000);
    const seen = (await harness.refresh(made)) as Held;
    expect(seen.outputs.units).to.equal(50);
    await harness.expectUp("update", declared(), seen);
    expect(units(made.id)).to.equal(5);
  });

  it("is made once where the reply was lost", async () => {
    world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: true }, { target: "createSubscription" });
    const made = await harness.up(declared());
    expect(world.lmpi.log.of("createSubscription")).to.have.length(1);
    expect(units(made.id)).to.equal(5);
  });

  describe("that leaves", () => {
    it("is on one request, with who asks, why, and what becomes of the licence, however often it is deleted", async () => {
      const made = await harness.up(declared());
      const stays = await harness.up(declared({ product: EMAIL }, "acme/email"));
      noteAll();
      await harness.delete(made);
      await harness.delete(made);
      const [request, ...more] = await world.requests();
      expect(more).to.deep.equal([]);
      expect(request).to.deep.include({
        kind: "leaving",
        state: "Pending",
        reason: "Moved to another vendor",
        licence: "reduce",
        stays: [EMAIL],
      });
      expect(request?.subject).to.deep.equal({ kind: "customer", key: customer, name: "Acme Dental" });
      expect(request?.requesters).to.deep.include({ email: "account-manager@msp.example", via: "note" });
      expect(request?.items[0]).to.include({ id: made.id, name: YEARLY, mode: "api", units: 5 });
      expect(live()).to.equal(2);
      expect((await harness.refresh(stays))?.id).to.equal(stays.id);
    });

    it("is refused while nobody says why, and nothing is filed", async () => {
      const made = await harness.up(declared());
      const message = await harness.refused(() => harness.delete(made));
      expect(message).to.match(
        /^WFBS-S Yearly of Acme Dental can't leave: nobody says why, and who asks\.\nAdd to the fleet file, under `leaving:`, \{customer: Acme Dental, product: WFBS-S Yearly/,
      );
    });

    it("stays in state with `wait: completed`, until it is verified by another, ended by API, read back and Completed", async () => {
      const made = await harness.up(declared({ wait: "completed" }));
      noteAll();
      const waiting = await harness.refused(() => harness.delete(made), { changes: true });
      const [request] = await world.requests();
      expect(waiting).to.match(
        new RegExp(`^WFBS-S Yearly of Acme Dental is leaving: request ${request?.id} is Pending; next there: `),
      );
      expect(await harness.refused(() => harness.delete(made))).to.equal(waiting);

      const own = world.desk.as("requester").post(`/v1/requests/${request?.id}/verify`, VERIFIED);
      expect(await own.catch((error: Error) => error.message)).to.match(/has asked for .* and can't verify it/);
      expect(disables()).to.equal(0);

      await verify(request?.id ?? "");
      await harness.delete(made);
      expect(disables()).to.equal(1);
      expect(live()).to.equal(0);
      const [done] = await world.requests();
      expect(done?.state).to.equal("Completed");
      expect(done?.items[0]?.confirmed?.evidence).to.include({ kind: "read", text: "read back: not in force" });
      await harness.delete(made);
      expect(await world.requests()).to.have.length(1);
    });

    it("is not asked for again and again after a rejection with `wait: completed`", async () => {
      const made = await harness.up(declared({ wait: "completed" }));
      noteAll();
      await harness.refused(() => harness.delete(made), { changes: true });
      const [request] = await world.requests();
      await world.desk.as("verifier").post(`/v1/requests/${request?.id}/verify`, {
        ...VERIFIED,
        outcome: "refused",
        necessity: "The contract runs on.",
      });
      const message = await harness.refused(() => harness.delete(made));
      expect(message)
        .to.contain(`request ${request?.id} was rejected (The contract runs on.)`)
        .and.contain("another reason");
      world.note(
        "{ customer: Acme Dental, reason: The contract was cancelled, requester: account-manager@msp.example }",
      );
      await harness.refused(() => harness.delete(made), { changes: true });
      expect(await states()).to.deep.equal([`${YEARLY} Pending`, `${YEARLY} Rejected`]);
    });

    it("takes another with it in one run, and each is ended by its own request", async () => {
      const one = await harness.up(declared({ wait: "completed" }));
      const two = await harness.up(declared({ product: EMAIL, wait: "completed" }, "acme/email"));
      noteAll();
      const run = world.run();
      await harness.refused(() => harness.delete(one, run), { changes: true });
      await harness.refused(() => harness.delete(two, run), { changes: true });
      for (const { id } of await world.requests()) await verify(id);
      await harness.delete(two);
      await harness.delete(one);
      expect(await states()).to.deep.equal([`${EMAIL} Completed`, `${YEARLY} Completed`]);
      expect(live()).to.equal(0);
    });

    it("is not confirmed when something that should have stayed is gone with it", async () => {
      const made = await harness.up(declared({ wait: "completed" }));
      const stays = await harness.up(declared({ product: EMAIL }, "acme/email"));
      noteAll();
      await harness.refused(() => harness.delete(made), { changes: true });
      const [request] = await world.requests();
      await verify(request?.id ?? "");
      applyEdit(world.lmpi.store, { kind: "removeSubscription", subscriptionId: stays.id });
      const message = await harness.refused(() => harness.delete(made), { changes: true });
      expect(message).to.contain(`${YEARLY} of Acme Dental is ended, but ${EMAIL} should have stayed and is gone`);
      expect(await states()).to.deep.equal([`${YEARLY} In Progress`]);
    });

    it("is confirmed when what stays has only expired or is suspended", async () => {
      const made = await harness.up(declared({ wait: "completed" }));
      const stays = await harness.up(declared({ product: EMAIL }, "acme/email"));
      noteAll();
      await harness.refused(() => harness.delete(made), { changes: true });
      const [request] = await world.requests();
      await verify(request?.id ?? "");
      applyEdit(world.lmpi.store, { kind: "suspend", subscriptionId: stays.id });
      await harness.delete(made);
      expect(await states()).to.deep.equal([`${YEARLY} Completed`]);
    });

    it("is ended also where it is only suspended when its turn comes, for it would come back", async () => {
      const made = await harness.up(declared({ wait: "completed" }));
      noteAll();
      await harness.refused(() => harness.delete(made), { changes: true });
      const [request] = await world.requests();
      await verify(request?.id ?? "");
      applyEdit(world.lmpi.store, { kind: "suspend", subscriptionId: made.id });
      await harness.delete(made);
      expect(disables()).to.equal(1);
      expect(await states()).to.deep.equal([`${YEARLY} Completed`]);
    });

    it("may be declared again afterwards, as another incarnation", async () => {
      const made = await harness.up(declared({ wait: "completed" }));
      noteAll();
      await harness.refused(() => harness.delete(made), { changes: true });
      await verify((await world.requests())[0]?.id ?? "");
      await harness.delete(made);
      const again = await harness.expectUp("create", declared());
      expect(again.id).to.not.equal(made.id);
      expect(live()).to.equal(1);
    });

    it("and was ended on the platform meanwhile is simply gone", async () => {
      const made = await harness.up(declared());
      applyEdit(world.lmpi.store, { kind: "disable", subscriptionId: made.id });
      await harness.delete(made);
      expect(await world.requests()).to.deep.equal([]);
    });

    it("says beforehand what will be filed, for whom, and what stays", async () => {
      const made = await harness.up(declared());
      await harness.up(declared({ product: EMAIL }, "acme/email"));
      noteAll();
      const describeDelete = async () => {
        const context = await world.run().session.write(world.names.lmp, `${world.program}::acme/product`);
        return productAssignment.describeDelete(context, made.outputs as never);
      };
      const before = await world.deeds();
      const text = await describeDelete();
      expect(await world.deeds()).to.equal(before);
      expect(text.split("\n")).to.deep.equal([
        "files an off-boarding request: WFBS-S Yearly of Acme Dental leaves",
        "  reason: Moved to another vendor; asked by account-manager@msp.example; licence: the count is reduced",
        `  stays: ${EMAIL}`,
        "  someone else verifies it, then it is ended by API and read back; this program is done once it is filed",
      ]);
      await harness.delete(made);
      expect(await describeDelete()).to.match(/^is on off-boarding request R-\d+ already \(Pending\)/);
    });
  });
});
