import { invalid } from "./refusal";
import type { DateFormat } from "./readings";

export const DAY_MS = 86_400_000;

const PATTERNS: Readonly<Record<DateFormat, RegExp>> = {
  "iso-z": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  "iso-local": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
  "iso-millis": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  posix: /^\d{1,12}$/,
};

/** An instant as a reply writes it: posix as a number of seconds, the others as text. */
export function writeInstant(atMs: number, format: DateFormat): string | number {
  const iso = new Date(atMs).toISOString();
  switch (format) {
    case "iso-z":
      return `${iso.slice(0, 19)}Z`;
    case "iso-local":
      return iso.slice(0, 19);
    case "iso-millis":
      return iso;
    case "posix":
      return Math.floor(atMs / 1000);
  }
}

/** Reads an instant that must be written in exactly `format`; without a zone it is UTC. */
export function readInstant(text: string, format: DateFormat, name: string): number {
  const atMs = PATTERNS[format].test(text) ? parse(text, format) : Number.NaN;
  if (Number.isNaN(atMs)) throw invalid(`${name} is not a valid date`);
  return atMs;
}

/** Reads a licence date in a body: a calendar date or an instant in any of the formats, as no format is documented for it. */
export function readLicenceDate(value: unknown, name: string): number {
  // As the sandbox itself writes it where replies carry seconds.
  if (typeof value === "number") return readLicenceDate(String(value), name);
  if (typeof value === "string") {
    if (/^\d{4}-\d\d-\d\d$/.test(value)) return readInstant(`${value}T00:00:00Z`, "iso-z", name);
    for (const format of Object.keys(PATTERNS) as DateFormat[]) {
      if (PATTERNS[format].test(value)) return readInstant(value, format, name);
    }
  }
  throw invalid(`${name} is not a valid date`);
}

/** The stamp that windows compare: whole seconds, unless the reading has milliseconds. */
export function stampOf(atMs: number, format: DateFormat): number {
  return format === "iso-millis" ? atMs : Math.floor(atMs / 1000) * 1000;
}

/** The same time of day, months later; the month's last day where the day does not exist. */
export function addMonths(atMs: number, months: number): number {
  const date = new Date(atMs);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}

function parse(text: string, format: DateFormat): number {
  if (format === "posix") return Number(text) * 1000;
  const atMs = Date.parse(format === "iso-local" ? `${text}Z` : text);
  if (Number.isNaN(atMs)) return atMs;
  // 31 February must be refused, not moved to March.
  return new Date(atMs).toISOString().slice(0, 19) === text.slice(0, 19) ? atMs : Number.NaN;
}
