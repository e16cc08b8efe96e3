/** Which branches of our own code this process does not take: V8 counts the blocks. */
import { Session } from "node:inspector/promises";

/** Sources whose every branch must be taken. */
export const WATCHED = [
  "provider/lifecycle/converge.ts",
  "provider/lifecycle/claims.ts",
  "provider/lifecycle/gone.ts",
] as const;

/** Characters of the compiled sources, from and to, that did not run. */
export type Untaken = Readonly<Record<string, readonly (readonly [number, number])[]>>;

/** Where a source lies among what is compiled. */
export function jsOf(file: string): string {
  return file.replace(/\.ts$/, ".js");
}

/** Counts from here on; what is asked for in the end is what did not run. It begins before anything is called. */
export async function countBranches(): Promise<() => Promise<Untaken>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });
  return async () => {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    session.disconnect();
    return Object.fromEntries(
      WATCHED.map((source) => {
        const script = result.find(({ url }) => url.endsWith(`/${jsOf(source)}`));
        if (script === undefined) throw new Error(`Nothing has loaded ${source}.`);
        // Outer functions and blocks come first; what is inside has the last word.
        const ran = new Uint8Array(
          Math.max(...script.functions.flatMap(({ ranges }) => ranges.map((r) => r.endOffset))),
        );
        for (const { ranges } of script.functions)
          for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
        return [source, spansOf((at) => ran[at] === 0, ran.length)];
      }),
    );
  };
}

/** The stretches in which something holds. */
export function spansOf(isIn: (at: number) => boolean, length: number): readonly (readonly [number, number])[] {
  const spans: [number, number][] = [];
  for (let at = 0; at < length; at++) {
    if (!isIn(at)) continue;
    const last = spans.at(-1);
    if (last?.[1] === at) last[1] = at + 1;
    else spans.push([at, at + 1]);
  }
  return spans;
}
