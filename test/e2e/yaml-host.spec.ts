import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { pulumi } from "./support/cli";

describe("the YAML host of the toolchain", function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-msp-yaml-"));
    mkdirSync(join(folder, "state"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) => pulumi(args, { cwd: folder, state: join(folder, "state"), env: {} });
  const program = (text: string) => writeFileSync(join(folder, "Pulumi.yaml"), `name: hosted\nruntime: yaml\n${text}`);
  const reference = (to: string) => `\${${to}}`;

  it("runs a YAML program on the engine, with its configuration", async () => {
    program(`config:
  owner: { type: string, default: front-desk }
outputs:
  email: ${reference("owner")}@cedar.example
`);
    expect((await run("stack", "init", "dev")).code).to.equal(0);
    const up = await run("up", "--yes", "--stack", "dev");
    expect(up.code, up.text).to.equal(0);
    expect((await run("stack", "output", "email", "--stack", "dev")).text.trim()).to.equal("front-desk@cedar.example");
    // A host that is not beside the CLI is warned of in each run.
    expect(up.text).to.not.match(/warning/);
  });

  it("says where a YAML program is wrong", async () => {
    program(`outputs:\n  email: ${reference("nobody.email")}\n`);
    const preview = await run("preview", "--stack", "dev");
    expect(preview.code, preview.text).to.equal(1);
    expect(preview.text)
      .to.contain("nobody")
      .and.match(/Pulumi\.yaml line 4/);
  });
});
