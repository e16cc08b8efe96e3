import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { VERSION } from "../../provider/version";

describe("the version", () => {
  it("is the package's own", () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
    expect(VERSION).to.equal(manifest.version);
  });
});
