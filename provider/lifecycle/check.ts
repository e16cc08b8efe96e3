/** Schema, capability and immutability, decided without a network. Messages name the place and never a value: the engine prints what it is given. */
import type { ErrorObject } from "ajv";
import type { ResourceType } from "../platforms/platform";
import { equal, type Flags, ruleOf } from "./diff";
import type { CheckContext, CheckFailure, ResourceHandler } from "./handler";
import { holdsUnknown, isUnknown, valueAt } from "./unknowns";
import { inWords } from "./words";

/** A generated, precompiled validator. */
export interface Validator {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null | undefined;
}

export interface Checked<I> {
  /** The inputs with their defaults. */
  readonly inputs: I;
  readonly failures: readonly CheckFailure[];
}

/** Checks inputs as the program gave them; `olds` are the prior inputs, undefined for a new resource. */
export function check<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  flags: Flags,
  validate: Validator,
  context: CheckContext,
  olds: Partial<I> | undefined,
  news: object,
): Checked<I> {
  const inputs: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(news)) if (value !== undefined && value !== null) inputs[key] = value;
  for (const [key, flag] of Object.entries(flags.properties))
    if (inputs[key] === undefined && flag.default !== undefined) inputs[key] = flag.default;

  const reasons: string[] = outputsAsText(inputs).map(
    (at) =>
      `${at} holds the text of an output, not its value; pass the output itself, or build the text with pulumi.interpolate`,
  );
  if (reasons.length === 0) reasons.push(...mistakes(validate, inputs, Object.keys(flags.properties)));
  if (reasons.length === 0) {
    reasons.push(...immutability(flags, olds as Record<string, unknown> | undefined, inputs));
    reasons.push(...capability(handler.type, context));
    // Rules between properties only make sense on what is known.
    if (handler.check !== undefined)
      reasons.push(...handler.check(context, inputs as I).map((failure) => failure.reason));
  }
  return { inputs: inputs as I, failures: reasons.map((reason) => ({ property: "", reason })) };
}

/** What a schema finds wrong with inputs, in words; `keys` are the properties that there are, where the schema has more. */
export function mistakes(validate: Validator, inputs: object, keys: readonly string[] = []): readonly string[] {
  if (validate(inputs)) return [];
  const reasons = (validate.errors ?? [])
    .filter((error) => !concernsUnknown(inputs, error))
    .flatMap((error) => inWords(error, keys) ?? []);
  return [...new Set(reasons)];
}

/** Where an output was put into a template text: what stands there then is the SDK's own warning, and is right by its type. */
function outputsAsText(value: unknown, at = ""): readonly string[] {
  if (typeof value === "string") return /Calling \[to(String|JSON)\] on an \[Output<T>\]/.test(value) ? [at] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => outputsAsText(member, at === "" ? key : `${at}.${key}`));
}

/** An unknown never fails validation: not itself, not what is inside it, not a list for holding two of them. */
function concernsUnknown(inputs: unknown, error: ErrorObject): boolean {
  const value = valueAt(inputs, error.instancePath);
  return isUnknown(value) || (error.keyword === "uniqueItems" && holdsUnknown(value));
}

function capability(type: ResourceType, context: CheckContext): readonly string[] {
  return context.capability(type, "create") === undefined && context.capability(type, "read") === undefined
    ? [
        `${context.title} (connection ${context.connectionName}) has no ${type}; take it out, or name another connection in \`platform\``,
      ]
    : [];
}

function immutability(
  flags: Flags,
  olds: Record<string, unknown> | undefined,
  inputs: Record<string, unknown>,
): readonly string[] {
  if (olds === undefined || Object.keys(olds).length === 0) return [];
  const replaced = Object.entries(flags.properties).some(
    ([key, flag]) => flag.replaceOnChange && !equal(olds[key], inputs[key], ruleOf(flags, key)),
  );
  if (replaced) return [];
  return Object.entries(flags.properties)
    .filter(
      ([key, flag]) =>
        flag.createOnly &&
        olds[key] !== undefined &&
        !holdsUnknown(inputs[key]) &&
        !equal(olds[key], inputs[key], ruleOf(flags, key)),
    )
    .map(
      ([key]) =>
        `${key} is only used when the object is created and can't be changed here; put the old value back, and change it on the platform.`,
    );
}
