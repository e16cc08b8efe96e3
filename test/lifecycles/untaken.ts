/** Where in the sources those branches stand that no process has taken. */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { jsOf, spansOf, type Untaken, WATCHED } from "./branches";
import { compiledFolder, ROOT } from "./compiled";

/** What ran in none of several processes, as places in the source: `converge.ts:120 known === undefined`. */
export function untakenOf(all: readonly Untaken[]): readonly string[] {
  return WATCHED.flatMap((source) => {
    const folder = compiledFolder();
    const js = readFileSync(join(folder, jsOf(source)), "utf8");
    const map = new SourceMap(JSON.parse(readFileSync(join(folder, `${jsOf(source)}.map`), "utf8")));
    const lines = readFileSync(join(ROOT, source), "utf8").split("\n");
    const times = new Uint16Array(js.length);
    for (const untaken of all)
      for (const [from, to] of untaken[source] ?? [])
        for (let at = from; at < to; at++) times[at] = (times[at] ?? 0) + 1;
    return spansOf((at) => times[at] === all.length, js.length).flatMap(([from, to]) => {
      // What follows the last statement of a block that is always left before is no branch.
      const first = from + js.slice(from, to).search(/[^\s{};)]/);
      if (first < from) return [];
      const before = js.slice(0, first).split("\n");
      const { originalLine } = map.findEntry(before.length - 1, before.at(-1)?.length ?? 0) as { originalLine: number };
      return [`${source}:${originalLine + 1} ${lines[originalLine]?.trim() ?? ""}`];
    });
  });
}
