/** Plays some lifecycles in a process of its own: what to play comes on standard input, what became of it goes to standard output. */
import Module from "node:module";
import { constants, setPriority } from "node:os";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { countBranches, type Untaken } from "./branches";
import type { Reached } from "./reach";

export interface Errand {
  readonly seed: number;
  readonly runs: number;
  /** Address of a database for this process alone. */
  readonly database: string;
  /** Where among those of its seed a single lifecycle is, as fast-check says it. */
  readonly path?: string;
  /** A file of ours with a fault in it, by the end of its name, and what stands there in place of what is compiled. */
  readonly mutant?: { readonly file: string; readonly js: string };
}

export interface Told {
  readonly played: number;
  readonly reached: Reached;
  readonly untaken: Untaken;
  /** The first lifecycle in which something was as it must never be, as small as it could be made. */
  readonly failure?: { readonly path: string; readonly lifecycle: unknown; readonly error: string };
}

/** For how long a failing lifecycle is made smaller. */
const SHRINK_MS = 60_000;

async function main(): Promise<void> {
  // Other tests wait for other processes, and notice when those are late.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const { seed, runs, database, path, mutant } = JSON.parse(await text(process.stdin)) as Errand;
  if (mutant !== undefined) replace(mutant);
  const untaken = await countBranches();
  // Only now, so that what they load is what is asked for.
  const { lifecycles } = await import("./operations.js");
  const { playLifecycle } = await import("./lifecycle.js");
  const { openStage } = await import("./stage.js");
  const { Reach } = await import("./reach.js");
  const stage = await openStage(database);
  const reach = new Reach();
  let played = 0;
  let failedAt: number | undefined;
  const details = await fc.check(
    fc.asyncProperty(lifecycles, async (lifecycle) => {
      // What fails once is made smaller for a while; then the smallest so far is told.
      if (failedAt !== undefined && performance.now() - failedAt > SHRINK_MS) return;
      played += 1;
      try {
        await playLifecycle(stage, reach, lifecycle);
      } catch (error) {
        failedAt ??= performance.now();
        throw error;
      }
    }),
    { seed, numRuns: runs, endOnFailure: mutant !== undefined, ...(path === undefined ? {} : { path }) },
  );
  const told: Told = {
    played,
    reached: reach.told(),
    untaken: await untaken(),
    ...(details.failed
      ? {
          failure: {
            path: details.counterexamplePath ?? "",
            lifecycle: details.counterexample?.[0],
            error: inWords(details.errorInstance),
          },
        }
      : {}),
  };
  await stage.close();
  process.stdout.write(JSON.stringify(told));
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : "";
  return error.constructor.name === "Violation" ? `${error.message}${cause}` : (error.stack ?? error.message);
}

/** The one file is loaded with a fault in it. */
function replace({ file, js }: NonNullable<Errand["mutant"]>): void {
  type Loader = (module: { _compile(code: string, name: string): void }, name: string) => void;
  const extensions = (Module as unknown as { readonly _extensions: Record<".js", Loader> })._extensions;
  const load = extensions[".js"];
  extensions[".js"] = (module, name) => (name.endsWith(`/${file}`) ? module._compile(js, name) : load(module, name));
}

void main();
