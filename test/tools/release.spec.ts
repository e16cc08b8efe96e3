import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";
import { list } from "tar";
import { readLockfile, readManifest } from "../../tools/package/lockfile";
import { archiveNames, writeArchives } from "../../tools/release/archives";
import { type Contents, complaintsAboutContents, contentsOfPlugin } from "../../tools/release/contents";
import { repositoryRoot } from "../../tools/toolchain";
import { TemporaryFolder } from "../support/folder";
import { failure } from "./scratch";

const root = repositoryRoot();
const [manifest, lockfile] = [readManifest(), readLockfile()];

describe("what is in a release archive", function () {
  this.timeout(120_000);
  let contents: Contents;

  before(async () => {
    contents = await contentsOfPlugin(root, manifest);
  });

  it("is the plugin with the packages that it reaches, and nothing of the desk, the fleet, the sandbox or the command", () => {
    expect(contents.files).to.include.members([
      "bin/provider/hosts/plugin/main.js",
      "bin/provider/hosts/plugin/calls.js",
    ]);
    expect(contents.files).to.include("bin/provider/generated/package-schema.json");
    expect(contents.files.filter((file) => /^bin\/(?!provider\/)/.test(file))).to.deep.equal([]);
    const packages = contents.packages.map((folder) => folder.replace("node_modules/", ""));
    expect(packages).to.include.members(["@grpc/grpc-js", "@pulumi/pulumi", "axios", "google-protobuf"]);
    for (const foreign of ["fastify", "pg", "@electric-sql/pglite", "@npmcli/arborist", "typescript"])
      expect(packages).to.not.include(foreign);
  });

  it("has every file that Node itself takes for it, also what is loaded when it is first needed", () => {
    const own = contents.files.filter((file) => file.startsWith("bin/") && file.endsWith(".js"));
    const asked = own.map((file) => [
      file,
      [...readFileSync(join(root, file), "utf8").matchAll(/require\("([^"]+)"\)/g)],
    ]);
    const load = `for (const [file, names] of ${JSON.stringify(asked)})
      for (const [, name] of names) require("module").createRequire(process.cwd() + "/" + file)(name);
    console.log(Object.keys(require.cache).join("\\n"));`;
    const loaded = execFileSync(process.execPath, ["-e", load], { cwd: root, encoding: "utf8" });
    const files = loaded
      .trimEnd()
      .split("\n")
      .map((file) => relative(root, file));
    expect(files).to.include("node_modules/axios/dist/node/axios.cjs");
    expect(files.filter((file) => !contents.files.includes(file))).to.deep.equal([]);
  });

  it("may be passed on and runs everywhere", () => {
    expect(complaintsAboutContents(contents, lockfile)).to.deep.equal([]);
  });

  const axios = { version: "1.0.0", license: "MIT" };
  const folder = "node_modules/axios";
  const WRONG: readonly (readonly [string, readonly string[], string | undefined])[] = [
    [`${folder}/build/it.node runs on one platform alone`, ["LICENSE", "build/it.node"], "MIT"],
    [`${folder} 1.0.0 has the licence GPL-3.0-only, which is not among those allowed`, ["LICENSE"], "GPL-3.0-only"],
    [`${folder} 1.0.0 has no licence`, ["LICENSE"], undefined],
    [`${folder} does not say on what terms it is passed on`, ["lib/licence.js"], "MIT"],
  ];
  for (const [complaint, files, license] of WRONG) {
    it(`may not be so: ${complaint}`, () => {
      const { license: _, ...without } = axios;
      const locked = { packages: { [folder]: license === undefined ? without : { ...without, license } } };
      const wrong = { files: files.map((file) => `${folder}/${file}`), packages: [folder] };
      expect(complaintsAboutContents(wrong, locked)).to.deep.equal([complaint]);
    });
  }

  it("takes the README of a package for its terms where it grants them, and not otherwise", async () => {
    for (const [readme, isGranted] of [
      ["# it", false],
      ["# it\n\nPermission is hereby granted, free of charge, ...", true],
    ] as const) {
      const elsewhere = new TemporaryFolder({
        "bin/main.js": 'require("it");',
        "node_modules/it/package.json": '{ "name": "it", "version": "1.0.0", "license": "MIT" }',
        "node_modules/it/index.js": "",
        "node_modules/it/README.md": readme,
      });
      const at = { ...manifest, bin: { "pulumi-resource-msp": "bin/main.js" } };
      const found = await contentsOfPlugin(elsewhere.path, at);
      expect(
        complaintsAboutContents(found, { packages: { "node_modules/it": { version: "1.0.0", license: "MIT" } } }),
      ).to.deep.equal(isGranted ? [] : ["node_modules/it does not say on what terms it is passed on"]);
      elsewhere.remove();
    }
  });

  it("is refused where something that the plugin needs is not there", async () => {
    const elsewhere = new TemporaryFolder({ "bin/main.js": 'require("./gone"); require("axios-of-another");' });
    const at = { ...manifest, bin: { "pulumi-resource-msp": "bin/main.js" } };
    expect(await failure(contentsOfPlugin(elsewhere.path, at))).to.match(/not there: .*\.\/gone.*axios-of-another/);
    elsewhere.remove();
  });

  it("is the same to the byte whenever and by whomever it is made, for each platform that the CLI asks for", () => {
    const made = new TemporaryFolder();
    const release = { root, manifest, lockfile, contents };
    const former = process.umask(0o077);
    try {
      writeArchives(release, made.at("careful"));
      process.umask(0o002);
      writeArchives(release, made.at("careless"));
      const sums = readFileSync(made.at("careful/SHA256SUMS"), "utf8");
      expect(sums).to.equal(readFileSync(made.at("careless/SHA256SUMS"), "utf8"));
      const names = archiveNames(manifest.version);
      expect(sums.match(/^[0-9a-f]{64} {2}\S+$/gm)?.map((line) => line.slice(66))).to.deep.equal(names);
      expect(names).to.include(`pulumi-resource-msp-v${manifest.version}-windows-arm64.tar.gz`);
      const modes = new Map<string, string>();
      const onReadEntry = (entry: { path: string; type: string; mode?: number; uid?: number; mtime?: Date }) => {
        modes.set(entry.path, `${entry.type} ${entry.mode?.toString(8)}`);
        expect(entry.mtime, entry.path).to.deep.equal(new Date("2000-01-01T00:00:00Z"));
      };
      list({ sync: true, file: made.at(join("careful", names[0] ?? "")), onReadEntry });
      expect(modes.get("pulumi-resource-msp")).to.equal("File 755");
      expect(modes.get("package.json")).to.equal("File 644");
      // What the CLI unpacks are files: it refuses whatever else a tar can hold.
      expect([...modes.values()].filter((mode) => !mode.startsWith("File "))).to.deep.equal([]);
      expect([...modes.keys()].slice().sort()).to.deep.equal([...modes.keys()]);
    } finally {
      process.umask(former);
      made.remove();
    }
  });
});
