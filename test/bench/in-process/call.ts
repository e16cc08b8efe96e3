import { openSync, writeSync } from "node:fs";

/** A call as an in-process world sees it, and what it answers. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** A number as an id of the length that platforms and desks give theirs. */
export function idOf(kind: string, number: number): string {
  return `${kind}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** Notes each call in a file of its own, one line each, as the process is killed in the end. */
export function openCount(file: string): (call: Call) => void {
  const descriptor = openSync(file, "a");
  return ({ method, path }) => {
    writeSync(descriptor, `${method} ${path}\n`);
  };
}
