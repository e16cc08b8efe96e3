/** What a schema finds wrong, as a person would say it. Messages name the place and never a value: the engine prints what it is given. */
import type { ErrorObject } from "ajv";
import { nearest } from "../nearest";

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object of named values",
};

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
        path === "" && knownKeys.length > 0
          ? knownKeys
          : Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {}),
        1,
      )[0];
      return `${path === "" ? "" : `${path}.`}${key} is not a property; ${meant === undefined ? "take it out" : `did you mean ${meant}?`}`;
    }
    case "enum":
      return `${at}must be one of ${(params.allowedValues as unknown[]).join(", ")}`;
    case "const":
      return `${at}must be ${JSON.stringify(params.allowedValue)}`;
    case "type":
      return `${at}must be ${TYPES[String(params.type)] ?? params.type}`;
    case "minLength":
      return params.limit === 1
        ? `${at}is empty; write something, or take it out`
        : `${at}must have at least ${params.limit} characters`;
    case "maxLength":
      return `${at}must have at most ${params.limit} characters`;
    case "minimum":
      return `${at}must be at least ${params.limit}`;
    case "maximum":
      return `${at}must be at most ${params.limit}`;
    case "exclusiveMinimum":
      return `${at}must be more than ${params.limit}`;
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
      return `${at}has the same item twice; keep one of them`;
    case "pattern":
    case "format": {
      const meaning = (error.parentSchema as { description?: string } | undefined)?.description?.replace(/\.$/, "");
      return meaning === undefined
        ? `${at}${error.message ?? "is not valid"}`
        : `${at}must be of this form: ${meaning}`;
    }
    case "if":
      return undefined;
    default:
      return `${at}${error.message ?? "is not valid"}`;
  }
}
