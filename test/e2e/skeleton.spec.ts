import { join } from "node:path";
import { expect } from "chai";
import { openStage, type Stage } from "../../examples/story/stage";
import type { OffboardingRequest } from "../../provider/generated/types";

const ROOT = join(__dirname, "..", "..");

/** The walking skeleton: the whole way of a product on the real engine, each step with a preview before it. */
describe("a product on the real engine", function () {
  this.timeout(180_000);
  let stage: Stage;

  const fleet = (products: readonly string[], leaving = "") =>
    stage.writeFleet(`version: 1
defaults: { adopt: true }
customers:
  - key: cedar
    name: Cedar Logistics
    platform: armourzero
    owners:
      - { key: front-desk, email: front-desk@cedar.example, products: [${products.join(", ")}] }
${leaving}`);
  const LEAVING =
    "leaving:\n  - { owner: front-desk@cedar.example, product: ScoutTwo, reason: The desk is closed, requester: account-manager@msp.example }\n";
  const open = async () => (await stage.desk.get<{ items: OffboardingRequest[] }>("/v1/requests?open=true")).items;
  const unchanged = (text: string) =>
    expect(text).to.not.match(/to (create|update|delete|replace)|\d (created|updated|deleted|replaced)/);

  before(async () => {
    stage = await openStage({ root: ROOT, name: "skeleton" });
    stage.armourzero.world.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    await stage.armourzero.operator.importInventory();
  });
  after(() => stage?.close());

  it("is created", async () => {
    fleet(["ShieldOne", "ScoutTwo"]);
    const preview = await stage.engine.preview();
    expect(preview.ok, preview.text).to.equal(true);
    expect(preview.text).to.match(/\+ 5 to create/);
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(true);
    expect(up.text).to.match(/\+ 5 created/);
  });

  it("is left alone by a second run, and by a refresh", async () => {
    const preview = await stage.engine.preview({ expectNoChanges: true });
    expect(preview.ok, preview.text).to.equal(true);
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(true);
    unchanged(up.text);
    const refresh = await stage.engine.refresh();
    expect(refresh.ok, refresh.text).to.equal(true);
    unchanged(refresh.text);
    const after = await stage.engine.preview({ refresh: true, expectNoChanges: true });
    expect(after.ok, after.text).to.equal(true);
  });

  it("files a request when it is dropped", async () => {
    fleet(["ShieldOne"], LEAVING);
    const preview = await stage.engine.preview();
    expect(preview.ok, preview.text).to.equal(true);
    expect(preview.text)
      .to.contain("files an off-boarding request: ScoutTwo")
      .and.to.contain("stays: ShieldOne")
      .and.to.match(/- 1 to delete/);
    expect(await open()).to.have.length(0);
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(true);
    expect(up.text).to.match(/filed off-boarding request R-\d+ \(Pending\): ScoutTwo/);
    expect((await open()).map((request) => [request.state, request.items[0]?.name])).to.deep.equal([
      ["Pending", "ScoutTwo"],
    ]);
    const refresh = await stage.engine.preview({ refresh: true, expectNoChanges: true });
    expect(refresh.ok, refresh.text).to.equal(true);
  });

  it("stays, and shows as drift, when its request is rejected", async () => {
    const [request] = await open();
    await stage.armourzero.verifier.verify(request?.id ?? "", { outcome: "refused", necessity: "It is still in use." });
    expect(await open()).to.have.length(0);
    const drift = await stage.engine.preview({ refresh: true });
    expect(drift.ok, drift.text).to.equal(true);
    expect(drift.text)
      .to.contain("ScoutTwo")
      .and.to.match(/~ 1 to update/);
  });

  it("is ours again when it is declared again", async () => {
    fleet(["ShieldOne", "ScoutTwo"]);
    const preview = await stage.engine.preview();
    expect(preview.ok, preview.text).to.equal(true);
    expect(preview.text).to.match(/\+ 1 to create/);
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(true);
    expect(await open()).to.have.length(0);
    const after = await stage.engine.preview({ refresh: true, expectNoChanges: true });
    expect(after.ok, after.text).to.equal(true);
  });

  it("files a request for each product when the stack is destroyed", async () => {
    // The file still declares everything, so a note in it would contradict it: the reason comes from configuration.
    fleet(["ShieldOne", "ScoutTwo"]);
    await stage.engine.configure({ reason: "The customer closes", requester: "account-manager@msp.example" });
    const empty = await stage.engine.previewDestroy();
    expect(empty.ok, empty.text).to.equal(true);
    expect(empty.text)
      .to.contain("files an off-boarding request: ScoutTwo")
      .and.to.contain("files an off-boarding request: ShieldOne");
    expect(await open()).to.have.length(0);
    const destroy = await stage.engine.destroy();
    expect(destroy.ok, destroy.text).to.equal(true);
    expect((await open()).map((request) => request.items[0]?.name).sort()).to.deep.equal(["ScoutTwo", "ShieldOne"]);
  });
});
