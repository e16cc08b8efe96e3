/** Where plain data is secret, and what must be kept out of words for that. */
import { isRecord } from "../lifecycle/diff";
import { UNKNOWN } from "../lifecycle/unknowns";

/** Where something is secret: here, or below these keys. A list with a secret item is secret as a whole: items move. */
export type Secrets = true | { readonly [key: string]: Secrets } | undefined;

/** What is secret in either. */
export function both(a: Secrets, b: Secrets): Secrets {
  if (a === true || b === true) return true;
  if (a === undefined || b === undefined) return a ?? b;
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, both(a[key], b[key])]),
  );
}

/** Shorter than this, a text would be found in words that have nothing to do with the secret. */
const SHORTEST = 4;

/** The texts that are secret somewhere in there, also as names are compared. */
export function secretTexts({
  plain,
  secrets,
}: {
  readonly plain: unknown;
  readonly secrets: Secrets;
}): readonly string[] {
  if (secrets === undefined) return [];
  if (typeof plain === "string")
    return plain === UNKNOWN || plain.length < SHORTEST ? [] : [...new Set([plain, plain.toLowerCase(), plain.trim()])];
  if (Array.isArray(plain)) return plain.flatMap((item) => secretTexts({ plain: item, secrets: true }));
  if (!isRecord(plain)) return [];
  return Object.entries(plain).flatMap(([key, member]) =>
    secretTexts({ plain: member, secrets: secrets === true ? true : secrets[key] }),
  );
}

/** Where a secret text stands in a value that was made from it. */
export function holding(value: unknown, texts: readonly string[]): Secrets {
  if (texts.length === 0) return undefined;
  if (typeof value === "string") return texts.some((text) => value.includes(text)) ? true : undefined;
  if (Array.isArray(value)) return value.some((item) => holding(item, texts) !== undefined) ? true : undefined;
  if (!isRecord(value)) return undefined;
  const where = Object.entries(value).flatMap(([key, member]): [string, Secrets][] => {
    const inner = holding(member, texts);
    return inner === undefined ? [] : [[key, inner]];
  });
  return where.length === 0 ? undefined : Object.fromEntries(where);
}

/** Without the texts that are secret. */
export function redacted(text: string, texts: readonly string[]): string {
  return [...texts]
    .sort((a, b) => b.length - a.length)
    .reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
}
