import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { startProcess } from "../../examples/story/processes";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { DeskApi } from "../../sandbox/people/desk-api";
import { pulumi } from "./support/cli";

const ROOT = join(__dirname, "..", "..");
const OWNER = "front-desk@cedar.example";
const OTHER = "back-office@cedar.example";

/** The plugin on the real engine: a Node program that finds it by its path, and `pulumi import`. */
describe("the plugin on the real engine", function () {
  this.timeout(240_000);
  let stage: Stage;
  let folder: string;

  const environment = () => ({
    MSP_DESK_URL: stage.deskUrl,
    MSP_DESK_TOKEN: stage.tokens.program,
    MSP_REASON: "The desk is closed",
    MSP_REQUESTER: "account-manager@msp.example",
    ...stage.credentials,
  });
  const runWith = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    pulumi(args, { cwd: folder, state: join(stage.folder, "state"), env: { ...environment(), ...env } });
  const run = (...args: readonly string[]) => runWith({}, ...args);
  const program = (...resources: readonly string[]) =>
    writeFileSync(
      join(folder, "index.js"),
      `const pulumi = require("@pulumi/pulumi");
const declare = (type, name, args, opts) => new pulumi.CustomResource("msp:index:" + type, name, args, opts);
const owner = { platform: "armourzero", owner: "${OWNER}", adopt: true };
${resources.join("\n")}
`,
    );
  const CUSTOMER = (city: string) => `const cedar = declare("Customer", "cedar", {
  platform: "remote-manager",
  name: "Cedar Logistics",
  company: { city: "${city}", state: "NRW", country: "DE" },
  firstUser: { loginName: "cedar", firstName: "Jo", lastName: "Doe", email: pulumi.secret("canary-2b1f@cedar.example") },
});`;
  const SHIELD = 'declare("ProductAssignment", "shield", { ...owner, product: "ShieldOne" });';
  const SCOUT = 'declare("ProductAssignment", "scout", { ...owner, product: "ScoutTwo" });';
  const writes = async () => (await stage.control<SandboxLog>("GET", "log")).writes.length;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "plugin" });
    stage.armourzero.world.add(OWNER, "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    stage.armourzero.world.add(OTHER, "Back Office", { ShieldOne: 1, ScoutTwo: 1 });
    await stage.armourzero.operator.importInventory();
    folder = join(stage.folder, "program");
    mkdirSync(join(folder, "plugin"), { recursive: true });
    const executable = join(folder, "plugin", "pulumi-resource-msp");
    writeFileSync(
      executable,
      `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "bin", "provider", "hosts", "plugin", "main.js")}" "$@"\n`,
    );
    chmodSync(executable, 0o755);
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `name: plugin
runtime: nodejs
main: index.js
plugins: { providers: [{ name: msp, path: ./plugin }] }
config:
  msp:connections: { value: ${JSON.stringify(stage.connections)} }
`,
    );
    const made = await run("stack", "init", "dev");
    expect(made.code, made.text).to.equal(0);
  });
  after(() => stage?.close());

  it("previews what is certain, without a write, and refuses there what is refused", async () => {
    program('declare("DeviceOwner", "nobody", { platform: "armourzero", email: "frnt-desk@cedar.example" });');
    const before = await writes();
    const refused = await run("preview");
    expect(refused.code).to.not.equal(0);
    expect(refused.text)
      .to.contain(`Did you mean ${OWNER}`)
      .and.to.not.match(/\n\s+at /);
    program(CUSTOMER("Bonn"), SHIELD, SCOUT);
    const preview = await run("preview");
    expect(preview.code, preview.text).to.equal(0);
    expect(preview.text).to.match(/\+ \d to create/);
    expect(await writes()).to.equal(before);
  });

  it("creates it, finds nothing to do after, and shows no secret", async () => {
    const up = await run("up", "--yes", "--skip-preview");
    expect(up.code, up.text).to.equal(0);
    const again = await run("preview", "--refresh", "--expect-no-changes");
    expect(again.code, again.text).to.equal(0);
    const state = await run("stack", "export");
    expect(state.text).to.contain("Cedar Logistics").and.to.not.contain("canary-2b1f");
  });

  it("shows the property that differs, changes it, and reads it back", async () => {
    program(CUSTOMER("Berlin"), SHIELD, SCOUT);
    const preview = await run("preview", "--diff");
    expect(preview.text).to.match(/~ city\s*: "Bonn" => "Berlin"/);
    const up = await run("up", "--yes", "--skip-preview");
    expect(up.code, up.text).to.equal(0);
    expect(up.text).to.match(/~ 1 updated/);
    const refresh = await run("refresh", "--yes", "--skip-preview");
    expect(refresh.code, refresh.text).to.equal(0);
    expect(refresh.text).to.not.match(/\d updated/);
  });

  it("files a request for what is dropped, and says so under the resource", async () => {
    program(CUSTOMER("Berlin"), SHIELD);
    const up = await run("up", "--yes", "--skip-preview");
    expect(up.code, up.text).to.equal(0);
    expect(up.text).to.match(/filed off-boarding request R-\d+ \(Pending\): ScoutTwo/);
  });

  it("imports what exists by its id, and the next preview has nothing to do", async () => {
    const imported = await run(
      "import",
      "msp:index:DeviceOwner",
      "desk",
      `armourzero/${OWNER}`,
      "--yes",
      "--protect=false",
      "--generate-code=false",
    );
    expect(imported.code, imported.text).to.equal(0);
    program(
      CUSTOMER("Berlin"),
      SHIELD,
      `declare("DeviceOwner", "desk", { platform: "armourzero", email: "${OWNER}", products: ["ShieldOne"] });`,
    );
    const preview = await run("preview", "--expect-no-changes");
    expect(preview.code, preview.text).to.equal(0);
  });

  it("refuses to delete a customer that the platform can't delete, and ends once the program lets go of it", async () => {
    // An owner is dropped once each of its products is on a request.
    const owner = `declare("DeviceOwner", "desk", { platform: "armourzero", email: "${OWNER}", products: [] });`;
    for (const resources of [[CUSTOMER("Berlin"), owner], [CUSTOMER("Berlin")]]) {
      program(...resources);
      const up = await run("up", "--yes", "--skip-preview");
      expect(up.code, up.text).to.equal(0);
    }
    const refused = await run("destroy", "--yes", "--skip-preview");
    expect(refused.code).to.not.equal(0);
    expect(refused.text)
      .to.contain("customer Cedar Logistics can't be deleted")
      .and.to.not.match(/\n\s+at /);
    program(CUSTOMER("Berlin").replace("name:", 'onDelete: "forget", deletionProtection: false, name:'));
    expect((await run("up", "--yes", "--skip-preview")).code).to.equal(0);
    const destroy = await run("destroy", "--yes", "--skip-preview");
    expect(destroy.code, destroy.text).to.equal(0);
    expect(destroy.text).to.contain("it stays on Trend Micro");
  });

  it("takes over a resource of the dynamic host and gives it back, unchanged both ways, and it can be refreshed and deleted after", async () => {
    const args = `{ platform: "armourzero", email: "${OWNER}", products: [] }`;
    const here = (aliases: string) => `declare("DeviceOwner", "moving", ${args}, { aliases: [${aliases}] });`;
    const there = (aliases: string) =>
      `new (require("pulumi-msp").DeviceOwner)("moving", ${args}, { aliases: [${aliases}] });`;
    const settle = async (resource: string) => {
      program(resource);
      const preview = await run("preview", "--expect-no-changes");
      expect(preview.code, preview.text).to.equal(0);
      for (const step of ["up", "refresh"]) {
        const done = await run(step, "--yes", "--skip-preview", "--expect-no-changes");
        expect(done.code, done.text).to.equal(0);
      }
    };
    program(there(""));
    const made = await run("up", "--yes", "--skip-preview");
    expect(made.code, made.text).to.equal(0);
    await settle(here('{ type: "pulumi-nodejs:dynamic/msp:DeviceOwner" }'));
    await settle(there('{ type: "msp:index:DeviceOwner" }'));
    const destroy = await run("destroy", "--yes", "--skip-preview");
    expect(destroy.code, destroy.text).to.equal(0);
    expect(destroy.text).to.match(/- \d deleted/);
  });

  it("says at preview what a drop will file, and takes it back for what is put back, where a Node program announces its leavings", async () => {
    // What one owner is called is secret; the other one is of a connection that only its own provider has.
    const RESOURCES: Readonly<Record<string, string>> = {
      ...Object.fromEntries(
        ["ShieldOne", "ScoutTwo"].map((product) => [
          product,
          `declare("ProductAssignment", "${product}", {
  ...owner, owner: "${OTHER}", subjectName: pulumi.secret("canary-91d4"), product: "${product}", wait: "completed",
});`,
        ]),
      ),
      apart: `const apart = new (class extends pulumi.ProviderResource {})("msp", "apart", {
  connections: JSON.stringify({ second: ${JSON.stringify(stage.connections.armourzero)} }),
});
declare("DeviceOwner", "apart", { platform: "second", email: "${OTHER}" }, { provider: apart });`,
    };
    const announced = async (args: readonly string[], ...names: readonly string[]) => {
      program('require("pulumi-msp").announceLeavings();', ...names.map((name) => RESOURCES[name] ?? ""));
      return run(...args, "--stack", "announced");
    };
    const up = ["up", "--yes", "--skip-preview"];
    expect((await run("stack", "init", "announced", "--no-select")).code).to.equal(0);
    const made = await announced(up, "ShieldOne", "ScoutTwo", "apart");
    expect(made.code, made.text).to.equal(0);
    const preview = await announced(["preview"], "ShieldOne");
    expect(preview.code, preview.text).to.equal(0);
    expect(preview.text)
      .to.match(/files an off-boarding request.*ScoutTwo/s)
      .and.to.match(/- 3 to delete/)
      .and.to.contain("[secret]")
      .and.to.not.contain("canary-91d4");
    const dropped = await announced(up, "ShieldOne", "apart");
    expect(dropped.code).to.not.equal(0);
    const [, request] = /(R-\d+) \(Pending\)/.exec(dropped.text) ?? [];
    const back = await announced(up, "ShieldOne", "ScoutTwo", "apart");
    expect(back.code, back.text).to.equal(0);
    expect(back.text).to.match(/~ 1 updated/);
    const desk = new DeskApi(stage.deskUrl, stage.tokens.program);
    expect(await desk.get(`/v1/requests/${request}`)).to.include({ state: "Withdrawn" });
  });

  it("serves engines that are attached to one that runs already, one after the other", async () => {
    const server = await startProcess(
      [join(ROOT, "bin", "provider", "hosts", "plugin", "main.js")],
      { ...process.env, ...environment() },
      /^(\d+)/,
    );
    try {
      program(`declare("DeviceOwner", "attached", { platform: "armourzero", email: "${OWNER}", products: [] });`);
      const attached = { PULUMI_DEBUG_PROVIDERS: `msp:${server.ready[1]}` };
      for (const args of [
        ["up", "--yes"],
        ["preview", "--expect-no-changes"],
        ["destroy", "--yes"],
      ]) {
        const done = await runWith(attached, ...args);
        expect(done.code, done.text).to.equal(0);
      }
    } finally {
      await server.stop();
    }
  });
});
