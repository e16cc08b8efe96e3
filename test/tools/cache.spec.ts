import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { cacheFolder, contentKey, makeFolder, withLock } from "../../tools/toolchain/cache";
import { failure, Scratch } from "./scratch";

describe("toolchain cache", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.remove());

  describe("its folder", () => {
    it("is below XDG_CACHE_HOME where that is set", () => {
      const env = { XDG_CACHE_HOME: join(scratch.folder, "xdg"), HOME: join(scratch.folder, "home") };
      expect(cacheFolder(scratch.folder, env)).to.equal(join(scratch.folder, "xdg", "pulumi-msp", "toolchain"));
    });

    it("is below ~/.cache otherwise", () => {
      const env = { HOME: join(scratch.folder, "home") };
      expect(cacheFolder(scratch.folder, env)).to.equal(
        join(scratch.folder, "home", ".cache", "pulumi-msp", "toolchain"),
      );
    });

    it("is in the checkout where the home folder can't be written", () => {
      const noFolder = scratch.write("home", "a file, so nothing can be made below it");
      expect(cacheFolder(scratch.folder, { HOME: noFolder })).to.equal(join(scratch.folder, ".cache", "toolchain"));
    });
  });

  describe("its key", () => {
    it("is the same for the same inputs", () => {
      expect(contentKey(["a", Buffer.from("b")])).to.equal(contentKey(["a", "b"]));
    });

    it("changes with any input", () => {
      expect(contentKey(["a", "b"])).to.not.equal(contentKey(["a", "c"]));
    });

    it("tells inputs apart that read the same when put together", () => {
      expect(contentKey(["ab", "c"])).to.not.equal(contentKey(["a", "bc"]));
    });
  });

  describe("making a folder", () => {
    const fill = (text: string) => (folder: string) => writeFile(join(folder, "file"), text);

    it("leaves nothing behind when it fails half-way", async () => {
      const target = join(scratch.folder, "made");
      const broken = makeFolder(target, async (folder) => {
        await fill("half")(folder);
        throw new Error("out of disk");
      });
      expect(await failure(broken)).to.equal("out of disk");
      expect(readdirSync(scratch.folder)).to.deep.equal([]);
    });

    it("keeps what another run put there meanwhile", async () => {
      const target = join(scratch.folder, "made");
      await makeFolder(target, async (folder) => {
        await makeFolder(target, fill("theirs"));
        await fill("ours")(folder);
      });
      expect(readdirSync(scratch.folder)).to.deep.equal(["made"]);
      expect(existsSync(join(target, "file"))).to.equal(true);
    });
  });

  describe("lock", () => {
    const quiet = { log: () => undefined, pollMs: 1 };

    it("lets one run work at a time, and tells the others that they wait", async () => {
      const path = join(scratch.folder, "lock");
      const said: string[] = [];
      const events: string[] = [];
      const firstWorks = Promise.withResolvers<void>();
      const secondWaits = Promise.withResolvers<void>();
      const first = withLock(path, quiet, async () => {
        events.push("first begins");
        firstWorks.resolve();
        await secondWaits.promise;
        events.push("first ends");
      });
      await firstWorks.promise;
      const log = (line: string) => {
        said.push(line);
        secondWaits.resolve();
      };
      await withLock(path, { pollMs: 1, log }, async () => void events.push("second begins"));
      await first;
      expect(events).to.deep.equal(["first begins", "first ends", "second begins"]);
      expect(said).to.have.length(1);
      expect(existsSync(path)).to.equal(false);
    });

    it("is taken over from a run that died", async () => {
      const path = join(scratch.folder, "lock");
      writeFileSync(path, "");
      const aMinuteAgo = Date.now() / 1000 - 60;
      utimesSync(path, aMinuteAgo, aMinuteAgo);
      expect(await withLock(path, quiet, async () => "worked")).to.equal("worked");
    });

    it("is given back when the work fails", async () => {
      mkdirSync(join(scratch.folder, "locks"));
      const broken = withLock(join(scratch.folder, "locks", "lock"), quiet, async () => {
        throw new Error("no compiler");
      });
      expect(await failure(broken)).to.equal("no compiler");
      expect(readdirSync(join(scratch.folder, "locks"))).to.deep.equal([]);
    });
  });
});
