/** Bodies and queries as types: what does not fit is told by its path, never by its value. */
import type { ErrorObject, ValidateFunction } from "ajv/dist/2020";
import { DeskRefusal } from "./problems";

/** The body as its schema's type; throws `validation` naming every mistake. A call without a body has an empty one. */
export function bodyOf<T>(validate: ValidateFunction<T>, body: unknown): T {
  const given = body ?? {};
  unstorable(given, "");
  if (validate(given)) return given;
  throw new DeskRefusal("validation", `The body is not as it must be: ${describeErrors(validate.errors)}.`);
}

/** The mistakes in words: where, and what would be right. */
export function describeErrors(errors: readonly ErrorObject[] | null | undefined): string {
  return [...new Set((errors ?? []).map(describe))].join("; ");
}

function describe({ instancePath, keyword, params, message }: ErrorObject): string {
  const path = instancePath.slice(1).replaceAll("/", ".");
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  if (keyword === "required") return `${at(String(params.missingProperty))} is missing`;
  if (keyword === "additionalProperties") return `${at(String(params.additionalProperty))} is unknown; take it out`;
  if (keyword === "enum") return `${path} must be one of ${(params.allowedValues as readonly unknown[]).join(", ")}`;
  const must = MUST[keyword]?.(params) ?? message ?? "is wrong";
  return `${path === "" ? "it" : path} ${must}`;
}

/** What would be right, in words. */
const MUST: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => string | undefined>> = {
  type: ({ type }) =>
    ({ string: "must be text", integer: "must be a whole number", object: "must be an object" })[String(type)],
  format: ({ format }) =>
    ({
      email: "must be an e-mail address",
      "date-time": "must be an instant with its zone, as 2026-03-02T09:00:00Z",
      date: "must be a date, as 2026-03-02",
    })[String(format)],
  minLength: ({ limit }) => (limit === 1 ? "must not be empty" : `must have at least ${String(limit)} characters`),
  maxLength: ({ limit }) => `must have at most ${String(limit)} characters`,
  minItems: ({ limit }) => `must have at least ${String(limit)} ${limit === 1 ? "entry" : "entries"}`,
  maxItems: ({ limit }) => `must have at most ${String(limit)} entries`,
  minimum: ({ limit }) => `must be at least ${String(limit)}`,
  maximum: ({ limit }) => `must be at most ${String(limit)}`,
};

/** Deeper than any body of ours, and far from what a call stack holds. */
const DEEPEST = 32;

/** Throws `validation` for what can't be kept: PostgreSQL stores no NUL, half a surrogate pair has no bytes to hash, and depth has an end. */
export function unstorable(value: unknown, path: string, depth = 0): void {
  if (typeof value === "string" && (value.includes("\u0000") || !value.isWellFormed())) {
    throw new DeskRefusal(
      "validation",
      `${path === "" ? "The body" : path} has characters that are no text: send UTF-8, without NUL.`,
    );
  }
  if (typeof value !== "object" || value === null) return;
  if (depth === DEEPEST)
    throw new DeskRefusal("validation", `The body must not be nested deeper than ${DEEPEST} levels.`);
  for (const [key, member] of Object.entries(value)) {
    unstorable(key, path);
    unstorable(member, path === "" ? key : `${path}.${key}`, depth + 1);
  }
}

/** A query's texts by name; throws `validation` for one that the call does not know, or that is there twice. */
export function queryOf<K extends string>(query: unknown, names: readonly K[]): Partial<Record<K, string>> {
  const given = Object.entries(query as Record<string, unknown>);
  for (const [name, value] of given) {
    if (!names.includes(name as K))
      throw new DeskRefusal("validation", `The query has no ${JSON.stringify(name)}; use ${names.join(", ")}.`);
    if (typeof value !== "string") throw new DeskRefusal("validation", `The query has ${name} twice; give it once.`);
    unstorable(value, name);
  }
  return Object.fromEntries(given) as Partial<Record<K, string>>;
}

/** A whole number of the query or address within its bounds. */
export function numberOf(
  text: string | undefined,
  name: string,
  bounds: { readonly least: number; readonly most: number; readonly otherwise?: number },
): number {
  if (text === undefined && bounds.otherwise !== undefined) return bounds.otherwise;
  const number = /^\d{1,9}$/.test(text ?? "") ? Number(text) : Number.NaN;
  if (number >= bounds.least && number <= bounds.most) return number;
  throw new DeskRefusal("validation", `${name} must be a whole number from ${bounds.least} to ${bounds.most}.`);
}

export function flagOf(text: string | undefined, name: string): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw new DeskRefusal("validation", `${name} must be true or false.`);
}
