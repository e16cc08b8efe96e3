import { expect } from "chai";
import type { BadWorld, Everything } from "./world";

/** What may be written all the same: that a claim on a name was made at the desk, and given back. */
export type Apart = "nothing" | "the record of a claim";

/** Runs what must leave nothing behind: platform, desk, state and files are afterwards what they were before. */
export async function untouched<T>(world: BadWorld, run: () => Promise<T>, apart: Apart = "nothing"): Promise<T> {
  const before = kept(await world.everything(), apart);
  const result = await run();
  expect(kept(await world.everything(), apart), "something was written").to.deep.equal(before);
  return result;
}

function kept(everything: Everything, apart: Apart): Everything {
  if (apart === "nothing") return everything;
  const { audit_record: _, ...desk } = everything.desk;
  return { ...everything, desk };
}

/** A message without what differs from run to run. */
export function settled(world: BadWorld): (message: string) => string {
  return (message) =>
    message
      .replaceAll(world.folder.path, "<project>")
      .replaceAll(new URL(world.lmpiFront.url).host, "<platform>")
      .replaceAll(new URL(world.deskFront.url).host, "<desk>")
      .replaceAll(/\b(?!00000000)[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>")
      .replaceAll(/\b2026-03-02T\d\d:\d\d:\d\d(\.\d+)?Z/g, "<instant>");
}
