import { randomBytes, randomInt, randomUUID } from "node:crypto";

/** Property values as the engine sends them, secrets already taken out of their wrapping. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a new resource is: its id, and the outputs beside its inputs. */
export interface Made {
  readonly id: string;
  readonly outputs: Properties;
}

/** One of the resource types of `@pulumi/random` that the double serves. */
export interface RandomType {
  readonly defaults: Properties;
  make(inputs: Properties): Made;
}

const ADJECTIVES = [
  "amber",
  "brave",
  "calm",
  "eager",
  "fair",
  "glad",
  "keen",
  "lucid",
  "mellow",
  "neat",
  "proud",
  "swift",
];
const ANIMALS = [
  "badger",
  "crane",
  "dove",
  "falcon",
  "gecko",
  "heron",
  "lynx",
  "marten",
  "otter",
  "puffin",
  "robin",
  "vole",
];
const CLASSES = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
} as const;
const STRING_DEFAULTS = {
  lower: true,
  upper: true,
  numeric: true,
  number: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

/** By the last part of the type token: `random:index/randomString:RandomString`. */
export const RANDOM_TYPES: Readonly<Record<string, RandomType>> = {
  RandomString: {
    defaults: STRING_DEFAULTS,
    make(inputs) {
      const result = characters(inputs);
      return { id: result, outputs: { result } };
    },
  },
  // The real one also gives a bcryptHash; nothing here needs one, so the double has none rather than a false one.
  RandomPassword: {
    defaults: STRING_DEFAULTS,
    make: (inputs) => ({ id: "none", outputs: { result: characters(inputs) } }),
  },
  RandomUuid: {
    defaults: {},
    make() {
      const result = randomUUID();
      return { id: result, outputs: { result } };
    },
  },
  RandomPet: {
    defaults: { length: 2, separator: "-" },
    make(inputs) {
      const prefix = inputs.prefix === undefined ? [] : [String(inputs.prefix)];
      const adjectives = Array.from({ length: Number(inputs.length) - 1 }, () => pick(ADJECTIVES));
      return { id: [...prefix, ...adjectives, pick(ANIMALS)].join(String(inputs.separator)), outputs: {} };
    },
  },
  RandomId: {
    defaults: {},
    make(inputs) {
      const bytes = randomBytes(Number(inputs.byteLength));
      const prefix = String(inputs.prefix ?? "");
      const hex = bytes.toString("hex");
      const [b64Std, b64Url] = [bytes.toString("base64"), bytes.toString("base64url")];
      const outputs = { hex, b64Std, b64Url, dec: BigInt(`0x${hex}`).toString() };
      const prefixed = Object.entries(outputs).map(([name, text]) => [name, prefix + text]);
      return { id: b64Url, outputs: Object.fromEntries(prefixed) };
    },
  },
};

function characters(inputs: Properties): string {
  const length = Number(inputs.length);
  const allowed = Object.entries(CLASSES).map(([name, all]) => {
    const set = name === "special" ? String(inputs.overrideSpecial ?? all) : all;
    const minimum = Number(inputs[`min${name.charAt(0).toUpperCase()}${name.slice(1)}`]);
    return { set: inputs[name] === false ? "" : set, minimum };
  });
  const every = allowed.map(({ set }) => set).join("");
  const demanded = allowed.flatMap(({ set, minimum }) => Array.from({ length: minimum }, () => pick(set)));
  const free = Array.from({ length: length - demanded.length }, () => pick(every));
  return shuffled([...demanded, ...free]).join("");
}

function pick<T>(from: ArrayLike<T>): T {
  return from[randomInt(from.length)] as T;
}

function shuffled(items: readonly string[]): string[] {
  const result: string[] = [];
  for (const item of items) result.splice(randomInt(result.length + 1), 0, item);
  return result;
}
