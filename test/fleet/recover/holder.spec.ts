import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { expect } from "chai";
import { fateOf, type Holder } from "../../../fleet/recover/holder";
import { TemporaryFolder } from "../../support/folder";

const LONG_AGO = "2020-02-02T02:02:02.020202020Z";
const LATER = "2999-02-02T02:02:02.020202020Z";

describe("the holder of a lock", () => {
  const started: ChildProcess[] = [];
  let folder: TemporaryFolder;

  before(() => {
    // Each says that it runs, and then waits to be told to end.
    const script = "#!/bin/sh\necho here\nread -r line\n";
    folder = new TemporaryFolder({ pulumi: script, other: script });
    for (const name of ["pulumi", "other"]) chmodSync(join(folder.path, name), 0o755);
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
  });
  after(() => folder.remove());

  async function start(command: string) {
    const child = spawn(command, [], { stdio: ["pipe", "pipe", "inherit"] });
    started.push(child);
    await once(child.stdout, "data");
    return { child, pid: child.pid ?? 0 };
  }
  const heard = async (stream: Readable | undefined) => (await once(stream as Readable, "data")) as [Buffer];
  const ended = (stream: Readable | undefined) => once((stream as Readable).resume(), "end");
  const holder = (pid: number, changes: Partial<Holder> = {}): Holder => ({
    pid,
    username: "somebody",
    hostname: hostname(),
    timestamp: new Date().toISOString(),
    ...changes,
  });

  it("is alive while its process runs", async () => {
    const { pid } = await start(join(folder.path, "other"));
    expect(fateOf(holder(pid))).to.equal("alive");
    expect(fateOf(holder(pid, { timestamp: LATER }))).to.equal("alive");
  });

  it("is dead once its process was killed", async () => {
    const { child, pid } = await start(join(folder.path, "other"));
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(fateOf(holder(pid))).to.equal("dead");
  });

  it("is dead though its parent has not collected it", async () => {
    // What takes the shell's place collects no child of the shell. Only that child keeps the fourth stream open.
    const child = spawn("/bin/sh", ["-c", '(exit 0) & echo $!; exec "$0" 3>&-', join(folder.path, "other")], {
      stdio: ["pipe", "pipe", "inherit", "pipe"],
    });
    started.push(child);
    const [, output, , alone] = child.stdio as unknown as readonly Readable[];
    const [[said]] = await Promise.all([heard(output), ended(alone)]);
    const pid = Number(/^\d+/.exec(said.toString("utf8"))?.[0]);
    expect(pid).to.be.above(0);
    expect(fateOf(holder(pid))).to.equal("dead");
  });

  it("is dead where its number is in use again, by a process that is no engine and began later", async () => {
    const { pid } = await start(join(folder.path, "other"));
    expect(fateOf(holder(pid, { timestamp: LONG_AGO }))).to.equal("dead");
  });

  it("is alive where the process is an engine, though it seems to have begun later: a clock may have been set", async () => {
    const { pid } = await start(join(folder.path, "pulumi"));
    expect(fateOf(holder(pid, { timestamp: LONG_AGO }))).to.equal("alive");
  });

  it("is not judged from another host", async () => {
    expect(fateOf(holder(process.pid, { hostname: "ci-7.example" }))).to.equal("elsewhere");
    expect(fateOf(holder(2 ** 30, { hostname: "ci-7.example" }))).to.equal("elsewhere");
    expect(fateOf(holder(2 ** 30, { hostname: "ci-7.example" }), "ci-7.example")).to.equal("dead");
  });
});
