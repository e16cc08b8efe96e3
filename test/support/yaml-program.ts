/** Pulumi YAML programs, held to the package schema and to the provider's own check, without an engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { dynamicType } from "../../provider/hosts/dynamic";
import { fleetInputs } from "../../provider/hosts/plugin/fleet-inputs";
import { createSession } from "../../provider/hosts/session";
import { check } from "../../provider/lifecycle/check";
import { UNKNOWN } from "../../provider/lifecycle/unknowns";
import type { ResourceType } from "../../provider/platforms/platform";
import { managed, validatorOf } from "../../provider/resources/registry";
import { manualClock, steadyRandom } from "../provider/http/manual-clock";

const ROOT = join(__dirname, "..", "..");
const EXPLICIT_PROVIDER = "pulumi:providers:msp";

interface ResourceSchema {
  readonly inputProperties: Readonly<Record<string, object>>;
  readonly requiredInputs?: readonly string[];
  readonly properties?: Readonly<Record<string, object>>;
}

export interface YamlResource {
  readonly type: string;
  readonly name?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly options?: { readonly dependsOn?: readonly string[] };
}

/** A resource as the engine is told of it. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const schema = JSON.parse(readFileSync(join(ROOT, "provider", "generated", "package-schema.json"), "utf8")) as {
  readonly provider: ResourceSchema;
  readonly resources: Readonly<Record<string, ResourceSchema>>;
};

/** The resources of a program by their names in it; none where the text is no program. */
export function yamlResources(text: string): Readonly<Record<string, YamlResource>> {
  return (parse(text) as { readonly resources?: Readonly<Record<string, YamlResource>> } | null)?.resources ?? {};
}

/** What a program declares to the dynamic host, by name. References are resolved as on mocks: outputs are inputs, and an id is made of the name. */
export function declaredInYaml(text: string): readonly Declared[] {
  const resources = yamlResources(text);
  const resolved = (value: unknown) => {
    const [, key = "", property = ""] = /^\$\{([\w-]+)\.(\w+)\}$/.exec(String(value)) ?? [];
    const source = resources[key];
    if (source === undefined) return value;
    return property === "customerId" ? `${source.name ?? key}-id` : source.properties[property];
  };
  return Object.entries(resources)
    .map(([key, { type, name, properties }]) => ({
      type: dynamicType(resourceOf(type)),
      name: name ?? key,
      inputs: Object.fromEntries(Object.entries(properties).map(([at, value]) => [at, resolved(value)])),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is wrong with a program: types, names, references, and what the provider's check says with the connections of the example. */
export function complaintsOfYaml(text: string): readonly string[] {
  const resources = yamlResources(text);
  return Object.entries(resources).flatMap(([key, resource]) => {
    const found = schemaOf(resource.type);
    if (found === undefined) return [`${key}: ${resource.type} is no resource of the package`];
    const { inputProperties, requiredInputs = [] } = found;
    const unknown = Object.keys(resource.properties).filter((name) => inputProperties[name] === undefined);
    const missing = requiredInputs.filter((name) => resource.properties[name] === undefined);
    return [
      ...unknown.map((name) => `${key}: ${resource.type} has no ${name}`),
      ...missing.map((name) => `${key}: ${name} is missing`),
      ...danglingIn(resource, resources).map((reference) => `${key}: ${reference} leads nowhere`),
      ...(resource.type === EXPLICIT_PROVIDER ? [] : refusals(resource).map((reason) => `${key}: ${reason}`)),
    ];
  });
}

function schemaOf(type: string): ResourceSchema | undefined {
  return type === EXPLICIT_PROVIDER ? schema.provider : schema.resources[type.replace("msp:", "msp:index:")];
}

function danglingIn(resource: YamlResource, resources: Readonly<Record<string, YamlResource>>): readonly string[] {
  const references = [...JSON.stringify(resource).matchAll(/\$\{([^.}]+)(?:\.([^}]+))?\}/g)];
  return references
    .filter(([, key = "", property = "id"]) => {
      const target = resources[key];
      return target === undefined || (property !== "id" && schemaOf(target.type)?.properties?.[property] === undefined);
    })
    .map(([reference]) => reference);
}

function refusals({ type, properties }: YamlResource): readonly string[] {
  if (type === "msp:FleetCustomer") return refusalsOfEntry(properties);
  const context = createSession({
    settings: (key) => (key === "connections" ? exampleConnections() : undefined),
    env: {},
    cwd: ROOT,
    clock: manualClock(),
    random: steadyRandom,
    log: () => undefined,
  }).checkContext(String(properties.platform));
  if (typeof context === "string") return [context];
  const given = Object.entries(properties).map(([at, value]) => [
    at,
    typeof value === "string" && value.startsWith("${") ? UNKNOWN : value,
  ]);
  const { handler, flags } = managed(resourceOf(type));
  const inputs = Object.fromEntries(given) as object;
  return check(handler, flags, validatorOf(resourceOf(type)), context, undefined, inputs).failures.map(
    ({ reason }) => reason,
  );
}

function refusalsOfEntry(properties: YamlResource["properties"]): readonly string[] {
  try {
    fleetInputs({ ...properties });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function exampleConnections(): string {
  return JSON.stringify(parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")).config["msp:connections"].value);
}

function resourceOf(type: string): ResourceType {
  return type.replace(/^msp:/, "") as ResourceType;
}
