import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openStage, type Stage } from "../../examples/story/stage";
import type { OffboardingRequest } from "../../provider/generated/types";
import { pulumi, run } from "./support/cli";

const ROOT = join(__dirname, "..", "..");

/** A program as a user writes it by hand: the one opt-in line, an owner, and its products. */
const program = (products: readonly string[]) => `
const msp = require("pulumi-msp");
msp.announceLeavings();
const owner = new msp.DeviceOwner("front-desk", { platform: "armourzero", email: "front-desk@cedar.example", products: ${JSON.stringify(products)} });
for (const product of ${JSON.stringify(products)}) {
  new msp.ProductAssignment("front-desk/" + product, { platform: "armourzero", owner: owner.email, product, adopt: true }, { dependsOn: [owner] });
}
`;

describe("the package", function () {
  this.timeout(240_000);
  let stage: Stage;
  let folder: string;
  let env: Record<string, string>;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "packaging" });
    folder = mkdtempSync(join(tmpdir(), "pulumi-msp-"));
    env = {
      MSP_DESK_URL: stage.deskUrl,
      MSP_DESK_TOKEN: stage.tokens.program,
      MSP_REASON: "The desk is closed",
      MSP_REQUESTER: "account-manager@msp.example",
    };
  });
  beforeEach(async () => {
    stage.armourzero.world.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    await stage.armourzero.operator.importInventory();
  });
  after(async () => {
    await stage?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Previews, runs, drops a product and destroys, by the command line and the Node host. */
  async function lives(name: string, install: (project: string) => Promise<void>): Promise<void> {
    const project = join(folder, name);
    const state = join(folder, `${name}-state`);
    mkdirSync(project);
    mkdirSync(state);
    writeFileSync(
      join(project, "package.json"),
      JSON.stringify({ name, private: true, main: "index.js", dependencies: { "@pulumi/pulumi": "3.270.0" } }),
    );
    writeFileSync(
      join(project, "Pulumi.yaml"),
      `name: ${name}\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\nconfig:\n  msp:connections:\n    value: { armourzero: { platform: armourzero, account: Example MSP } }\n`,
    );
    writeFileSync(join(project, "index.js"), program(["ShieldOne", "ScoutTwo"]));
    await install(project);
    const at = { cwd: project, state, env };
    const call = async (...args: string[]) => {
      const ran = await pulumi(args, at);
      expect(ran.code, ran.text).to.equal(0);
      return ran.text;
    };
    await call("stack", "init", "dev");
    expect(await call("up", "--yes", "--skip-preview")).to.match(/\+ 4 created/);
    await call("preview", "--refresh", "--expect-no-changes");

    writeFileSync(join(project, "index.js"), program(["ShieldOne"]));
    expect(await call("preview")).to.contain("files an off-boarding request: ScoutTwo of front-desk@cedar.example");
    expect(await call("up", "--yes", "--skip-preview")).to.contain("filed off-boarding request");
    const carriedThrough = async () => {
      const { items } = await stage.desk.get<{ items: OffboardingRequest[] }>("/v1/requests?open=true");
      for (const { id } of items) {
        await stage.armourzero.verifier.verify(id);
        await stage.armourzero.operator.submit(id);
        await stage.armourzero.vendor.handle(id);
      }
      return items.map((request) => request.items[0]?.name);
    };
    expect(await carriedThrough()).to.deep.equal(["ScoutTwo"]);
    await call("destroy", "--yes", "--skip-preview", "--run-program");
    expect(await carriedThrough()).to.deep.equal(["ShieldOne"]);
  }

  it("works from an npm tarball", async () => {
    const packed = await run("npm", ["pack", "--pack-destination", folder, "--ignore-scripts"], { cwd: ROOT });
    expect(packed.code, packed.text).to.equal(0);
    const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz"));
    await lives("from-tarball", async (project) => {
      const installed = await run(
        "npm",
        ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", join(folder, tarball ?? "")],
        { cwd: project },
      );
      expect(installed.code, installed.text).to.equal(0);
    });
  });

  it("works from a file: link", async () => {
    await lives("from-link", async (project) => {
      const installed = await run(
        "npm",
        ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", `file:${ROOT}`],
        { cwd: project },
      );
      expect(installed.code, installed.text).to.equal(0);
    });
  });

  it("works as this repository's root program", async () => {
    stage.armourzero.world.add("warehouse@cedar.example", "Warehouse", { ShieldOne: 1 });
    await stage.armourzero.operator.importInventory();
    stage.clp.world.add(
      "Birch Legal",
      "Birch Legal",
      { "Worry-Free Services": 1, "Cloud Edge": 1 },
      { city: "Leeds", state: "West Yorkshire", country: "GB" },
    );
    await stage.clp.operator.importInventory();
    const state = join(folder, "root-state");
    mkdirSync(state);
    const at = { cwd: ROOT, state, env: { ...env, ...stage.credentials } };
    const settings = join(ROOT, "Pulumi.packaging.yaml");
    const call = async (...args: string[]) => {
      const ran = await pulumi([...args, "--stack", "packaging"], at);
      expect(ran.code, ran.text).to.equal(0);
    };
    try {
      await call("stack", "init");
      const connections = {
        "remote-manager": {
          platform: "trend-micro",
          accountType: "lmp",
          endpoint: stage.lmpiUrl,
          visibilitySeconds: 1,
        },
        "licensing-portal": { platform: "trend-micro", accountType: "clp", account: "Example MSP" },
        armourzero: { platform: "armourzero", account: "Example MSP" },
      };
      appendFileSync(settings, `config:\n  msp:connections: ${JSON.stringify(connections)}\n`);
      await call("up", "--yes", "--skip-preview");
      await call("preview", "--refresh", "--expect-no-changes");
    } finally {
      rmSync(settings, { force: true });
    }
  });
});
