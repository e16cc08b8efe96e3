import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { expect } from "chai";
import type { Errand } from "./support/child";
import { compiledChild } from "./support/compiled";
import type { State } from "./support/engine";
import { differences, expectRecovered, inWords, killAt, type Told, tell } from "./support/kill";
import { type Call, MOMENTS, type Point, Wire } from "./support/wire";
import { FaultWorld } from "./support/world";

describe("a run in a process of its own that is killed by SIGKILL", function () {
  this.timeout(300_000);
  let world: FaultWorld;
  let story: readonly Told[];

  before(async () => {
    world = await FaultWorld.open();
    story = await tell(world);
  });
  after(() => world.close());

  it("leaves at each kind of write the world that a run leaves whose wire is cut in this process", async () => {
    const failures: string[] = [];
    const points = firstOfEachKind(story);
    expect(points).to.have.length.at.least(12);
    for (const { told, point, call } of points) {
      try {
        await killAt(world, told, point);
        const [cut, cutChain] = [await world.telling(), await world.chainLength()];
        await killProcessAt(world, told, point);
        expect(differences(await world.telling(), cut)).to.deep.equal([]);
        expect(await world.chainLength()).to.equal(cutChain);
        await expectRecovered(world, told);
      } catch (error) {
        failures.push(`${told.stage.name}/${point.call}/${point.moment} (${call}): ${inWords(error)}`);
      }
    }
    expect(failures, failures.join("\n\n")).to.deep.equal([]);
  });
});

/** The first write of each kind in the story, each killed at another moment than the one before it. */
function firstOfEachKind(story: readonly Told[]) {
  const kindOf = ({ to, method, path }: Call) => `${to} ${method} ${path}`;
  const points = new Map<string, { readonly told: Told; readonly point: Point; readonly call: string }>();
  for (const told of story) {
    for (const [index, call] of told.calls.entries()) {
      if (call.method === "GET" || points.has(kindOf(call))) continue;
      const moment = MOMENTS[points.size % MOMENTS.length] ?? "before";
      points.set(kindOf(call), { told, point: { call: index + 1, moment }, call: kindOf(call) });
    }
  }
  return [...points.values()];
}

/** The same as `killAt`, with a process that really dies; what it kept before is in state. */
async function killProcessAt(world: FaultWorld, { stage, begins }: Told, point: Point): Promise<void> {
  await world.restore(begins);
  const child = spawn(process.execPath, [compiledChild()], { stdio: ["pipe", "inherit", "inherit", "pipe"] });
  const ended = once(child, "close");
  const wire = await Wire.open(world.targets, {
    point,
    executioner: { halt: () => void child.kill("SIGSTOP"), kill: () => void child.kill("SIGKILL") },
  });
  try {
    const errand: Errand = { stage: stage.name, state: begins.state, nowMs: world.clock.now(), ...world.outside(wire) };
    child.stdin?.end(JSON.stringify(errand));
    const kept = (await text(child.stdio[3] as Readable)).split("\n").filter((line) => line !== "");
    const [, signal] = (await ended) as [number | null, string | null];
    expect(signal).to.equal("SIGKILL");
    world.state = kept.length === 0 ? begins.state : (JSON.parse(kept.at(-1) ?? "") as State);
  } finally {
    child.kill("SIGKILL");
    await wire.close();
  }
}
