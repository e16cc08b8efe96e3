import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { VERSION } from "../../provider/version";
import { pulumi } from "./support/cli";

const FILE = join(__dirname, "..", "..", "provider", "generated", "package-schema.json");

describe("pulumi schema check", function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-msp-schema-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const checked = (file: string) => pulumi(["schema", "check", file], { cwd: folder, state: folder, env: {} });

  it("finds nothing in the package schema, not even a warning", async () => {
    expect(await checked(FILE)).to.deep.equal({ code: 0, text: "" });
  });

  const breaks = [
    { what: "a type that is not there", from: "#/types/msp:index:Wait", to: "#/types/msp:index:Weight" },
    { what: "a default of another type", from: '"default": true', to: '"default": "yes"' },
    { what: "a version that is none", from: `"version": "${VERSION}"`, to: '"version": "first"' },
  ];
  for (const { what, from, to } of breaks) {
    it(`finds ${what}`, async () => {
      const text = readFileSync(FILE, "utf8");
      expect(text).to.contain(from);
      const broken = join(folder, "broken.json");
      writeFileSync(broken, text.replaceAll(from, to));
      const { code, text: said } = await checked(broken);
      expect(code, said).to.not.equal(0);
      expect(said).to.match(/error/i);
    });
  }
});
