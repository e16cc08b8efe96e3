import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { NODE_SDK } from "../../tools/generate/package-schema";
import { EXAMPLES, FOLDER } from "../../tools/generate/examples";
import { generateSdks } from "../../tools/sdk/generate";
import { repositoryRoot } from "../../tools/toolchain";
import { runCommand } from "../../tools/toolchain/commands";
import { findOnPath } from "../../tools/toolchain/on-path";
import { complaintsOfTypes } from "../support/type-check";
import { failure } from "../tools/scratch";

const ROOT = repositoryRoot();
const SCHEMA = join(ROOT, "provider", "generated", "package-schema.json");

describe("the generated SDKs", function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-msp-sdk-"));
    await generateSdks({ folder });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What the compiler says of programs that may import the package and its generated SDK. */
  function complaints(programs: Readonly<Record<string, string>>): readonly string[] {
    const files = Object.entries(programs).map(([name, text]) => {
      const file = join(folder, name);
      writeFileSync(file, text);
      return file;
    });
    return complaintsOfTypes(files, {
      [NODE_SDK]: [join(folder, "nodejs", "bin", "index.d.ts")],
      "@pulumi/*": [join(ROOT, "node_modules", "@pulumi", "*")],
    });
  }

  describe("for Node", () => {
    const moved = (text: string) => text.replaceAll('"pulumi-msp"', `"${NODE_SDK}"`);
    const types = ["Customer", "DeviceOwner", "ProductAssignment"];

    it("takes every argument that the package's own classes take", () => {
      const program = types.map(
        (type) =>
          `export const of${type} = (args: msp.${type}Args): sdk.${type} => new sdk.${type}("one", args);\n` +
          `export const as${type} = (args: msp.${type}Args): sdk.${type}Args => args;\n`,
      );
      const imports = `import * as msp from "pulumi-msp";\nimport * as sdk from "${NODE_SDK}";\n`;
      expect(complaints({ "arguments.ts": imports + program.join("") })).to.deep.equal([]);
    });

    it("takes a program that is moved by its import line", () => {
      const files = Object.values(EXAMPLES).flatMap((examples) => examples.map(({ file }) => file));
      const programs = Object.fromEntries(
        files.flatMap((file) => {
          const text = readFileSync(join(FOLDER, `${file}.ts`), "utf8");
          return [
            [`${file}.ts`, text],
            [`${file}-moved.ts`, moved(text)],
          ];
        }),
      );
      expect(complaints(programs)).to.deep.equal([]);
    });

    it("takes the example fleet, but for the hook, which is the program's own", () => {
      const text = readFileSync(join(ROOT, "examples", "fleet-typescript", "index.ts"), "utf8");
      expect(text).to.contain("msp.announceLeavings();\n");
      const withoutHook = text.replace("msp.announceLeavings();\n", "");
      expect(complaints({ "fleet.ts": withoutHook, "fleet-moved.ts": moved(withoutHook) })).to.deep.equal([]);
    });

    const wrong = [
      { what: "a property that is not there", text: 'email: "a@b.example", mail: "a@b.example"', says: /mail/ },
      { what: "a product that is no list", text: 'email: "a@b.example", products: "ShieldOne"', says: /string/ },
      { what: "an owner without an address", text: "products: []", says: /email/ },
    ];
    for (const { what, text, says } of wrong) {
      it(`refuses ${what}`, () => {
        const program = `import * as msp from "${NODE_SDK}";\nnew msp.DeviceOwner("one", { platform: "armourzero", ${text} });\n`;
        const said = complaints({ "wrong.ts": program });
        expect(said).to.have.length(1);
        expect(said[0]).to.match(says);
      });
    }

    it("declares on the engine what the program says, as the package's version, and takes over state of the dynamic host", async () => {
      const program = join(folder, "declares.cjs");
      writeFileSync(
        program,
        `const pulumi = require("@pulumi/pulumi");
const declared = [];
const main = async () => {
  await pulumi.runtime.setMocks({ newResource: ({ type, inputs }) => { declared.push({ type, inputs }); return { id: "1", state: inputs }; }, call: () => ({}) });
  const monitor = pulumi.runtime.getMonitor();
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) => {
    declared.push({ version: request.getVersion(), aliases: request.getAliasesList().map((alias) => alias.getSpec()?.getType()) });
    return register(request, done);
  };
  await pulumi.runtime.runInPulumiStack(async () => {
    const msp = require(${JSON.stringify(join(folder, "nodejs", "bin"))});
    new msp.DeviceOwner("front-desk", { platform: "armourzero", email: "front-desk@cedar.example", products: ["ShieldOne"] });
  });
  await pulumi.runtime.disconnect();
  process.stdout.write(JSON.stringify(declared.filter(({ type, aliases }) => type !== "pulumi:pulumi:Stack" && aliases?.length !== 0)));
};
main();
`,
      );
      const env = { ...process.env, NODE_PATH: join(ROOT, "node_modules") };
      const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
      expect(JSON.parse(await runCommand(process.execPath, [program], { env, timeoutMs: 60_000 }))).to.deep.equal([
        { version, aliases: ["pulumi-nodejs:dynamic/msp:DeviceOwner"] },
        {
          type: "msp:index:DeviceOwner",
          inputs: { platform: "armourzero", email: "front-desk@cedar.example", products: ["ShieldOne"] },
        },
      ]);
    });
  });

  describe("for Python", () => {
    it("compiles, and has a class for every resource and its arguments", async () => {
      if (findOnPath("python3", process.env.PATH) === undefined)
        throw new Error("PATH has no python3, which compiles the Python SDK: install Python 3.10 or newer.");
      const sources = join(folder, "python", "pulumi_msp");
      await runCommand("python3", ["-m", "compileall", "-q", sources], { timeoutMs: 60_000 });
      const script = `import ast, pathlib, sys
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    print("\\n".join(node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.ClassDef)))`;
      const classes = (await runCommand("python3", ["-c", script, sources], { timeoutMs: 60_000 })).split("\n");
      expect(classes).to.include.members(
        ["Customer", "DeviceOwner", "ProductAssignment", "Provider"].flatMap((name) => [
          name,
          name === "Provider" ? "Provider" : `${name}Args`,
        ]),
      );
    });
  });

  describe("for Go", () => {
    it("is a module whose dependencies are pinned with their checksums", () => {
      const goMod = readFileSync(join(folder, "go", "go.mod"), "utf8");
      expect(goMod).to.match(/^module pulumi-msp\.dev\/sdk\/go\n/);
      const version = /github\.com\/pulumi\/pulumi\/sdk\/v3 (v[\d.]+)/.exec(goMod)?.[1];
      expect(readFileSync(join(folder, "go", "go.sum"), "utf8")).to.contain(
        `github.com/pulumi/pulumi/sdk/v3 ${version} h1:`,
      );
      expect(readFileSync(join(folder, "go", "msp", "customer.go"), "utf8")).to.contain("type CustomerArgs struct");
    });
  });

  describe("are not made from", () => {
    const broken = [
      {
        what: "a schema with a key that none has",
        from: '"displayName"',
        to: '"displayedName"',
        says: /displayedName/,
      },
      {
        what: "a schema that refers to nothing",
        from: "types/msp:index:Wait",
        to: "types/msp:index:Weight",
        says: /Weight/,
      },
    ];
    for (const { what, from, to, says } of broken) {
      it(what, async () => {
        const text = readFileSync(SCHEMA, "utf8");
        expect(text).to.contain(from);
        const schema = join(folder, "broken.json");
        writeFileSync(schema, text.replaceAll(from, to));
        expect(await failure(generateSdks({ folder: join(folder, "broken"), schema }))).to.match(says);
      });
    }
  });
});
