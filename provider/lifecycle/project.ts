import { equal, type Flags, isRecord, type Rule, ruleOf } from "./diff";

/**
 * What goes into state: for every property that the program set, the observed value; besides them what the platform says (outputs), and what
 * is ours alone (keys that begin with two underscores, which the engine keeps and never shows). A property that the program left out stays
 * out, so that the platform's defaults cause no diff. An observed value that means the same as the program's (order, case) is written as the
 * program wrote it.
 */
export function project<S extends object>(flags: Flags, inputs: object, observed: S): S {
  const set = inputs as Readonly<Record<string, unknown>>;
  const seen = observed as Readonly<Record<string, unknown>>;
  const state: Record<string, unknown> = {};
  for (const [key, flag] of Object.entries(flags.properties)) {
    if (set[key] === undefined) continue;
    const kept = flag.local || flag.writeOnly || flag.createOnly || seen[key] === undefined;
    state[key] = kept ? set[key] : asSet(set[key], seen[key], ruleOf(flags, key));
  }
  for (const key of flags.outputs) if (seen[key] !== undefined) state[key] = seen[key];
  for (const key of Object.keys(seen)) if (key.startsWith("__")) state[key] = seen[key];
  return state as S;
}

/** The inputs half of a state: what a refresh gives back as inputs, so that a preview shows drift as the program sees it. */
export function inputsOf<I extends object>(flags: Flags, state: object): I {
  return Object.fromEntries(
    Object.entries(state).filter(([key, value]) => key in flags.properties && value !== undefined),
  ) as I;
}

function asSet(set: unknown, seen: unknown, rule: Rule): unknown {
  if (equal(set, seen, rule)) return set;
  if (isRecord(set) && isRecord(seen)) {
    // What is gone from the platform is shown as absent, so that the next update sends it again.
    return Object.fromEntries(
      Object.entries(set)
        .filter(([key]) => seen[key] !== undefined)
        .map(([key, value]) => [key, asSet(value, seen[key], rule.nested?.[key] ?? {})]),
    );
  }
  if (Array.isArray(set) && Array.isArray(seen) && rule.unordered) {
    const kept = set.filter((item) => seen.some((other) => equal(item, other, rule)));
    const extra = seen.filter((item) => !set.some((other) => equal(item, other, rule)));
    return [...kept, ...extra];
  }
  return seen;
}
