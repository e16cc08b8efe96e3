import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { FLAGS } from "../../provider/generated/flags";
import type { Configuration } from "../../provider/generated/types";
import { CREDENTIAL_KEYS } from "../../provider/hosts/configured";
import { dynamicType } from "../../provider/hosts/dynamic";
import type { ResourceType } from "../../provider/platforms/platform";
import { finderOf, importId } from "../../provider/resources/import";
import { managed, resourceTypes } from "../../provider/resources/registry";
import { EXAMPLES, FOLDER, IMPORTS } from "../../tools/generate/examples";
import { WORDS } from "../../tools/generate/resource-words";
import { complaintsOfYaml, declaredInYaml } from "../support/yaml-program";

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
  readonly isComponent?: boolean;
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

  it("has every resource that there is, the component, and no other", () => {
    expect(Object.keys(schema.resources)).to.have.members(
      [...resourceTypes, "FleetCustomer"].map((type) => `msp:index:${type}`),
    );
  });

  it("has as the component an entry of a fleet, whose key is its name", () => {
    const { customer } = JSON.parse(read("schemas/fleet.schema.json")).$defs;
    const { isComponent, inputProperties, requiredInputs } = schema.resources["msp:index:FleetCustomer"] as Resource;
    expect(isComponent).to.equal(true);
    const entry = Object.keys(customer.properties).filter((key) => key !== "key" && key !== "tags");
    expect(Object.keys(inputProperties)).to.have.members([...entry, "defaults", "announceLeavings"]);
    expect(requiredInputs).to.deep.equal(["name", "platform"]);
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
      ...Object.values(schema.resources).flatMap(({ inputProperties, properties = {} }) => [
        inputProperties,
        properties,
      ]),
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

describe("the examples of the package schema", () => {
  const files = Object.values(EXAMPLES).flatMap((examples) => examples.map(({ file }) => file));
  const yamlOf = (file: string) => readFileSync(join(FOLDER, `${file}.yaml`), "utf8");

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

  it("say how each resource is imported: every form of an id that the provider takes, with a command for each", () => {
    const connections = Object.keys(parse(read("Pulumi.yaml")).config["msp:connections"].value);
    for (const type of resourceTypes) {
      const { forms } = finderOf(type);
      const { description } = resourceOf(type);
      for (const { form, names } of forms) expect(description).to.contain(`| \`<connection>/${form}\` | ${names} |\n`);
      expect(IMPORTS[type].map(({ id }) => importId(type, id, connections).rest)).to.have.length(forms.length);
      for (const { name, id } of IMPORTS[type])
        expect(description).to.contain(`pulumi import msp:index:${type} ${name} '${id}'\n`);
    }
  });

  it("say what deleting each resource means, and what its id is", () => {
    for (const type of resourceTypes) {
      const { id, deleting } = WORDS[type];
      expect(resourceOf(type).description).to.contain(`\n\n${deleting}\n\n`);
      const [, property = ""] = /`(\w+)`/.exec(id) ?? [];
      expect(resourceOf(type).required).to.include(property);
      expect(managed(type).handler.idOf({ [property]: "an-id" } as never)).to.equal("an-id");
    }
  });

  it("pass the provider's own check", () => {
    for (const file of files) expect(complaintsOfYaml(yamlOf(file)), file).to.deep.equal([]);
  });

  it("declare the same in TypeScript and in YAML", () => {
    const script = require.resolve("../docs/support/declared");
    const programs = files.map((file) => join(FOLDER, `${file}.ts`));
    const out = execFileSync(process.execPath, ["-r", "ts-node/register/transpile-only", script, ...programs], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(JSON.parse(out)).to.deep.equal(files.map((file) => declaredInYaml(yamlOf(file))));
  });
});
