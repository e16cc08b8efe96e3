import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import type { OffboardingRequest } from "../../provider/generated/types";
import { DeskApi } from "../../sandbox/people/desk-api";
import { pulumi } from "./support/cli";

const ROOT = join(__dirname, "..", "..");
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const EXAMPLE = readFileSync(join(ROOT, "examples", "fleet-yaml", "Pulumi.yaml"), "utf8");

/** The example as somebody runs it who has installed the package, but for where the sandbox listens. */
describe("the example fleet as a YAML program", function () {
  this.timeout(240_000);
  let stage: Stage;
  let folder: string;
  let reason: Record<string, string> = {};

  before(async () => {
    stage = await openStage({ root: ROOT, name: "yaml" });
    const operator = new DeskApi(stage.deskUrl, stage.tokens.operator);
    for (const name of ["armourzero", "licensing-portal"]) {
      const file = join(ROOT, "examples", "fleet", "inventory", `${name}.json`);
      await operator.post("/v1/inventory/imports", JSON.parse(readFileSync(file, "utf8")));
    }
    folder = mkdtempSync(join(tmpdir(), "pulumi-msp-yaml-"));
    mkdirSync(join(folder, "state"));
    const installed = join(folder, "node_modules", ".bin");
    mkdirSync(installed, { recursive: true });
    // As npm links the command of an installed package.
    symlinkSync(join(ROOT, manifest.bin["pulumi-resource-msp"]), join(installed, "pulumi-resource-msp"));
    write(program());
    expect((await run("stack", "init", "dev")).code).to.equal(0);
  });
  after(async () => {
    await stage?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const program = () => EXAMPLE.replace("http://127.0.0.1:8701", stage.lmpiUrl);
  const write = (text: string) => writeFileSync(join(folder, "Pulumi.yaml"), text);
  const edited = (text: string, from: string, to: string) => {
    expect(text).to.contain(from);
    return text.replace(from, to);
  };
  const run = (...args: string[]) =>
    pulumi(args, {
      cwd: folder,
      state: join(folder, "state"),
      env: { MSP_DESK_URL: stage.deskUrl, MSP_DESK_TOKEN: stage.tokens.program, ...stage.credentials, ...reason },
    });
  const succeeds = async (...args: string[]) => {
    const { code, text } = await run(...args, "--stack", "dev");
    expect(code, text).to.equal(0);
    return text;
  };
  const writes = async () => (await stage.control<SandboxLog>("GET", "log")).writes.length;
  const open = async () => (await stage.desk.get<{ items: OffboardingRequest[] }>("/v1/requests?open=true")).items;
  const withoutScoutTwo = () => {
    const product = /\n {2}front-desk-scouttwo:\n(?: {4}.*\n)+/.exec(program())?.[0] ?? "no such product";
    return edited(edited(program(), product, "\n"), "products: [ShieldOne, ScoutTwo]", "products: [ShieldOne]");
  };

  it("is previewed without a write", async () => {
    expect(await succeeds("preview")).to.match(/\+ 12 to create/);
    expect(await writes()).to.equal(0);
  });

  it("is created, and then left alone by a second run and by a refresh", async () => {
    expect(await succeeds("up", "--yes")).to.match(/\+ 12 created/);
    const written = await writes();
    await succeeds("preview", "--expect-no-changes");
    await succeeds("up", "--yes", "--expect-no-changes");
    await succeeds("refresh", "--yes", "--expect-no-changes");
    expect(await writes()).to.equal(written);
  });

  it("shows the one property that is edited, and changes it", async () => {
    write(edited(program(), "units: 25", "units: 30"));
    expect(await succeeds("preview", "--diff")).to.match(/~ units\s*: 25 => 30/);
    expect(await succeeds("up", "--yes")).to.match(/~ 1 updated/);
    write(program());
    expect(await succeeds("up", "--yes")).to.match(/~ 1 updated/);
  });

  it("files a request for a product that is dropped, and leaves what stays", async () => {
    write(withoutScoutTwo());
    reason = { MSP_REASON: "The desk is closed", MSP_REQUESTER: "account-manager@msp.example" };
    const up = await succeeds("up", "--yes");
    expect(up).to.match(/- 1 deleted/);
    const [request, ...others] = await open();
    expect(others).to.deep.equal([]);
    expect(request?.items.map(({ name }) => name)).to.deep.equal(["ScoutTwo"]);
    expect(request?.stays).to.deep.equal(["ShieldOne"]);
    expect(request?.reason).to.equal("The desk is closed");
  });

  it("takes in by its id what state has lost, and finds it unchanged", async () => {
    const urn = (type: string, name: string) => `urn:pulumi:dev::msp-fleet-yaml::msp:index:${type}::${name}`;
    await succeeds("state", "delete", urn("ProductAssignment", "cedar/warehouse/shieldone"), "--yes");
    await succeeds("state", "delete", urn("DeviceOwner", "cedar/warehouse"), "--yes");
    expect(await succeeds("preview")).to.match(/\+ 2 to create/);
    const email = "warehouse@cedar.example";
    const unprotected = ["--protect=false", "--generate-code=false", "--yes"];
    for (const [type, name, id] of [
      ["DeviceOwner", "cedar/warehouse", `armourzero/${email}`],
      ["ProductAssignment", "cedar/warehouse/shieldone", `armourzero/${email}/ShieldOne`],
    ] as const)
      expect(await succeeds("import", `msp:index:${type}`, name, id, ...unprotected)).to.match(/1 imported/);
    await succeeds("up", "--yes");
    await succeeds("preview", "--expect-no-changes");
  });

  it("files the leaving of all that it had when it is destroyed, and forgets the customer that can't leave", async () => {
    const free = "type: msp:Customer\n    properties:\n      deletionProtection: false\n";
    const unprotected = withoutScoutTwo().replaceAll("type: msp:Customer\n    properties:\n", free);
    write(edited(unprotected, "      name: Acme Dental\n", "      name: Acme Dental\n      onDelete: forget\n"));
    expect(await succeeds("up", "--yes")).to.match(/~ 2 updated/);
    expect(await succeeds("destroy", "--yes")).to.match(/- 11 deleted/);
    const { deployment } = JSON.parse(await succeeds("stack", "export"));
    expect(deployment.resources ?? []).to.deep.equal([]);
    const left = (await open()).flatMap(({ subject, items }) => items.map(({ name }) => `${subject.name}: ${name}`));
    expect(left).to.have.members([
      "Acme Dental: Email Security Yearly",
      "Acme Dental: WFBS-S Yearly",
      "Birch Legal: Birch Legal",
      "Birch Legal: Cloud Edge",
      "Birch Legal: Worry-Free Services",
      "Front Desk: ScoutTwo",
      "Front Desk: ShieldOne",
      "warehouse@cedar.example: ShieldOne",
    ]);
  });
});
