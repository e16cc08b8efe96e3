import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { connections } from "../../provider/generated/validators";
import { type Declared, declaredInYaml, yamlResources } from "../support/yaml-program";
import { ROOT, readPage } from "./support/pages";

const text = readPage("examples/fleet-yaml/Pulumi.yaml");
const project = parse(text) as { readonly config: Readonly<Record<string, { readonly value: unknown }>> };

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
    const inYaml = declaredInYaml(text);
    const withoutLogin = (all: readonly Declared[]) =>
      all.map((one) => {
        const { firstUser, ...inputs } = one.inputs as { readonly firstUser?: Record<string, unknown> };
        return { ...one, inputs, ...(firstUser ? { firstUser: { ...firstUser, loginName: "acme-…" } } : {}) };
      });
    expect(ours).to.have.length(11);
    expect(withoutLogin(inYaml)).to.deep.equal(withoutLogin(ours));
  });

  it("makes every product leave before what has it", () => {
    for (const [key, { properties, options }] of Object.entries(yamlResources(text))) {
      const whose = String(properties.customer ?? properties.owner ?? "").replace(/\.\w+\}$/, "}");
      if (whose !== "") expect(options?.dependsOn, key).to.deep.equal([whose]);
    }
  });

  it("is configured with connections that are valid", () => {
    expect(connections(project.config["msp:connections"]?.value), JSON.stringify(connections.errors)).to.equal(true);
  });
});
