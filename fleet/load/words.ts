import type { ErrorObject } from "ajv";
import { nearest } from "../../provider/nearest";
import { type Finding, type Path, quoted } from "./problem";

/** What the words are about, with how the file spells a scalar: `01234`, where the value is 1234. */
export interface WordsContext {
  spelling(path: Path): string | undefined;
}

type Words = Pick<Finding, "wrong" | "right">;

/** The part of a schema that an error carries along. */
interface ParentSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
  readonly required?: readonly string[];
}

/** What a thing is called, by the title of its schema. */
export const NOUNS: Readonly<Record<string, string>> = {
  Fleet: "a fleet file",
  FleetDefaults: "a block of defaults",
  FleetCustomerEntry: "a customer",
  CompanyProfile: "a company profile",
  FleetFirstUser: "a first user",
  GeneratedLoginName: "a generated login name",
  Phone: "a telephone number",
  FleetOwner: "an owner",
  FleetProductSettings: "a product",
  LeavingNote: "a leaving note",
};

/** Patterns in words; a test sees to it that none of the fleet schema is missing. */
export const PATTERNS: Readonly<Record<string, string>> = {
  "^[a-z0-9][a-z0-9-]{0,62}$": "use small letters, digits and dashes, at most 63",
  "^[a-z0-9][a-z0-9-]*$": "use small letters, digits and dashes",
  "^[a-z0-9.-]{1,40}$": "use small letters, digits, dots and dashes, at most 40",
  "^[A-Z]{2}$": "write the two capital letters of ISO 3166, as in DE",
  "^[a-z]{2}-[A-Z]{2}$": "write language and country, as in en-US",
};

/** Where a text or a block of keys may stand, what to write when it is neither; by the title of the schema. */
const EITHER: Readonly<Record<string, string>> = {
  FleetProduct: "write the product's name, or a block of keys that begins with `product:`",
  FleetLoginName: "write the login name, or `generate: true` for a unique one",
};

const FORMATS: Readonly<Record<string, Words>> = {
  email: { wrong: "is not an e-mail address", right: "write it as name@example.com" },
  date: { wrong: "is not a date", right: "write it as 2026-03-02" },
};

/** The findings behind ajv's errors: one for each mistake, though ajv has several for some. */
export function explainErrors(errors: readonly ErrorObject[], context: WordsContext): readonly Finding[] {
  const byPath = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const group = byPath.get(error.instancePath);
    if (group === undefined) byPath.set(error.instancePath, [error]);
    else group.push(error);
  }
  return [...byPath].flatMap(([pointer, group]) => explainPlace(toPath(pointer), group, context));
}

/** The findings about one value: an unknown key may be the missing one misspelt, and alternatives complain each for itself. */
function explainPlace(path: Path, errors: readonly ErrorObject[], context: WordsContext): readonly Finding[] {
  const either = errors.find((error) => error.keyword === "oneOf");
  const title = (either?.parentSchema as ParentSchema | undefined)?.title ?? "";
  const eitherRight = EITHER[title];
  if (either !== undefined && eitherRight !== undefined && typeof either.data !== "string" && !isBlock(either.data)) {
    return [
      {
        path,
        at: "value",
        ...typeWords("string", either.data, {}, context.spelling(path)),
        right: rightForEither(either.data, eitherRight, context.spelling(path)),
      },
    ];
  }

  const meant = new Set<string>();
  const findings: Finding[] = [];
  for (const error of errors.filter(({ keyword }) => keyword === "additionalProperties")) {
    const key = String(error.params.additionalProperty);
    const suggestion = suggestKey(key, error, meant);
    if (suggestion !== undefined) meant.add(suggestion);
    findings.push({ path: [...path, key], at: "key", ...unknownKey(error, suggestion) });
  }
  for (const error of errors) {
    const schema = error.parentSchema as ParentSchema | undefined;
    // Of two alternatives that each ask for a key, the error about the pair speaks; of text and block, the one that was written.
    const ofAlternative = error.keyword === "required" && schema?.properties === undefined;
    const ofOtherForm = error.keyword === "type" && eitherRight !== undefined;
    if (error.keyword === "additionalProperties" || ofAlternative || ofOtherForm) continue;
    if (error.keyword === "required") {
      const missing = String(error.params.missingProperty);
      if (!meant.has(missing))
        findings.push({ path: [...path, missing], at: "holder", ...missingKey(missing, schema) });
    } else if (error.keyword === "oneOf") {
      if (eitherRight === undefined && !meant.has("owner") && !meant.has("customer"))
        findings.push({ path, at: "holder", ...ownerOrCustomer(error) });
    } else if (error.keyword === "uniqueItems") {
      findings.push({
        path: [...path, Math.max(error.params.i, error.params.j)],
        at: "value",
        wrong: "is in the list already",
        right: "keep one of the two",
      });
    } else {
      findings.push({ path, at: "value", ...valueWords(error, context.spelling(path)) });
    }
  }
  return findings;
}

function suggestKey(key: string, error: ErrorObject, taken: ReadonlySet<string>): string | undefined {
  const free = knownKeys(error).filter((known) => !Object.hasOwn(error.data as object, known) && !taken.has(known));
  return nearest(key, free, 1)[0];
}

function unknownKey(error: ErrorObject, suggestion: string | undefined): Words {
  const noun = NOUNS[(error.parentSchema as ParentSchema).title ?? ""] ?? "this block";
  const right =
    suggestion === undefined ? `the keys are ${knownKeys(error).join(", ")}` : `did you mean ${suggestion}?`;
  return { wrong: `is no key of ${noun}`, right };
}

function knownKeys(error: ErrorObject): readonly string[] {
  return Object.keys((error.parentSchema as ParentSchema).properties ?? {});
}

function missingKey(key: string, schema: ParentSchema | undefined): Words {
  const noun = NOUNS[schema?.title ?? ""];
  const description = schema?.properties?.[key]?.description?.replace(/[.:;].*$/s, "");
  const add = `add \`${key}:\`${description === undefined ? "" : ` (${lowerFirst(description)})`}`;
  return { wrong: "is missing", right: `${noun ?? "this block"} needs it: ${add}` };
}

function ownerOrCustomer(error: ErrorObject): Words {
  const both = Array.isArray(error.params.passingSchemas);
  return both
    ? { wrong: "names both an owner and a customer", right: "keep the one who has the product" }
    : {
        wrong: "names neither an owner nor a customer",
        right: "add `owner:` with the e-mail address, or `customer:` with the name",
      };
}

function valueWords(error: ErrorObject, spelling: string | undefined): Words {
  const { keyword, params, data } = error;
  const schema = (error.parentSchema ?? {}) as ParentSchema;
  const shown = typeof data === "string" ? quoted(data) : (spelling ?? JSON.stringify(data));
  switch (keyword) {
    case "type":
      return typeWords(String(params.type), data, schema, spelling);
    case "enum":
      return enumWords(params.allowedValues as readonly string[], data, shown);
    case "const":
      return constWords(params.allowedValue, data, shown);
    case "pattern": {
      const right = PATTERNS[params.pattern as string] ?? `it must match ${params.pattern}`;
      const suggestion = typeof data === "string" ? suggestSpelling(data, String(params.pattern)) : undefined;
      return {
        wrong: `${shown} can't stand here`,
        right: suggestion === undefined ? right : `${right}; perhaps ${suggestion}`,
      };
    }
    case "format": {
      const words = FORMATS[params.format as string] ?? {
        wrong: `is not of the form ${params.format}`,
        right: "correct it",
      };
      return { wrong: `${shown} ${words.wrong}`, right: words.right };
    }
    case "minLength":
      return data === ""
        ? { wrong: "is empty", right: "write something, or take it out" }
        : { wrong: "is too short", right: `write at least ${params.limit} characters` };
    case "maxLength":
      return { wrong: `is ${String(data).length} characters long`, right: `write at most ${params.limit}` };
    case "minimum":
      return { wrong: `${shown} is too small`, right: `write ${params.limit} or more` };
    case "maximum":
      return { wrong: `${shown} is too large`, right: `write ${params.limit} or less` };
    default:
      return { wrong: `${shown} ${error.message ?? "is not valid"}`, right: "correct it" };
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: "write text",
  boolean: "write true or false",
  integer: "write a whole number",
  number: "write a number",
  array: "write a list, each entry on a line that begins with a dash, or [] for none",
  object: "write a block of keys",
};

function typeWords(expected: string, data: unknown, schema: ParentSchema, spelling: string | undefined): Words {
  const wrong = kindWords(data, spelling);
  const right = TYPES[expected] ?? `write a value of type ${expected}`;
  if (data === null) return { wrong, right: `${right}, or take the line out` };
  if (expected === "string" && (typeof data === "number" || typeof data === "boolean"))
    return { wrong, right: inQuotes(spelling ?? String(data)) };
  if (expected === "boolean" && typeof data === "string") {
    const word = { yes: "true", on: "true", true: "true", no: "false", off: "false", false: "false" }[
      data.toLowerCase()
    ];
    return { wrong: `${quoted(data)} is text`, right: word === undefined ? right : `write ${word} without quotes` };
  }
  if (expected === "integer" && typeof data === "string") {
    return {
      wrong: `${quoted(data)} is text`,
      right: /^\d+$/.test(data) ? `write ${Number(data)} without quotes` : right,
    };
  }
  if (expected === "object") {
    const keys = schema.required ?? Object.keys(schema.properties ?? {});
    return { wrong, right: keys.length === 0 ? right : `${right}: ${keys.join(", ")}` };
  }
  return { wrong, right };
}

function rightForEither(data: unknown, right: string, spelling: string | undefined): string {
  return typeof data === "number" || typeof data === "boolean" ? inQuotes(spelling ?? String(data)) : right;
}

function inQuotes(text: string): string {
  return `put it in quotes, as text: "${text}"`;
}

function kindWords(data: unknown, spelling: string | undefined): string {
  if (data === null) return "has no value";
  if (Array.isArray(data)) return "is a list";
  switch (typeof data) {
    case "number":
      return `is the number ${spelling ?? data}`;
    case "boolean":
      return `is ${spelling ?? data}`;
    case "string":
      return "is text";
    default:
      return "is a block of keys";
  }
}

function enumWords(allowed: readonly string[], data: unknown, shown: string): Words {
  const wrong = data === null ? "has no value" : `${shown} is not one of the words that can stand here`;
  const meant = typeof data === "string" ? nearest(data, allowed, 1)[0] : undefined;
  const words = allowed.join(" or ");
  return { wrong, right: meant === undefined ? `write ${words}` : `write ${words}; did you mean ${meant}?` };
}

function constWords(allowed: unknown, data: unknown, shown: string): Words {
  const wrong = data === null ? "has no value" : `${shown} can't stand here`;
  return { wrong, right: `write ${JSON.stringify(allowed)}${typeof data === "string" ? " without quotes" : ""}` };
}

/** What a text becomes when it is written as the pattern wants it; undefined when that takes more than case and dashes. */
function suggestSpelling(text: string, pattern: string): string | undefined {
  const dashed = text
    .trim()
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return [text.trim().toUpperCase(), text.replace("_", "-"), dashed].find((candidate) =>
    new RegExp(pattern).test(candidate),
  );
}

function isBlock(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function toPath(pointer: string): Path {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
