import { expect } from "chai";
import { parse } from "yaml";
import { accountsOf } from "../../tools/generate/capabilities";
import { readSchemas } from "../../tools/generate/schemas";
import { isThere, ROOT, readPage, tableUnder, withoutBlocks } from "./support/pages";

interface Property {
  readonly description: string;
  readonly default?: unknown;
  readonly secret?: boolean;
  readonly replaceOnChanges?: boolean;
}
interface Resource {
  readonly isComponent?: boolean;
  readonly description: string;
  readonly inputProperties: Readonly<Record<string, Property>>;
  readonly requiredInputs: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
}

const { resources } = JSON.parse(readPage("provider/generated/package-schema.json")) as {
  readonly resources: Readonly<Record<string, Resource>>;
};
const accounts = accountsOf(readSchemas(`${ROOT}/schemas`).file("connection.schema.json"));

const pageOf = (name: string) => `docs/reference/${name.replace(/(?<=.)[A-Z]/g, "-$&").toLowerCase()}.md`;

/** The text below a heading, up to the next one of its depth. */
function under(text: string, heading: string): string {
  const depth = /^#+/.exec(heading)?.[0] ?? "";
  const [, below = ""] = text.split(`\n${heading}\n`);
  return below.split(new RegExp(`\n#{1,${depth.length}} `))[0] ?? "";
}

describe("the pages of the resources", () => {
  it("are there for every resource of the package schema", () => {
    expect(Object.keys(resources).filter((token) => !isThere(pageOf(token.split(":")[2] ?? "")))).to.deep.equal([]);
  });

  it("are linked from README and from the registry's first page", () => {
    for (const token of Object.keys(resources)) {
      const page = pageOf(token.split(":")[2] ?? "");
      expect(readPage("README.md")).to.contain(`](${page})`);
      expect(readPage("docs/_index.md")).to.contain(`](${page.replace("docs/", "")})`);
    }
  });

  it("say of the component every input, and what it is", () => {
    const [[, component] = []] = Object.entries(resources).filter(([, { isComponent }]) => isComponent === true);
    const inputs = tableUnder(under(readPage(pageOf("FleetCustomer")), "### Inputs"), "name");
    const said = Object.fromEntries(
      inputs.map(([key = "", , needed, words]) => [key.replaceAll("`", ""), { needed, words }]),
    );
    expect(Object.keys(said)).to.deep.equal(Object.keys(component?.inputProperties ?? {}));
    for (const [key, { description: what }] of Object.entries(component?.inputProperties ?? {})) {
      expect(what.startsWith(said[key]?.words?.split(". ")[0] || "?"), key).to.equal(true);
      expect(said[key]?.needed === "required", key).to.equal(component?.requiredInputs?.includes(key));
    }
  });

  for (const [token, { inputProperties, requiredInputs, properties, description, isComponent }] of Object.entries(
    resources,
  )) {
    if (isComponent === true) continue;
    const name = token.split(":")[2] ?? "";

    describe(name, () => {
      const page = readPage(pageOf(name));

      it("begins with what the registry reads, and has its sections in its order", () => {
        const head = parse(page.split("---\n")[1] ?? "") as Readonly<Record<string, unknown>>;
        expect(head).to.deep.include({ title: name, title_tag: `msp.${name}`, layout: "api" });
        expect(description).to.match(new RegExp(`^${head.meta_desc}`.replaceAll(/[().]/g, "\\$&")));
        const headings = [...withoutBlocks(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
        expect(headings).to.deep.equal([
          "Example Usage",
          `Create ${name} Resource`,
          `${name} Resource Properties`,
          "Supporting Types",
          "Platforms",
          "Deletion",
          "Import",
        ]);
      });

      it("shows a program in each language", () => {
        expect(under(page, "## Example Usage"))
          .to.contain("```typescript\nimport * as msp")
          .and.contain("```yaml\nresources:");
        expect(under(page, "### Constructor syntax")).to.contain(`new msp.${name}(`).and.contain(`type: msp:${name}\n`);
      });

      it("says of every input what it is, whether it is needed, its default, whether it is secret and whether it replaces", () => {
        const rows = tableUnder(under(page, "### Inputs"), "name");
        expect(rows.map(([key]) => key)).to.deep.equal(Object.keys(inputProperties).map((key) => `\`${key}\``));
        for (const [key = "", , needed = "", words = ""] of rows) {
          const property = inputProperties[key.replaceAll("`", "")] as Property;
          expect(needed === "required", key).to.equal(requiredInputs.includes(key.replaceAll("`", "")));
          if (property.default !== undefined)
            expect(needed).to.equal(`default \`${JSON.stringify(property.default)}\``);
          expect(words.includes("Another value means another object"), key).to.equal(
            property.replaceOnChanges === true,
          );
          expect(words.includes("Kept as a secret"), key).to.equal(property.secret === true);
          const [first] = words.split(". ");
          expect(first, key).to.not.equal("");
          expect(property.description.startsWith(first ?? "?"), words).to.equal(true);
        }
      });

      it("says of every output what it is", () => {
        const told = tableUnder(under(page, "### Outputs"), "name").map(([key = ""]) => key.replaceAll("`", ""));
        const made = Object.keys(properties).filter((key) => inputProperties[key] === undefined);
        expect(told).to.deep.equal(made);
      });

      it("says how each operation is done on each account", () => {
        const expected = accounts.map(({ title, table }) => {
          const { create, read, update, delete: remove } = table[name as keyof typeof table] ?? {};
          return [
            title,
            ...[create, read, update, remove].map((how) => (how === undefined ? "none" : `\`${how.mode}\``)),
          ];
        });
        expect(tableUnder(under(page, "## Platforms"), "account")).to.deep.equal(expected);
      });

      it("says what deleting means, with the vendor's refusals and what can't be undone", () => {
        const words = under(page, "## Deletion");
        expect(words).to.contain("Deleting it ");
        for (const { table } of accounts) {
          const { why, wayOut, irrecoverable } = table[name as keyof typeof table]?.delete ?? {};
          for (const said of [why, wayOut, irrecoverable]) if (said !== undefined) expect(words).to.contain(said);
        }
      });

      it("is imported as the package schema says", () => {
        const [, how = "nothing"] = description.split("## Import\n");
        expect(under(page, "## Import")).to.contain(how);
      });
    });
  }
});
