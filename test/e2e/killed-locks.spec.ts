import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { ensureToolchain, repositoryRoot } from "../../tools/toolchain";
import { toolchainHome } from "../../tools/toolchain/random-plugin";
import { TemporaryFolder } from "../support/folder";
import { pulumi, run } from "./support/cli";

const MSP = join(repositoryRoot(), "bin", "cli", "main.js");
const SINCE = "2026-11-25T09:10:23.073220507Z";

describe("msp recover, on the real engine", function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;
  let env: Record<string, string | undefined>;
  const project = () => folder.at("project");

  before(async () => {
    folder = new TemporaryFolder({ "project/Pulumi.yaml": "name: locked\nruntime: nodejs\n" });
    mkdirSync(folder.at("state"));
    mkdirSync(join(project(), "below"));
    const { root } = await ensureToolchain();
    env = {
      ...process.env,
      PATH: [join(root, "bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
      PULUMI_HOME: toolchainHome(),
      PULUMI_BACKEND_URL: `file://${folder.at("state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // What a person may have set for every run; this one must not run the program, as there is none.
      PULUMI_RUN_PROGRAM: "true",
    };
    const made = await pulumi(["stack", "init", "dev"], { cwd: project(), state: folder.at("state"), env: {} });
    expect(made.code, made.text).to.equal(0);
  });
  after(() => folder?.remove());

  const recover = (args: readonly string[] = ["--stack", "dev"], cwd = project(), changes: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, [MSP, "recover", ...args], { cwd, env: { ...env, ...changes } });
  const lockFile = (name: string) => folder.at(`state/.pulumi/locks/organization/locked/dev/${name}.json`);
  const locked = (name: string, holder: object) =>
    folder.write(
      `state/.pulumi/locks/organization/locked/dev/${name}.json`,
      JSON.stringify({ pid: process.pid, username: "ops", hostname: hostname(), timestamp: SINCE, ...holder }),
    );
  const unlocked = () => folder.write("state/.pulumi/locks/organization/locked/dev/none", "");
  const deadPid = async () => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "exit");
    return child.pid ?? 0;
  };

  it("says that there is nothing to do, for the selected stack and from anywhere in the project", async () => {
    unlocked();
    const { code, text } = await recover([], join(project(), "below"));
    expect(text).to.equal("Stack dev has no lock and no pending operation; nothing was changed.\n");
    expect(code).to.equal(0);
  });

  it("clears the lock of a process that is dead, for a project that is named", async () => {
    const pid = await deadPid();
    locked("dead", { pid });
    const { code, text } = await recover(["--stack", "dev", "--cwd", project()], folder.path);
    expect(text).to.equal(
      `Cleared the lock of process ${pid} of ops on host ${hostname()}, since ${SINCE}: that process is dead.\nStack dev is ready. Run \`pulumi up\`: what was under way is looked up, and not sent twice.\n`,
    );
    expect(code).to.equal(0);
    expect(existsSync(lockFile("dead"))).to.equal(false);
  });

  it("refuses where the holder is on another host, and clears nothing then", async () => {
    locked("dead", { pid: await deadPid() });
    locked("other", { pid: 4626, hostname: "ci-7.example" });
    const { code, text } = await recover();
    expect(text).to.equal(
      `error: Stack dev is locked by process 4626 of ops on host ci-7.example, since ${SINCE}; nothing was changed.\nOnly ci-7.example can tell whether it is still running: run this there. At your own risk: \`pulumi cancel --stack dev\`; two runs at once may lose or double what they do.\n`,
    );
    expect(code).to.equal(1);
    expect(["dead", "other"].map((name) => existsSync(lockFile(name)))).to.deep.equal([true, true]);
    // The way that it names, with the engine's own command.
    const cancelled = await pulumi(["cancel", "--yes", "--stack", "dev"], {
      cwd: project(),
      state: folder.at("state"),
      env: {},
    });
    expect(cancelled.code, cancelled.text).to.equal(0);
    expect(["dead", "other"].map((name) => existsSync(lockFile(name)))).to.deep.equal([false, false]);
  });

  it("says what is missing: a project, the stack, the engine", async () => {
    unlocked();
    const refusals: readonly (readonly [ran: ReturnType<typeof recover>, says: RegExp])[] = [
      [
        recover(["--stack", "dev"], folder.path),
        /^error: There is no Pulumi\.yaml in .*\nRun this in a Pulumi project/,
      ],
      [
        recover(["--stack", "dve"]),
        /^error: `pulumi stack export --stack dve` failed\.\nerror: no stack named 'dve' found/,
      ],
      [
        recover(["--stack", "dev"], project(), { PATH: folder.path }),
        /^error: There is no `pulumi` on PATH\.\nInstall it, or add its folder to PATH\./,
      ],
    ];
    for (const [ran, says] of refusals) {
      const { code, text } = await ran;
      expect(text)
        .to.match(says)
        .and.to.not.match(/^\s+at /m);
      expect(code).to.equal(1);
    }
  });
});
