import { realpathSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { COMPANIONS, findPulumiOnPath } from "../../tools/toolchain/on-path";
import { Scratch } from "./scratch";

describe("pulumi on PATH", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.remove());

  const find = (...folders: string[]) =>
    findPulumiOnPath({ PATH: folders.map((name) => join(scratch.folder, name)).join(delimiter) });
  const why = async (...folders: string[]) => {
    const found = await find(...folders);
    return found.usable ? "usable" : found.why;
  };

  it("is taken when it is new enough and has the language hosts beside it", async () => {
    scratch.pulumi("bin", "v3.280.0", COMPANIONS);
    expect(await find("empty", "bin")).to.deep.equal({
      usable: true,
      folder: realpathSync(join(scratch.folder, "bin")),
      version: "3.280.0",
    });
  });

  it("is looked for where a link to it leads, since the engine looks for its host there", async () => {
    scratch.pulumi("cellar/bin", "v3.280.0", COMPANIONS);
    scratch.write("links/readme", "");
    symlinkSync(join(scratch.folder, "cellar/bin/pulumi"), join(scratch.folder, "links/pulumi"));
    expect(await find("links")).to.include({ usable: true, folder: realpathSync(join(scratch.folder, "cellar/bin")) });
  });

  it("is refused when it is too old", async () => {
    scratch.pulumi("bin", "v3.100.0", COMPANIONS);
    expect(await why("bin")).to.match(/bin\/pulumi is v3\.100\.0, and 3\.\d+\.\d+ or a newer 3\.x is needed$/);
  });

  for (const missing of COMPANIONS) {
    it(`is refused when ${missing} is not beside it`, async () => {
      const others = COMPANIONS.filter((name) => name !== missing);
      scratch.pulumi("bin", "v3.280.0", others);
      expect(await why("bin")).to.match(new RegExp(`has no ${missing} beside it$`));
    });
  }

  it("is refused when no language host is beside it, with what is missing", async () => {
    scratch.pulumi("bin", "v3.280.0", []);
    expect(await why("bin")).to.match(
      /has no pulumi-language-nodejs and no pulumi-resource-pulumi-nodejs and no pulumi-language-yaml beside it$/,
    );
  });

  it("is refused when it does not run", async () => {
    scratch.pulumi("bin", "v3.280.0", COMPANIONS);
    scratch.program("bin/pulumi", "exit 5");
    expect(await why("bin")).to.match(/does not run \(.*exit code 5\)$/);
  });

  it("is missing where no folder has one that may be run", async () => {
    scratch.write("bin/pulumi", "not executable");
    expect(await why("bin", "nowhere")).to.equal("PATH has no pulumi");
  });
});
