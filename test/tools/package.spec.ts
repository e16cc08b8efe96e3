import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { complaintsAbout, complaintsAboutManifest, complaintsAboutText } from "../../tools/package/contents";
import { readManifest } from "../../tools/package/lockfile";
import { repositoryRoot } from "../../tools/toolchain";

const read = (path: string) => readFileSync(join(repositoryRoot(), path), "utf8");
const manifest = JSON.parse(read("package.json"));

describe("package", () => {
  it("exports the runtime under the name that lives in state for ever", () => {
    expect(manifest.exports["./runtime"].default).to.equal("./bin/provider/hosts/runtime.js");
  });

  it("leaves the choice of the Pulumi SDK to the program, which must have no second copy of it", () => {
    expect(manifest.dependencies).to.not.have.property("@pulumi/pulumi");
    expect(manifest.peerDependencies["@pulumi/pulumi"]).to.equal(`^${manifest.devDependencies["@pulumi/pulumi"]}`);
    expect(manifest.peerDependenciesMeta).to.deep.equal({ "@pulumi/random": { optional: true } });
  });

  it("pins what it depends on exactly", () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    for (const version of versions) expect(version).to.match(/^\d+\.\d+\.\d+$/);
  });

  for (const lock of ["package-lock.json", "tools/node/package-lock.json", "tools/package/pinned/package-lock.json"]) {
    it(`names no registry in ${lock}, so that whoever installs uses their own`, () => {
      expect(read(lock)).to.not.contain('"resolved"');
      expect(read(lock)).to.not.match(/https?:\/\/registry/);
    });
  }

  describe("contents", () => {
    const small = { packedBytes: 100_000, unpackedBytes: 500_000 };
    const modules = ["provider/index", "provider/hosts/runtime", "fleet/program", "cli/main"];
    const whole = [
      "package.json",
      "sbom.cdx.json",
      "README.md",
      "LICENSE",
      "bin/provider/generated/package-schema.json",
      ...modules.flatMap((module) => [`bin/${module}.js`, `bin/${module}.d.ts`]),
      "schemas/fleet.schema.json",
    ].map((path) => ({ path, size: 1 }));

    it("are fine when they are the compiled package, its schemas and its words", () => {
      expect(complaintsAbout(whole, small)).to.deep.equal([]);
    });

    for (const path of [
      "provider/index.ts",
      "bin/tools/toolchain/main.js",
      "test/a.spec.ts",
      "bin/provider/index.js.map",
      ".ci/run",
    ]) {
      it(`are not fine with ${path}`, () => {
        expect(complaintsAbout([...whole, { path, size: 1 }], small)).to.deep.equal([
          `${path} does not belong in the package`,
        ]);
      });
    }

    it("are not fine when an entry point is missing", () => {
      const cut = whole.filter(({ path }) => path !== "bin/provider/hosts/runtime.js");
      expect(complaintsAbout(cut, small)).to.deep.equal(["bin/provider/hosts/runtime.js is missing from the package"]);
    });

    it("are not fine when a module has no types", () => {
      const cut = whole.filter(({ path }) => path !== "bin/fleet/program.d.ts");
      expect(complaintsAbout(cut, small)).to.deep.equal(["bin/fleet/program.js has no types beside it"]);
    });

    it("are not fine when they are big, packed or unpacked", () => {
      for (const big of [{ packedBytes: 5_000_000 }, { unpackedBytes: 5_000_000 }])
        expect(complaintsAbout(whole, { ...small, ...big })).to.have.length(1);
    });
  });

  describe("manifest", () => {
    const own = readManifest();
    const targets = Object.values(own.exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    const paths = new Set(targets.map((target) => target.slice(2)));

    it("is fine as it is", () => {
      expect(complaintsAboutManifest(own, paths)).to.deep.equal([]);
    });

    it("is not fine when something runs at installation", () => {
      const running = { ...own, scripts: { postinstall: "node bin/hello.js" } };
      expect(complaintsAboutManifest(running, paths)).to.deep.equal(["the script postinstall runs at installation"]);
    });

    it("is not fine when a dependency is no exact version of a registry", () => {
      for (const range of ["^1.0.0", "file:../yaml", "github:eemeli/yaml", "latest"])
        expect(complaintsAboutManifest({ ...own, dependencies: { yaml: range } }, paths), range).to.have.length(1);
    });

    it("is not fine when an export has its types last, where nobody finds them, or is not there", () => {
      const there = new Set(["a.js", "a.d.ts"]);
      const late = { default: "./a.js", types: "./a.d.ts" };
      expect(complaintsAboutManifest({ ...own, exports: { ".": late } }, there)).to.deep.equal([
        "the export . does not name its types first",
      ]);
      const gone = { types: "./b.d.ts", default: "./a.js" };
      expect(complaintsAboutManifest({ ...own, exports: { ".": gone } }, there)).to.deep.equal([
        "the export . names ./b.d.ts, which is not there",
      ]);
    });
  });

  describe("text", () => {
    const complaints = (text: string, path = "bin/cli/main.js") => complaintsAboutText(path, text, readManifest());

    it("is fine when it needs only what is installed, Node's own modules and its own files", () => {
      const text = `require("yaml"); require("ajv/dist/2020"); require("node:fs"); require("path"); await import("./desk.js"); require("@pulumi/pulumi/automation")`;
      expect(complaints(text)).to.deep.equal([]);
      expect(complaints('import type { Output } from "@pulumi/pulumi";', "bin/provider/index.d.ts")).to.deep.equal([]);
    });

    for (const [text, name] of [
      ['const chai = require("chai");', "chai"],
      ['await import("fast-check");', "fast-check"],
      ['import type { Options } from "mocha";', "mocha"],
      ['export * from "@biomejs/biome/bin";', "@biomejs/biome/bin"],
    ] as const) {
      it(`is not fine when it needs ${name}, which only we install`, () => {
        expect(complaints(text)).to.deep.equal([
          `bin/cli/main.js needs ${name}, which is not installed with the package`,
        ]);
      });
    }

    it("is not fine when it names a file of the machine that built it, or a source map", () => {
      expect(complaints('const root = "/home/builder/pulumi-msp";')).to.have.length(1);
      expect(complaints("//# sourceMappingURL=main.js.map")).to.have.length(1);
    });
  });
});
