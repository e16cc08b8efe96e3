/** Working calendars per platform, and what else a desk sets per platform; from the file that MSP_DESK_CALENDARS names. */
import { readFileSync } from "node:fs";
import { Temporal } from "temporal-polyfill";
import { parse } from "yaml";
import { ProviderError } from "../../provider/errors";

export interface Calendar {
  /** IANA name: Asia/Kuala_Lumpur. */
  readonly zone: string;
  /** ISO numbers: 1 is Monday. */
  readonly weekdays: readonly number[];
  /** On each of those days, in order and without overlap. */
  readonly hours: readonly WorkingWindow[];
  /** ISO dates on which nobody works. A night window belongs to the day on which it begins. */
  readonly holidays: readonly string[];
  /** Working time within which the vendor makes first contact. */
  readonly firstContactMs: number;
  /** Age from which an attested fact blocks irrecoverable steps. */
  readonly staleAfterMs: number;
}

/** Local times in minutes since midnight; an end beyond 24:00 is on the next day. */
export interface WorkingWindow {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface Calendars {
  of(platform: string): Calendar;
}

const HOUR_MS = 3_600_000;
const DAY_MINUTES = 1_440;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const DEFAULT: Calendar = {
  zone: "UTC",
  weekdays: [1, 2, 3, 4, 5],
  hours: [{ fromMinute: 9 * 60, toMinute: 17 * 60 }],
  holidays: [],
  firstContactMs: 24 * HOUR_MS,
  staleAfterMs: 30 * 24 * HOUR_MS,
};

/** Where a platform's people work by the sun of another place. */
const PLATFORMS: Readonly<Record<string, Partial<Calendar>>> = { armourzero: { zone: "Asia/Kuala_Lumpur" } };

/** The calendars that hold when no file says otherwise. */
export const defaultCalendars: Calendars = resolve({}, {});

/** Reads a file such as `default: {zone: UTC}` and `platforms: {armourzero: {holidays: [2026-05-01]}}`; throws `validation` naming all mistakes. */
export function readCalendars(file: string): Calendars {
  return parseCalendars(readText(file), file);
}

/** Parses the YAML or JSON text of a calendars file. */
export function parseCalendars(text: string, file: string): Calendars {
  const mistakes: string[] = [];
  const root = asObject(parseYaml(text, file), "the file", ["default", "platforms"], mistakes);
  const base = settings(root.default ?? {}, "default", mistakes);
  const platforms = Object.entries(asObject(root.platforms ?? {}, "platforms", undefined, mistakes)).map(
    ([name, value]) => [name, settings(value, `platforms.${name}`, mistakes)] as const,
  );
  if (mistakes.length > 0)
    throw new ProviderError("validation", `${file}: ${mistakes.join("; ")}.`, { operation: "read the calendars" });
  return resolve(base, Object.fromEntries(platforms));
}

function resolve(base: Partial<Calendar>, platforms: Readonly<Record<string, Partial<Calendar>>>): Calendars {
  return { of: (platform) => ({ ...DEFAULT, ...base, ...own(PLATFORMS, platform), ...own(platforms, platform) }) };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ProviderError("validation", `The calendars file ${file} can't be read; MSP_DESK_CALENDARS names it.`, {
      operation: "read the calendars",
      cause,
    });
  }
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text) ?? {};
  } catch (cause) {
    const where = cause instanceof Error ? cause.message.split("\n")[0] : "";
    throw new ProviderError("validation", `${file} is no YAML: ${where}`, { operation: "read the calendars", cause });
  }
}

function settings(value: unknown, path: string, mistakes: string[]): Partial<Calendar> {
  const known = ["zone", "weekdays", "hours", "holidays", "firstContactHours", "staleAfterDays"];
  const given = asObject(value, path, known, mistakes);
  const list = (key: string) =>
    given[key] === undefined ? undefined : asTexts(given[key], `${path}.${key}`, mistakes);
  const weekdays = list("weekdays")?.map((day) => DAYS.indexOf(day.toLowerCase()) + 1);
  if (weekdays !== undefined && (weekdays.length === 0 || weekdays.includes(0)))
    mistakes.push(`${path}.weekdays: of ${DAYS.join(", ")}, at least one`);
  const hours = windows(list("hours"), `${path}.hours`, mistakes);
  const holidays = list("holidays");
  for (const day of holidays ?? [])
    if (!isDate(day)) mistakes.push(`${path}.holidays: ${day} is no date such as 2026-05-01`);
  if (given.zone !== undefined && !isZone(given.zone))
    mistakes.push(`${path}.zone: ${String(given.zone)} is no zone such as Asia/Kuala_Lumpur`);
  const amount = (key: string, unitMs: number, most: number) => {
    const number = given[key];
    if (number !== undefined && !(typeof number === "number" && number > 0 && number <= most))
      mistakes.push(`${path}.${key}: a number above 0, and at most ${most}`);
    return typeof number === "number" ? number * unitMs : undefined;
  };
  const firstContactMs = amount("firstContactHours", HOUR_MS, 2_000);
  const staleAfterMs = amount("staleAfterDays", 24 * HOUR_MS, 3_650);
  return {
    ...(typeof given.zone === "string" ? { zone: given.zone } : {}),
    ...(weekdays === undefined ? {} : { weekdays }),
    ...(hours === undefined ? {} : { hours }),
    ...(holidays === undefined ? {} : { holidays }),
    ...(firstContactMs === undefined ? {} : { firstContactMs }),
    ...(staleAfterMs === undefined ? {} : { staleAfterMs }),
  };
}

/** `09:00-12:30`, also over midnight: `22:00-06:00`. */
function windows(
  texts: readonly string[] | undefined,
  path: string,
  mistakes: string[],
): readonly WorkingWindow[] | undefined {
  if (texts === undefined) return undefined;
  const parsed = texts.flatMap((text) => {
    const [, h1, m1, h2, m2] = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
    if (h1 === undefined || (h2 === "24" && m2 !== "00")) {
      mistakes.push(`${path}: ${text} is no window such as 09:00-17:00`);
      return [];
    }
    const fromMinute = Number(h1) * 60 + Number(m1);
    const end = Number(h2) * 60 + Number(m2);
    return [{ fromMinute, toMinute: end > fromMinute ? end : end + DAY_MINUTES }];
  });
  parsed.sort((a, b) => a.fromMinute - b.fromMinute);
  const first = parsed[0];
  if (first === undefined) mistakes.push(`${path}: at least one window`);
  // The day after, the first window must not have begun before the last one of today has ended.
  else if (
    [...parsed.slice(1), { fromMinute: first.fromMinute + DAY_MINUTES }].some(
      (next, i) => next.fromMinute < (parsed[i]?.toMinute ?? 0),
    )
  ) {
    mistakes.push(`${path}: windows overlap`);
  }
  return parsed;
}

function asObject(
  value: unknown,
  path: string,
  keys: readonly string[] | undefined,
  mistakes: string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    mistakes.push(`${path}: a mapping is wanted`);
    return {};
  }
  for (const key of Object.keys(value))
    if (keys !== undefined && !keys.includes(key))
      mistakes.push(`${path}: no setting ${key}; there are ${keys.join(", ")}`);
  return { ...value };
}

function asTexts(value: unknown, path: string, mistakes: string[]): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  mistakes.push(`${path}: a list of texts is wanted`);
  return [];
}

function isZone(zone: unknown): boolean {
  try {
    return typeof zone === "string" && new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}

function isDate(day: string): boolean {
  try {
    return Temporal.PlainDate.from(day).toString() === day;
  } catch {
    return false;
  }
}
