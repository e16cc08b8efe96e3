import { expect } from "chai";
import type { Intent } from "../../../provider/generated/types";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { thrown } from "../../support/thrown";
import { type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const YEARLY = "WFBS-S Yearly";

describe("a claim on an object", () => {
  let world: MspWorld;
  let harness: Harness;

  const addCustomer = (name: string) =>
    applyEdit(world.lmpi.store, { kind: "addCustomer", company: { name, ...COMPANY } as never }).id;
  const lmpCustomer = (resource: string, name: string, args: object = {}): Declared => ({
    type: "Customer",
    name: resource,
    args: { platform: world.names.lmp, name, company: COMPANY, adopt: true, ...args },
  });
  const clpCustomer = (resource: string, name: string, args: object = {}): Declared => ({
    type: "Customer",
    name: resource,
    args: { platform: world.names.clp, name, company: COMPANY, ...args },
  });
  const product = (resource: string, customer: string, args: object = {}): Declared => ({
    type: "ProductAssignment",
    name: resource,
    args: { platform: world.names.lmp, customer, subjectName: "Acme Dental", product: YEARLY, units: 5, ...args },
  });
  const claims = async (connection: string) => {
    const { account } = await world.run().session.write(connection, "");
    const query = `account=${encodeURIComponent(account)}&type=Customer`;
    const { items } = await world.desk.as("operator").get<{ items: Intent[] }>(`/v1/intents?${query}`);
    return items.map(({ naturalKey }) => naturalKey);
  };

  beforeEach(async () => {
    world = await openWorld();
    harness = new Harness(world);
  });
  afterEach(() => world.close());

  it("goes along with a resource that aliases give another name: it is changed twice after that, and leaves by a request", async () => {
    const customer = addCustomer("Acme Dental");
    let held = await harness.up(product("acme/product", customer));
    for (const units of [6, 7]) held = await harness.up(product("acme/licence", customer, { units }), held);
    world.note("{ customer: Acme Dental, reason: Moved, requester: account-manager@msp.example }");
    await harness.delete(held);
    const [request] = await world.requests();
    expect(request?.resource).to.equal(`${world.program}::acme/licence`);
  });

  it("lets a resource that has another name now take back what it filed under the former one", async () => {
    const customer = addCustomer("Acme Dental");
    const held = await harness.up(product("acme/product", customer, { wait: "completed" }));
    world.note("{ customer: Acme Dental, reason: Moved, requester: account-manager@msp.example }");
    await harness.refused(() => harness.delete(held), { changes: true });
    await harness.up(product("acme/licence", customer, { wait: "completed", units: 6 }), held);
    expect((await world.requests()).map(({ state }) => state)).to.deep.equal(["Withdrawn"]);
  });

  describe("that another program has", () => {
    it("is found by the plan's id where the other writes its name", async () => {
      const customer = addCustomer("Acme Dental");
      await harness.up(product("acme/product", customer));
      const plan = world.lmpi.store.plans.find(({ name }) => name === YEARLY);
      const other = product("other/product", customer, { product: plan?.id, adopt: true });
      expect(await harness.refused(() => harness.up(other))).to.contain(
        `belongs to ${world.program}::acme/product; two programs can't both own it`,
      );
    });

    for (const [how, name, again] of [
      ["its accents composed otherwise", "Caf\u00e9 Nord", "Cafe\u0301 Nord"],
      ["a blank behind it", "Acme Dental", "Acme Dental "],
      ["another case", "Acme Dental", "ACME dental"],
    ] as const) {
      it(`is found by a name with ${how}`, async () => {
        addCustomer(name);
        await harness.up(lmpCustomer("first", name));
        expect(await harness.refused(() => harness.up(lmpCustomer("second", again)))).to.contain(
          `belongs to ${world.program}::first; two programs can't both own it`,
        );
      });
    }
  });

  it("on a new name is given back where the rename is refused, and the new name is free for another", async () => {
    world.clp.world.add("birch", "Birch", {}, COMPANY);
    await world.clp.operator.importInventory();
    const made = await harness.up(clpCustomer("birch", "Birch", { adopt: true }));
    const message = await harness.refused(() => harness.up(clpCustomer("birch", "Elm", { adopt: true }), made));
    expect(message).to.contain("the profile of customer Birch can't be updated");
    expect(await claims(world.names.clp)).to.deep.equal(["birch|de"]);
    expect((await harness.up(clpCustomer("elm", "Elm"))).outputs).to.include({ status: "requested" });
  });

  it("on what was removed by hand holds no other program back, once that is proven", async () => {
    const customer = addCustomer("Acme Dental");
    const made = await harness.up(product("acme/product", customer));
    applyEdit(world.lmpi.store, { kind: "removeSubscription", subscriptionId: made.id });
    world.clock.advance(400_000);
    expect(await harness.refresh(made)).to.equal(undefined);
    const other = await harness.up(product("other/product", customer));
    expect(other.id).to.not.equal(made.id);
  });

  it("on a name that was refused before goes too when its resource is given another name", async () => {
    const id = addCustomer("Acme Dental");
    let held = await harness.up(lmpCustomer("acme", "Acme Dental"));
    const { account } = await world.run().session.write(world.names.lmp, "");
    const desk = (await world.run().session.write(world.names.lmp, "")).desk;
    // As a run leaves it that is refused, and can't reach the desk to give it back.
    const resource = String(held.outputs.__resource);
    await desk.claimIntent({ account, type: "Customer", naturalKey: "acme smiles|de", resource });
    held = await harness.up(lmpCustomer("acme-dental", "Acme Smiles"), held);
    expect(held.id).to.equal(id);
    expect(await claims(world.names.lmp)).to.deep.equal(["acme smiles|de"]);
  });

  it("on a customer that only a list of nothing at all hides still holds another program back", async () => {
    const firstUser = { loginName: "acme.desk", firstName: "Front", lastName: "Desk", email: "desk@acme.example" };
    await harness.up(lmpCustomer("acme", "Acme Dental", { firstUser }));
    // Somebody believes the lie, so that the account is still known.
    const { account } = await world.run().session.write(world.names.lmp, "");
    await world.desk
      .as("operator")
      .post(`/v1/accounts/${encodeURIComponent(account)}/confirmations`, { evidence: [], reason: "is empty" });
    world.clock.advance(700_000);
    world.lmpi.faults.arm({ kind: "emptyList" }, { target: "listCustomers", times: "always" });
    await thrown("alreadyExists", harness.up(lmpCustomer("other", "Acme Dental", { firstUser })));
    expect(world.lmpi.log.of("createCustomer")).to.have.length(1);
    expect(await claims(world.names.lmp)).to.deep.equal(["acme dental|de"]);
  });

  it("goes with what is forgotten, also where it was renamed on the platform meanwhile", async () => {
    const id = addCustomer("Acme Dental");
    const forget = { onDelete: "forget", deletionProtection: false };
    const made = await harness.up(lmpCustomer("acme", "Acme Dental", forget));
    applyEdit(world.lmpi.store, { kind: "rename", customerId: id, name: "Acme Smiles" });
    world.clock.advance(60_000);
    await harness.delete((await harness.refresh(made)) as Held);
    expect(await claims(world.names.lmp)).to.deep.equal([]);
    expect((await harness.up(lmpCustomer("other", "Acme Smiles"))).id).to.equal(id);
  });
});
