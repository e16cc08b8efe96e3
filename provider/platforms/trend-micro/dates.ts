import type { LmpiReadings } from "../../generated/types";

export type DateFormat = NonNullable<LmpiReadings["dateFormat"]>;

export const DAY_MS = 86_400_000;
const YEAR_10000_MS = 253_402_300_800_000;

/** An instant as the chosen reading writes it. */
export function formatInstant(ms: number, format: DateFormat): string {
  const iso = new Date(ms).toISOString();
  switch (format) {
    case "iso-z":
      return `${iso.slice(0, 19)}Z`;
    case "iso-local":
      return iso.slice(0, 19);
    case "iso-millis":
      return iso;
    case "posix":
      return String(Math.floor(ms / 1000));
  }
}

/** The calendar date of an instant in any of the forms that replies may have; undefined where there is none. */
export function toDay(value: unknown): string | undefined {
  if (typeof value === "number" || (typeof value === "string" && /^\d{9,}$/.test(value.trim()))) {
    const number = Number(value);
    // Seconds stay below this until the year 5138; milliseconds have been above it since 1973.
    const ms = number < 1e11 ? number * 1000 : number;
    return ms >= 0 && ms < YEAR_10000_MS ? new Date(ms).toISOString().slice(0, 10) : undefined;
  }
  if (typeof value !== "string") return undefined;
  // The date as it is written, whatever zone is or is not written after it: converting could move it by a day.
  const written = /^(\d{4})[-/](\d{2})[-/](\d{2})(?!\d)/.exec(value.trim());
  const day = written === null ? undefined : `${written[1]}-${written[2]}-${written[3]}`;
  return day !== undefined && isInCalendar(day) ? day : undefined;
}

/** Days that do not exist, such as one of zeros, are how some systems write that there is none. */
function isInCalendar(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

export interface DateWindow {
  readonly start: string;
  readonly end: string;
}

export interface WindowOptions {
  readonly fromMs: number;
  readonly toMs: number;
  readonly widestDays: number;
  readonly format: DateFormat;
}

/**
 * Date windows that cover the whole span. Each is at most as wide as allowed, and begins one unit of the format before the last one's end:
 * so nothing falls between two of them, whether a start or an end counts as inside or not.
 */
export function dateWindows({ fromMs, toMs, widestDays, format }: WindowOptions): readonly DateWindow[] {
  const unitMs = format === "iso-millis" ? 1 : 1000;
  const windows: DateWindow[] = [];
  let start = Math.floor(fromMs / unitMs) * unitMs;
  const last = Math.max(start + unitMs, Math.ceil(toMs / unitMs) * unitMs);
  for (;;) {
    const end = Math.min(last, start + widestDays * DAY_MS);
    windows.push({ start: formatInstant(start, format), end: formatInstant(end, format) });
    if (end === last) return windows;
    start = end - unitMs;
  }
}
