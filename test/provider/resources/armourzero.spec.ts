import { expect } from "chai";
import type { OffboardingRequest } from "../../../provider/generated/types";
import { deviceOwner } from "../../../provider/resources/device-owner";
import { type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const JANE = "jane@acme.example";

describe("ArmourZero", () => {
  let world: MspWorld;
  let harness: Harness;

  const owner = (args: object = {}): Declared => ({
    type: "DeviceOwner",
    name: "acme/jane",
    args: {
      platform: world.names.armourzero,
      email: "Jane@Acme.example",
      products: ["ShieldOne", "ScoutTwo"],
      ...args,
    },
  });
  const product = (name: string, args: object = {}): Declared => ({
    type: "ProductAssignment",
    name: `acme/jane/${name.toLowerCase()}`,
    args: { platform: world.names.armourzero, owner: "Jane@Acme.example", product: name, ...args },
  });
  const importAll = () => {
    // What is imported later is as of later.
    world.clock.advance(1_000);
    return world.armourzero.operator.importInventory();
  };
  const note = (wanted = "ShieldOne") =>
    world.note(`{ owner: ${JANE}, product: ${wanted}, reason: She has left, requester: account-manager@msp.example }`);
  const only = async (): Promise<OffboardingRequest> => {
    const [request, ...more] = await world.requests();
    if (request === undefined || more.length > 0)
      throw new Error(`There are ${more.length + (request === undefined ? 0 : 1)} requests.`);
    return request;
  };
  const states = async () =>
    (await world.requests()).map(({ kind, state, items }) => `${kind} ${items[0]?.name} ${state}`);
  const adopt = (name: string, args: object = {}) => harness.up(product(name, { adopt: true, ...args }));

  beforeEach(async () => {
    world = await openWorld();
    harness = new Harness(world);
    world.armourzero.world.add(JANE, "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    await importAll();
  });
  afterEach(() => world.close());

  describe("a device owner", () => {
    it("goes through its whole life, and stays on the platform", async () => {
      const made = await harness.expectUp("create", owner());
      expect(made.id).to.equal(JANE);
      expect(made.outputs.known).to.include({ how: "attested", voucher: "export of Manage > Devices > End User" });

      const fewer = await harness.preview(owner({ products: ["ScoutTwo"] }), made);
      expect(fewer.step).to.equal("update");
      const sorted = await harness.expectUp(
        "update",
        owner({ name: "Front Desk", products: ["ScoutTwo", "ShieldOne"] }),
        made,
      );

      // Nothing of it is left there: only then may the owner leave a program.
      for (const product of ["ShieldOne", "ScoutTwo"]) world.armourzero.world.unassign(JANE, product);
      world.armourzero.world.add("june@acme.example", "Back Office", { ShieldOne: 1 });
      await importAll();
      const replaced = await harness.expectUp(
        "replace",
        owner({ email: "june@acme.example", products: ["ShieldOne"] }),
        sorted,
      );
      expect(replaced.id).to.equal("june@acme.example");

      expect(await harness.refused(() => harness.delete(replaced))).to.contain(
        "ShieldOne is assigned and on no request",
      );
      world.armourzero.world.unassign("june@acme.example", "ShieldOne");
      await importAll();
      await harness.delete(replaced);
      expect(world.told.at(-1)).to.contain("the end user itself stays on ArmourZero");
      expect(world.armourzero.world.has("june@acme.example")).to.equal(true);
      expect(await world.requests()).to.deep.equal([]);
    });

    it("that nobody knows is refused with the near matches, and nothing is filed", async () => {
      const message = await harness.refused(() => harness.up(owner({ email: "jnae@acme.example" })));
      expect(message).to.equal(
        `ArmourZero has no device owner jnae@acme.example in the attested inventory; nothing was filed.\nDid you mean ${JANE}? Else add the end user in the console and import the inventory.`,
      );
      expect(await harness.refused(() => harness.up(owner({ email: "bob@elsewhere.example" })))).to.contain(
        "Add the end user in the console",
      );
    });

    it("is one program's only", async () => {
      await harness.up(owner());
      const message = await harness.refused(() => harness.up({ ...owner(), name: "other/jane" }));
      expect(message).to.contain(`belongs to ${world.program}::acme/jane`);
    });

    it("shows a product that no program declares, refresh for refresh", async () => {
      const made = await harness.up(owner());
      world.armourzero.world.assign(JANE, "CloudBackup");
      await importAll();
      const once = (await harness.refresh(made)) as Held;
      const twice = (await harness.refresh(once)) as Held;
      expect(twice.outputs).to.deep.include({
        undeclaredProducts: ["CloudBackup"],
        products: ["ShieldOne", "ScoutTwo", "CloudBackup"],
      });
      expect((await harness.preview(owner(), twice)).step).to.equal("update");
    });

    it("can't be dropped while something of it is on no request, also after a refresh", async () => {
      const made = await harness.up(owner());
      world.armourzero.world.assign(JANE, "CloudBackup");
      await importAll();
      const seen = (await harness.refresh((await harness.refresh(made)) as Held)) as Held;
      const message = await harness.refused(() => harness.delete(seen));
      expect(message).to.match(
        /^Device owner Jane@Acme.example can't be dropped: CloudBackup, ScoutTwo, ShieldOne are assigned and on no request\./,
      );
    });

    it("has a name that only the platform changes", async () => {
      const message = await harness.refused(() => harness.up(owner({ name: "Reception" })));
      expect(message).to.contain("is Front Desk there, and we can't change it to Reception");
    });

    it("says beforehand that it leaves the program only", async () => {
      const made = await harness.up(owner());
      const context = await world.run().session.write(world.names.armourzero, `${world.program}::acme/jane`);
      expect(await deviceOwner.describeDelete(context, made.outputs as never)).to.match(
        /^leaves this program only, once each of its products is on a request: the end user .* stays on ArmourZero/,
      );
    });
  });

  describe("a product", () => {
    it("is assigned by people, and is there once the inventory shows it", async () => {
      const made = await harness.expectUp("create", product("CloudBackup"));
      const request = await only();
      expect(made.id).to.equal(request.id);
      expect(made.outputs).to.deep.include({ status: "requested", requestId: request.id, known: { how: "unknown" } });
      expect(request).to.deep.include({ kind: "joining", state: "Pending" });
      expect(request.items[0]?.clickPath.at(-1)).to.equal(`Choose the end user ${JANE} and confirm.`);

      await world.armourzero.verifier.verify(request.id);
      await world.armourzero.operator.submit(request.id);
      await world.armourzero.vendor.handle(request.id);
      expect(world.armourzero.world.has(JANE, "CloudBackup")).to.equal(true);
      const seen = (await harness.refresh(made)) as Held;
      expect(seen.outputs).to.include({ status: "assigned" }).and.not.have.property("requestId");
      expect(seen.outputs.known).to.include({ how: "attested", source: `request:${request.id}` });
      expect(seen.id).to.equal(seen.outputs.assignmentId).and.not.equal(request.id);
      expect((await harness.preview(made.declared, seen)).step).to.equal("same");
    });

    it("whose assignment is dropped before it is done is withdrawn, not off-boarded", async () => {
      const made = await harness.up(product("CloudBackup"));
      await harness.delete(made);
      expect(await states()).to.deep.equal(["joining CloudBackup Withdrawn"]);
    });

    it("whose assignment is rejected is gone at the next refresh", async () => {
      const made = await harness.up(product("CloudBackup"));
      await world.armourzero.verifier.verify((await only()).id, { outcome: "refused" });
      expect(await harness.refresh(made)).to.equal(undefined);
    });

    it("of an owner whom nobody knows is refused, and nothing is filed", async () => {
      const message = await harness.refused(() => harness.up(product("CloudBackup", { owner: "jnae@acme.example" })));
      expect(message).to.contain("nothing was filed").and.contain(`Did you mean ${JANE}?`);
    });

    it("is not asked for while nobody says who asks", async () => {
      world.config.requester = undefined;
      const message = await harness.refused(() => harness.up(product("CloudBackup")));
      expect(message).to.contain("nobody says who asks for it").and.contain("MSP_REQUESTER");
    });

    it("that exists is refused, and taken over when asked, in any case of its name", async () => {
      expect(await harness.refused(() => harness.up(product("ShieldOne")))).to.contain("adopt: true");
      const made = await harness.expectUp("create", product("shieldone", { adopt: true }));
      expect(made.outputs).to.include({ product: "shieldone", status: "assigned" });
      expect(await world.requests()).to.deep.equal([]);
    });

    it("leaves on one request, and the owner's others stay", async () => {
      const made = await adopt("ShieldOne");
      note();
      await harness.delete(made);
      await harness.delete(made);
      const request = await only();
      expect(request).to.deep.include({
        kind: "leaving",
        state: "Pending",
        reason: "She has left",
        licence: "keep",
        stays: ["ScoutTwo"],
      });
      expect(request.subject).to.deep.include({ kind: "owner", key: JANE });
      expect(request.items[0]).to.include({ name: "ShieldOne", mode: "request", id: made.outputs.assignmentId });
      expect(request.items[0]?.clickPath).to.include(
        'Click "Remove Selected". The request is then on the "Offboarding Request" tab.',
      );
    });

    it("stays in state with `wait: completed` until people have removed it and attested it", async () => {
      const made = await adopt("ShieldOne", { wait: "completed" });
      note();
      expect(await harness.refused(() => harness.delete(made), { changes: true })).to.match(
        /is Pending; next there: .*\.\nIt stays in state/,
      );
      const { id } = await only();
      await world.armourzero.verifier.verify(id);
      await world.armourzero.operator.submit(id);
      expect(await harness.refused(() => harness.delete(made))).to.match(
        /is In Progress, 24 working hours left to first contact; next there: /,
      );
      await world.armourzero.vendor.handle(id);
      await harness.delete(made);
      expect(await states()).to.deep.equal(["leaving ShieldOne Completed"]);
      expect(world.armourzero.world.productsOf(JANE)).to.deep.equal(["ScoutTwo"]);
    });

    describe("that is declared again", () => {
      const leave = async (): Promise<string> => {
        const made = await adopt("ShieldOne");
        note();
        await harness.delete(made);
        return (await only()).id;
      };

      it("while its request is Pending, takes the request back", async () => {
        const id = await leave();
        const again = await harness.up(product("ShieldOne"));
        expect(again.outputs).to.include({ status: "assigned" });
        expect(await only()).to.include({
          id,
          state: "Withdrawn",
          outcomeReason: `declared again by ${world.program}::acme/jane/shieldone`,
        });
        expect(world.told.at(-1)).to.contain(`withdrew off-boarding request ${id}`);
      });

      it("while its request is In Progress, is refused with what to do", async () => {
        const id = await leave();
        await world.armourzero.verifier.verify(id);
        await world.armourzero.operator.submit(id);
        const message = await harness.refused(() => harness.up(product("ShieldOne")));
        expect(message)
          .to.contain(`request ${id} is In Progress with ArmourZero`)
          .and.contain("Withdraw it at the desk");
      });

      it("after a rejection, is simply ours again", async () => {
        const id = await leave();
        await world.armourzero.verifier.verify(id, { outcome: "refused" });
        const again = await harness.up(product("ShieldOne"));
        expect(again.outputs).to.include({ status: "assigned" });
        expect(await states()).to.deep.equal(["leaving ShieldOne Rejected"]);
      });

      it("after it was removed, is asked for anew", async () => {
        const id = await leave();
        await world.armourzero.verifier.verify(id);
        await world.armourzero.operator.submit(id);
        await world.armourzero.vendor.handle(id);
        const again = await harness.up(product("ShieldOne"));
        expect(again.outputs).to.include({ status: "requested" });
        expect(await states()).to.deep.equal(["joining ShieldOne Pending", "leaving ShieldOne Completed"]);
      });

      it("after it was removed and somebody else assigned it again, is refused like anything that is not ours", async () => {
        const id = await leave();
        await world.armourzero.verifier.verify(id);
        await world.armourzero.operator.submit(id);
        await world.armourzero.vendor.handle(id);
        world.clock.advance(3_600_000);
        world.armourzero.world.assign(JANE, "ShieldOne");
        await importAll();
        expect(await harness.refused(() => harness.up(product("ShieldOne")))).to.contain("adopt: true");
      });

      it("by its owner, with `wait: completed`, takes the request back, for no create comes", async () => {
        const whole = await harness.up(owner());
        const made = await adopt("ShieldOne", { wait: "completed" });
        note();
        const less = await harness.preview(owner({ products: ["ScoutTwo"] }), whole);
        const { outs } = await world.run().provider("DeviceOwner").update(whole.id, whole.outputs, less.inputs);
        await harness.refused(() => harness.delete(made), { changes: true });
        const dropped = { ...whole, inputs: less.inputs, outputs: { ...outs, __provider: whole.outputs.__provider } };
        const back = await harness.up(owner(), dropped);
        expect(back.outputs.products).to.have.members(["ShieldOne", "ScoutTwo"]);
        expect(await states()).to.deep.equal(["leaving ShieldOne Withdrawn"]);
      });
    });

    it("that the wrong one was removed for is found out by the next import", async () => {
      const made = await adopt("ShieldOne");
      note();
      await harness.delete(made);
      const { id } = await only();
      await world.armourzero.verifier.verify(id);
      await world.armourzero.operator.submit(id);
      await world.armourzero.vendor.handle(id, "removesAnother");
      world.clock.advance(3_600_000);
      const { unexpected, contradictions } = await importAll();
      expect([...unexpected, ...contradictions].join("\n"))
        .to.contain("ScoutTwo")
        .and.contain(id);
    });
  });
});
