import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ensureToolchain, type ToolchainOptions, type ToolchainSteps } from "../../tools/toolchain";
import { COMPANIONS } from "../../tools/toolchain/on-path";
import { failure, Scratch } from "./scratch";

describe("toolchain", () => {
  let scratch: Scratch;
  let taken: string[];
  let said: string[];
  beforeEach(() => {
    scratch = new Scratch();
    taken = [];
    said = [];
  });
  afterEach(() => scratch.remove());

  const puts = (name: string) => async (folder: string) => {
    taken.push(name);
    mkdirSync(join(folder, "bin"));
    const program = scratch.program("template", "exit 0");
    for (const file of ["pulumi", ...COMPANIONS]) copyFileSync(program, join(folder, "bin", file));
  };
  const fails = (name: string) => async () => {
    taken.push(name);
    throw new Error(`${name} can't be done`);
  };
  const ensure = (steps: ToolchainSteps, options: ToolchainOptions = {}) =>
    ensureToolchain({
      env: { PATH: join(scratch.folder, "path"), XDG_CACHE_HOME: join(scratch.folder, "cache") },
      log: (line) => said.push(line),
      steps,
      ...options,
    });
  const cached = () => readdirSync(join(scratch.folder, "cache", "pulumi-msp", "toolchain"));

  it("takes the one on PATH and fetches nothing", async () => {
    scratch.pulumi("installed/bin", "v3.280.0", COMPANIONS);
    const env = { PATH: join(scratch.folder, "installed/bin"), XDG_CACHE_HOME: join(scratch.folder, "cache") };
    const toolchain = await ensure({ download: fails("download"), build: fails("build") }, { env });
    expect(toolchain).to.include({ source: "path", version: "3.280.0" });
    expect(toolchain.pulumi).to.equal(join(toolchain.root, "bin", "pulumi"));
    expect([taken, said]).to.deep.equal([[], []]);
  });

  it("gives a root with a bin folder also where Pulumi's own has another name", async () => {
    scratch.pulumi("unpacked/pulumi", "v3.280.0", COMPANIONS);
    const env = { PATH: join(scratch.folder, "unpacked/pulumi"), XDG_CACHE_HOME: join(scratch.folder, "cache") };
    const toolchain = await ensure({ download: fails("download"), build: fails("build") }, { env });
    expect(readdirSync(join(toolchain.root, "bin"))).to.include.members(["pulumi", ...COMPANIONS]);
  });

  it("passes over one on PATH that is too old, and says so", async () => {
    scratch.pulumi("path", "v3.1.0", COMPANIONS);
    const toolchain = await ensure({ download: puts("download"), build: fails("build") });
    expect(toolchain.source).to.equal("download");
    expect(said[0]).to.match(/is v3\.1\.0, and .* is needed; gets its own\.$/);
  });

  it("downloads before it builds", async () => {
    const toolchain = await ensure({ download: puts("download"), build: puts("build") });
    expect(toolchain.source).to.equal("download");
    expect(taken).to.deep.equal(["download"]);
  });

  it("builds where the download can't be had, and says why", async () => {
    const toolchain = await ensure({ download: fails("download"), build: puts("build") });
    expect(toolchain.source).to.equal("built");
    expect(taken).to.deep.equal(["download", "build"]);
    expect(said.join("\n")).to.contain("not possible here: download can't be done");
  });

  it("does nothing and says nothing the second time", async () => {
    const first = await ensure({ download: fails("download"), build: puts("build") });
    [taken, said] = [[], []];
    expect(await ensure({ download: fails("download"), build: fails("build") })).to.deep.equal(first);
    expect([taken, said]).to.deep.equal([[], []]);
  });

  it("is put together once when two runs ask at once", async () => {
    const steps = { download: fails("download"), build: puts("build") };
    const [one, other] = await Promise.all([ensure(steps), ensure(steps)]);
    expect(one).to.deep.equal(other);
    expect(taken).to.deep.equal(["download", "build"]);
  });

  it("takes no half of one for whole", async () => {
    const half = async (folder: string) => {
      taken.push("half");
      mkdirSync(join(folder, "bin"));
    };
    const toolchain = await ensure({ download: half, build: puts("build") });
    expect(toolchain.source).to.equal("built");
  });

  it("fails with every reason and what to do, and leaves nothing behind", async () => {
    const message = await failure(ensure({ download: fails("download"), build: fails("build") }));
    expect(message).to.contain("- PATH has no pulumi\n- download can't be done\n- build can't be done\n");
    expect(message).to.match(/Install Pulumi .* and run this again\.$/);
    expect(cached()).to.deep.equal([]);
  });

  it("stops when it is told to, and tries nothing else", async () => {
    const stop = new AbortController();
    const stopped = async () => {
      taken.push("download");
      stop.abort(new Error("stopped by SIGINT"));
      stop.signal.throwIfAborted();
    };
    const message = await failure(ensure({ download: stopped, build: puts("build") }, { signal: stop.signal }));
    expect(message).to.equal("stopped by SIGINT");
    expect(taken).to.deep.equal(["download"]);
    expect(cached()).to.deep.equal([]);
  });
});
