import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import type { OffboardingRequest } from "../../provider/generated/types";
import { DeskApi } from "../../sandbox/people/desk-api";
import { pulumi } from "./support/cli";

const ROOT = join(__dirname, "..", "..");
const PLUGIN = join(ROOT, "bin", "provider", "hosts", "plugin", "main.js");
const EXAMPLE = readFileSync(join(ROOT, "examples", "fleet-yaml-component", "Pulumi.yaml"), "utf8");
const REASON = { MSP_REASON: "The desk is closed", MSP_REQUESTER: "account-manager@msp.example" };
/** The fleet of another stack. */
const DUNE = `
      name: Dune Cafe
      platform: armourzero
      owners: [{ key: bar, email: bar@dune.example, products: [ShieldOne, ScoutTwo] }]
      adopt: true`;
const DUNE_IN_THE_INVENTORY = `owner,bar@dune.example,Bar,,
assignment,bar@dune.example,Bar,ShieldOne,1
assignment,bar@dune.example,Bar,ScoutTwo,1
`;

describe("the example fleet as a YAML program of components", function () {
  this.timeout(240_000);
  let stage: Stage;
  let folder: string;
  /** Where the package is found by its name. */
  let elsewhere: string;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "yaml-component" });
    const operator = new DeskApi(stage.deskUrl, stage.tokens.operator);
    for (const name of ["armourzero", "licensing-portal"]) {
      const file = join(ROOT, "examples", "fleet", "inventory", `${name}.json`);
      const found = JSON.parse(readFileSync(file, "utf8"));
      if (name === "armourzero") found.csv += DUNE_IN_THE_INVENTORY;
      await operator.post("/v1/inventory/imports", found);
    }
    folder = mkdtempSync(join(tmpdir(), "pulumi-msp-yaml-component-"));
    mkdirSync(join(folder, "state"));
    const installed = join(folder, "node_modules", ".bin");
    mkdirSync(installed, { recursive: true });
    symlinkSync(PLUGIN, join(installed, "pulumi-resource-msp"));
    elsewhere = join(stage.folder, "elsewhere");
    mkdirSync(elsewhere);
    write(program());
    expect((await run({}, "stack", "init", "dev")).code).to.equal(0);
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
  const environment = () => ({
    MSP_DESK_URL: stage.deskUrl,
    MSP_DESK_TOKEN: stage.tokens.program,
    ...stage.credentials,
  });
  const runIn = (cwd: string, env: Readonly<Record<string, string>>, ...args: string[]) =>
    pulumi(args, {
      cwd,
      state: join(folder, "state"),
      env: { ...environment(), ...env },
    });
  const run = (env: Readonly<Record<string, string>>, ...args: string[]) => runIn(folder, env, ...args);
  const succeeds = async (...args: string[]) => {
    const { code, text } = await run(REASON, ...args, "--stack", "dev");
    expect(code, text).to.equal(0);
    return text;
  };
  const refused = async (env: Readonly<Record<string, string>>, ...args: string[]) => {
    const { code, text } = await run(env, ...args, "--stack", "dev");
    expect(code, text).to.not.equal(0);
    expect(text).to.not.match(/\n\s+at /);
    return text;
  };
  const writes = async () => (await stage.control<SandboxLog>("GET", "log")).writes.length;
  const open = async () => (await stage.desk.get<{ items: OffboardingRequest[] }>("/v1/requests?open=true")).items;
  const withoutScoutTwo = () => edited(program(), "[ShieldOne, ScoutTwo]", "[ShieldOne]");

  it("is previewed without a write", async () => {
    expect(await succeeds("preview")).to.match(/\+ 16 to create/);
    expect(await writes()).to.equal(0);
  });

  it("is created, and then left alone", async () => {
    expect(await succeeds("up", "--yes", "--skip-preview")).to.match(/\+ 16 created/);
    await succeeds("preview", "--refresh", "--expect-no-changes");
  });

  it("shows the one property that is edited, and changes it", async () => {
    write(edited(program(), "WFBS-S Yearly, units: 25", "WFBS-S Yearly, units: 30"));
    expect(await succeeds("preview", "--diff")).to.match(/~ units\s*: 25 => 30/);
    expect(await succeeds("up", "--yes", "--skip-preview")).to.match(/~ 1 updated/);
  });

  it("says at preview what a dropped product will file and what stays, and refuses there what will be refused", async () => {
    write(withoutScoutTwo());
    expect(await refused({}, "preview")).to.match(/before hook "msp:before-leaving" failed: .*reason/s);
    const preview = await succeeds("preview");
    expect(preview).to.contain("files an off-boarding request: ScoutTwo of Front Desk");
    expect(preview).to.match(
      /cedar\/front-desk\/scouttwo\):\n[^\n]*\n *reason: The desk is closed[^\n]*\n *stays: ShieldOne/,
    );
    expect(await open()).to.deep.equal([]);
    expect(await succeeds("up", "--yes", "--skip-preview")).to.match(/- 1 deleted/);
    const [request, ...others] = await open();
    expect(others).to.deep.equal([]);
    expect(request?.items.map(({ name }) => name)).to.deep.equal(["ScoutTwo"]);
    expect(request?.stays).to.deep.equal(["ShieldOne"]);
  });

  it("is refused with the place where an entry is wrong, and deletes nothing", async () => {
    write(edited(withoutScoutTwo(), "key: warehouse", "key: Ware House"));
    expect(await refused(REASON, "preview")).to.match(
      /msp:index:FleetCustomer resource 'cedar' has a problem: owners\.1\.key must be of this form/,
    );
    write(edited(withoutScoutTwo(), "owners:\n", "owners:\n        - { key: typo, email: frnt-desk@cedar.example }\n"));
    expect(await refused(REASON, "preview")).to.match(/cedar\/typo\):[\s\S]*Did you mean front-desk@cedar.example/);
    write(withoutScoutTwo());
  });

  it("takes over what a Node program has made of the same entry, unchanged", async () => {
    const installed = join(folder, "node_modules", ".bin");
    const [head = ""] = program().replace("node_modules/.bin", installed).split("resources:\n");
    const inNode = head.replace("runtime: yaml", "runtime: nodejs\nmain: index.js");
    writeFileSync(
      join(elsewhere, "index.js"),
      'module.exports = require("pulumi-msp/fleet").fleetProgram("fleet.yaml");',
    );
    writeFileSync(join(elsewhere, "fleet.yaml"), `version: 1\ncustomers:\n    - key: dune${DUNE}\n`);
    writeFileSync(join(elsewhere, "Pulumi.yaml"), inNode);
    for (const args of [
      ["stack", "init", "other"],
      ["up", "--yes", "--skip-preview"],
    ]) {
      const { code, text } = await runIn(elsewhere, REASON, ...args);
      expect(code, text).to.equal(0);
    }
    const component = "  dune:\n    type: msp:FleetCustomer\n    properties:\n      announceLeavings: true";
    writeFileSync(join(elsewhere, "Pulumi.yaml"), `${head}resources:\n${component}${DUNE}\n`);
    const { code, text } = await runIn(elsewhere, REASON, "up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(code, text).to.equal(0);
    expect(text).to.match(/\b5 unchanged/);
  });

  it("says to two engines that are attached to one server at once what is each one's own", async () => {
    const server = spawn(process.execPath, [PLUGIN], {
      cwd: folder,
      env: { ...process.env, ...environment(), ...REASON },
    });
    try {
      const [line] = (await once(server.stdout, "data")) as [Buffer];
      const attached = { PULUMI_DEBUG_PROVIDERS: `msp:${line.toString().trim()}` };
      const dune = readFileSync(join(elsewhere, "Pulumi.yaml"), "utf8");
      writeFileSync(join(elsewhere, "Pulumi.yaml"), edited(dune, "[ShieldOne, ScoutTwo]", "[ScoutTwo]"));
      write(edited(withoutScoutTwo(), "Services, Cloud Edge]", "Services]"));
      const [mine, other] = await Promise.all([
        run(attached, "preview", "--stack", "dev"),
        runIn(elsewhere, attached, "preview", "--stack", "other"),
      ]);
      const ours = "files an off-boarding request: Cloud Edge of Birch Legal leaves";
      const theirs = "files an off-boarding request: ShieldOne of bar@dune.example leaves";
      expect(mine.code, mine.text).to.equal(0);
      expect(mine.text).to.contain(ours).and.to.not.contain(theirs);
      expect(other.code, other.text).to.equal(0);
      expect(other.text).to.contain(theirs).and.to.not.contain(ours);
    } finally {
      await ended(server);
    }
    write(withoutScoutTwo());
  });

  it("is destroyed with its program alone, as it says", async () => {
    const free = "type: msp:FleetCustomer\n    properties:\n      deletionProtection: false\n";
    const unprotected = withoutScoutTwo().replaceAll("type: msp:FleetCustomer\n    properties:\n", free);
    write(edited(unprotected, "      name: Acme Dental\n", "      name: Acme Dental\n      onDelete: forget\n"));
    await succeeds("up", "--yes", "--skip-preview");
    expect(await refused(REASON, "destroy", "--yes")).to.contain("You must run with the `--run-program` flag");
    const destroyed = await succeeds("destroy", "--yes", "--run-program");
    expect(destroyed).to.contain("files an off-boarding request: Cloud Edge of Birch Legal");
    const { deployment } = JSON.parse(await succeeds("stack", "export"));
    expect(deployment.resources ?? []).to.deep.equal([]);
    expect((await open()).flatMap(({ items }) => items.map(({ name }) => name))).to.have.members([
      "Birch Legal",
      "Cloud Edge",
      "Email Security Yearly",
      "ScoutTwo",
      "ShieldOne",
      "ShieldOne",
      "WFBS-S Yearly",
      "Worry-Free Services",
    ]);
  });
});

async function ended(server: ChildProcessWithoutNullStreams): Promise<void> {
  if (server.exitCode !== null) return;
  const exit = once(server, "exit");
  server.kill("SIGKILL");
  await exit;
}
