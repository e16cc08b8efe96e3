/** What a hook says of a leaving when it is previewed, and what it looks up for that: the same in a program's hook and in the plugin's. */
import { isProviderError } from "../errors";
import { describeRemove } from "../lifecycle/converge";
import type { ResourceType } from "../platforms/platform";
import { managed } from "../resources/registry";
import type { Session } from "./session";

/**
 * The ids of what is on open leavings, by the resource that filed them. One that is still in the program is declared again: with
 * `wait: completed` it never left state, nothing else of it has changed, and the engine would say "unchanged" while people take it away. So
 * it is an input that differs. By ids: what a replaced resource has filed is about what it was.
 */
export async function openLeavings(session: Session): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    const requests = await session.desk.requests({ kind: "leaving", open: true });
    const leaving = new Map<string, readonly string[]>();
    for (const { resource, items } of requests)
      leaving.set(resource, [...(leaving.get(resource) ?? []), ...items.map((item) => item.id)]);
    return leaving;
  } catch {
    // Whoever needs the desk says so: the provider, when there is something to do.
    return new Map();
  }
}

/** What the deletion of a resource will file, for whom and what stays; throws what is refused. */
export async function describeLeaving(
  session: Session,
  type: ResourceType,
  outputs: Readonly<Record<string, unknown>>,
): Promise<string> {
  const context = await session.write(String(outputs.platform), String(outputs.__resource ?? ""));
  try {
    return await describeRemove(managed(type), context, outputs);
  } catch (error) {
    // The engine prints a hook's error with its stack; our own words are enough.
    if (isProviderError(error)) error.stack = "";
    throw error;
  }
}
