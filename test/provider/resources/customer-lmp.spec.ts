import { expect } from "chai";
import { UNKNOWN } from "../../../provider/lifecycle/unknowns";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { startLmpi } from "../../../sandbox/trend-micro/server";
import { CheckFailed, type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const WINDOW_MS = 300_000;

describe("a customer of an LMP account", () => {
  let world: MspWorld;
  let harness: Harness;
  const declared = (args: object = {}): Declared => ({
    type: "Customer",
    name: "acme",
    args: {
      platform: world.names.lmp,
      name: "Acme Dental",
      company: COMPANY,
      firstUser: { loginName: "acme-admin", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" },
      ...args,
    },
  });
  const stored = ({ id }: Pick<Held, "id">) => world.lmpi.store.customer(id);
  const names = () => [...world.lmpi.store.customers.values()].map(({ company }) => company.name);
  /** Made by somebody else. */
  const someone = (name = "Acme Dental") =>
    applyEdit(world.lmpi.store, { kind: "addCustomer", company: { ...COMPANY, name } as never });
  const seen = async (held: Held) => (await harness.refresh(held)) as Held;

  beforeEach(async () => {
    world = await openWorld();
    harness = new Harness(world);
  });
  afterEach(() => world.close());

  it("goes through its whole life", async () => {
    expect((await harness.preview(declared({ name: UNKNOWN, company: { ...COMPANY, note: UNKNOWN } }))).step).to.equal(
      "create",
    );
    const made = await harness.expectUp("create", declared());
    expect(stored(made).company).to.include({ name: "Acme Dental", city: "Bonn" });
    expect(made.outputs).to.include({ customerId: made.id, accountType: "lmp" });

    const renamed = await harness.expectUp(
      "update",
      declared({ name: "Acme Dental Care", company: { ...COMPANY, note: "VIP" } }),
      made,
    );
    expect(stored(renamed).company).to.include({ name: "Acme Dental Care", note: "VIP" });
    expect(names()).to.deep.equal(["Acme Dental Care"]);

    const args = { ...renamed.declared.args, deletionProtection: false, onDelete: "forget" };
    const unprotected = await harness.expectUp("update", { ...renamed.declared, args }, renamed);
    await harness.delete(unprotected);
    expect(names()).to.deep.equal(["Acme Dental Care"]);
    expect(await world.requests()).to.deep.equal([]);
    expect(world.told.at(-1)).to.equal(
      "customer Acme Dental Care leaves this program only; it stays on Trend Micro Remote Manager",
    );
  });

  describe("that exists already", () => {
    it("is refused, with the way to take it over", async () => {
      someone();
      const message = await harness.refused(() => harness.up(declared()));
      expect(message)
        .to.match(/^customer Acme Dental exists on Trend Micro Remote Manager already/)
        .and.contain("adopt: true");
    });

    it("is taken over and brought to what the program says", async () => {
      const { id } = someone();
      const held = await harness.expectUp("create", declared({ adopt: true, company: { ...COMPANY, city: "Köln" } }));
      expect(held.id).to.equal(id);
      expect(stored(held).company.city).to.equal("Köln");
    });

    it("is taken over without being asked where a lost run of this program made it", async () => {
      const made = await harness.up(declared());
      expect((await harness.up(declared())).id).to.equal(made.id);
      expect(names()).to.have.length(1);
    });
  });

  describe("whose create has an unknown outcome", () => {
    it("is found, and not made twice", async () => {
      world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: true }, { target: "createCustomer" });
      const held = await harness.up(declared());
      expect(stored(held).company.name).to.equal("Acme Dental");
      expect(world.lmpi.log.of("createCustomer")).to.have.length(1);
    });

    it("is found though the platform lists it late", async () => {
      world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: true }, { target: "createCustomer" });
      world.lmpi.faults.arm({ kind: "hiddenFor", ms: 20_000 }, { target: "createCustomer" });
      const held = await harness.up(declared());
      expect(stored(held).company.name).to.equal("Acme Dental");
      expect(world.lmpi.log.of("createCustomer")).to.have.length(1);
    });

    it("is not sent again until absence is proven", async () => {
      world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: false }, { target: "createCustomer" });
      const message = await harness.refused(() => harness.up(declared()), { changes: true });
      expect(message).to.contain("it is not sent again");
      await harness.refused(() => harness.up(declared()));
      expect(world.lmpi.log.of("createCustomer")).to.have.length(1);
      world.clock.advance(WINDOW_MS);
      await harness.up(declared());
      expect(world.lmpi.log.of("createCustomer")).to.have.length(2);
      expect(names()).to.have.length(1);
    });
  });

  describe("that someone changes on the platform", () => {
    it("shows it in a refresh, and is repaired", async () => {
      const made = await harness.up(declared());
      applyEdit(world.lmpi.store, { kind: "rename", customerId: made.id, name: "Acme Denta" });
      const drifted = await seen(made);
      expect(drifted.outputs.name).to.equal("Acme Denta");
      expect(drifted.inputs.name).to.equal("Acme Denta");
      const repaired = await harness.expectUp("update", declared(), drifted);
      expect(stored(repaired).company.name).to.equal("Acme Dental");
    });

    it("shows what it can't know of by no change: fields of the platform's own, another order", async () => {
      const made = await seen(await harness.up(declared()));
      world.lmpi.faults.arm({ kind: "addedFields" }, { target: "lists", times: "always" });
      world.lmpi.faults.arm({ kind: "reordered" }, { target: "lists", times: "always" });
      applyEdit(world.lmpi.store, {
        kind: "changeCompany",
        customerId: made.id,
        company: { note: "typed in the console" },
      });
      expect((await seen(made)).outputs).to.deep.equal(made.outputs);
    });

    it("is kept in state where it may not be listed yet, and is gone after", async () => {
      someone("Another");
      const made = await harness.up(declared());
      applyEdit(world.lmpi.store, { kind: "removeCustomer", customerId: made.id });
      expect((await harness.refresh(made))?.id).to.equal(made.id);
      world.clock.advance(WINDOW_MS);
      expect(await harness.refresh(made)).to.equal(undefined);
    });

    it("says what to do when what is to be changed is gone", async () => {
      someone("Another");
      const made = await harness.up(declared());
      applyEdit(world.lmpi.store, { kind: "removeCustomer", customerId: made.id });
      world.clock.advance(WINDOW_MS);
      const message = await harness.refused(() => harness.up(declared({ name: "Acme" }), made));
      expect(message).to.contain("is gone from Trend Micro Remote Manager").and.contain("pulumi refresh");
    });
  });

  describe("with a product that no program declares", () => {
    it("shows it as drift, refresh for refresh, and lets it be", async () => {
      const made = await harness.up(declared());
      applyEdit(world.lmpi.store, { kind: "addSubscription", customerId: made.id, plan: "WFBS-S Yearly", units: 5 });
      const once = await seen(made);
      expect(once.outputs).to.deep.include({ products: ["WFBS-S Yearly"], undeclaredProducts: ["WFBS-S Yearly"] });
      const twice = await seen(once);
      expect(twice.outputs).to.deep.include({ products: ["WFBS-S Yearly"], undeclaredProducts: ["WFBS-S Yearly"] });
      expect((await harness.preview(declared(), twice)).step).to.equal("update");
      const { inputs } = await harness.preview(declared(), twice);
      const { outs } = await world.run().provider("Customer").update(twice.id, twice.outputs, inputs);
      expect(outs).to.deep.include({ products: [], undeclaredProducts: ["WFBS-S Yearly"] });
      expect(world.lmpi.store.subscriptions.size).to.equal(1);
    });

    it("takes a declared one by its plan's id for the same", async () => {
      const plan = world.lmpi.store.plans.find(({ name }) => name === "WFBS-S Yearly");
      const made = await harness.up(declared());
      applyEdit(world.lmpi.store, { kind: "addSubscription", customerId: made.id, plan: "WFBS-S Yearly", units: 5 });
      const held = await harness.up(declared({ products: [plan?.id] }), made);
      expect(held.outputs).to.deep.include({ products: [plan?.id], undeclaredProducts: [] });
    });
  });

  describe("that is to be deleted", () => {
    it("is refused in the vendor's words, with the way out, and nothing is filed", async () => {
      for (const deletionProtection of [true, false]) {
        const made = await harness.up(declared({ deletionProtection, adopt: true }));
        const message = await harness.refused(() => harness.delete(made));
        expect(message).to.match(
          /^customer Acme Dental can't be deleted: "Delete existing customers" is for Customer Licensing Portal accounts/,
        );
        expect(message)
          .to.contain("Once customer accounts are deleted, they cannot be recovered.")
          .and.contain("`onDelete: forget`");
      }
      expect(names()).to.have.length(1);
      expect(await world.requests()).to.deep.equal([]);
    });

    it("is protected from being forgotten, and the steps are told", async () => {
      const made = await harness.up(declared({ onDelete: "forget" }));
      const message = await harness.refused(() => harness.delete(made));
      expect(message)
        .to.match(/^Customer Acme Dental is protected/)
        .and.contain("deletionProtection: false");
    });
  });

  describe("and the account behind the credentials", () => {
    it("refuses every write when they are those of another", async () => {
      const made = await harness.up(declared());
      const other = await startLmpi({
        clock: world.clock,
        accessToken: world.lmpi.accessToken,
        secretKey: world.lmpi.secretKey,
      });
      applyEdit(other.store, { kind: "addCustomer", company: { ...COMPANY, name: "Someone Else" } as never });
      const connections = JSON.parse(world.config.connections ?? "{}");
      connections[world.names.lmp].endpoint = other.url;
      world.config.connections = JSON.stringify(connections);
      try {
        for (const call of [
          () => harness.up(declared({ name: "Acme" }), made),
          () => harness.refresh(made),
          () => harness.delete(made),
        ]) {
          expect(await harness.refused(call)).to.contain("are those of another account");
        }
        expect(other.log.writes()).to.deep.equal([]);
      } finally {
        await other.close();
      }
    });

    it("is not written to without a desk", async () => {
      world.env.MSP_DESK_URL = "http://127.0.0.1:1";
      const message = await harness.refused(() => harness.up(declared()));
      expect(message)
        .to.match(/^The off-boarding desk does not answer/)
        .and.contain("npx msp desk");
      world.env.MSP_DESK_URL = undefined;
      expect(await harness.refused(() => harness.up(declared()))).to.match(
        /^No off-boarding desk is configured, so nothing was sent/,
      );
      expect(names()).to.deep.equal([]);
    });

    it("is asked no longer than an operation may take", async () => {
      world.config.timeoutSeconds = "20";
      const message = await harness.refused(() => harness.up(declared()));
      expect(message).to.contain("longer than msp:timeoutSeconds allows");
    });

    it("refuses to believe that almost everything is gone at once", async () => {
      for (const name of ["A", "B", "C", "D"]) someone(`Company ${name}`);
      const made = await seen(await harness.up(declared()));
      for (const { id } of [...world.lmpi.store.customers.values()].slice(1))
        applyEdit(world.lmpi.store, { kind: "removeCustomer", customerId: id });
      const message = await harness.refused(() => harness.refresh(made));
      expect(message)
        .to.match(/lists 1 where it listed 5/)
        .and.contain("MSP_ACCEPT_LOSSES");
    });
  });

  it("is refused by check where it lacks what only check can see", async () => {
    const { firstUser: _, ...without } = declared().args;
    let failed: unknown;
    await harness.preview({ ...declared(), args: { ...without, deletonProtection: true } }).catch((error: unknown) => {
      failed = error;
    });
    expect(failed)
      .to.be.instanceOf(CheckFailed)
      .and.have.property("message", "deletonProtection is not a property; did you mean deletionProtection?");
  });
});
