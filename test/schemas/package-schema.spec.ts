import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { FLAGS } from "../../provider/generated/flags";
import type { Configuration } from "../../provider/generated/types";
import { CREDENTIAL_KEYS } from "../../provider/hosts/configured";
import { dynamicType } from "../../provider/hosts/dynamic";
import { createSession } from "../../provider/hosts/session";
import { check } from "../../provider/lifecycle/check";
import { UNKNOWN } from "../../provider/lifecycle/unknowns";
import type { ResourceType } from "../../provider/platforms/platform";
import { importId } from "../../provider/resources/import";
import { managed, resourceTypes, validatorOf } from "../../provider/resources/registry";
import { EXAMPLES, FOLDER, IMPORTS } from "../../tools/generate/examples";
import { manualClock, steadyRandom } from "../provider/http/manual-clock";

const ROOT = join(__dirname, "..", "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly defaultInfo?: { readonly environment: readonly string[] };
  readonly secret?: boolean;
  readonly replaceOnChanges?: boolean;
}
type Properties = Readonly<Record<string, Property>>;
interface Resource {
  readonly description: string;
  readonly properties: Properties;
  readonly required: readonly string[];
  readonly inputProperties: Properties;
  readonly requiredInputs: readonly string[];
  readonly aliases: readonly object[];
}

const schema = JSON.parse(read("provider/generated/package-schema.json")) as {
  readonly version: string;
  readonly config: { readonly variables: Properties };
  readonly provider: { readonly inputProperties: Properties };
  readonly resources: Readonly<Record<string, Resource>>;
  readonly types: Readonly<Record<string, { readonly properties?: Properties; readonly enum?: readonly object[] }>>;
};
const resourceOf = (type: ResourceType) => schema.resources[`msp:index:${type}`] as Resource;
const keysWith = (properties: Properties, has: (property: Property) => boolean) =>
  Object.keys(properties).filter((key) => has(properties[key] as Property));

describe("the package schema", () => {
  it("has the version of the package", () => {
    expect(schema.version).to.equal(JSON.parse(read("package.json")).version);
  });

  it("has every resource that there is, and no other", () => {
    expect(Object.keys(schema.resources)).to.have.members(resourceTypes.map((type) => `msp:index:${type}`));
  });

  for (const type of resourceTypes) {
    describe(type, () => {
      const { inputProperties, properties, required, requiredInputs, aliases } = resourceOf(type);
      const flags = FLAGS[type] as {
        readonly properties: Readonly<
          Record<string, { readonly default?: unknown; readonly replaceOnChange?: true; readonly secret?: true }>
        >;
        readonly required: readonly string[];
        readonly outputs: readonly string[];
      };
      const flagged = (flag: "replaceOnChange" | "secret") =>
        Object.keys(flags.properties).filter((key) => flags.properties[key]?.[flag] === true);

      it("takes the inputs that its validator takes, and answers them with its outputs", () => {
        expect(Object.keys(inputProperties)).to.deep.equal(Object.keys(flags.properties));
        expect(Object.keys(properties)).to.deep.equal([...Object.keys(flags.properties), ...flags.outputs]);
      });

      it("needs what its validator needs", () => {
        expect(requiredInputs).to.deep.equal(flags.required);
        expect(required).to.include.members([...flags.required]);
      });

      it("is replaced by a change of what makes it another object, as input and as output", () => {
        const replacing = flagged("replaceOnChange");
        expect(replacing).to.not.be.empty;
        for (const side of [inputProperties, properties])
          expect(keysWith(side, (property) => property.replaceOnChanges === true)).to.deep.equal(replacing);
      });

      it("keeps secret what the flags keep secret", () => {
        for (const side of [inputProperties, properties])
          expect(keysWith(side, (property) => property.secret === true)).to.deep.equal(flagged("secret"));
      });

      it("has the defaults that the provider fills in, and always answers them", () => {
        for (const [key, { default: value }] of Object.entries(flags.properties)) {
          expect(inputProperties[key]?.default, key).to.equal(Array.isArray(value) ? undefined : value);
          if (value !== undefined) expect(required).to.include(key);
        }
        expect(keysWith(properties, (property) => property.default !== undefined)).to.deep.equal([]);
      });

      it("takes over the state of the dynamic host", () => {
        expect(aliases).to.deep.equal([{ type: dynamicType(type) }]);
      });
    });
  }

  it("describes every property", () => {
    const owners = [
      ...Object.values(schema.resources).flatMap(({ inputProperties, properties }) => [inputProperties, properties]),
      ...Object.values(schema.types).map(({ properties }) => properties ?? {}),
      schema.config.variables,
    ];
    const silent = owners.flatMap((properties) => keysWith(properties, ({ description = "" }) => description === ""));
    expect(silent).to.deep.equal([]);
  });

  describe("of the provider", () => {
    const variables = schema.config.variables;
    const hosts = ["session", "runtime"].map((name) => read(`provider/hosts/${name}.ts`)).join("\n");
    const settings = Object.keys(variables) as readonly (keyof Configuration)[];

    it("takes what configuration takes", () => {
      expect(schema.provider.inputProperties).to.deep.equal(variables);
    });

    it("has the settings that a session asks for, and no others", () => {
      const asked = [...hosts.matchAll(/settings\("(\w+)"\)/g)].map(([, key]) => key);
      expect(settings).to.have.members([...new Set(asked)]);
    });

    it("takes no credential: what is configured is kept in state, and outlives its rotation", () => {
      for (const key of settings) expect(CREDENTIAL_KEYS).to.not.include(key);
    });

    it("names each variable that comes before a setting", () => {
      const before = [...hosts.matchAll(/env\.(MSP_\w+) \?\? settings\("(\w+)"\)/g)];
      expect(before).to.have.length(5);
      for (const [, variable, key = ""] of before) expect(variables[key]?.description).to.contain(`\`${variable}\``);
    });

    it("lets no SDK keep in state what is meant for one run", () => {
      const kept = keysWith(variables, ({ defaultInfo }) => defaultInfo !== undefined);
      expect(kept).to.deep.equal(["deskUrl", "fleetFile"]);
    });
  });
});

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}
interface YamlResource {
  readonly type: string;
  readonly name?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

describe("the examples of the package schema", () => {
  const files = Object.values(EXAMPLES).flatMap((examples) => examples.map(({ file }) => file));
  const yamlOf = (file: string) =>
    Object.entries(
      (
        parse(readFileSync(join(FOLDER, `${file}.yaml`), "utf8")) as {
          readonly resources: Readonly<Record<string, YamlResource>>;
        }
      ).resources,
    );
  const session = createSession({
    settings: (key) =>
      key === "connections" ? JSON.stringify(parse(read("Pulumi.yaml")).config["msp:connections"].value) : undefined,
    env: {},
    cwd: ROOT,
    clock: manualClock(),
    random: steadyRandom,
    log: () => undefined,
  });
  /** On mocks a resource's outputs are its inputs, and a customer's id is made of its name. */
  const resolved = (value: unknown, all: readonly (readonly [string, YamlResource])[]): unknown => {
    const [, key, property = ""] = /^\$\{([\w-]+)\.(\w+)\}$/.exec(String(value)) ?? [];
    const [, source] = all.find(([name]) => name === key) ?? [];
    if (source === undefined) return value;
    return property === "customerId" ? `${source.name ?? key}-id` : source.properties[property];
  };

  it("are there for every resource, and stand in its words", () => {
    for (const type of resourceTypes) {
      expect(EXAMPLES[type], type).to.not.be.empty;
      for (const { title, file } of EXAMPLES[type] ?? []) {
        const { description } = resourceOf(type);
        expect(description).to.contain(`### ${title}\n`);
        expect(description).to.contain(readFileSync(join(FOLDER, `${file}.yaml`), "utf8"));
        expect(description).to.contain('import * as msp from "pulumi-msp-sdk";');
      }
    }
  });

  it("say how each resource is imported, by an id that the provider takes", () => {
    for (const type of resourceTypes) {
      const id = IMPORTS[type]?.id ?? "";
      expect(resourceOf(type).description).to.contain(`## Import\n`).and.contain(`'${id}'\n`);
      const { connection, rest } = importId(type, id, session.connectionNames);
      expect(`${connection}/${rest}`).to.equal(id);
    }
  });

  for (const file of files) {
    it(`pass the provider's own check: ${file}`, () => {
      for (const [key, { type, properties }] of yamlOf(file)) {
        const name = type.replace("msp:", "") as ResourceType;
        const context = session.checkContext(String(properties.platform));
        if (typeof context === "string") throw new Error(context);
        const given = Object.entries(properties).map(([at, value]) => [
          at,
          typeof value === "string" && value.startsWith("${") ? UNKNOWN : value,
        ]);
        const { handler, flags } = managed(name);
        const { failures } = check(
          handler,
          flags,
          validatorOf(name),
          context,
          undefined,
          Object.fromEntries(given) as object,
        );
        expect(failures, key).to.deep.equal([]);
      }
    });
  }

  it("declare the same in TypeScript and in YAML", () => {
    const script = require.resolve("../docs/support/declared");
    const programs = files.map((file) => join(FOLDER, `${file}.ts`));
    const out = execFileSync(process.execPath, ["-r", "ts-node/register/transpile-only", script, ...programs], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const inTypeScript = JSON.parse(out) as readonly (readonly Declared[])[];
    const inYaml = files.map((file) => {
      const all = yamlOf(file);
      return all
        .map(([key, { type, name, properties }]) => ({
          type: dynamicType(type.replace("msp:", "") as ResourceType),
          name: name ?? key,
          inputs: Object.fromEntries(Object.entries(properties).map(([at, value]) => [at, resolved(value, all)])),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    });
    expect(inTypeScript).to.deep.equal(inYaml);
  });
});
