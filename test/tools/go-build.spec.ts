import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { copyPatched, NODE_HOST_PATCH, patchNodeHost, requireGo } from "../../tools/toolchain/go-build";
import { failure, Scratch } from "./scratch";

describe("toolchain build", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.remove());

  describe("patch of the Node host", () => {
    const source = (times: number) => `before\n${NODE_HOST_PATCH.from}\n`.repeat(times) || "nothing of the kind\n";

    it("replaces the one place and nothing else", () => {
      expect(patchNodeHost(`${source(1)}after`)).to.equal(`before\n${NODE_HOST_PATCH.to}\nafter`);
    });

    for (const times of [0, 2]) {
      it(`fails loudly where the place is there ${times} times`, () => {
        expect(() => patchNodeHost(source(times))).to.throw(
          `holds it ${times} times. tools/toolchain/go-build.ts must be brought up to date`,
        );
      });
    }

    it("is applied to a copy without the module's tests", async () => {
      for (const name of ["main.go", "main_test.go", "proxy.go", "README.md"])
        scratch.write(`module/${name}`, source(1));
      const copy = join(scratch.folder, "copy");
      mkdirSync(copy);
      await copyPatched(join(scratch.folder, "module"), copy);
      expect(readdirSync(copy).sort()).to.deep.equal(["main.go", "proxy.go"]);
      expect(readFileSync(join(copy, "main.go"), "utf8")).to.contain(NODE_HOST_PATCH.to);
      expect(readFileSync(join(copy, "proxy.go"), "utf8")).to.contain(NODE_HOST_PATCH.from);
    });

    it("fails loudly where the module has no main.go", async () => {
      scratch.write("module/other.go", source(1));
      expect(await failure(copyPatched(join(scratch.folder, "module"), scratch.folder))).to.match(/has no main\.go$/);
    });
  });

  describe("Go", () => {
    const required = () => requireGo({ PATH: `${join(scratch.folder, "bin")}:/usr/bin:/bin` });

    it("is taken when it is new enough", async () => {
      scratch.program("bin/go", "echo go1.99.0");
      await required();
    });

    it("is refused, with what to install, when it is too old", async () => {
      scratch.program("bin/go", "echo go1.19.8");
      expect(await failure(required())).to.match(
        /^the Go on PATH is go1\.19\.8, .* Install Go 1\.\d+\.\d+ or newer \(/,
      );
    });

    it("is asked for, with what to install, when there is none", async () => {
      expect(await failure(requireGo({ PATH: scratch.folder }))).to.match(
        /^PATH has no go\. Install Go 1\.\d+\.\d+ or newer \(/,
      );
    });
  });
});
