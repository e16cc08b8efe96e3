/** What differs between state and program, by the flags of the schema. No network; handlers have no diff code. */
import type { PropertyFlags, ResourceFlags } from "../generated/flags";
import { holdsUnknown } from "./unknowns";

/** The flags of any resource. */
export type Flags = ResourceFlags<Record<string, unknown>, Record<string, unknown>>;

export interface Difference {
  readonly changes: boolean;
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
}

/** How values at one place compare. */
export interface Rule {
  readonly unordered?: boolean;
  readonly caseInsensitive?: boolean;
  readonly nested?: Readonly<Record<string, Rule>>;
}

/** The rule of a property, with those of what is inside it. */
export function ruleOf(flags: Flags, key: string): Rule {
  const flag: PropertyFlags | undefined = flags.properties[key];
  const nested: Record<string, Rule> = {};
  for (const [top, inner] of flags.caseInsensitivePaths)
    if (top === key && inner !== undefined) nested[inner] = { caseInsensitive: true };
  return { unordered: flag?.unordered === true, caseInsensitive: flag?.caseInsensitive === true, nested };
}

/** Compares the program's inputs with what state holds for the same properties. */
export function diff(
  flags: Flags,
  state: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, unknown>>,
): Difference {
  const changed: string[] = [];
  const replaces: string[] = [];
  for (const [key, flag] of Object.entries(flags.properties)) {
    if (!holdsUnknown(inputs[key]) && equal(state[key], inputs[key], ruleOf(flags, key))) continue;
    changed.push(key);
    if (flag.replaceOnChange) replaces.push(key);
  }
  return { changes: changed.length > 0, changed, replaces };
}

/** The keys that differ and that the platform, not only our state, must be told of. */
export function remoteChanges(
  flags: Flags,
  observed: Readonly<Record<string, unknown>>,
  desired: Readonly<Record<string, unknown>>,
): readonly string[] {
  return diff(flags, observed, desired).changed.filter((key) => {
    const flag = flags.properties[key];
    return desired[key] !== undefined && !flag?.local && !flag?.writeOnly && !flag?.createOnly;
  });
}

/** Deep equality that knows unordered lists and words whose case does not count; absent and undefined are the same. */
export function equal(a: unknown, b: unknown, rule: Rule = {}): boolean {
  if (a === b) return true;
  if (typeof a === "string" && typeof b === "string")
    return rule.caseInsensitive === true && a.toLowerCase() === b.toLowerCase();
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    if (rule.unordered !== true) return a.every((item, i) => equal(item, b[i], rule));
    const rest = [...b];
    return a.every((item) => {
      const at = rest.findIndex((other) => equal(item, other, rule));
      if (at >= 0) rest.splice(at, 1);
      return at >= 0;
    });
  }
  if (isRecord(a) && isRecord(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) =>
      equal(a[key], b[key], rule.nested?.[key]),
    );
  }
  return false;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
