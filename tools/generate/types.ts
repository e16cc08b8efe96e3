import type { Schema, SchemaSet } from "./schemas";

/** Resources whose state is what the program set together with what the platform or the desk says. */
const STATES = ["Customer", "DeviceOwner", "ProductAssignment"];

/** TypeScript types of all schemas: every `title` with a shape becomes an exported type of that name. */
export function emitTypes(set: SchemaSet): string {
  const emitted = new Map<string, string>();
  for (const { schema } of set.files) {
    for (const named of namedSchemas(schema)) {
      const name = named.title;
      if (name === undefined || !hasShape(named)) continue;
      if (emitted.has(name)) throw new Error(`schemas: two schemas have the title ${name}`);
      emitted.set(name, declaration(set, name, named));
    }
  }
  for (const name of STATES) {
    const doc = `/** A ${name}'s state: what the program set, and what the platform or the desk says of it. */`;
    emitted.set(`${name}State`, `${doc}\nexport type ${name}State = ${name}Inputs & ${name}Outputs;\n`);
  }
  return [...emitted.values()].join("\n");
}

/** The schema and everything titled within it, outermost first. */
function* namedSchemas(schema: Schema): Generator<Schema> {
  if (schema.title !== undefined) yield schema;
  const { additionalProperties } = schema;
  const within = [
    ...Object.values(schema.properties ?? {}),
    ...(additionalProperties === undefined || additionalProperties === false ? [] : [additionalProperties]),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(schema.oneOf ?? []),
    ...Object.values(schema.$defs ?? {}),
  ];
  for (const inner of within) yield* namedSchemas(inner);
}

function hasShape(schema: Schema): boolean {
  return (
    schema.type !== undefined || schema.enum !== undefined || schema.const !== undefined || schema.oneOf !== undefined
  );
}

function declaration(set: SchemaSet, name: string, schema: Schema): string {
  const doc = comment(schema.description, "");
  if (schema.properties === undefined) return `${doc}export type ${name} = ${shape(set, schema)};\n`;
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties).map(([key, property]) => {
    const described =
      property.description ?? (property.$ref === undefined ? undefined : set.resolve(property.$ref).description);
    return `${comment(described, "  ")}  readonly ${key}${required.has(key) ? "" : "?"}: ${reference(set, property)};\n`;
  });
  return `${doc}export interface ${name} {\n${members.join("")}}\n`;
}

/** How a schema is spoken of from another: by its name where it has one. */
function reference(set: SchemaSet, schema: Schema): string {
  if (schema.$ref !== undefined) return reference(set, set.resolve(schema.$ref));
  return schema.title ?? shape(set, schema);
}

function shape(set: SchemaSet, schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
    case "number":
      return schema.type;
    case "integer":
      return "number";
    case "array": {
      const item = schema.items === undefined ? "unknown" : reference(set, schema.items);
      return `readonly ${item.includes(" ") ? `(${item})` : item}[]`;
    }
    case "object": {
      const { additionalProperties, properties, title } = schema;
      if (additionalProperties !== undefined && additionalProperties !== false) {
        return `Readonly<Record<string, ${reference(set, additionalProperties)}>>`;
      }
      throw new Error(
        `schemas: an object with ${Object.keys(properties ?? {}).join(", ")} needs a title, not ${title}`,
      );
    }
    default:
      if (schema.oneOf !== undefined) return schema.oneOf.map((one) => reference(set, one)).join(" | ");
      throw new Error(`schemas: no TypeScript type is known for ${JSON.stringify(schema)}`);
  }
}

function comment(text: string | undefined, indent: string): string {
  return text === undefined ? "" : `${indent}/** ${text.replaceAll("*/", "*\\/")} */\n`;
}
