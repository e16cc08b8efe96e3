/** How far lifecycles reach: which rows and outcomes of the desk's table, which faults, and how often. */
import type { OffboardingRequest } from "../../provider/generated/types";
import { type Phase, TRANSITIONS } from "../../desk/requests/transitions";

type Outcome = "accepted" | "refused";

const PHASES: readonly Phase[] = ["held", "unverified", "verified", "in progress", "final"];

/** Every way in which a request can be acted upon by people, and what comes of it, by the table. */
function everything(): readonly string[] {
  const actions = [...new Set(TRANSITIONS.filter(({ by }) => by !== "desk").map(({ action }) => action))];
  const rows = TRANSITIONS.flatMap(({ from, action, to, when }) => {
    const outcomes: readonly Outcome[] = typeof to === "string" ? ["accepted"] : ["accepted", "refused"];
    return [
      ...outcomes.map((outcome) => key(from, action, outcome, "done")),
      ...(when === undefined ? [] : [key(from, action, "accepted", `only while ${when[0]}`)]),
    ];
  });
  const absent = PHASES.flatMap((from) =>
    actions
      .filter((action) => !TRANSITIONS.some((row) => row.from === from && row.action === action))
      .map((action) => key(from, action, "accepted", "not possible")),
  );
  return [
    ...rows,
    ...absent,
    key("in progress", "vendor-verification", "refused", "only while nothing has been removed yet"),
  ];
}

function key(from: string, action: string, outcome: Outcome, end: string): string {
  return `${from}, ${action}${outcome === "refused" ? " (refused)" : ""}: ${end}`;
}

/** What lifecycles have reached, as it is told from process to process. */
export interface Reached {
  readonly operations: number;
  readonly crashes: number;
  readonly transitions: Readonly<Record<string, number>>;
  /** Kinds of faults that struck. */
  readonly faults: Readonly<Record<string, number>>;
}

export class Reach {
  crashes = 0;
  operations = 0;
  private readonly transitions = new Map<string, number>();
  private readonly faults = new Map<string, number>();

  /** A person did something, and the desk accepted it or said why not. */
  acted(request: OffboardingRequest, action: string, outcome: Outcome, refusal: string | undefined): void {
    const phase = phaseOf(request);
    if (refusal === undefined) this.note(key(phase, action, outcome, "done"));
    else this.refused(phase, action, outcome, refusal);
  }

  private refused(phase: Phase, action: string, outcome: Outcome, refusal: string): void {
    const only = /(only while [^.]+)\./.exec(refusal)?.[1];
    // The condition of a row, or that of every refusal.
    const of = outcome === "refused" && refusal.includes("it can be refused") ? "refused" : "accepted";
    if (only !== undefined) this.note(key(phase, action, of, only));
    else if (refusal.includes(`${action} is not possible`)) this.note(key(phase, action, "accepted", "not possible"));
  }

  /** What the desk did by itself, and what was done by API, stands on the requests. */
  seen(requests: readonly OffboardingRequest[]): void {
    for (const { events } of requests) {
      const actions = events.map(({ action }) => action);
      if (actions.includes("released")) this.note(key("held", "release", "accepted", "done"));
      const removed = actions.indexOf("removed");
      const submitted = actions.indexOf("submitted");
      if (removed >= 0 && (submitted < 0 || removed < submitted))
        this.note(key("verified", "removed", "accepted", "done"));
    }
  }

  /** Faults of a kind were armed; where some are left in the end, their number is taken off again. */
  struck(fault: string, times: number): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + times);
  }

  told(): Reached {
    const { operations, crashes } = this;
    return {
      operations,
      crashes,
      transitions: Object.fromEntries(this.transitions),
      faults: Object.fromEntries(this.faults),
    };
  }

  private note(what: string): void {
    this.transitions.set(what, (this.transitions.get(what) ?? 0) + 1);
  }
}

/** What several processes have reached together. */
export function reachedByAll(all: readonly Reached[]): Reached {
  const sum = (counts: readonly Readonly<Record<string, number>>[]) => {
    const total = new Map<string, number>();
    for (const [what, n] of counts.flatMap(Object.entries<number>)) total.set(what, (total.get(what) ?? 0) + n);
    return Object.fromEntries(total);
  };
  return {
    operations: all.reduce((total, { operations }) => total + operations, 0),
    crashes: all.reduce((total, { crashes }) => total + crashes, 0),
    transitions: sum(all.map(({ transitions }) => transitions)),
    faults: sum(all.map(({ faults }) => faults)),
  };
}

/** Every row and outcome of the desk's table, with how often lifecycles have reached it. */
export function tableOf({ transitions }: Reached): ReadonlyMap<string, number> {
  return new Map(everything().map((what) => [what, transitions[what] ?? 0]));
}

function phaseOf({ state, verification }: OffboardingRequest): Phase {
  if (state === "Held") return "held";
  if (state === "Pending") return verification?.outcome === "accepted" ? "verified" : "unverified";
  return state === "In Progress" ? "in progress" : "final";
}
