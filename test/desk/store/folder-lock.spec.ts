import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { lockFolder } from "../../../desk/store/folder-lock";
import { TemporaryFolder } from "../../support/folder";
import { thrown } from "../../support/thrown";
import { compiledDesk } from "../support/compiled";

/** Takes the lock, or releases the one that it has, whenever it is told to, and says what became of it. */
const STARTER = `
  const { lockFolder } = require(process.argv[1]);
  let lock;
  const take = async () => { lock = await lockFolder(process.argv[2]); return "held"; };
  const release = async () => { await lock.release(); return "released"; };
  process.stdin.on("data", (word) => (String(word) === "go" ? take() : release()).then(console.log, (error) => console.log(error.kind ?? error)));
  process.stdin.on("end", () => console.log("ends"));
  console.log("ready");`;

/** Where it takes an option to have SQLite: 22.12, as a Node of today shows it. */
const WITHOUT_SQLITE = "--no-experimental-sqlite";

interface Starter {
  readonly child: ChildProcess;
  /** What it says next. */
  said(): Promise<string>;
  tryIt(): Promise<string>;
  release(): Promise<string>;
  /** Closes its input, so that nothing but the lock could keep it; its exit code. */
  leave(): Promise<number | null>;
  kill(): Promise<void>;
}

describe("desk: the folder lock", function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;
  const starters: Starter[] = [];
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(async () => {
    for (const starter of starters.splice(0)) await starter.kill();
    folder.remove();
  });

  async function start(within: readonly string[] = [], options: readonly string[] = []): Promise<Starter> {
    const module = join(dirname(compiledDesk()), "store", "folder-lock.js");
    const [file = "", ...rest] = [...within, process.execPath, ...options, "-e", STARTER, module, folder.path];
    const child = spawn(file, rest, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdout.setEncoding("utf8");
    const ended = once(child, "exit");
    const said = async () => String((await once(child.stdout, "data"))[0]).trim();
    const tell = (word: string) => {
      const answer = said();
      child.stdin.write(word);
      return answer;
    };
    const starter: Starter = {
      child,
      said,
      tryIt: () => tell("go"),
      release: () => tell("back"),
      leave: async () => {
        child.stdin.end();
        return ((await ended) as [number | null])[0];
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

  it("goes to exactly one of many that start at once, each time that its holder was killed, on old and new Nodes", async () => {
    const options = (i: number) => (i % 2 === 0 ? [WITHOUT_SQLITE] : []);
    let waiting = await Promise.all(Array.from({ length: 8 }, (_, i) => start([], options(i))));
    while (waiting.length > 0) {
      const answers = await Promise.all(waiting.map((starter) => starter.tryIt()));
      expect(answers.toSorted()).to.deep.equal([...Array(waiting.length - 1).fill("blocked"), "held"]);
      const holder = waiting[answers.indexOf("held")];
      await holder?.kill();
      waiting = waiting.filter((starter) => starter !== holder);
    }
  });

  it("is held by a thread where the process has no SQLite, and is the whole process's all the same", async () => {
    const old = await start([], [WITHOUT_SQLITE]);
    expect(await old.tryIt()).to.equal("held");
    expect(await old.tryIt()).to.equal("blocked");
    const other = await start();
    expect(await other.tryIt()).to.equal("blocked");
    expect(await old.release()).to.equal("released");
    expect(await other.tryIt()).to.equal("held");
    expect(await old.tryIt()).to.equal("blocked");
    expect(await other.release()).to.equal("released");
    expect(await old.tryIt()).to.equal("held");
    // Nobody waits for a thread that would wait for ever.
    expect(await old.leave()).to.equal(0);
  });

  // As another container on the same volume. Where the system has no network namespaces, nobody can be in another.
  const elsewhere = [
    ["unshare", "-n"],
    ["unshare", "-rn"],
  ].find(([file = "", ...rest]) => spawnSync(file, [...rest, "true"]).status === 0);
  if (elsewhere !== undefined) {
    it("holds against a process in another network namespace, and the other way round", async () => {
      const here = await start();
      const there = await start(elsewhere);
      expect(await here.tryIt()).to.equal("held");
      expect(await there.tryIt()).to.equal("blocked");
      await here.kill();
      expect(await there.tryIt()).to.equal("held");
      await thrown("blocked", lockFolder(folder.path));
    });
  }
});
