import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { openStage, type Stage } from "../../examples/story/stage";

const ROOT = join(__dirname, "..", "..");

interface Stored {
  readonly deployment: {
    readonly resources: readonly {
      readonly type: string;
      readonly inputs?: Record<string, unknown>;
      readonly outputs?: Record<string, unknown>;
    }[];
  };
}

describe("state on the real engine", function () {
  this.timeout(180_000);
  let stage: Stage;
  let text: string;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "state" });
    stage.armourzero.world.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    stage.armourzero.world.add("warehouse@cedar.example", "Warehouse", { ShieldOne: 1 });
    await stage.armourzero.operator.importInventory();
    stage.clp.world.add(
      "Birch Legal",
      "Birch Legal",
      { "Worry-Free Services": 1, "Cloud Edge": 1 },
      { city: "Leeds", state: "West Yorkshire", country: "GB" },
    );
    await stage.clp.operator.importInventory();
    stage.writeFleet(readFileSync(join(ROOT, "examples", "fleet", "fleet.yaml"), "utf8"));
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(true);
    text = await stage.engine.state();
  });
  after(() => stage?.close());

  it("holds one constant provider string for each type, under 200 bytes", () => {
    const strings = new Map<string, Set<string>>();
    for (const { type, inputs, outputs } of (JSON.parse(text) as Stored).deployment.resources) {
      for (const provider of [inputs?.__provider, outputs?.__provider]) {
        if (typeof provider === "string") strings.set(type, (strings.get(type) ?? new Set()).add(provider));
      }
    }
    expect([...strings.keys()].sort()).to.deep.equal(
      ["Customer", "DeviceOwner", "ProductAssignment"].map((type) => `pulumi-nodejs:dynamic/msp:${type}`),
    );
    for (const [type, found] of strings) {
      expect(found.size, type).to.equal(1);
      expect(Buffer.byteLength([...found][0] ?? ""), type).to.be.lessThan(200);
    }
  });

  it("holds no credential, token or path", () => {
    const secrets = [...Object.values(stage.credentials), ...Object.values(stage.tokens), ROOT, stage.folder];
    for (const secret of secrets) expect(text.includes(secret)).to.equal(false);
  });

  it("is the same after a refresh, and a preview after that is empty", async () => {
    const refresh = await stage.engine.refresh();
    expect(refresh.ok, refresh.text).to.equal(true);
    expect(refresh.text)
      .to.match(/\d+ unchanged/)
      .and.to.not.match(/updated/);
    const preview = await stage.engine.preview({ expectNoChanges: true });
    expect(preview.ok, preview.text).to.equal(true);
  });

  it("says how each resource is known", () => {
    const known = (JSON.parse(text) as Stored).deployment.resources
      .filter((resource) => resource.type.includes("dynamic/msp:"))
      .map(({ outputs }) => (outputs?.known as { how: string } | undefined)?.how);
    expect(known.filter((how) => how === "read")).to.have.length(3);
    expect(known.filter((how) => how === "attested")).to.have.length(8);
  });
});
