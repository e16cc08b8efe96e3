import type { BadCase } from "../support/case";
import type { Answer, Truth } from "../support/front";
import type { Apart } from "../support/untouched";
import type { Properties } from "../support/world";

/** What the platform answers wrongly to one kind of call. */
export interface WrongAnswer extends BadCase {
  readonly answer: (truth: Truth) => Answer;
  /** What a refresh then shows otherwise than with the right answer; nothing unless told. */
  readonly shows?: (state: Properties) => Properties;
}

export interface AnswerGroup {
  /** The snapshot's name. */
  readonly name: string;
  readonly title: string;
  readonly call: RegExp;
  /** How every message names what could not be read. */
  readonly place: RegExp;
  /** What is done while the answer is wrong: each is refused; of what is tolerated, the refresh is compared. */
  readonly refresh: "customer" | "subscription" | "nothing";
  readonly changes: readonly ("profile" | "units" | "assignment")[];
  readonly apart?: Apart;
  readonly cases: readonly WrongAnswer[];
}

export type Row = Record<string, unknown>;
export type Body = Record<string, unknown>;

/** The true body, changed. */
export function changed(change: (body: Body) => unknown): WrongAnswer["answer"] {
  return ({ text }) => ({ body: JSON.stringify(change(JSON.parse(text) as Body)) });
}

/** The true list with its first entry changed. */
export function firstRow(list: string, change: (row: Row) => unknown): WrongAnswer["answer"] {
  return changed((body) => {
    const [first, ...others] = body[list] as Row[];
    return { ...body, [list]: [change(first as Row), ...others] };
  });
}

export function paging(change: Row): WrongAnswer["answer"] {
  return changed((body) => ({ ...body, paging: { ...(body.paging as Row), ...change } }));
}

/** Some other body, as JSON. */
export function json(body: unknown): WrongAnswer["answer"] {
  return () => ({ body: JSON.stringify(body) });
}

export function without(row: Row, ...fields: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !fields.includes(name)));
}
