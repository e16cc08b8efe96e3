import type { Origin } from "./origin";

/** One wrong input, or one wrong answer. */
export interface BadCase {
  /** Unique in the whole table. */
  readonly name: string;
  readonly origin: Origin;
  /** Refused with words for a person; or taken, because what is used of it is right. */
  readonly expects: "refused" | "tolerated";
}
