/** Schema, capability and immutability, decided without a network. Messages name the place and never a value: the engine prints what it is given. */
import type { ErrorObject } from "ajv";
import { nearest } from "../nearest";
import type { ResourceType } from "../platforms/platform";
import { equal, type Flags, ruleOf } from "./diff";
import type { CheckContext, CheckFailure, ResourceHandler } from "./handler";
import { holdsUnknown, isUnknown, valueAt } from "./unknowns";

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

  const reasons: string[] = [];
  if (!validate(inputs)) {
    for (const error of validate.errors ?? []) {
      if (concernsUnknown(inputs, error)) continue;
      const reason = inWords(error, Object.keys(flags.properties));
      if (reason !== undefined && !reasons.includes(reason)) reasons.push(reason);
    }
  }
  if (reasons.length === 0) {
    reasons.push(...immutability(flags, olds as Record<string, unknown> | undefined, inputs));
    reasons.push(...capability(handler.type, context));
    // Rules between properties only make sense on what is known.
    if (handler.check !== undefined)
      reasons.push(...handler.check(context, inputs as I).map((failure) => failure.reason));
  }
  return { inputs: inputs as I, failures: reasons.map((reason) => ({ property: "", reason })) };
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
        `${key} is only used when the object is created and can't be changed here; put the old value back, and change it on the platform`,
    );
}

/** One sentence for a validation error; undefined for those that another error of the same value says better. */
export function inWords(error: ErrorObject, knownKeys: readonly string[] = []): string | undefined {
  const path = error.instancePath.slice(1).replaceAll("/", ".");
  const at = path === "" ? "" : `${path} `;
  const params = error.params as Record<string, unknown>;
  // What each of several forms lacks, or a name's pattern: that none fits is said once, by the keyword around it.
  if (/\/(oneOf\/\d+|propertyNames)\//.test(error.schemaPath)) return undefined;
  switch (error.keyword) {
    case "required":
      return `${path === "" ? "" : `${path}.`}${params.missingProperty} is missing`;
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      const meant = nearest(
        key,
        path === ""
          ? knownKeys
          : Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {}),
        1,
      )[0];
      return `${path === "" ? "" : `${path}.`}${key} is not a property${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    }
    case "enum":
      return `${at}must be one of ${(params.allowedValues as unknown[]).join(", ")}`;
    case "const":
      return `${at}must be ${JSON.stringify(params.allowedValue)}`;
    case "type":
      return `${at}must be of type ${params.type}`;
    case "oneOf": {
      const forms = ((error.schema ?? []) as readonly { readonly required?: readonly string[] }[]).flatMap(
        (form) => form.required ?? [],
      );
      if (forms.length === 0) return `${at}has none of the forms that it may have`;
      return `${at}needs exactly one of ${forms.join(" and ")}, and has ${Array.isArray(params.passingSchemas) ? "more" : "none"}`;
    }
    case "propertyNames":
      return `${at}${params.propertyName} can't be a name: one is of small letters, digits and hyphens, and begins with a letter or digit`;
    case "uniqueItems":
      return `${at}has the same item twice`;
    case "pattern":
    case "format": {
      const meaning = (error.parentSchema as { description?: string } | undefined)?.description?.replace(/\.$/, "");
      return meaning === undefined ? `${at}${error.message ?? "is not valid"}` : `${at}does not fit: ${meaning}`;
    }
    case "if":
      return undefined;
    default:
      return `${at}${error.message ?? "is not valid"}`;
  }
}
