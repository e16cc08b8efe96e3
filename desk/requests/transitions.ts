/** The one transition table: what a request may do in which state. Whatever is not here is refused, naming what is. */
import type { RequestItem, RequestState, VendorSide } from "../../provider/generated/types";
import { DeskRefusal } from "../problems";
import type { Pause } from "../store/tables";
import { pausedSince } from "./clock";

/** What somebody does to a request; the last part of its address in the API. `release` is done by the desk alone. */
export type Action =
  | "release"
  | "verify"
  | "withdraw"
  | "submit"
  | "contact"
  | "vendor-verification"
  | "pause"
  | "resume"
  | "removed"
  | "confirm";

/** `Pending` before and after our own verification are two phases of one public state. */
export type Phase = "held" | "unverified" | "verified" | "in progress" | "final";

/** What the table asks about a request. */
export interface TransitionFacts {
  readonly id: string;
  readonly state: RequestState;
  readonly isVerified: boolean;
  readonly items: readonly Pick<RequestItem, "mode" | "state">[];
  readonly vendor: VendorSide | undefined;
  readonly pauses: readonly Pause[];
}

interface Transition {
  readonly from: Phase;
  readonly action: Action;
  /** By outcome, for actions that have one. */
  readonly to: RequestState | { readonly accepted: RequestState; readonly refused: RequestState };
  readonly by?: "desk";
  /** A condition beyond the phase, as a noun clause for the refusal. */
  readonly when?: readonly [says: string, holds: (facts: TransitionFacts) => boolean];
}

const nothingRemoved = [
  "nothing has been removed yet",
  (f: TransitionFacts) => f.items.every((item) => item.state === "open"),
] as const;
const submitted = [
  "the vendor holds the request",
  (f: TransitionFacts) => f.vendor?.submittedAt !== undefined,
] as const;
const hasApiItem = [
  "an item is removed by API",
  (f: TransitionFacts) => f.items.some((item) => item.mode === "api"),
] as const;
const hasOpenItem = ["an item is open", (f: TransitionFacts) => f.items.some((item) => item.state === "open")] as const;
const hasRemovedItem = [
  "an item is removed and not confirmed",
  (f: TransitionFacts) => f.items.some((item) => item.state === "removed"),
] as const;
const clockRuns = [
  "the clock runs",
  (f: TransitionFacts) => submitted[1](f) && f.vendor?.contact === undefined && pausedSince(f.pauses) === undefined,
] as const;
const clockStands = [
  "the clock is paused",
  (f: TransitionFacts) => f.vendor?.contact === undefined && pausedSince(f.pauses) !== undefined,
] as const;
/** A request with API items may be under way before the vendor's people hold its other items. */
const unsubmittedRest = [
  "the vendor does not hold it yet and has work to do",
  (f: TransitionFacts) => !submitted[1](f) && f.items.some((item) => item.mode !== "api"),
] as const;

export const TRANSITIONS: readonly Transition[] = [
  { from: "held", action: "release", to: "Pending", by: "desk" },
  { from: "held", action: "withdraw", to: "Withdrawn" },

  { from: "unverified", action: "verify", to: { accepted: "Pending", refused: "Rejected" } },
  { from: "unverified", action: "withdraw", to: "Withdrawn" },

  { from: "verified", action: "submit", to: "In Progress" },
  { from: "verified", action: "removed", to: "In Progress", when: hasApiItem },
  { from: "verified", action: "withdraw", to: "Withdrawn" },

  { from: "in progress", action: "submit", to: "In Progress", when: unsubmittedRest },
  { from: "in progress", action: "contact", to: "In Progress", when: submitted },
  {
    from: "in progress",
    action: "vendor-verification",
    to: { accepted: "In Progress", refused: "Rejected" },
    when: submitted,
  },
  { from: "in progress", action: "pause", to: "In Progress", when: clockRuns },
  { from: "in progress", action: "resume", to: "In Progress", when: clockStands },
  { from: "in progress", action: "removed", to: "In Progress", when: hasOpenItem },
  // Once the last item is confirmed the request is Completed; that is the items' doing (items.ts).
  { from: "in progress", action: "confirm", to: "In Progress", when: hasRemovedItem },
  { from: "in progress", action: "withdraw", to: "Withdrawn", when: nothingRemoved },
];

/** States that nothing leaves. */
export const FINAL_STATES: readonly RequestState[] = ["Completed", "Rejected", "Withdrawn"];

export function phaseOf(facts: Pick<TransitionFacts, "state" | "isVerified">): Phase {
  if (facts.state === "Held") return "held";
  if (facts.state === "Pending") return facts.isVerified ? "verified" : "unverified";
  return facts.state === "In Progress" ? "in progress" : "final";
}

/** What people and clients may do to this request now. */
export function allowedActions(facts: TransitionFacts): readonly Action[] {
  const phase = phaseOf(facts);
  return TRANSITIONS.filter(
    (t) => t.from === phase && t.by !== "desk" && (t.when === undefined || t.when[1](facts)),
  ).map((t) => t.action);
}

/** The state that the action leads to; throws `blocked` naming the allowed ones where the table has no such row. */
export function nextState(
  facts: TransitionFacts,
  action: Action,
  outcome: "accepted" | "refused" = "accepted",
): RequestState {
  const phase = phaseOf(facts);
  const row = TRANSITIONS.find((t) => t.from === phase && t.action === action);
  if (row === undefined) throw refuse(facts, `${action} is not possible`);
  if (row.when !== undefined && !row.when[1](facts))
    throw refuse(facts, `${action} is possible only while ${row.when[0]}`);
  const to = typeof row.to === "string" ? row.to : row.to[outcome];
  if (to === "Rejected" && !nothingRemoved[1](facts))
    throw refuse(facts, `it can be refused only while ${nothingRemoved[0]}`);
  return to;
}

function refuse(facts: TransitionFacts, why: string): DeskRefusal {
  const allowed = allowedActions(facts);
  const state = facts.state === "Pending" ? `Pending (${phaseOf(facts)})` : facts.state;
  const now = allowed.length === 0 ? "Nothing changes it any more." : `Allowed now: ${allowed.join(", ")}.`;
  return new DeskRefusal("blocked", `${facts.id} is ${state}: ${why}.\n${now}`, { allowed });
}
