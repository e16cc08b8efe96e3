import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { complaintsAboutLock, readAdvisories } from "../../tools/package/audit";
import { readInstructions } from "../../tools/package/first-use";
import { complaintsAboutLicences, licencesPage } from "../../tools/package/licences";
import { type LockedPackage, readLockfile, readManifest, runtimePackages } from "../../tools/package/lockfile";
import { complaintsAboutSbom, makeSbom, type Sbom } from "../../tools/package/sbom";
import { repositoryRoot } from "../../tools/toolchain";
import { TemporaryFolder } from "../support/folder";

const lockfile = readLockfile();
const { name, version, ...locked } = runtimePackages(lockfile)[0] ?? { name: "", version: "" };
/** The lockfile with one package, as it is or otherwise. */
const withOne = (change: Partial<LockedPackage> = {}) => ({
  packages: { [`node_modules/${name}`]: { version, ...locked, ...change } as LockedPackage },
});

describe("what is installed with the package", () => {
  it("is each package that its own files need, and theirs, and none that only we work with", () => {
    const names = new Set(runtimePackages(lockfile).map((found) => found.name));
    for (const dependency of Object.keys(readManifest().dependencies)) expect(names).to.include(dependency);
    for (const foreign of ["mocha", "typescript", "@pulumi/pulumi", "@pulumi/random"])
      expect(names).to.not.include(foreign);
  });

  it("is named whole in its bill of materials, and the same lockfile makes the same bytes", function () {
    this.timeout(120_000);
    const folder = new TemporaryFolder();
    const made = [
      makeSbom(folder.at("one"), readManifest(), lockfile),
      makeSbom(folder.at("two"), readManifest(), lockfile),
    ];
    folder.remove();
    const [first, second] = made.map((sbom) => JSON.stringify(sbom));
    expect(first).to.equal(second);
    expect(complaintsAboutSbom(made[0] as Sbom, lockfile)).to.deep.equal([]);
    const kept = JSON.parse(readFileSync(join(repositoryRoot(), "sbom.cdx.json"), "utf8")) as Sbom;
    expect(complaintsAboutSbom(kept, lockfile)).to.deep.equal([]);
    const cut = { ...kept, components: kept.components.filter((component) => component.name !== "yaml") };
    expect(complaintsAboutSbom(cut, lockfile).join()).to.match(/^yaml@[\d.]+ is installed and not in it$/);
  });

  it("has licences that are allowed, and docs/licences.md names each", () => {
    expect(complaintsAboutLicences(lockfile)).to.deep.equal([]);
    expect(readFileSync(join(repositoryRoot(), "docs", "licences.md"), "utf8")).to.equal(licencesPage(lockfile));
  });

  for (const license of ["AGPL-3.0-only", "SSPL-1.0", "MIT AND GPL-2.0-only", "SEE LICENSE IN LICENSE"]) {
    it(`may not have the licence ${license}`, () => {
      expect(complaintsAboutLicences(withOne({ license }))).to.deep.equal([
        `${name} ${version} has the licence ${license}, which is not among those allowed`,
      ]);
    });
  }

  it("may not be without a licence", () => {
    const { license: _, ...without } = withOne().packages[`node_modules/${name}`] as LockedPackage;
    expect(complaintsAboutLicences({ packages: { [`node_modules/${name}`]: without } })).to.deep.equal([
      `${name} ${version} has no licence`,
    ]);
  });
});

describe("the check of what is installed, where nobody serves advisories", () => {
  it("finds nothing in what we have", () => {
    expect(complaintsAboutLock(lockfile)).to.deep.equal([]);
  });

  const WRONG: readonly (readonly [string, Partial<LockedPackage>])[] = [
    ["has no exact version", { version: "^1.0.0" }],
    ["has no SHA-512 of its content", { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }],
    ["comes from elsewhere than a registry", { resolved: "git+ssh://git@host.example/owner/name.git#1234" }],
    ["comes from elsewhere than a registry", { resolved: "file:../name" }],
    ["comes from elsewhere than a registry", { link: true }],
    ["is bundled in another package", { inBundle: true }],
    ["runs a script when it is installed", { hasInstallScript: true }],
    ["is deprecated: use another", { deprecated: "use another" }],
  ];
  for (const [complaint, change] of WRONG) {
    it(`finds a package that ${complaint}: ${JSON.stringify(change)}`, () => {
      expect(complaintsAboutLock(withOne(change)).map((found) => found.replace(/^\S+ \S+ /, ""))).to.deep.equal([
        complaint,
      ]);
    });
  }

  it("is made where an audit is none: no answer, a refusal, something else", () => {
    for (const printed of ["", "<html>", '{"message":"405 Method Not Allowed","error":{"summary":""}}', "{}"])
      expect(readAdvisories(printed), printed).to.equal(undefined);
  });

  it("is not made where there is an audit, whose word counts", () => {
    const counts = { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0 };
    expect(
      readAdvisories(JSON.stringify({ vulnerabilities: {}, metadata: { vulnerabilities: counts } })),
    ).to.deep.equal([]);
    const found = {
      vulnerabilities: { axios: { severity: "high" } },
      metadata: { vulnerabilities: { ...counts, high: 1 } },
    };
    expect(readAdvisories(JSON.stringify(found))).to.deep.equal(["axios: high"]);
  });
});

describe("README's way from an empty project", () => {
  it("is whole: what to install, three files by name, what to start, what to run", () => {
    const { files, shell } = readInstructions(readFileSync(join(repositoryRoot(), "README.md"), "utf8"));
    expect(Object.keys(files).sort()).to.deep.equal(["Pulumi.yaml", "fleet.yaml", "index.js"]);
    expect(shell[0]).to.contain("npm install pulumi-msp");
    expect(shell[1].trim().split("\n")).to.have.length(2);
    expect(shell[2]).to.contain("pulumi up");
  });

  it("is missed where it is not there", () => {
    expect(() => readInstructions("# pulumi-msp\n\n## Two commands\n")).to.throw("From an empty project");
  });
});
