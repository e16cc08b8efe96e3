import { expect } from "chai";
import { type ErrorKind, isProviderError, type ProviderError } from "../../provider/errors";

/** What a call fails with, in the form that everything has that a user reads; fails itself where the call does not. */
export async function thrown(kind: ErrorKind, call: Promise<unknown> | (() => unknown)): Promise<ProviderError> {
  let answer: unknown;
  try {
    answer = await (typeof call === "function" ? call() : call);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    expect(error.kind, error.message).to.equal(kind);
    expectReadable(error.message);
    return error;
  }
  throw new Error(`It should have failed as ${kind}, and answered ${JSON.stringify(answer)}.`);
}

/** At most three lines; the first stands alone; no stack, no marks of values that were never filled in. */
export function expectReadable(message: string): void {
  const lines = message.split("\n");
  expect(lines.length, message).to.be.within(1, 3);
  for (const line of lines) expect(line.trim(), message).to.not.equal("");
  const [first = ""] = lines;
  expect(first.length, message).to.be.greaterThan(15);
  expect(first, message).to.match(/[.?:)]$/);
  expect(message).to.not.match(/\bundefined\b|\[object |\bNaN\b|\n\s+at |\bnull\b/);
}
