import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { connections } from "../../provider/generated/validators";
import { ROOT, readPage } from "./support/pages";

interface YamlResource {
  readonly type: string;
  readonly name?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly options?: { readonly dependsOn: readonly string[] };
}
interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const project = parse(readPage("examples/fleet-yaml/Pulumi.yaml")) as {
  readonly config: Readonly<Record<string, { readonly value: unknown }>>;
  readonly resources: Readonly<Record<string, YamlResource>>;
};
const resources = Object.entries(project.resources);

/** On mocks a resource's outputs are its inputs, and a customer's id is made of its name. */
function resolved(value: unknown): unknown {
  const [, key = "", property = ""] = /^\$\{([\w-]+)\.(\w+)\}$/.exec(String(value)) ?? [];
  const source = project.resources[key];
  if (source === undefined) return value;
  return property === "customerId" ? `${source.name ?? key}-id` : source.properties[property];
}

describe("examples/fleet-yaml", () => {
  it("declares what examples/fleet-typescript does, but for the random part of a login name", () => {
    const script = require.resolve("./support/declared");
    const typescript = join(ROOT, "examples", "fleet-typescript", "index.ts");
    const out = execFileSync(process.execPath, ["-r", "ts-node/register/transpile-only", script, typescript], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const [declared = []] = JSON.parse(out) as readonly (readonly Declared[])[];
    const ours = declared.filter(({ type }) => type.includes("msp:"));
    const inYaml = resources
      .map(([key, { type, name, properties }]) => ({
        type: type.replace("msp:", "pulumi-nodejs:dynamic/msp:"),
        name: name ?? key,
        inputs: Object.fromEntries(Object.entries(properties).map(([at, value]) => [at, resolved(value)])),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const withoutLogin = (all: readonly Declared[]) =>
      all.map((one) => {
        const { firstUser, ...inputs } = one.inputs as { readonly firstUser?: Record<string, unknown> };
        return { ...one, inputs, ...(firstUser ? { firstUser: { ...firstUser, loginName: "acme-…" } } : {}) };
      });
    expect(ours).to.have.length(11);
    expect(withoutLogin(inYaml)).to.deep.equal(withoutLogin(ours));
  });

  it("makes every product leave before what has it", () => {
    for (const [key, { properties, options }] of resources) {
      const whose = String(properties.customer ?? properties.owner ?? "").replace(/\.\w+\}$/, "}");
      if (whose !== "") expect(options?.dependsOn, key).to.deep.equal([whose]);
    }
  });

  it("is configured with connections that are valid", () => {
    expect(connections(project.config["msp:connections"]?.value), JSON.stringify(connections.errors)).to.equal(true);
  });
});
