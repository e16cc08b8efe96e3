import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { lockFolder } from "../../../desk/store/folder-lock";
import { TemporaryFolder } from "../../support/folder";
import { thrown } from "../../support/thrown";
import { compiledDesk } from "../support/compiled";

/** Takes the lock whenever it is told to, and says what became of it. */
const STARTER = `
  const { lockFolder } = require(process.argv[1]);
  process.stdin.on("data", () => lockFolder(process.argv[2]).then(() => console.log("held"), (error) => console.log(error.kind ?? error)));
  console.log("ready");`;

interface Starter {
  readonly child: ChildProcess;
  /** What it says next. */
  said(): Promise<string>;
  tryIt(): Promise<string>;
  kill(): Promise<void>;
}

describe("desk: the folder lock", function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  const starters: Starter[] = [];
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(async () => {
    for (const starter of starters.splice(0)) await starter.kill();
    folder.remove();
  });

  async function start(...within: readonly string[]): Promise<Starter> {
    const module = join(dirname(compiledDesk()), "store", "folder-lock.js");
    const [file = "", ...rest] = [...within, process.execPath, "-e", STARTER, module, folder.path];
    const child = spawn(file, rest, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdout.setEncoding("utf8");
    const ended = once(child, "exit");
    const said = async () => String((await once(child.stdout, "data"))[0]).trim();
    const starter: Starter = {
      child,
      said,
      tryIt: () => {
        const answer = said();
        child.stdin.write("go");
        return answer;
      },
      kill: async () => {
        child.kill("SIGKILL");
        await ended;
      },
    };
    starters.push(starter);
    expect(await starter.said()).to.equal("ready");
    return starter;
  }

  it("is held by one at a time, and free once it is released", async () => {
    const lock = await lockFolder(folder.path);
    const refusal = await thrown("blocked", lockFolder(folder.path));
    expect(refusal.message).to.contain(folder.path).and.contain("MSP_DESK_DATA");
    await lock.release();
    await (await lockFolder(folder.path)).release();
  });

  it("is of the folder, by whatever path it is reached", async () => {
    symlinkSync(folder.path, folder.at("link"));
    const lock = await lockFolder(folder.path);
    await thrown("blocked", lockFolder(join(folder.at("link"), ".")));
    await lock.release();
  });

  it("is not of another folder", async () => {
    const other = new TemporaryFolder();
    const locks = [await lockFolder(folder.path), await lockFolder(other.path)];
    for (const lock of locks) await lock.release();
    other.remove();
  });

  it("goes to exactly one of many that start at once, each time that its holder was killed", async () => {
    let waiting = await Promise.all(Array.from({ length: 8 }, () => start()));
    while (waiting.length > 0) {
      const answers = await Promise.all(waiting.map((starter) => starter.tryIt()));
      expect(answers.toSorted()).to.deep.equal([...Array(waiting.length - 1).fill("blocked"), "held"]);
      const holder = waiting[answers.indexOf("held")];
      await holder?.kill();
      waiting = waiting.filter((starter) => starter !== holder);
    }
  });

  // As another container on the same volume. Where the system has no network namespaces, nobody can be in another.
  const elsewhere = [
    ["unshare", "-n"],
    ["unshare", "-rn"],
  ].find(([file = "", ...rest]) => spawnSync(file, [...rest, "true"]).status === 0);
  if (elsewhere !== undefined) {
    it("holds against a process in another network namespace, and the other way round", async () => {
      const here = await start();
      const there = await start(...elsewhere);
      expect(await here.tryIt()).to.equal("held");
      expect(await there.tryIt()).to.equal("blocked");
      await here.kill();
      expect(await there.tryIt()).to.equal("held");
      await thrown("blocked", lockFolder(folder.path));
    });
  }
});
