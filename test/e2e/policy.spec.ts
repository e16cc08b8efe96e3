import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { DeskApi } from "../../sandbox/people/desk-api";
import { blocks, ROOT, readPage } from "../docs/support/pages";
import { pulumi } from "./support/cli";

const POLICY = join(ROOT, "examples", "policy");
const EXAMPLE = readPage("examples/fleet-yaml/Pulumi.yaml");
const CANARY = "canary-7d3e";

describe("the policy pack of the examples on the real engine", function () {
  this.timeout(240_000);
  let stage: Stage;
  let folder: string;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "policy" });
  });
  after(() => stage?.close());

  const run = (...args: readonly string[]) =>
    pulumi(args, {
      cwd: folder,
      state: join(stage.folder, "state"),
      env: { MSP_DESK_URL: stage.deskUrl, MSP_DESK_TOKEN: stage.tokens.program, ...stage.credentials },
    });
  /** With the pack, configured by a file: the example's own, or these policies. */
  const held = async (command: readonly string[], policies?: object, exceptions: object = {}) => {
    const own = join(folder, "policies.json");
    if (policies !== undefined) writeFileSync(own, JSON.stringify({ version: 2, policies, exceptions }));
    const config = policies === undefined ? join(POLICY, "config.json") : own;
    return run(...command, "--stack", "prod", "--policy-pack", join(POLICY, "pack.js"), "--policy-pack-config", config);
  };
  const open = async (name: string, project: string) => {
    folder = join(stage.folder, name);
    mkdirSync(folder);
    writeFileSync(join(folder, "Pulumi.yaml"), project);
    const made = await run("stack", "init", "prod");
    expect(made.code, made.text).to.equal(0);
  };
  const writes = async () => (await stage.control<SandboxLog>("GET", "log")).writes.map(({ operation }) => operation);

  describe("with a program on the dynamic host", () => {
    const CONFIG = {
      "deletion-protection": { production: ["prod*"] },
      "email-domains": { allowed: ["birch.example"] },
      "seats-per-customer": { budget: { "WFBS-S Yearly": 25 } },
      "seats-per-stack": { budget: { "WFBS-S Yearly": 40 } },
    };
    const customer = (key: string, email: string, more = "") =>
      `const ${key} = new msp.Customer("${key}", { platform: "remote-manager", name: "${key} Ltd", company, ${more}
  firstUser: { loginName: "${key}-it", firstName: "Jo", lastName: "Doe", email: ${email} } });`;
    const seats = (key: string, units: number) =>
      `new msp.ProductAssignment("${key}/wfbs", { platform: "remote-manager", customer: ${key}.customerId, product: "WFBS-S Yearly", units: ${units} });`;
    const program = (...resources: readonly string[]) =>
      writeFileSync(
        join(folder, "index.js"),
        `const pulumi = require("@pulumi/pulumi");
const msp = require("pulumi-msp");
const company = { city: "Leeds", state: "West Yorkshire", country: "GB" };
${resources.join("\n")}
`,
      );
    const BIRCH = customer("birch", '"it@birch.example"');
    const UNPROTECTED = customer("birch", '"it@birch.example"', "deletionProtection: false,");

    before(() =>
      open(
        "dynamic",
        `name: my-fleet
runtime: nodejs
main: index.js
config:
  msp:connections: { value: ${JSON.stringify(stage.connections)} }
`,
      ),
    );

    it("refuses a preview with each rule that the program breaks, and tells no secret", async () => {
      const secret = customer("cedar", `pulumi.secret("${CANARY}@elsewhere.example")`);
      program(UNPROTECTED, secret, seats("birch", 26), seats("cedar", 20));
      const { code, text } = await held(["preview"], CONFIG);
      expect(code, text).to.equal(1);
      expect(text)
        .to.match(/\[mandatory\] {2}deletion-protection {2}\(pulumi-nodejs:dynamic\/msp:Customer: birch\)/)
        .and.to.contain("Customer birch is not protected from deletion, and prod is a production stack.")
        .and.to.contain("cedar: firstUser.email is at a domain that is not allowed.")
        .and.to.contain("birch/wfbs has more units than the 25 that a customer may have of its product.")
        .and.to.contain("This stack has 46 seats of WFBS-S Yearly, and the budget for it is 40.")
        .and.to.not.match(/canary|elsewhere|cedar\/wfbs has|\n\s+at /);
    });

    it("goes on where a policy is advisory, with a warning, and where an exception says who agreed", async () => {
      program(UNPROTECTED, seats("birch", 26));
      const [documented = ""] = blocks(readPage("examples/policy/README.md"), "json");
      const onThisHost = documented.replace("msp:index:", "pulumi-nodejs:dynamic/msp:");
      const { exceptions } = JSON.parse(`{${onThisHost}}`) as { readonly exceptions: object };
      const advisory = {
        ...CONFIG,
        "seats-per-customer": { ...CONFIG["seats-per-customer"], enforcementLevel: "advisory" },
      };
      const { code, text } = await held(["preview", "--show-policy-exceptions"], advisory, exceptions);
      expect(code, text).to.equal(0);
      expect(text)
        .to.match(/\[advisory\] {2}seats-per-customer {2}\(.*birch\/wfbs\)/)
        .and.to.contain("its managing partner agreed")
        .and.to.not.contain("[mandatory]  seats");
    });

    it("lets pass what a preview can't know yet, and stops it in `up` before it is written", async () => {
      program(BIRCH, customer("cedar", `pulumi.interpolate\`${CANARY}@\${birch.customerId}.example\``));
      const { code, text } = await held(["up", "--yes"], CONFIG);
      expect(code, text).to.equal(1);
      expect(text)
        .to.match(/\+ 3 to create/)
        .and.to.contain("cedar: firstUser.email is at a domain that is not allowed.")
        .and.to.not.contain(CANARY);
      expect(await writes()).to.have.length(1);
    });

    it("lets a program pass that keeps to the rules", async () => {
      program(BIRCH, seats("birch", 25));
      const { code, text } = await held(["up", "--yes", "--skip-preview"], CONFIG);
      expect(code, text).to.equal(0);
      expect(text)
        .to.match(/✅ msp-policies@v1\.0\.0/)
        .and.to.match(/\+ 1 created/);
    });

    it("judges what stands in state already", async () => {
      const kept = await held(["policy", "analyze"], CONFIG);
      expect(kept.code, kept.text).to.equal(0);
      const tighter = { ...CONFIG, "seats-per-stack": { budget: { "*": 24 } } };
      const broken = await held(["policy", "analyze"], tighter);
      expect(broken.code, broken.text).to.equal(1);
      expect(broken.text).to.contain("This stack has 25 seats of one product, and the budget for it is 24.");
    });

    it("does not start without what it must be told, or with what it can't be told", async () => {
      const { code, text } = await held(["preview"], { "deletion-protection": { production: "prod" } });
      expect(code, text).to.equal(1);
      expect(text)
        .to.contain("deletion-protection: production: Invalid type. Expected: array, given: string")
        .and.to.contain("email-domains: allowed is required")
        .and.to.contain("seats-per-stack: budget is required");
    });
  });

  describe("with a YAML program on the plugin", () => {
    const program = () => EXAMPLE.replace("http://127.0.0.1:8701", stage.lmpiUrl);
    const edited = (edits: Readonly<Record<string, string>>) =>
      Object.entries(edits).reduce((text, [from, to]) => {
        expect(text).to.contain(from);
        return text.replace(from, to);
      }, program());

    before(async () => {
      const operator = new DeskApi(stage.deskUrl, stage.tokens.operator);
      for (const name of ["armourzero", "licensing-portal"]) {
        const file = join(ROOT, "examples", "fleet", "inventory", `${name}.json`);
        await operator.post("/v1/inventory/imports", JSON.parse(readFileSync(file, "utf8")));
      }
      await open("yaml", program());
      mkdirSync(join(folder, "node_modules", ".bin"), { recursive: true });
      const plugin = join(ROOT, "bin", "provider", "hosts", "plugin", "main.js");
      symlinkSync(plugin, join(folder, "node_modules", ".bin", "pulumi-resource-msp"));
    });

    it("refuses a preview with each rule that the program breaks", async () => {
      const broken = edited({
        "name: Birch Legal\n": "name: Birch Legal\n      deletionProtection: false\n",
        "email: it@acme.example": "email: it@elsewhere.example",
        "units: 25": "units: 60",
      });
      writeFileSync(join(folder, "Pulumi.yaml"), broken);
      const { code, text } = await held(["preview"]);
      expect(code, text).to.equal(1);
      expect(text)
        .to.match(/\[mandatory\] {2}deletion-protection {2}\(msp:index:Customer: birch\)/)
        .and.to.contain("acme: firstUser.email is at a domain that is not allowed.")
        .and.to.contain("acme/wfbs-s-yearly has more units than the 50 that a customer may have of its product.")
        .and.to.not.contain("seats-per-stack  (");
    });

    it("lets the example fleet pass with the configuration that lies beside the pack", async () => {
      writeFileSync(join(folder, "Pulumi.yaml"), program());
      const { code, text } = await held(["up", "--yes"]);
      expect(code, text).to.equal(0);
      expect(text)
        .to.match(/✅ msp-policies@v1\.0\.0/)
        .and.to.match(/\+ 12 created/);
    });
  });
});
