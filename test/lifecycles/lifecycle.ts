import type { Operation } from "./operation";
import { countsOf, type Lifecycle } from "./operations";
import { end } from "./ending";
import { perform } from "./perform";
import { openPlay } from "./play";
import type { Reach } from "./reach";
import type { Stage } from "./stage";
import { violated } from "./violations";
import { World } from "./world";

/** What changes nothing at the desk and in no state. */
const SILENT: readonly Operation["kind"][] = ["look", "edit", "set", "fault", "desk fault", "jump", "colleague"];

/** Plays one lifecycle from its beginning to its quiet end; throws where something is as it must never be. */
export async function playLifecycle(stage: Stage, reach: Reach, lifecycle: Lifecycle): Promise<void> {
  const { operations, faults, crashes, jumps } = countsOf(lifecycle);
  if (operations < 20 || faults < 3 || crashes < 1 || jumps < 1) violated("a lifecycle is too short to count");
  const world = await World.open(stage, lifecycle.beginning);
  const play = openPlay(world, reach);
  const struckBefore = stage.deskWire.struck;
  for (const [index, edits] of lifecycle.programs.entries())
    for (const edit of edits) await perform(play, { kind: "edit", stack: index, edit });
  for (const operation of lifecycle.operations) {
    await perform(play, operation);
    if (!SILENT.includes(operation.kind)) reach.seen(await play.ledger.check());
  }
  reach.operations += operations;
  for (const { fault, times } of stage.lmpi.faults.armed) reach.struck(fault.kind, -Number(times));
  reach.struck("on the way to the desk", stage.deskWire.struck - struckBefore);
  await end(play, lifecycle.ending);
}
