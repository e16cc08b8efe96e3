import type { Origin } from "../../../bad-input/support/origin";

/** A fleet file with mistakes, and the exact words for them. */
export interface WrongFile {
  readonly title: string;
  /** Why the words are these. */
  readonly reason: string;
  readonly origin: Origin;
  readonly text: string;
  /** Without the file's name, which begins each. */
  readonly problems: readonly string[];
}
