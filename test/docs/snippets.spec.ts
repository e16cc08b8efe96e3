import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { readFleet } from "../../fleet/load/load";
import { connections, inventoryImport } from "../../provider/generated/validators";
import { parse } from "yaml";
import { complaintsOfTypes } from "../support/type-check";
import { blocks, ROOT, readPage } from "./support/pages";

const readme = readPage("README.md");
const [fleet = "", leaving = ""] = blocks(readme, "yaml");
const [yamlProgram = ""] = blocks(readme, "js");
const [typescriptProgram = ""] = blocks(readme, "ts");

/** A product can't be declared and be said to leave. */
function withoutScoutTwo(text: string): string {
  expect(text).to.contain("ShieldOne, ScoutTwo");
  return text.replace("ShieldOne, ScoutTwo", "ShieldOne");
}

describe("README's programs", function () {
  this.timeout(60_000);
  let folder: string;
  let declared: readonly (readonly unknown[])[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-msp-docs-"));
    writeFileSync(join(folder, "fleet.yaml"), fleet);
    writeFileSync(join(folder, "index.js"), yamlProgram);
    writeFileSync(join(folder, "index.ts"), typescriptProgram);
    const programs = [
      join(folder, "index.js"),
      join(folder, "index.ts"),
      join(ROOT, "examples", "fleet", "index.js"),
      join(ROOT, "examples", "fleet-typescript", "index.ts"),
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

  it("declare the same in YAML and in TypeScript", () => {
    expect(declared[0]).to.have.length(3);
    expect(declared[1]).to.deep.equal(declared[0]);
  });

  it("declare the same in examples/fleet and examples/fleet-typescript", () => {
    expect(declared[2]).to.have.length.above(10);
    expect(declared[3]).to.deep.equal(declared[2]);
  });

  it("type-check against the package", () => {
    expect(complaintsOfTypes([join(folder, "index.ts")])).to.deep.equal([]);
  });
});

describe("what the examples are configured with", () => {
  it("is a set of connections, in Pulumi.yaml and in examples/fleet-typescript", () => {
    for (const text of [
      readPage("Pulumi.yaml"),
      blocks(readPage("examples/fleet-typescript/README.md"), "yaml")[0] ?? "",
    ]) {
      const project = parse(text) as { readonly config: Readonly<Record<string, { readonly value?: unknown }>> };
      expect(connections(project.config["msp:connections"]?.value), JSON.stringify(connections.errors)).to.equal(true);
    }
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
