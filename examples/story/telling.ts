import type { EngineRun } from "./engine";

/** Tells the story in plain lines; a step that does not hold ends it. */
export interface Telling {
  chapter(title: string): void;
  say(line: string): void;
  /** What the engine printed, set off from our own lines. */
  engine(what: string, run: EngineRun): void;
  /** A claim about the world. Throws when it does not hold. */
  holds(claim: string, ok: boolean, seen?: unknown): void;
  readonly claims: number;
}

export class StoryFailure extends Error {}

export function telling(print: (line: string) => void): Telling {
  let chapters = 0;
  let claims = 0;
  return {
    chapter(title) {
      chapters++;
      print("");
      print(`${chapters}. ${title}`);
    },
    say: (line) => print(`   ${line.replaceAll("\n", "\n   ")}`),
    engine(what, run) {
      print(`   $ ${what}${run.ok ? "" : "   (refused or pending)"}`);
      for (const line of run.text.split("\n")) print(`   | ${line}`);
    },
    holds(claim, ok, seen) {
      if (!ok)
        throw new StoryFailure(
          `does not hold: ${claim}${seen === undefined ? "" : `\n  seen: ${typeof seen === "string" ? seen : JSON.stringify(seen, undefined, 2)}`}`,
        );
      claims++;
      print(`   ✓ ${claim}`);
    },
    get claims() {
      return claims;
    },
  };
}
