import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { sourceKey } from "../../tools/bootstrap/build.mjs";
import { isInstalled, isSame } from "../../tools/bootstrap/install.mjs";
import { isNodeNewEnough } from "../../tools/bootstrap/node.mjs";
import { runInGroup } from "../../tools/bootstrap/processes.mjs";
import { repositoryRoot } from "../../tools/toolchain";
import { Scratch } from "./scratch";

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("commands", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.remove());

  describe("Node", () => {
    for (const version of ["22.13.0", "22.21.1", "24.0.0"]) {
      it(`takes ${version}`, () => expect(isNodeNewEnough(version)).to.equal(true));
    }
    for (const version of ["18.20.0", "20.20.2", "22.12.0"]) {
      it(`passes over ${version}, which lacks what is needed`, () => expect(isNodeNewEnough(version)).to.equal(false));
    }
  });

  describe("dependencies", () => {
    const lock = (packages: Record<string, object>) => ({ packages: { "": {}, ...packages } });
    const wanted = lock({
      "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
      "node_modules/mac-only": { version: "2.0.0", integrity: "sha512-m", optional: true },
    });
    const a = { version: "1.0.0", integrity: "sha512-a" };

    it("are left alone when they are what the lockfile names, another platform's aside", () => {
      expect(isSame(wanted, { packages: { "node_modules/a": a } })).to.equal(true);
    });

    const cases = [
      { reason: "one is missing", packages: {} },
      { reason: "one has another version", packages: { "node_modules/a": { ...a, version: "1.0.1" } } },
      { reason: "one has another content", packages: { "node_modules/a": { ...a, integrity: "sha512-b" } } },
      { reason: "there is one too many", packages: { "node_modules/a": a, "node_modules/b": a } },
    ];
    for (const { reason, packages } of cases) {
      it(`are installed anew when ${reason}`, () => expect(isSame(wanted, { packages })).to.equal(false));
    }

    it("are installed anew after an install that was cut off", async () => {
      scratch.write("package-lock.json", JSON.stringify(wanted));
      mkdirSync(join(scratch.folder, "node_modules", "a"), { recursive: true });
      expect(await isInstalled(scratch.folder)).to.equal(false);
    });
  });

  describe("build", () => {
    it("is done anew when a source, a schema or a setting changes, and only then", async () => {
      scratch.write("provider/index.ts", "export {};");
      scratch.write("schemas/customer.schema.json", "{}");
      const keys = [await sourceKey(scratch.folder)];
      scratch.write("test/customer.spec.ts", "no source of the package");
      expect(await sourceKey(scratch.folder)).to.equal(keys[0]);
      for (const path of ["provider/index.ts", "provider/new.ts", "schemas/customer.schema.json", "tsconfig.json"]) {
        scratch.write(path, `changed ${path}`);
        keys.push(await sourceKey(scratch.folder));
      }
      expect(new Set(keys).size).to.equal(5);
    });
  });

  describe("a program that is run", () => {
    const run = (...lines: string[]) =>
      runInGroup("/bin/sh", [scratch.program("program", ...lines)], {
        cwd: scratch.folder,
        env: process.env,
        graceMs: 200,
      });
    const file = (name: string) => join(scratch.folder, name);
    const appears = async (name: string) => {
      while (!existsSync(file(name))) await sleep(10);
      return readFileSync(file(name), "utf8");
    };

    it("gives its exit code", async () => {
      expect(await run("exit 7")).to.equal(7);
    });

    it("gives the exit code of the signal that ended it", async () => {
      expect(await run("kill -TERM $$")).to.equal(143);
    });

    it("gets a signal once, however often one press arrives, and is waited for", async () => {
      const program = scratch.program(
        "program",
        "trap 'echo got one >> signals' INT",
        "echo ready > ready",
        "until [ -s signals ]; do sleep 0.01; done",
        "sleep 0.1",
        "exit 9",
      );
      const { href } = pathToFileURL(join(repositoryRoot(), "tools", "bootstrap", "processes.mjs"));
      const script = `import { runInGroup } from "${href}"; process.exitCode = await runInGroup("${program}", [], { cwd: ".", env: {} });`;
      const runner = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: scratch.folder });
      const ended = once(runner, "exit");
      await appears("ready");
      runner.kill("SIGINT");
      runner.kill("SIGINT");
      expect(await ended).to.deep.equal([9, null]);
      expect(readFileSync(file("signals"), "utf8")).to.equal("got one\n");
    });

    it("leaves no process behind, not even one that does not want to go", async () => {
      const ended = run(
        "sh -c 'trap \"\" TERM HUP INT; echo $$ > stubborn; exec sleep 300' &",
        "until [ -s stubborn ]; do sleep 0.01; done",
      );
      const pid = Number(await appears("stubborn"));
      expect(await ended).to.equal(0);
      // Killed, but in the table of processes until its new parent has looked.
      while (isAlive(pid)) await sleep(10);
    });
  });
});
