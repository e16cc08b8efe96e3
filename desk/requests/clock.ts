/** The clock of a request: first contact within the vendor's working hours. Computed whenever somebody looks; nothing ticks. */
import type { Instant, RequestClock, RequestState, VendorSide } from "../../provider/generated/types";
import type { Pause } from "../store/tables";
import type { Calendar } from "./calendars";
import { addWorkingMs, workingMsBetween } from "./working-time";

/** What the clock of a request hangs on. */
export interface ClockFacts {
  readonly state: RequestState;
  readonly vendor: VendorSide | undefined;
  readonly pauses: readonly Pause[];
  readonly closedAt: Instant | undefined;
}

/** A stretch in which the clock ran, or may still run. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The clock as of `now`. It is late once more than the working time has passed: a contact in the night after its last second still counts,
 * since no working time has passed since.
 */
export function requestClock(facts: ClockFacts, calendar: Calendar, now: Instant): RequestClock {
  const startedAt = facts.vendor?.submittedAt;
  if (startedAt === undefined) return { state: "notStarted" };

  const contactAt = facts.vendor?.contact?.at;
  const endAt = contactAt ?? facts.closedAt ?? now;
  const standsSince = contactAt === undefined ? pausedSince(facts.pauses) : undefined;
  const stretches = running(startedAt, facts.pauses);
  const endMs = Date.parse(endAt);
  const spentMs = stretches.reduce(
    (sum, s) => sum + (s.fromMs < endMs ? workingMsBetween(calendar, s.fromMs, Math.min(s.toMs, endMs)) : 0),
    0,
  );
  const leftMs = calendar.firstContactMs - spentMs;
  const dueMs = due(stretches, calendar);
  const isLate = leftMs < 0;

  return {
    startedAt,
    ...(dueMs === undefined ? {} : { dueAt: new Date(dueMs).toISOString() }),
    ...(contactAt === undefined ? {} : { firstContactAt: contactAt }),
    workingSecondsLeft: Math.floor(leftMs / 1_000),
    ...(standsSince === undefined ? {} : { pausedSince: standsSince }),
    state: isLate ? "breached" : contactAt !== undefined ? "met" : standing(facts, standsSince),
  };
}

/** Since when the clock stands; undefined while it runs. */
export function pausedSince(pauses: readonly Pause[]): Instant | undefined {
  const last = pauses.at(-1);
  return last !== undefined && last.to === undefined ? last.from : undefined;
}

/** In time and without a recorded contact: done or refused in time is the vendor's answer; what was withdrawn is owed none, and stands. */
function standing(facts: ClockFacts, standsSince: Instant | undefined): RequestClock["state"] {
  if (facts.state === "Completed" || facts.state === "Rejected") return "met";
  return facts.state === "Withdrawn" || standsSince !== undefined ? "paused" : "running";
}

function running(startedAt: Instant, pauses: readonly Pause[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let fromMs = Date.parse(startedAt);
  for (const pause of pauses) {
    stretches.push({ fromMs, toMs: Math.max(fromMs, Date.parse(pause.from)) });
    if (pause.to === undefined) return stretches;
    fromMs = Math.max(fromMs, Date.parse(pause.to));
  }
  return [...stretches, { fromMs, toMs: Number.POSITIVE_INFINITY }];
}

/** When the working time is, or was, used up; undefined while the clock stands before that. */
function due(stretches: readonly Stretch[], calendar: Calendar): number | undefined {
  let leftMs = calendar.firstContactMs;
  for (const { fromMs, toMs } of stretches) {
    const dueMs = addWorkingMs(calendar, fromMs, leftMs);
    if (dueMs <= toMs) return dueMs;
    leftMs -= workingMsBetween(calendar, fromMs, toMs);
  }
  return undefined;
}
