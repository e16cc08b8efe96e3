import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { readFleet } from "../../fleet/load/load";
import { connections, inventoryImport } from "../../provider/generated/validators";
import { parse } from "yaml";
import { TemporaryFolder } from "../support/folder";
import { complaintsOfTypes } from "../support/type-check";
import { complaintsOfYaml, declaredInYaml, yamlResources } from "../support/yaml-program";
import { blocks, generatedPages, pages, ROOT, readPage } from "./support/pages";

const readme = readPage("README.md");
const [fleet = "", byHand = "", leaving = ""] = blocks(readme, "yaml");
const [yamlProgram = ""] = blocks(readme, "js");
const [typescriptProgram = ""] = blocks(readme, "ts");
const index = readPage("docs/_index.md");
const yamlBlocks = [...pages(), ...generatedPages()].flatMap((page) =>
  blocks(readPage(page), "yaml").map((text) => ({ page, text })),
);

/** A product can't be declared and be said to leave. */
function withoutScoutTwo(text: string): string {
  expect(text).to.contain("ShieldOne, ScoutTwo");
  return text.replace("ShieldOne, ScoutTwo", "ShieldOne");
}

describe("README's programs", function () {
  this.timeout(120_000);
  let folder: string;
  let declared: readonly (readonly unknown[])[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-msp-docs-"));
    writeFileSync(join(folder, "fleet.yaml"), fleet);
    writeFileSync(join(folder, "index.js"), yamlProgram);
    writeFileSync(join(folder, "index.ts"), typescriptProgram);
    writeFileSync(join(folder, "registry.ts"), blocks(index, "typescript")[0] ?? "");
    const programs = [
      join(folder, "index.js"),
      join(folder, "index.ts"),
      join(ROOT, "examples", "fleet", "index.js"),
      join(ROOT, "examples", "fleet-typescript", "index.ts"),
      join(folder, "registry.ts"),
    ];
    const script = require.resolve("./support/declared");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["-r", require.resolve("ts-node/register/transpile-only"), script, ...programs],
      {
        cwd: folder,
        env: { ...process.env, TS_NODE_PROJECT: join(ROOT, "tsconfig.json") },
      },
    );
    declared = JSON.parse(stdout);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("are a fleet file without a mistake, with and without the note on what leaves", () => {
    for (const text of [fleet, `${withoutScoutTwo(fleet)}${leaving}`])
      expect(readFleet({ file: "fleet.yaml", text }).problems).to.deep.equal([]);
  });

  it("declare the same in a fleet file, in TypeScript and in Pulumi YAML", () => {
    expect(declared[0]).to.have.length(3);
    expect(declared[1]).to.deep.equal(declared[0]);
    expect(declaredInYaml(byHand)).to.deep.equal(declared[0]);
  });

  it("declare the same in examples/fleet and examples/fleet-typescript", () => {
    expect(declared[2]).to.have.length.above(10);
    expect(declared[3]).to.deep.equal(declared[2]);
  });

  it("declare the same on both sides of the registry's first page", () => {
    expect(declared[4]).to.have.length(2);
    expect(declaredInYaml(blocks(index, "yaml")[0] ?? "")).to.deep.equal(declared[4]);
  });
});

describe("the programs of all pages", function () {
  this.timeout(120_000);

  it("type-check against the package, where they are TypeScript", () => {
    const programs = [...pages(), ...generatedPages()]
      .flatMap((page) => ["ts", "typescript"].flatMap((language) => blocks(readPage(page), language)))
      .filter((text) => text.includes('from "pulumi-msp"'));
    expect(programs).to.have.length.above(5);
    const folder = new TemporaryFolder(Object.fromEntries(programs.map((text, at) => [`${at}.ts`, text])));
    try {
      expect(complaintsOfTypes(programs.map((_, at) => folder.at(`${at}.ts`)))).to.deep.equal([]);
    } finally {
      folder.remove();
    }
  });

  it("hold to the package schema and pass the provider's check, where they are YAML", () => {
    const programs = yamlBlocks.filter(({ text }) => Object.keys(yamlResources(text)).length > 0);
    expect(programs).to.have.length.above(6);
    for (const { page, text } of programs) expect(complaintsOfYaml(text), page).to.deep.equal([]);
  });

  for (const { what, from, to, complaint } of [
    {
      what: "an input that is none",
      from: "subjectName",
      to: "subject",
      complaint: /shieldone: msp:ProductAssignment has no subject/,
    },
    {
      what: "an input that is missing",
      from: "product: ShieldOne",
      to: "licence: keep",
      complaint: /shieldone: product is missing/,
    },
    {
      what: "a resource that is none",
      from: "msp:DeviceOwner",
      to: "msp:Owner",
      complaint: /front-desk: msp:Owner is no resource/,
    },
    {
      what: "a reference to nothing",
      from: "front-desk.email}",
      to: "front-desk.mail}",
      complaint: /front-desk\.mail} leads nowhere/,
    },
    {
      what: "a connection that is none",
      from: "platform: armourzero",
      to: "platform: armorzero",
      complaint: /armorzero/,
    },
  ]) {
    it(`would not pass with ${what}`, () => {
      expect(byHand).to.contain(from);
      expect(complaintsOfYaml(byHand.replace(from, to)).join("\n")).to.match(complaint);
    });
  }
});

describe("what the examples are configured with", () => {
  it("is a set of connections, in Pulumi.yaml and on every page that configures some", () => {
    const configured = [readPage("Pulumi.yaml"), ...yamlBlocks.map(({ text }) => text)].flatMap((text) => {
      const { config = {} } = (parse(text) ?? {}) as { readonly config?: Readonly<Record<string, object>> };
      const given = config["msp:connections"];
      // A project's configuration has them as a value, a stack's as such.
      return given === undefined ? [] : ["value" in given ? given.value : given];
    });
    expect(configured).to.have.length.above(3);
    for (const value of configured) expect(connections(value), JSON.stringify(connections.errors)).to.equal(true);
  });

  it("is an inventory that the desk takes", () => {
    for (const name of ["armourzero", "licensing-portal"]) {
      expect(
        inventoryImport(JSON.parse(readPage(`examples/fleet/inventory/${name}.json`))),
        JSON.stringify(inventoryImport.errors),
      ).to.equal(true);
    }
  });

  it("leaves by a note that the fleet file takes", () => {
    const [note = ""] = blocks(readPage("examples/fleet/README.md"), "yaml");
    expect(
      readFleet({ file: "fleet.yaml", text: `${withoutScoutTwo(readPage("examples/fleet/fleet.yaml"))}${note}` })
        .problems,
    ).to.deep.equal([]);
  });
});
