import { join } from "node:path";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { openRequests, refused } from "./support/refused";

const ROOT = join(__dirname, "..", "..");

describe("a refusal on the real engine", function () {
  this.timeout(240_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "refusals" });
    stage.armourzero.world.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    await stage.armourzero.operator.importInventory();
  });
  after(() => stage?.close());

  const owner = (products: string, email = "front-desk@cedar.example") =>
    `  - key: cedar\n    name: Cedar Logistics\n    platform: armourzero\n    owners:\n      - { key: front-desk, email: ${email}, products: [${products}] }\n`;
  const acme = (extra = "", products = "WFBS-S Yearly") =>
    `  - key: acme\n    name: Acme Dental\n    platform: remote-manager\n    company: { city: Portland, state: Oregon, country: US }\n    firstUser: { loginName: acme-it, firstName: IT, lastName: Contact, email: it@acme.example }\n    products: [${products}]\n${extra}`;
  const fleet = (customers: string, leaving = "", defaults = "{ adopt: true }") =>
    stage.writeFleet(`version: 1\ndefaults: ${defaults}\ncustomers:\n${customers}${leaving}`);
  const open = () => openRequests(stage);
  const writes = async () => (await stage.control<SandboxLog>("GET", "log")).writes.length;

  it("names an unknown owner's near matches, and files nothing", async () => {
    fleet(owner("ShieldOne", "front-dsk@cedar.example"));
    refused(
      await stage.engine.up(),
      "has no device owner front-dsk@cedar.example",
      "Did you mean front-desk@cedar.example?",
    );
    expect(await open()).to.have.length(0);
  });

  it("names what is wrong with an input, at preview", async () => {
    fleet(owner("{ product: ShieldOne, units: 5 }"));
    refused(await stage.engine.preview(), "units: ArmourZero assigns a product to an owner as it is");
  });

  it("says that something exists already, and how to take it over", async () => {
    fleet(owner("ShieldOne"), "", "{ adopt: false }");
    refused(await stage.engine.up(), "exists on ArmourZero already", "adopt: true");
  });

  it("does not delete a customer of a Licensing Management Platform account, and lets it be forgotten", async () => {
    fleet(acme() + owner("ShieldOne, ScoutTwo"));
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(true);
    const before = await writes();
    const leaving =
      "leaving:\n  - { customer: Acme Dental, reason: Acme Dental leaves us, requester: account-manager@msp.example }\n";
    fleet(owner("ShieldOne, ScoutTwo"), leaving);
    refused(await stage.engine.preview(), "Customer Licensing Portal", "onDelete: forget");
    refused(await stage.engine.up(), "Customer Licensing Portal", "onDelete: forget");
    expect(await writes()).to.equal(before);

    // The product's request is filed by then; declared again it is taken back.
    fleet(acme("    deletionProtection: false\n    onDelete: forget\n") + owner("ShieldOne, ScoutTwo"));
    const forgetting = await stage.engine.up();
    expect(forgetting.ok, forgetting.text).to.equal(true);
    expect(await open()).to.have.length(0);
    fleet(owner("ShieldOne, ScoutTwo"), leaving);
    const preview = await stage.engine.preview();
    expect(preview.text).to.contain("leaves this program only").and.to.contain("WFBS-S Yearly");
    const forgotten = await stage.engine.up();
    expect(forgotten.ok, forgotten.text).to.equal(true);
    expect(await writes()).to.equal(before);
  });

  it("keeps a product that can't leave, and is done with it once it is cleared by hand", async () => {
    fleet(owner("ShieldOne"));
    refused(await stage.engine.up(), "nobody says why");
    const state = await stage.engine.state();
    expect(state).to.contain("scouttwo");
    // Cleared by hand on the platform, the next up is done with it.
    stage.armourzero.world.unassign("front-desk@cedar.example", "ScoutTwo");
    await stage.armourzero.operator.importInventory();
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(true);
    expect(await stage.engine.state()).to.not.contain("scouttwo");
    expect((await open()).filter((request) => request.subject.kind === "owner")).to.have.length(0);
  });

  it("never half-replaces what has a new natural key", async () => {
    stage.armourzero.world.add("warehouse@cedar.example", "Warehouse", { ShieldOne: 1 });
    await stage.armourzero.operator.importInventory();
    fleet(owner("ShieldOne", "warehouse@cedar.example"));
    refused(await stage.engine.up(), "nobody says why");
    expect(await stage.engine.state())
      .to.contain("front-desk@cedar.example")
      .and.to.not.contain("warehouse@cedar.example");
    stage.armourzero.world.unassign("front-desk@cedar.example", "ShieldOne");
    await stage.armourzero.operator.importInventory();
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(true);
    expect(await stage.engine.state())
      .to.contain("warehouse@cedar.example")
      .and.to.not.contain("front-desk@cedar.example");
  });

  it("refuses clearly when the desk is down, and sends nothing", async () => {
    const before = await writes();
    await stage.deskProcess.stop();
    fleet(`${acme("", "Email Security Yearly")}${owner("ShieldOne", "warehouse@cedar.example")}`);
    refused(await stage.engine.up(), "desk does not answer", "npx msp desk");
    expect(await writes()).to.equal(before);
  });
});
