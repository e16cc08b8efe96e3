/** The story told once undisturbed, and what is asked of a stage that somebody killed: how the next runs end. */
import { expect } from "chai";
import { type Failure, preview, type Run, settle, up } from "./engine";
import { type Stage, STORY } from "./story";
import type { FaultWorld, Snapshot, Telling } from "./world";
import { type Call, type Meddler, type Point, Wire } from "./wire";

/** A user runs it again once, and where that tells to wait, once more. */
const MOST_PASSES = 2;

/** A stage as it went undisturbed. */
export interface Told {
  readonly stage: Stage;
  /** Before people act. */
  readonly opens: Snapshot;
  /** After that, and before the run. */
  readonly begins: Snapshot;
  readonly acted: Telling;
  readonly calls: readonly Call[];
  readonly failed: readonly string[];
  readonly left: readonly string[];
  readonly ends: Telling;
}

/** Tells the whole story, stage by stage. */
export async function tell(world: FaultWorld): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (const stage of STORY) {
    const opens = await world.snapshot();
    await stage.before?.(world.cast);
    const acted = await world.telling();
    const begins = await world.snapshot();
    const { failures, calls, left } = await play(world, stage);
    told.push({ stage, opens, begins, acted, calls, failed: outcomes(failures), left, ends: await world.telling() });
  }
  return told;
}

/** The world that is left where the stage's run is killed at the point. */
export async function killAt(world: FaultWorld, { stage, begins }: Told, point: Point): Promise<void> {
  await world.restore(begins);
  const wire = await Wire.open(world.targets, { point });
  const running = perform(world.run(wire), world, stage).then(() => wire.pulse());
  try {
    await Promise.race([running, wire.death]);
    expect(wire.isDead, "the run came to its end before it was killed").to.equal(true);
  } finally {
    await wire.close();
  }
}

/** What two worlds share from which the next run starts alike: all that anybody kept, and the time. */
export async function whatIsLeft(world: FaultWorld): Promise<string> {
  return JSON.stringify([await world.chainLength(), world.clock.now(), await world.telling()]);
}

/** How the next runs are looked at. */
interface Looking {
  readonly meddler?: Meddler;
  /** What of a telling counts. */
  readonly seen?: (telling: Telling) => unknown;
}

/** Runs the stage again as its user would, and looks whether it ends as if nothing had happened. */
export async function expectRecovered(
  world: FaultWorld,
  { stage, failed, left, ends }: Told,
  { meddler, seen = (telling) => telling }: Looking = {},
): Promise<void> {
  for (let pass = 1; ; pass++) {
    const now = await play(world, stage, meddler);
    if (JSON.stringify(outcomes(now.failures)) === JSON.stringify(failed)) {
      expect(now.left, "what a preview would change").to.deep.equal(left);
      break;
    }
    if (pass === MOST_PASSES)
      throw new Error(
        `Pass ${pass} fails: ${now.failures.map(({ name, message }) => `${name}: ${message}`).join("\n")}`,
      );
    for (const { message } of now.failures) waitAsTold(world, message);
  }
  expect(differences(seen(await world.telling()), seen(ends)), "what there is").to.deep.equal([]);
  expect(await world.chainHolds(), "the hash chain holds").to.equal(true);
}

/** Where two tellings differ: a path and both values a line. */
export function differences(now: unknown, then: unknown, path = ""): readonly string[] {
  if (JSON.stringify(now) === JSON.stringify(then)) return [];
  if (typeof now !== "object" || typeof then !== "object" || now === null || then === null)
    return [`${path}: ${JSON.stringify(now)} where it was ${JSON.stringify(then)}`];
  const keys = new Set([...Object.keys(now), ...Object.keys(then)]);
  return [...keys].flatMap((key) =>
    differences((now as Record<string, unknown>)[key], (then as Record<string, unknown>)[key], `${path}/${key}`),
  );
}

/** Goes on with the story from after a stage, to its end. */
export async function expectSameEnd(world: FaultWorld, told: readonly Told[], after: Told): Promise<void> {
  for (const { stage, failed, ends } of told.slice(told.indexOf(after) + 1)) {
    await stage.before?.(world.cast);
    const { failures } = await play(world, stage);
    expect(outcomes(failures), stage.name).to.deep.equal(failed);
    expect(differences(await world.telling(), ends), stage.name).to.deep.equal([]);
  }
}

/** A message that says when to come back is believed. */
export function waitAsTold(world: FaultWorld, message: string): void {
  const until = /again after (\S+Z)/.exec(message)?.[1];
  if (until !== undefined) world.advance(Math.max(0, Date.parse(until) - world.clock.now()));
}

export async function perform(run: Run, world: FaultWorld, { program }: Stage): Promise<readonly Failure[]> {
  return program === undefined ? settle(run) : up(run, world.state, program);
}

async function play(world: FaultWorld, stage: Stage, meddler?: Meddler) {
  const wire = await Wire.open(world.targets, meddler === undefined ? {} : { meddler });
  try {
    const run = world.run(wire);
    const failures = await perform(run, world, stage);
    const calls = [...wire.calls];
    const left = stage.program === undefined ? [] : await preview(run, world.state, stage.program);
    return { failures, calls, left };
  } finally {
    await wire.close();
  }
}

function outcomes(failures: readonly Failure[]): readonly string[] {
  return failures.map(({ name, kind }) => `${name}: ${kind}`);
}

/** A failure, with all that it differs in. */
export function inWords(error: unknown): string {
  const { message, actual } = error as Error & { readonly actual?: unknown };
  return Array.isArray(actual) ? `${message}\n${actual.join("\n")}` : message;
}
