/** What differs, property by property: paths as the engine writes them, `contact.emails[1]`. */
import { equal, type Flags, isRecord, type Rule, ruleOf } from "../../lifecycle/diff";
import { holdsUnknown } from "../../lifecycle/unknowns";
import type { Properties } from "../state";

export interface PathDiff {
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
  /** Whether the engine may show the old input as the old value: it is the same as in state. */
  readonly isInput: boolean;
}

/** The paths below the keys that `changed` names; what the program ignores is left out. */
export function detailedDiff(
  flags: Flags,
  olds: Properties,
  news: Properties,
  oldInputs: Properties,
  changed: readonly string[],
): ReadonlyMap<string, PathDiff> {
  const paths = new Map<string, PathDiff>();
  for (const key of changed) {
    const replaces = flags.properties[key]?.replaceOnChange === true;
    const put = (path: string, kind: PathDiff["kind"], isInput: boolean) =>
      paths.set(path, { kind, replaces, isInput });
    walk(step("", key), olds[key], news[key], oldInputs[key], ruleOf(flags, key), put);
  }
  return paths;
}

type Put = (path: string, kind: PathDiff["kind"], isInput: boolean) => void;

function walk(path: string, old: unknown, now: unknown, input: unknown, rule: Rule, put: Put): void {
  if (!holdsUnknown(now) && equal(old, now, rule)) return;
  if (isRecord(old) && isRecord(now)) {
    const inputs = isRecord(input) ? input : {};
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)]))
      walk(step(path, key), old[key], now[key], inputs[key], rule.nested?.[key] ?? {}, put);
    return;
  }
  const isInput = equal(old, input);
  if (Array.isArray(old) && Array.isArray(now)) {
    if (rule.unordered) sets(path, old, now, rule, isInput, put);
    else lists(path, old, now, isInput, put);
    return;
  }
  put(path, old === undefined ? "add" : now === undefined ? "delete" : "update", isInput);
}

function sets(
  path: string,
  old: readonly unknown[],
  now: readonly unknown[],
  rule: Rule,
  isInput: boolean,
  put: Put,
): void {
  const has = (items: readonly unknown[], item: unknown) => items.some((other) => equal(item, other, rule));
  for (const [i, item] of old.entries()) if (!has(now, item)) put(`${path}[${i}]`, "delete", isInput);
  for (const [i, item] of now.entries())
    if (!has(old, item)) put(`${path}[${i}]`, i < old.length && !has(now, old[i]) ? "update" : "add", isInput);
}

function lists(path: string, old: readonly unknown[], now: readonly unknown[], isInput: boolean, put: Put): void {
  for (let i = 0; i < Math.max(old.length, now.length); i++) {
    if (!holdsUnknown(now[i]) && equal(old[i], now[i])) continue;
    put(`${path}[${i}]`, i >= old.length ? "add" : i >= now.length ? "delete" : "update", isInput);
  }
}

function step(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Whether one of the paths that a program ignores is this one, or is around it. */
export function isIgnored(path: string, ignored: readonly string[]): boolean {
  return ignored.some(
    (candidate) =>
      candidate === "*" || path === candidate || path.startsWith(`${candidate}.`) || path.startsWith(`${candidate}[`),
  );
}
