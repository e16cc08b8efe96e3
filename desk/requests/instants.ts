/** When things happened, as people and machines say it, against what they must follow. */
import type { Instant } from "../../provider/generated/types";
import { DeskRefusal } from "../problems";
import { pastInstant } from "../work";

/** How far clocks may differ, also the desk's own from what it was, before an order of events counts as wrong. */
const SKEW_MS = 60_000;

interface Happening {
  /** As it was said; left out, it is now. */
  readonly at: Instant | undefined;
  /** "The removal". */
  readonly what: string;
  /** What it can't be before; nothing, where that is not known. */
  readonly notBefore: Instant | undefined;
  /** "the submission". */
  readonly after: string;
}

/**
 * The instant of a happening. Where it comes out before what it follows by the clocks' fault, it is put at that one;
 * where somebody says so, it throws `validation`.
 */
export function instantOf({ at: given, what, notBefore, after }: Happening, now: Instant): Instant {
  const at = pastInstant(given, now, what);
  if (notBefore === undefined || at >= notBefore) return at;
  if (given === undefined || Date.parse(notBefore) - Date.parse(at) <= SKEW_MS) return notBefore;
  throw new DeskRefusal("validation", `${what} at ${at} would be before ${after} at ${notBefore}.`);
}
