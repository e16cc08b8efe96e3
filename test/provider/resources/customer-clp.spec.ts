import { expect } from "chai";
import type { OffboardingRequest } from "../../../provider/generated/types";
import { customer as handler } from "../../../provider/resources/customer";
import { type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const KEY = "birch-legal";

describe("a customer of a CLP account", () => {
  let world: MspWorld;
  let harness: Harness;

  const customer = (args: object = {}): Declared => ({
    type: "Customer",
    name: "birch",
    args: { platform: world.names.clp, name: "Birch Legal", company: COMPANY, products: ["WFBS-S"], ...args },
  });
  const product = (name: string, args: object = {}): Declared => ({
    type: "ProductAssignment",
    name: `birch/${name.toLowerCase()}`,
    args: { platform: world.names.clp, customer: KEY, subjectName: "Birch Legal", product: name, adopt: true, ...args },
  });
  const importAll = () => world.clp.operator.importInventory();
  const note = () =>
    world.note(
      "{ customer: Birch Legal, reason: The firm has closed, requester: account-manager@msp.example, licence: reduce }",
    );
  const states = async () => (await world.requests()).map(({ state, items }) => `${items[0]?.name} ${state}`);
  const request = async (name: string): Promise<OffboardingRequest> => {
    const found = (await world.requests()).find(({ items }) => items[0]?.name === name);
    if (found === undefined) throw new Error(`There is no request for ${name}.`);
    return found;
  };
  const complete = async ({ id }: OffboardingRequest) => {
    await world.clp.verifier.verify(id);
    await world.clp.operator.submit(id);
    await world.clp.vendor.handle(id);
  };

  beforeEach(async () => {
    world = await openWorld();
    harness = new Harness(world);
  });
  afterEach(() => world.close());

  it("is made by people, and is there once the inventory shows it", async () => {
    const made = await harness.expectUp("create", customer({ products: [] }));
    expect(made.outputs).to.deep.include({
      status: "requested",
      customerId: "birch legal|de",
      known: { how: "unknown" },
    });
    await complete(await request("Birch Legal"));
    const seen = (await harness.refresh(made)) as Held;
    expect(seen.outputs).to.not.have.property("status");
    expect(seen.outputs.known).to.include({ how: "attested" });
    expect(seen.id).to.equal("birch legal|de");
  });

  describe("that exists", () => {
    let made: Held;
    const unprotected = { adopt: true, deletionProtection: false };

    beforeEach(async () => {
      world.clp.world.add(KEY, "Birch Legal", { "WFBS-S": 25 }, COMPANY);
      await importAll();
      made = await harness.expectUp("create", customer(unprotected));
    });

    it("goes through its whole life", async () => {
      expect(made.id).to.equal(KEY);
      const dearer = await harness.expectUp("update", customer({ ...unprotected, wait: "completed" }), made);
      const message = await harness.refused(() =>
        harness.up(customer({ ...unprotected, company: { ...COMPANY, city: "Köln" } }), dearer),
      );
      expect(message).to.contain("the profile of customer Birch Legal can't be updated");
    });

    it("is protected, and the steps are told", async () => {
      const kept = await harness.up(customer({ adopt: true }), made);
      const message = await harness.refused(() => harness.delete(kept));
      expect(message).to.equal(
        "Customer Birch Legal is protected from deletion, as deleted customers can't be recovered.\nTo delete it: put it back with `deletionProtection: false`, run `pulumi up`, take it out, and run `pulumi up` again.",
      );
    });

    it("is refused while a product of it is on no request, by name", async () => {
      note();
      const message = await harness.refused(() => harness.delete(made));
      expect(message).to.match(/^Birch Legal can't leave: WFBS-S of Birch Legal is still there and on no request\./);
    });

    it("is refused while it has a product that nobody declared, by name, in the preview and in the run, also after refreshes", async () => {
      note();
      world.clp.world.assign(KEY, "Cloud Edge");
      await importAll();
      const seen = (await harness.refresh((await harness.refresh(made)) as Held)) as Held;
      for (const held of [made, seen]) {
        const message = await harness.refused(() => harness.delete(held));
        expect(message).to.match(
          /^Customer Birch Legal can't be deleted: Cloud Edge is attached, declared by no program and on no request\.\nAll products must be removed from the selected customer/,
        );
        const context = await world.run().session.write(world.names.clp, `${world.program}::birch`);
        const preview = handler.describeDelete(context, held.outputs as never).catch((error: Error) => error.message);
        expect(await preview).to.equal(message);
      }
    });

    it("is held while its products leave, and goes after them, in order", async () => {
      const wfbs = await harness.up(product("WFBS-S"));
      note();
      await harness.delete(wfbs);
      await harness.delete(made);
      await harness.delete(made);
      expect(await states()).to.deep.equal(["Birch Legal Held", "WFBS-S Pending"]);
      const held = await request("Birch Legal");
      expect(held.waitsFor).to.deep.equal([(await request("WFBS-S")).id]);
      expect(held.items[0]?.clickPath.join(" ")).to.contain(
        "Once customer accounts are deleted, they cannot be recovered.",
      );
      const early = await world.clp.verifier.verify(held.id).catch((error: Error) => error.message);
      expect(early).to.be.a("string").and.contain("Held");

      await complete(await request("WFBS-S"));
      expect(await states()).to.deep.equal(["Birch Legal Pending", "WFBS-S Completed"]);
      await complete(await request("Birch Legal"));
      expect(world.clp.world.has(KEY)).to.equal(false);
      await harness.delete(made);
      expect(await states()).to.deep.equal(["Birch Legal Completed", "WFBS-S Completed"]);
    });

    it("stays in state with `wait: completed`, as pending", async () => {
      const waiting = await harness.up(customer({ ...unprotected, wait: "completed" }), made);
      await harness.delete(await harness.up(product("WFBS-S"))).catch(() => undefined);
      note();
      await harness.delete(await harness.up(product("WFBS-S")));
      const message = await harness.refused(() => harness.delete(waiting), { changes: true });
      expect(message).to.match(/^customer Birch Legal is leaving: request R-\d+ is Held; next there: /);
    });

    it("that is declared again takes its request back, so that nobody deletes it", async () => {
      const wfbs = await harness.up(product("WFBS-S"));
      note();
      await harness.delete(wfbs);
      await harness.delete(made);
      const again = await harness.up(customer(unprotected));
      expect(again.id).to.equal(KEY);
      expect((await request("Birch Legal")).state).to.equal("Withdrawn");
    });

    it("is refused on an inventory that is too old for what can't be taken back", async () => {
      const wfbs = await harness.up(product("WFBS-S"));
      note();
      await harness.delete(wfbs);
      world.clock.advance(400 * 86_400_000);
      const message = await harness.refused(() => harness.delete(made));
      expect(message).to.contain("too old").and.contain("Import a newer inventory");
    });

    it("is forgotten where the program says so, and stays on the platform", async () => {
      const forgotten = await harness.up(customer({ ...unprotected, onDelete: "forget" }), made);
      const context = await world.run().session.write(world.names.clp, `${world.program}::birch`);
      expect(await handler.describeDelete(context, forgotten.outputs as never)).to.contain(
        "is still billed for WFBS-S",
      );
      await harness.delete(forgotten);
      expect(await world.requests()).to.deep.equal([]);
    });
  });
});
