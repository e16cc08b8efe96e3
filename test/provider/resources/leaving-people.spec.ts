import { expect } from "chai";
import type { OffboardingRequest } from "../../../provider/generated/types";
import { managed } from "../../../provider/resources/registry";
import { describeRemove } from "../../../provider/lifecycle/converge";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const YEARLY = "WFBS-S Yearly";
const JANE = "jane@acme.example";

describe("leaving, between a program and people", () => {
  let world: MspWorld;
  let harness: Harness;

  const birch = (args: object = {}, name = "birch"): Declared => ({
    type: "Customer",
    name,
    args: {
      platform: world.names.clp,
      name: "Birch Legal",
      company: COMPANY,
      deletionProtection: false,
      ...args,
    },
  });
  const shield = (args: object = {}): Declared => ({
    type: "ProductAssignment",
    name: "jane/shieldone",
    args: { platform: world.names.armourzero, owner: JANE, product: "ShieldOne", ...args },
  });
  const addAcme = () =>
    applyEdit(world.lmpi.store, { kind: "addCustomer", company: { name: "Acme Dental", ...COMPANY } as never }).id;
  const yearly = (customer: string, args: object = {}): Declared => ({
    type: "ProductAssignment",
    name: "acme/product",
    args: { platform: world.names.lmp, customer, subjectName: "Acme Dental", product: YEARLY, units: 5, ...args },
  });
  const addOwner = async (products: readonly string[]) => {
    world.armourzero.world.add(JANE, "Front Desk", Object.fromEntries(products.map((name) => [name, 1])));
    await world.armourzero.operator.importInventory();
  };
  const addBirch = async () => {
    world.clp.world.add("birch-legal", "Birch Legal", {}, COMPANY);
    await world.clp.operator.importInventory();
  };
  const note = (...who: readonly string[]) =>
    world.note(...who.map((one) => `{ ${one}, requester: account-manager@msp.example }`));
  const states = async () =>
    (await world.requests()).map(({ kind, state, items }) => `${kind} ${items[0]?.name} ${state}`);
  const latest = async (): Promise<OffboardingRequest> => {
    const [request] = await world.requests();
    if (request === undefined) throw new Error("Nothing was filed.");
    return request;
  };
  const begin = async () => {
    const { id } = await latest();
    await world.clp.verifier.verify(id);
    await world.clp.operator.submit(id);
    return id;
  };
  /** What the program's hook says of it in a preview. */
  const preview = async (held: Held, outputs: object = {}) => {
    const { type, name, args } = held.declared;
    const context = await world.run().session.write(String(args.platform), `${world.program}::${name}`);
    return describeRemove(managed(type), context, { ...held.outputs, ...outputs });
  };
  /** Refused in the preview in the words of the run. */
  const bothRefuse = async (held: Held): Promise<string> => {
    const message = await harness.refused(() => harness.delete(held));
    expect(await preview(held).catch((error: Error) => error.message)).to.equal(message);
    return message;
  };

  beforeEach(async () => {
    world = await openWorld();
    harness = new Harness(world);
  });
  afterEach(() => world.close());

  describe("of what is still being made", () => {
    it("two customers of one name in two countries are asked for apart, and are two", async () => {
      const german = await harness.up(birch());
      const canadian = await harness.up(birch({ company: { ...COMPANY, country: "CA" } }, "birch-ca"));
      expect(german.id).to.not.equal(canadian.id);
      expect(german.outputs.company).to.include({ country: "DE" });
      expect(canadian.outputs.company).to.include({ country: "CA" });
      expect(await states()).to.deep.equal(["joining Birch Legal Pending", "joining Birch Legal Pending"]);
      await harness.delete(canadian);
      expect(await states()).to.deep.equal(["joining Birch Legal Withdrawn", "joining Birch Legal Pending"]);
    });

    const things: readonly (readonly [string, () => Promise<Held>])[] = [
      ["a customer", () => harness.up(birch())],
      ["a product", async () => addOwner([]).then(() => harness.up(shield()))],
    ];
    for (const [what, make] of things) {
      it(`${what} is asked for no longer, and nothing is off-boarded`, async () => {
        const made = await make();
        const { id } = await latest();
        expect(await preview(made)).to.contain(`withdraws request ${id}: `);
        await harness.delete(made);
        expect((await world.requests()).map(({ kind, state }) => `${kind} ${state}`)).to.deep.equal([
          "joining Withdrawn",
        ]);
      });

      it(`${what} that people are at is not dropped`, async () => {
        const made = await make();
        const id = await begin();
        expect(await bothRefuse(made))
          .to.contain(`can't be dropped now: people are at making it (request ${id} is In Progress`)
          .and.contain("withdraw it at the desk if nothing is done yet");
      });
    }
  });

  it("a customer that was made, and is listed under an id of the platform's own, leaves though no refresh came between", async () => {
    const made = await harness.up(birch());
    await world.clp.vendor.handle(await begin());
    world.clp.world.remove(made.id);
    world.clock.advance(1_000);
    await addBirch();
    note("customer: Birch Legal, reason: The firm has closed");
    expect(await preview(made)).to.contain("files an off-boarding request: customer Birch Legal leaves");
    await harness.delete(made);
    expect(await latest()).to.deep.include({ kind: "leaving", state: "Pending" });
  });

  it("an owner whose products have no resources of their own is not dropped, and they are named", async () => {
    await addOwner(["ShieldOne", "ScoutTwo"]);
    const args = { platform: world.names.armourzero, email: JANE, products: ["ShieldOne", "ScoutTwo"] };
    const owner = await harness.up({ type: "DeviceOwner", name: "jane", args });
    expect(await harness.refused(() => harness.delete(owner))).to.contain(
      `Device owner ${JANE} can't be dropped: ScoutTwo, ShieldOne are assigned and on no request.`,
    );
    expect(await preview(owner)).to.contain("once each of its products is on a request");
  });

  describe("a preview", () => {
    it("says that this run ends by API what is verified and waited for, and the run does", async () => {
      const made = await harness.up(yearly(addAcme(), { wait: "completed" }));
      note("customer: Acme Dental, reason: Moved");
      await harness.refused(() => harness.delete(made), { changes: true });
      const { id } = await latest();
      expect(await preview(made)).to.equal(`is on off-boarding request ${id} already (Pending); nothing new is filed`);
      await world.armourzero.verifier.verify(id);
      expect(await preview(made)).to.contain(`${id}, which is verified: this run ends it by API, reads it back`);
      await harness.delete(made);
      expect(world.lmpi.store.subscriptions.get(made.id)?.enabled).to.equal(false);
    });

    it("refuses, like the run, what was written to another account", async () => {
      const made = await harness.up(yearly(addAcme()));
      note("customer: Acme Dental, reason: Moved");
      const foreign = { ...made, outputs: { ...made.outputs, account: "trend-micro:other" } };
      expect(await bothRefuse(foreign)).to.contain("was written to account trend-micro:other");
    });
  });

  describe("a customer that waits for its leaving", () => {
    const withdraw = ({ id }: OffboardingRequest) =>
      world.desk.as("requester").post(`/v1/requests/${id}/withdraw`, { reason: "We keep it." });
    const reject = ({ id }: OffboardingRequest) =>
      world.clp.verifier.verify(id, { outcome: "refused", necessity: "We keep it." });
    for (const [end, act] of [
      ["rejected", reject],
      ["withdrawn", withdraw],
    ] as const) {
      it(`is not asked for again once that was ${end}, until there is another reason`, async () => {
        await addBirch();
        const made = await harness.up(birch({ adopt: true, wait: "completed" }));
        note("customer: Birch Legal, reason: The firm has closed");
        await harness.refused(() => harness.delete(made), { changes: true });
        const { id } = await latest();
        await act(await latest());
        for (let i = 0; i < 2; i += 1) {
          expect(await bothRefuse(made)).to.contain(`request ${id} was ${end} (We keep it.)`);
        }
        expect(await world.requests()).to.have.length(1);
        note("customer: Birch Legal, reason: It closed for good");
        await harness.refused(() => harness.delete(made), { changes: true });
        expect(await world.requests()).to.have.length(2);
      });
    }
  });

  describe("a note", () => {
    it("of one connection is no reason on another", async () => {
      const made = await harness.up(yearly(addAcme()));
      note(`customer: Acme Dental, platform: ${world.names.clp}, reason: Of the other account`);
      expect(await bothRefuse(made)).to.contain("nobody says why");
      note(
        `customer: Acme Dental, platform: ${world.names.clp}, reason: Of the other account`,
        `customer: Acme Dental, platform: ${world.names.lmp}, reason: Of this account`,
      );
      await harness.delete(made);
      expect((await latest()).reason).to.equal("Of this account");
    });

    it("by the product's name serves a program that writes the plan's id", async () => {
      const plan = world.lmpi.store.plans.find(({ name }) => name === YEARLY);
      const made = await harness.up(yearly(addAcme(), { product: plan?.id }));
      note(`customer: Acme Dental, product: ${YEARLY}, reason: Replaced`);
      await harness.delete(made);
      expect((await latest()).reason).to.equal("Replaced");
    });
  });

  it("a refresh needs a token that may read, and no more", async () => {
    const customer = addAcme();
    const made = await harness.up(yearly(customer));
    applyEdit(world.lmpi.store, {
      kind: "addSubscription",
      customerId: customer,
      plan: "Email Security Yearly",
      units: 1,
    });
    world.env.MSP_DESK_TOKEN = world.desk.tokens.verifier;
    expect((await harness.refresh(made))?.id).to.equal(made.id);
  });
});
