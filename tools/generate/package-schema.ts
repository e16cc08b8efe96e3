/**
 * The Pulumi package schema: what the plugin answers to GetSchema, what Pulumi YAML checks programs by, and what SDKs are generated from.
 * Its form: `pkg/codegen/schema/pulumi.json` of pulumi/pulumi.
 */
import type { ResourceType } from "../../provider/platforms/platform";
import { VERSION } from "../../provider/version";
import { componentExample, examplesOf, importOf } from "./examples";
import { WORDS } from "./resource-words";
import { RESOURCES } from "./flags";
import { follow, type Schema, type SchemaSet } from "./schemas";
import { flagWords, presence } from "./tables";

/** The Node SDK that is generated from the schema; its classes take the same arguments as those of pulumi-msp itself. */
export const NODE_SDK = "pulumi-msp-sdk";

const PULUMI_RANGE = { nodejs: "^3.270.0", python: ">=3.142.0,<4.0.0" };

/** What language generators want to know. Names only: each SDK has the version of the schema. */
const LANGUAGE = {
  nodejs: {
    packageName: NODE_SDK,
    packageDescription: "Typed resources of pulumi-msp, for its plugin.",
    peerDependencies: { "@pulumi/pulumi": PULUMI_RANGE.nodejs },
    respectSchemaVersion: true,
  },
  python: {
    packageName: "pulumi_msp",
    requires: { pulumi: PULUMI_RANGE.python },
    pyproject: { enabled: true },
    inputTypes: "classes-and-dicts",
    respectSchemaVersion: true,
  },
  go: {
    importBasePath: "pulumi-msp.dev/sdk/go/msp",
    generateResourceContainerTypes: true,
    respectSchemaVersion: true,
  },
  csharp: {
    rootNamespace: "PulumiMsp",
    packageReferences: { Pulumi: "3.*" },
    respectSchemaVersion: true,
  },
  java: { basePackage: "dev.pulumimsp", buildFiles: "gradle" },
};

type Type =
  | { readonly oneOf: readonly Type[] }
  | { readonly type: "string" | "boolean" | "integer" | "number" }
  | { readonly type: "array"; readonly items: Type }
  | { readonly type: "object"; readonly additionalProperties: Type }
  | { readonly $ref: string };

type Property = Type & {
  readonly description?: string;
  readonly default?: boolean | number | string;
  readonly defaultInfo?: { readonly environment: readonly string[] };
  readonly secret?: true;
  readonly replaceOnChanges?: true;
};
type Properties = Readonly<Record<string, Property>>;

/** Everything that has a name of its own beside the resources, by its token. */
type Named = Map<string, object>;

/** The package schema as its file has it. */
export function emitPackageSchema(set: SchemaSet): string {
  const named: Named = new Map();
  const settings = set.file("configuration.schema.json");
  const variables = propertiesOf(set, named, settings);
  const resources = [
    ...RESOURCES.map(({ name, path }) => [token(name), resource(set, named, name, set.file(path))]),
    [token("FleetCustomer"), component(set, named)],
  ];
  const schema = {
    name: "msp",
    displayName: "MSP",
    version: VERSION,
    description:
      "What managed service providers run on security platforms that they do not own, with verified off-boarding.",
    keywords: ["pulumi", "msp", "off-boarding", "category/infrastructure", "kind/native"],
    license: "Apache-2.0",
    publisher: "pulumi-msp",
    meta: { supportPack: true },
    language: LANGUAGE,
    config: { variables },
    types: Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
    provider: {
      description:
        "An explicit provider: one set of connections beside the stack's own. Credentials come from the environment or a file, never from here.",
      inputProperties: variables,
    },
    resources: Object.fromEntries(resources),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function resource(set: SchemaSet, named: Named, name: ResourceType, inputs: Schema): object {
  const outputs = inputs.$defs?.outputs ?? {};
  const given = propertiesOf(set, named, inputs);
  const defaulted = Object.entries(inputs.properties ?? {})
    .filter(([, property]) => property.default !== undefined)
    .map(([key]) => key);
  return {
    description: `${inputs.description}\n\n${WORDS[name].deleting}\n\n${examplesOf(name, NODE_SDK)}\n\n${importOf(name)}`,
    properties: { ...withoutDefaults(given), ...propertiesOf(set, named, outputs) },
    required: [...(inputs.required ?? []), ...defaulted, ...(outputs.required ?? [])],
    inputProperties: given,
    requiredInputs: inputs.required ?? [],
    // State of the dynamic host is state of this one.
    aliases: [{ type: `pulumi-nodejs:dynamic/msp:${name}` }],
  };
}

function component(set: SchemaSet, named: Named): object {
  const schema = componentSchema(set);
  return {
    isComponent: true,
    description: `${schema.description}\n\n${componentExample()}`,
    inputProperties: propertiesOf(set, named, schema),
    requiredInputs: schema.required ?? [],
  };
}

/** An entry of a fleet file as a component's inputs. Its name is the entry's key; tags select in a file, and mean nothing here. */
export function componentSchema(set: SchemaSet): Schema {
  const file = set.file("fleet.schema.json");
  const entry = file.$defs?.customer ?? {};
  const { key: _key, tags: _tags, onDelete, ...parts } = entry.properties ?? {};
  const { defaults = {} } = file.properties ?? {};
  return {
    ...entry,
    description: `${entry.description} What a fleet file has as an entry: its key is the name of the component.`,
    properties: {
      ...parts,
      // The customer's own type, by its name.
      onDelete: { ...onDelete, title: "OnDelete" },
      defaults,
      announceLeavings: {
        type: "boolean",
        description:
          "Says in a preview what each deletion below it will file, and refuses there what will be refused. `pulumi destroy` then needs `--run-program`, and the last component that has it must lose it by an update of its own before it is taken out.",
      },
    },
    required: (entry.required ?? []).filter((name) => name !== "key"),
  };
}

function propertiesOf(set: SchemaSet, named: Named, schema: Schema): Properties {
  const properties = Object.entries(schema.properties ?? {}).map(([key, property]): [string, Property] => {
    const followed = follow(set, property);
    return [
      key,
      {
        ...typeOf(set, named, property, `${schema.title ?? ""}${pascal(key)}`),
        description: describe(schema, key, followed),
        ...defaultOf(followed),
        ...(followed["x-secret"] === true ? { secret: true } : {}),
        ...(followed["x-replaceOnChange"] === true ? { replaceOnChanges: true } : {}),
      },
    ];
  });
  return Object.fromEntries(properties);
}

/** A default that is a list can't be said in this form: the provider fills it in, and the words say so. */
function defaultOf(followed: Schema): Pick<Property, "default" | "defaultInfo"> {
  const { default: value, "x-environment": variable } = followed;
  return {
    ...(typeof value === "boolean" || typeof value === "number" || typeof value === "string" ? { default: value } : {}),
    // An SDK writes what it finds in the environment to the provider's state, and destroy reads it there. What is meant for one run alone must not stay.
    ...(typeof variable === "string" && followed["x-thisRun"] !== true
      ? { defaultInfo: { environment: [variable] } }
      : {}),
  };
}

function withoutDefaults(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([key, { default: _value, defaultInfo: _info, ...rest }]) => [
      key,
      rest as Property,
    ]),
  );
}

function describe(schema: Schema, key: string, followed: Schema): string {
  const isRequired = schema.required?.includes(key) === true;
  const needed = isRequired || followed.default !== undefined ? "" : presence(schema, key, followed);
  return [
    followed.description ?? "",
    ...(needed === "" ? [] : [`${needed.charAt(0).toUpperCase()}${needed.slice(1)}.`]),
    ...(Array.isArray(followed.default) && followed.default.length === 0 ? ["Empty when left out."] : []),
    ...flagWords(followed, ["x-secret", "x-replaceOnChange"]),
  ].join(" ");
}

/** `place` names what has no name of its own. */
function typeOf(set: SchemaSet, named: Named, schema: Schema, place: string): Type {
  const origin = schema.$ref === undefined ? schema : set.resolve(schema.$ref);
  const followed = follow(set, schema);
  const name = followed.title ?? place;
  if (followed.enum !== undefined) return ref(named, name, () => enumOf(origin.description, followed.enum ?? []));
  if (followed.properties !== undefined)
    return ref(named, name, () => ({
      description: origin.description,
      type: "object",
      properties: propertiesOf(set, named, followed),
      required: followed.required ?? [],
    }));
  switch (followed.type) {
    case "array":
      return { type: "array", items: typeOf(set, named, followed.items ?? {}, place) };
    case "object":
      return { type: "object", additionalProperties: typeOf(set, named, followed.additionalProperties || {}, place) };
    case undefined:
      if (followed.oneOf !== undefined) return { oneOf: followed.oneOf.map((one) => typeOf(set, named, one, place)) };
      // The one value of it says what it is of.
      if (typeof followed.const === "boolean") return { type: "boolean" };
      throw new Error(`schemas: no Pulumi type is known for ${place}`);
    default:
      return { type: followed.type };
  }
}

function ref(named: Named, name: string, spec: () => object): Type {
  const at = token(name);
  if (!named.has(at)) {
    // Its place is taken before what it holds is looked at, so that a type may hold itself.
    named.set(at, {});
    named.set(at, spec());
  }
  return { $ref: `#/types/${at}` };
}

function enumOf(description: string | undefined, values: readonly string[]): object {
  return { description, type: "string", enum: values.map((value) => ({ name: pascal(value), value })) };
}

function token(name: string): string {
  return `msp:index:${name}`;
}

function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
