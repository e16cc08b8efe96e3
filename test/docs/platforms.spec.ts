import { join } from "node:path";
import { expect } from "chai";
import { platforms } from "../../provider/platforms/registry";
import { readSchemas } from "../../tools/generate/schemas";
import { isThere, readPage, ROOT, withoutBlocks } from "./support/pages";

const READMES = Object.keys(platforms).map((name) => `provider/platforms/${name}/README.md`);

describe("the platforms' READMEs", () => {
  it("are there for every platform", () => {
    expect(READMES.filter((page) => !isThere(page))).to.deep.equal([]);
  });

  it("say scopes, limits, what is verified, what is assumed, and which readings they bear", () => {
    for (const page of READMES) {
      const headings = [...withoutBlocks(readPage(page)).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings, page).to.include.members(["Scopes", "Limits", "Verified", "Assumed", "Readings"]);
    }
  });

  it("leave the capability tables to the generated page", () => {
    for (const page of READMES) expect(readPage(page), page).to.contain("](../../../docs/reference/capabilities.md#");
  });

  it("name each reading that a connection can choose", () => {
    const connection = readSchemas(join(ROOT, "schemas")).file("connection.schema.json");
    const names = Object.keys(connection.properties?.readings?.properties ?? {});
    const text = READMES.map(readPage).join("\n");
    expect(names).to.not.be.empty;
    expect(names.filter((name) => !text.includes(`\`readings.${name}`))).to.deep.equal([]);
  });
});
