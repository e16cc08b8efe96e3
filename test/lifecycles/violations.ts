import { expectReadable } from "../support/thrown";

/** Something that must never be. */
export class Violation extends Error {}

export function violated(what: string, cause?: unknown): never {
  throw new Violation(what, { cause });
}

/** Fails where a message is not one that a person can read. */
export function readable(message: string): void {
  try {
    expectReadable(message);
  } catch (cause) {
    throw new Violation(`an error can't be read: ${message}`, { cause });
  }
}
