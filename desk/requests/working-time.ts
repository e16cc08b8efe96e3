/** Working time between instants. Walks local dates, and turns each window into instants, so that days of 23 and 25 hours are right. */
import { Temporal } from "temporal-polyfill";
import type { Calendar } from "./calendars";

/** Milliseconds of working time between two instants. */
export function workingMsBetween(calendar: Calendar, fromMs: number, toMs: number): number {
  let total = 0;
  for (const window of windowsFrom(calendar, fromMs)) {
    if (window.fromMs >= toMs) return total;
    total += Math.max(0, Math.min(window.toMs, toMs) - Math.max(window.fromMs, fromMs));
  }
  return total;
}

/** The first instant at which `workingMs` of working time have passed since `fromMs`. */
export function addWorkingMs(calendar: Calendar, fromMs: number, workingMs: number): number {
  let left = workingMs;
  for (const window of windowsFrom(calendar, fromMs)) {
    const startMs = Math.max(window.fromMs, fromMs);
    const length = window.toMs - startMs;
    if (length <= 0) continue;
    if (left <= length) return startMs + left;
    left -= length;
  }
  return fromMs;
}

interface InstantWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Every window that ends after `fromMs`, in order, without end: a calendar has at least one working day a week. */
function* windowsFrom(calendar: Calendar, fromMs: number): Generator<InstantWindow> {
  const holidays = new Set(calendar.holidays);
  // From the day before: its night window may reach into today.
  let day = Temporal.Instant.fromEpochMilliseconds(fromMs)
    .toZonedDateTimeISO(calendar.zone)
    .toPlainDate()
    .subtract({ days: 1 });
  for (; ; day = day.add({ days: 1 })) {
    if (!calendar.weekdays.includes(day.dayOfWeek) || holidays.has(day.toString())) continue;
    for (const { fromMinute, toMinute } of calendar.hours) {
      const window = {
        fromMs: instantOf(day, fromMinute, calendar.zone),
        toMs: instantOf(day, toMinute, calendar.zone),
      };
      if (window.toMs > fromMs) yield window;
    }
  }
}

/** At an hour that the clocks repeat, the first of the two; in an hour that they skip, as much later as they skip ("compatible"). */
function instantOf(day: Temporal.PlainDate, minute: number, zone: string): number {
  const time = day.toPlainDateTime().add({ minutes: minute });
  return time.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
}
