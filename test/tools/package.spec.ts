import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { complaintsAbout } from "../../tools/package/contents";
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

  for (const lock of ["package-lock.json", "tools/node/package-lock.json"]) {
    it(`names no registry in ${lock}, so that whoever installs uses their own`, () => {
      expect(read(lock)).to.not.contain('"resolved"');
      expect(read(lock)).to.not.match(/https?:\/\/registry/);
    });
  }

  describe("contents", () => {
    const whole = [
      "package.json",
      "README.md",
      "LICENSE",
      "bin/provider/index.js",
      "bin/provider/index.d.ts",
      "bin/provider/hosts/runtime.js",
      "bin/cli/main.js",
      "schemas/fleet.schema.json",
    ].map((path) => ({ path, size: 1 }));

    it("are fine when they are the compiled package, its schemas and its words", () => {
      expect(complaintsAbout(whole, 100_000)).to.deep.equal([]);
    });

    for (const path of [
      "provider/index.ts",
      "bin/tools/toolchain/main.js",
      "test/a.spec.ts",
      "bin/provider/index.js.map",
      ".ci/run",
    ]) {
      it(`are not fine with ${path}`, () => {
        expect(complaintsAbout([...whole, { path, size: 1 }], 100_000)).to.deep.equal([
          `${path} does not belong in the package`,
        ]);
      });
    }

    it("are not fine when an entry point is missing", () => {
      const cut = whole.filter(({ path }) => path !== "bin/provider/hosts/runtime.js");
      expect(complaintsAbout(cut, 100_000)).to.deep.equal([
        "bin/provider/hosts/runtime.js is missing from the package",
      ]);
    });

    it("are not fine when they are big", () => {
      expect(complaintsAbout(whole, 5_000_000)).to.have.length(1);
    });
  });
});
