/** What an in-process world has been told to keep, one line each, so that the engine's next process finds it again. */
import { existsSync, openSync, readFileSync, writeSync } from "node:fs";

/** One thing that the world keeps; the last line of an id counts, and one without a value takes it away. */
export interface Entry {
  readonly kind: "account" | "customer" | "subscription" | "intent" | "request";
  readonly id: string;
  readonly value?: object;
}

export interface Journal {
  readonly entries: readonly Entry[];
  append(entry: Entry): void;
}

/** Reads what is there, and appends from then on. */
export function openJournal(file: string): Journal {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const descriptor = openSync(file, "a");
  return {
    entries: text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Entry])),
    append: (entry) => {
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    },
  };
}
