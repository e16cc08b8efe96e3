import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { repositoryRoot } from "../../tools/toolchain";
import * as versions from "../../tools/toolchain/versions";

const ROOT = repositoryRoot();
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

describe("toolchain versions", () => {
  const cases = [
    { version: "v3.270.0", isEnough: true, reason: "the minimum itself" },
    { version: "3.274.1", isEnough: true, reason: "a newer minor version" },
    { version: "v3.270.1-dirty.0", isEnough: true, reason: "a build after the minimum" },
    { version: "v3.270.0+build.7", isEnough: true, reason: "build metadata says nothing of age" },
    { version: "v3.269.9", isEnough: false, reason: "an older minor version" },
    { version: "v3.99.0", isEnough: false, reason: "older by number, though not by letters" },
    { version: "v3.270.0-alpha.1", isEnough: false, reason: "a pre-release of the minimum" },
    { version: "v4.0.0", isEnough: false, reason: "another major version" },
    { version: "Pulumi", isEnough: false, reason: "no version" },
    { version: "", isEnough: false, reason: "nothing printed" },
  ];
  for (const { version, isEnough, reason } of cases) {
    it(`${isEnough ? "takes" : "refuses"} ${version || "an empty answer"}: ${reason}`, () => {
      expect(versions.isNewEnough(version, "3.270.0")).to.equal(isEnough);
    });
  }

  it("reads Go's way of writing a version", () => {
    expect(versions.isNewEnough("go1.26.8", "1.26.6")).to.equal(true);
    expect(versions.isNewEnough("go1.26rc1", "1.26.6")).to.equal(false);
    expect(versions.isNewEnough("go1.9", "1.26.6")).to.equal(false);
  });

  it("asks for an engine as new as the SDK that programs run on", () => {
    expect(versions.MINIMUM_PULUMI_VERSION).to.equal(manifest.devDependencies["@pulumi/pulumi"]);
  });

  it("installs the plugin that the installed @pulumi/random asks for", () => {
    expect(versions.RANDOM_PLUGIN_VERSION).to.equal(manifest.devDependencies["@pulumi/random"]);
  });

  it("builds what go.mod pins", () => {
    const goMod = (folder: string) => readFileSync(join(ROOT, "tools", "go", folder, "go.mod"), "utf8");
    expect(goMod("pulumi")).to.contain(`github.com/pulumi/pulumi/pkg/v3 v${versions.PULUMI_VERSION}\n`);
    expect(goMod("node-host")).to.contain(`github.com/pulumi/pulumi/sdk/v3 v${versions.NODE_HOST_VERSION}\n`);
    expect(goMod("yaml-host")).to.contain(`github.com/pulumi/pulumi-yaml v${versions.YAML_HOST_VERSION}\n`);
    expect(goMod("sdk-gen")).to.contain(`github.com/pulumi/pulumi/pkg/v3 v${versions.PULUMI_VERSION}\n`);
    expect(goMod("sdk")).to.contain(`github.com/pulumi/pulumi/sdk/v3 v${versions.PULUMI_VERSION}\n`);
    for (const folder of ["pulumi", "node-host", "yaml-host", "sdk-gen", "sdk"]) {
      expect(goMod(folder)).to.contain(`\ngo ${versions.MINIMUM_GO_VERSION}\n`);
    }
  });
});
