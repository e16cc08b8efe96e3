/** What must hold of every message, whatever it is about: a person reads it at night, alone, in a terminal. */
import { expect } from "chai";
import { isProviderError } from "../../../provider/errors";

/** Text that wrong answers carry where no message may quote them. */
export const RAW = "raw-body-canary";

const WHAT_TO_DO = new RegExp(
  [
    // A clause that begins with what to do.
    /(?:^|[.;:,(\n]\s*|\b(?:or|and|then|else|also)\s+)(?:add|ask|assign|begin|check|choose|close|correct|declare|drop|end|escape|file|find|give|have|import|indent|keep|leave|look|make|name|pass|put|quote|report|run|say|see|send|set|start|take|try|update|use|wait|write)\b/,
    /did you mean\b/,
    // How it must be, or what is not there.
    /\bmust (?:be|have|not be)\b|\b(?:is|are) missing\b|\bneeds\b|can't be a name: one is\b/,
    /\ban admin (?:or operator )?of the desk (?:grants|makes|says)\b|Nothing is concluded\b/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);

export interface MessageRules {
  /** How it names what it is about. */
  readonly place: RegExp;
  readonly secrets: readonly string[];
}

export function expectGood(message: string, { place, secrets }: MessageRules): void {
  const [first = "", ...rest] = message.split("\n");
  expect(first.length, `the first line stands alone: ${first}`).to.be.within(15, 200);
  for (const line of rest) expect(line.trim(), `an empty line in: ${message}`).to.not.equal("");
  expect(message, "where it is").to.match(place);
  expect(message, "what to do").to.match(WHAT_TO_DO);
  expect(message, "values that were never filled in, or a stack").to.not.match(
    /\bundefined\b|\[object |\bNaN\b|\bInfinity\b|\n\s+at |\bTypeError\b|\bSyntaxError\b|node:internal/,
  );
  expect(message, "characters that a terminal obeys").to.not.match(CONTROL);
  expect(message, "somebody else's body").to.not.contain(RAW);
  for (const secret of secrets) expect(message, "a secret").to.not.contain(secret);
}

/** Control and direction characters, but for the line breaks between the lines of a message. */
const CONTROL = /(?!\n)[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** The message of a failure that a person may see; fails where it is our own bug, or no error of ours at all. */
export function messageOf(error: unknown, world: (text: string) => string): string {
  if (!isProviderError(error)) throw error;
  expect(error.kind, error.message).to.not.equal("internal");
  return world(error.message);
}
