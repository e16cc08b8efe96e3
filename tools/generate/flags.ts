import { follow, type Schema, type SchemaSet } from "./schemas";

/** The resources, each with the file of its schema. */
export const RESOURCES = [
  { name: "Customer", path: "resources/customer.schema.json" },
  { name: "DeviceOwner", path: "resources/device-owner.schema.json" },
  { name: "ProductAssignment", path: "resources/product-assignment.schema.json" },
] as const;

/** Flags that a property carries in the output; `x-caseInsensitive` may also sit deeper, which the paths say. */
const FLAGS = [
  "replaceOnChange",
  "local",
  "createOnly",
  "writeOnly",
  "secret",
  "emitOnCreate",
  "unordered",
  "serverDefault",
  "caseInsensitive",
];

const PREAMBLE = `import type { CustomerInputs, CustomerOutputs, DeviceOwnerInputs, DeviceOwnerOutputs, ProductAssignmentInputs, ProductAssignmentOutputs } from "./types";

/** What a property's schema says beyond its shape. */
export interface PropertyFlags {
  /** Another value means another object: delete, then create. */
  readonly replaceOnChange?: true;
  /** Means something to this program only: never sent, never read. */
  readonly local?: true;
  /** Sent at creation; a later change does nothing on the platform. */
  readonly createOnly?: true;
  /** The platform never tells it again. */
  readonly writeOnly?: true;
  /** Kept as a secret in state. */
  readonly secret?: true;
  /** Told once, in the answer to the create. */
  readonly emitOnCreate?: true;
  /** An array whose order means nothing. */
  readonly unordered?: true;
  /** The platform fills it in when it is left out. */
  readonly serverDefault?: true;
  /** Compared without regard to case. */
  readonly caseInsensitive?: true;
  /** The value that it has when left out. */
  readonly default?: boolean | number | string | readonly string[];
}

/** The flags of one resource. */
export interface ResourceFlags<I extends object = object, O extends object = object> {
  readonly properties: Readonly<Record<keyof I & string, PropertyFlags>>;
  readonly required: readonly (keyof I & string)[];
  /** Where case means nothing, from the top: \`["company", "emergencyEmail"]\`. */
  readonly caseInsensitivePaths: readonly (readonly string[])[];
  /** Keys of state that no program sets. */
  readonly outputs: readonly (keyof O & string)[];
}

export interface FlagTable {
  readonly Customer: ResourceFlags<CustomerInputs, CustomerOutputs>;
  readonly DeviceOwner: ResourceFlags<DeviceOwnerInputs, DeviceOwnerOutputs>;
  readonly ProductAssignment: ResourceFlags<ProductAssignmentInputs, ProductAssignmentOutputs>;
}
`;

/** The flags of every resource as plain data. */
export function emitFlags(set: SchemaSet): string {
  const table = RESOURCES.map(({ name, path }) => {
    const schema = set.file(path);
    const properties = Object.entries(schema.properties ?? {});
    const lines = properties.map(([key, property]) => `      ${key}: ${literal(flagsOf(follow(set, property)))},\n`);
    const paths = caseInsensitivePaths(set, schema).map((path) => `      ${JSON.stringify(path)},\n`);
    const outputs = Object.keys(schema.$defs?.outputs?.properties ?? {});
    return [
      `  ${name}: {\n    properties: {\n${lines.join("")}    },\n`,
      `    required: ${JSON.stringify(schema.required ?? [])},\n`,
      `    caseInsensitivePaths: [\n${paths.join("")}    ],\n`,
      `    outputs: ${JSON.stringify(outputs)},\n  },\n`,
    ].join("");
  });
  return `${PREAMBLE}\nexport const FLAGS: FlagTable = {\n${table.join("")}};\n`;
}

function flagsOf(schema: Schema): Readonly<Record<string, unknown>> {
  const flags = FLAGS.filter((flag) => schema[`x-${flag}`] === true).map((flag) => [flag, true]);
  return Object.fromEntries([...flags, ...(schema.default === undefined ? [] : [["default", schema.default]])]);
}

function caseInsensitivePaths(set: SchemaSet, schema: Schema, at: readonly string[] = []): (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const followed = follow(set, property);
    const path = [...at, key];
    return [...(followed["x-caseInsensitive"] === true ? [path] : []), ...caseInsensitivePaths(set, followed, path)];
  });
}

function literal(flags: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(flags).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
