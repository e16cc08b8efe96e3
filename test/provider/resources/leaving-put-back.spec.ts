import { expect } from "chai";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const YEARLY = "WFBS-S Yearly";
const JANE = "jane@acme.example";

/** With `wait: completed` a dropped resource is still in state, so putting it back is an update or nothing, and never a create. */
describe("what waits for its leaving and is put back", () => {
  let world: MspWorld;
  let harness: Harness;

  const birch = (args: object = {}): Declared => ({
    type: "Customer",
    name: "birch",
    args: {
      platform: world.names.clp,
      name: "Birch Legal",
      company: COMPANY,
      adopt: true,
      wait: "completed",
      deletionProtection: false,
      ...args,
    },
  });
  const shield = (args: object = {}): Declared => ({
    type: "ProductAssignment",
    name: "acme/jane/shieldone",
    args: {
      platform: world.names.armourzero,
      owner: JANE,
      product: "ShieldOne",
      adopt: true,
      wait: "completed",
      ...args,
    },
  });
  const note = (who: string) =>
    world.note(`{ ${who}, reason: No longer needed, requester: account-manager@msp.example }`);
  const states = async () => (await world.requests()).map(({ state, items }) => `${items[0]?.name} ${state}`);
  const drop = async (held: Held): Promise<string> => {
    await harness.refused(() => harness.delete(held), { changes: true });
    return (await world.requests())[0]?.id ?? "";
  };
  /** An update where nothing differs but that it is on an open request, as the program passes it. */
  const update = (held: Held) =>
    world
      .run()
      .provider(held.declared.type)
      .update(held.id, held.outputs, { ...held.inputs, __leaving: [held.id] });

  beforeEach(async () => {
    world = await openWorld();
    harness = new Harness(world);
    world.clp.world.add("birch-legal", "Birch Legal", {}, COMPANY);
    world.armourzero.world.add(JANE, "Front Desk", { ShieldOne: 1 });
    await world.clp.operator.importInventory();
    await world.armourzero.operator.importInventory();
  });
  afterEach(() => world.close());

  it("unchanged, differs by its open request, which is then withdrawn, and state stays as it was", async () => {
    const made = await harness.up(shield());
    note(`owner: ${JANE}`);
    await drop(made);
    const provider = world.run().provider("ProductAssignment");
    const difference = await provider.diff(made.id, made.outputs, { ...made.inputs, __leaving: [made.id] });
    expect(difference).to.include({ changes: true }).and.deep.include({ replaces: [] });
    const { outs } = await update(made);
    expect(await states()).to.deep.equal(["ShieldOne Withdrawn"]);
    const { __provider: _, ...outputs } = made.outputs;
    expect(JSON.parse(JSON.stringify(outs))).to.deep.equal(outputs);
    expect((await harness.preview(shield(), { ...made, outputs: { ...outs, __provider: _ } })).step).to.equal("same");
  });

  it("is not what a resource of the same name filed of what it was before", async () => {
    const made = await harness.up(shield());
    const news = { ...made.inputs, __leaving: ["another"] };
    const difference = await world.run().provider("ProductAssignment").diff(made.id, made.outputs, news);
    expect(difference.changes).to.equal(false);
  });

  it("as a customer with another property, takes its request back, so that nobody deletes it", async () => {
    const made = await harness.up(birch());
    note("customer: Birch Legal");
    await drop(made);
    await harness.expectUp("update", birch({ deletionProtection: true }), made);
    expect(await states()).to.deep.equal(["Birch Legal Withdrawn"]);
  });

  it("as a product with other units, takes its request back though it is verified, and is not ended later", async () => {
    const customer = applyEdit(world.lmpi.store, {
      kind: "addCustomer",
      company: { name: "Acme Dental", ...COMPANY } as never,
    }).id;
    const declared = (units: number): Declared => ({
      type: "ProductAssignment",
      name: "acme/product",
      args: {
        platform: world.names.lmp,
        customer,
        subjectName: "Acme Dental",
        product: YEARLY,
        units,
        wait: "completed",
      },
    });
    const made = await harness.up(declared(5));
    note("customer: Acme Dental");
    await world.armourzero.verifier.verify(await drop(made));
    const more = await harness.expectUp("update", declared(9), made);
    expect(await states()).to.deep.equal([`${YEARLY} Withdrawn`]);
    expect(more.id).to.equal(made.id);
    expect(world.lmpi.store.subscriptions.get(made.id)?.licences[0]?.units).to.equal(9);
    expect(world.lmpi.log.of("disableSubscription")).to.have.length(0);
  });

  it("while people are at it, is refused with what to do, and the request stays", async () => {
    const product = await harness.up(shield());
    const customer = await harness.up(birch());
    note(`owner: ${JANE}`);
    const productId = await drop(product);
    note("customer: Birch Legal");
    const customerId = await drop(customer);
    for (const id of [productId, customerId]) {
      await world.clp.verifier.verify(id);
      await world.clp.operator.submit(id);
    }
    expect(await harness.refused(() => update(product)))
      .to.contain(`ShieldOne of ${JANE} is leaving: request ${productId} is In Progress with ArmourZero`)
      .and.contain("Withdraw it at the desk if nothing is removed yet");
    expect(await harness.refused(() => harness.up(birch({ deletionProtection: true }), customer)))
      .to.contain(`customer Birch Legal is leaving: request ${customerId} is In Progress`)
      .and.contain("leave the customer out until it is Completed");
  });
});
