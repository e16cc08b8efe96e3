import { DAY_MS, readInstant, stampOf } from "./dates";
import type { LmpiReadings } from "./readings";
import { invalid } from "./refusal";

const DEFAULT_LIMIT = 25;
const GREATEST_LIMIT = 100;

/** A date window of a list call. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Reads `<name>_start` and `<name>_end`, both of which must be there. */
export function readWindow(query: URLSearchParams, name: string, readings: LmpiReadings): Window {
  const start = query.get(`${name}_start`);
  const end = query.get(`${name}_end`);
  if (start === null || end === null) throw invalid(`${name}_start and ${name}_end are required`);
  const window = {
    startMs: readInstant(start, readings.dateFormat, `${name}_start`),
    endMs: readInstant(end, readings.dateFormat, `${name}_end`),
  };
  if (window.endMs < window.startMs) throw invalid(`${name}_end is before ${name}_start`);
  if (readings.windowDays > 0 && window.endMs - window.startMs > readings.windowDays * DAY_MS) {
    throw invalid(`The time between ${name}_start and ${name}_end is more than ${readings.windowDays} days`);
  }
  return window;
}

/** Whether something that happened at `atMs` is inside the window. */
export function isInside(window: Window, atMs: number | undefined, readings: LmpiReadings): boolean {
  if (atMs === undefined) return false;
  const stamp = stampOf(atMs, readings.dateFormat);
  return stamp >= window.startMs && (readings.windowEnd === "inclusive" ? stamp <= window.endMs : stamp < window.endMs);
}

/** One page of a list, as LMPI numbers them: from 1. */
export interface Page<T> {
  readonly paging: { readonly total: number; readonly limit: number; readonly page: number };
  readonly items: readonly T[];
}

/** Cuts the asked page out of all items. */
export function pageOf<T>(query: URLSearchParams, all: readonly T[]): Page<T> {
  const limit = readCount(query, "limit", DEFAULT_LIMIT, GREATEST_LIMIT);
  const page = readCount(query, "page", 1, Number.MAX_SAFE_INTEGER);
  return { paging: { total: all.length, limit, page }, items: all.slice((page - 1) * limit, page * limit) };
}

function readCount(query: URLSearchParams, name: string, otherwise: number, greatest: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > greatest) throw invalid(`${name} is out of range`);
  return value;
}
