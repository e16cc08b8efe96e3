import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { ensureToolchain } from "../../tools/toolchain";
import { toolchainHome } from "../../tools/toolchain/random-plugin";
import { type Ran, run } from "./support/cli";
import { type Hold, openHoldingFront } from "./support/holding-front";
import { type Descendant, descendantsOf, runningOf } from "./support/process-tree";
import { openRequests } from "./support/refused";

const ROOT = join(__dirname, "..", "..");
const DOCS = readFileSync(join(ROOT, "docs", "recovery.md"), "utf8");
const MSP = join(ROOT, "bin", "cli", "main.js");
const NOWHERE = "http://127.0.0.1:9";
const EMAIL = "front-desk@cedar.example";
const ENDED_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 50;

const CREATE_MADE: Hold = { method: "POST", path: /^\/LMPI\/.*customers/, at: "before its answer" };
const CREATE_UNSENT: Hold = { ...CREATE_MADE, at: "before it is passed on" };
const REQUEST_FILED: Hold = { method: "POST", path: /^\/v1\/requests$/, at: "before its answer" };

/** What the engine keeps on a backend of files. */
interface Checkpoint {
  readonly checkpoint: {
    readonly latest: {
      readonly resources: readonly { readonly urn: string; readonly id?: string }[];
      readonly pending_operations?: readonly object[];
    };
  };
}

/** A run that stands still in the middle, as something that it waits for is held. */
interface Halted {
  readonly engine: ChildProcess;
  readonly ended: Promise<unknown>;
  /** All that it said, once it has ended by itself. */
  readonly said: () => Promise<string>;
  readonly plugin: Descendant;
  readonly below: readonly Descendant[];
  readonly abandoned: Promise<unknown>;
}

type Victims = "the engine" | "the plugin" | "the engine and the plugin";

describe("a run that is killed by SIGKILL, on the real engine", function () {
  this.timeout(240_000);
  let stage: Stage;
  let platform: Awaited<ReturnType<typeof openHoldingFront>>;
  let desk: Awaited<ReturnType<typeof openHoldingFront>>;
  let project: string;
  let env: NodeJS.ProcessEnv;
  let pulumiBinary: string;
  const leftOver: Descendant[] = [];

  const pulumi = (...args: readonly string[]) =>
    run(pulumiBinary, [...args, "--non-interactive"], { cwd: project, env });
  const up = () => pulumi("up", "--yes", "--skip-preview");
  /** With a desk that is down. */
  const recover = async () => {
    const asked = await log();
    const ran = await run(process.execPath, [MSP, "recover", "--stack", "dev"], {
      cwd: project,
      env: { ...env, MSP_DESK_URL: NOWHERE },
    });
    expect((await log()).entries, "calls to the platform").to.have.length(asked.entries.length);
    return ran;
  };
  const stored = () => {
    const file = join(stage.folder, "state", ".pulumi", "stacks", "killed", "dev.json");
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as Checkpoint;
    return { resources: checkpoint.latest.resources, pending: checkpoint.latest.pending_operations?.length ?? 0 };
  };
  const log = () => stage.control<SandboxLog>("GET", "log");
  const fine = (ran: Ran) => {
    expect(ran.code, ran.text).to.equal(0);
    return ran.text;
  };

  const customers: string[] = [];
  const dropped: string[] = [];
  let products = ["ShieldOne", "ScoutTwo", "GuardThree"];
  const write = (leaving = "") =>
    stage.writeFleet(`version: 1
defaults: { adopt: true }
customers:
  - key: cedar
    name: Cedar Logistics
    platform: armourzero
    owners: [{ key: front-desk, email: ${EMAIL}, products: [${products.join(", ")}] }]
${customers.map((key) => `  - { key: ${key}, name: ${key} clinic, platform: remote-manager, company: { city: Portland, state: Oregon, country: US }, firstUser: { loginName: ${key}-it, firstName: IT, lastName: Contact, email: it@${key}.example } }\n`).join("")}${leaving}`);
  const declare = (key: string) => {
    customers.push(key);
    write();
  };
  const drop = (product: string) => {
    products = products.filter((other) => other !== product);
    dropped.push(product);
    const note = `owner: ${EMAIL}, product: ${product}, reason: The desk is closed`;
    write(`leaving: [{ ${note}, requester: account-manager@msp.example }]\n`);
  };

  before(async () => {
    stage = await openStage({ root: ROOT, name: "killed" });
    platform = await openHoldingFront(stage.lmpiUrl);
    desk = await openHoldingFront(stage.deskUrl);
    project = join(stage.folder, "project");
    mkdirSync(project);
    const connections = {
      ...stage.connections,
      "remote-manager": { ...stage.connections["remote-manager"], endpoint: platform.url },
    };
    writeFileSync(
      join(project, "Pulumi.yaml"),
      `name: killed\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\nconfig:\n  msp:connections:\n    value: ${JSON.stringify(connections)}\n`,
    );
    writeFileSync(
      join(project, "index.js"),
      `module.exports = require("pulumi-msp/fleet").fleetProgram(${JSON.stringify(stage.fleetFile)});\n`,
    );
    const { root } = await ensureToolchain();
    pulumiBinary = join(root, "bin", "pulumi");
    env = {
      ...process.env,
      PATH: [join(root, "bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
      PULUMI_HOME: toolchainHome(),
      PULUMI_BACKEND_URL: `file://${join(stage.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      NO_COLOR: "1",
      ...stage.credentials,
      MSP_DESK_URL: desk.url,
      MSP_DESK_TOKEN: stage.tokens.program,
      MSP_FLEET_FILE: stage.fleetFile,
    };
    stage.armourzero.world.add(EMAIL, "Front Desk", { ShieldOne: 1, ScoutTwo: 1, GuardThree: 1 });
    await stage.armourzero.operator.importInventory();
    declare("oak");
    fine(await pulumi("stack", "init", "dev"));
    fine(await up());
  });
  after(async () => {
    for (const { pid } of runningOf(leftOver)) process.kill(pid, "SIGKILL");
    await platform?.close();
    await desk?.close();
    await stage?.close();
  });

  /** Begins an `up`, and lets it come to where something is held. */
  async function halted(front: typeof platform, what: Hold): Promise<Halted> {
    const held = front.hold(what);
    const engine = spawn(pulumiBinary, ["up", "--yes", "--skip-preview", "--non-interactive"], {
      cwd: project,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [engine.stdout, engine.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString("utf8");
      });
    }
    const closed = once(engine, "close");
    const ended = once(engine, "exit");
    const tooSoon = ended.then(() => Promise.reject(new Error(`The run ended before anything was held:\n${said}`)));
    const { abandoned } = await Promise.race([held, tooSoon]);
    tooSoon.catch(() => undefined);
    const below = descendantsOf(engine.pid ?? 0);
    leftOver.push(...below);
    const plugin = below.find(({ command }) => /^\S*node .*dynamic-provider/.test(command));
    if (plugin === undefined) throw new Error(`There is no plugin among ${JSON.stringify(below)}.`);
    return { engine, ended, said: () => closed.then(() => said), plugin, below, abandoned };
  }

  async function kill(victims: Victims, { engine, ended, plugin, below, abandoned }: Halted): Promise<void> {
    if (victims !== "the engine") process.kill(plugin.pid, "SIGKILL");
    if (victims !== "the plugin") engine.kill("SIGKILL");
    await ended;
    await abandoned;
    // Pulumi's language host does nothing without an engine, and sees within five minutes that it has none.
    const others = below.filter(({ command }) => !command.includes("pulumi-language-nodejs "));
    await allEnded(others);
  }

  /** The world as it should be after all: each thing once, nothing left over. */
  async function expectWhole(): Promise<void> {
    const { customers: made } = await stage.control<{
      readonly customers: readonly { readonly company: { readonly name: string } }[];
    }>("GET", "state");
    const clinics = customers.map((key) => `${key} clinic`);
    expect(made.map(({ company }) => company.name))
      .to.have.members(clinics)
      .and.to.have.length(clinics.length);
    const { writes } = await log();
    expect(writes.filter(({ isCommitted }) => isCommitted).length, "writes that changed the platform").to.equal(
      customers.length,
    );
    expect((await openRequests(stage)).map(({ items }) => items.map(({ name }) => name))).to.have.deep.members(
      dropped.map((product) => [product]),
    );
    const { resources, pending } = stored();
    expect(pending).to.equal(0);
    const named = (type: string) =>
      resources.filter(({ urn }) => urn.includes(`msp:${type}::`)).map(({ urn }) => urn.split("::").at(-1));
    expect(named("Customer")).to.have.members(customers).and.to.have.length(customers.length);
    expect(named("ProductAssignment")).to.have.length(products.length);
    expect(resources.filter(({ id, urn }) => id === "" && urn.includes("dynamic/msp:"))).to.deep.equal([]);
  }

  it("in mid-create, once it was made: its lock and its pending create are cleared, and the next run finds it", async () => {
    declare("acme");
    const victim = await halted(platform, CREATE_MADE);
    const early = await recover();
    expect(early.code, early.text).to.equal(1);
    expect(early.text)
      .to.contain(`error: Stack dev is locked by process ${victim.engine.pid} of `)
      .and.to.contain(`on host ${hostname()}, since 20`)
      .and.to.contain("It is running: wait until it has ended.");
    await kill("the engine", victim);
    expect(fine(await recover()))
      .to.contain(`Cleared the lock of process ${victim.engine.pid} of `)
      .and.to.contain("Cleared a pending operation: it was creating acme.")
      .and.to.contain("Stack dev is ready.");
    expect(stored().pending).to.equal(0);
    const next = fine(await up());
    expect(next).to.not.match(/pending operation|warning/);
    await expectWhole();
    expect(fine(await recover())).to.equal("Stack dev has no lock and no pending operation; nothing was changed.\n");
  });

  it("in mid-create, before it was sent: whoever has only Pulumi finds the words and the ways in the docs", async () => {
    declare("birch");
    await kill("the engine and the plugin", await halted(platform, CREATE_UNSENT));
    const refused = await up();
    expect(refused.code).to.not.equal(0);
    documented(refused, "the stack is currently locked by 1 lock(s)");
    fine(await pulumi("cancel", "--yes"));
    const next = await up();
    fine(next);
    documented(next, "Attempting to deploy or update resources with 1 pending operations from previous deployment.");
    expect(stored().pending, "the engine keeps it until it is told").to.equal(1);
    fine(await pulumi("refresh", "--clear-pending-creates", "--yes"));
    await expectWhole();
  });

  it("in mid-create, its plugin alone: the run ends by itself, and leaves nothing to clear", async () => {
    declare("cherry");
    const victim = await halted(platform, CREATE_MADE);
    await kill("the plugin", victim);
    // What comes after it is how the connection broke: at its end, or by a reset.
    documented({ code: victim.engine.exitCode, text: await victim.said() }, "error: error reading from server: ");
    expect(victim.engine.exitCode).to.not.equal(0);
    expect(fine(await recover())).to.equal("Stack dev has no lock and no pending operation; nothing was changed.\n");
    fine(await up());
    await expectWhole();
  });

  it("in mid-delete, once its request was filed: the next run finds the request, and files no other", async () => {
    drop("ScoutTwo");
    await kill("the engine", await halted(desk, REQUEST_FILED));
    expect(fine(await recover())).to.contain("it was deleting cedar/front-desk/scouttwo.");
    fine(await up());
    await expectWhole();
  });

  it("in mid-delete, its plugin alone: the next run finds the request, and files no other", async () => {
    drop("GuardThree");
    const victim = await halted(desk, REQUEST_FILED);
    await kill("the plugin", victim);
    expect(victim.engine.exitCode).to.not.equal(0);
    fine(await up());
    await expectWhole();
    // Nothing is left over from any of these.
    fine(await pulumi("preview", "--refresh", "--expect-no-changes"));
  });
});

/** The engine says it, and the page for those who read it says what to do then. */
function documented({ text }: Ran, words: string): void {
  expect(text).to.contain(words);
  expect(DOCS).to.contain(words);
}

async function allEnded(processes: readonly Descendant[]): Promise<void> {
  const until = performance.now() + ENDED_WITHIN_MS;
  for (;;) {
    const running = runningOf(processes);
    if (running.length === 0) return;
    if (performance.now() > until) throw new Error(`Still running: ${JSON.stringify(running)}`);
    await new Promise((look) => setTimeout(look, LOOK_EVERY_MS));
  }
}
