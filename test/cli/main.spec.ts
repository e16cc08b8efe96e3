import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect } from "chai";
import { VERSION } from "../../provider/version";
import { ensureBuild } from "../../tools/bootstrap/build.mjs";
import { repositoryRoot } from "../../tools/toolchain";
import { TemporaryFolder } from "../support/folder";

const ROOT = repositoryRoot();
const CONNECTIONS = "{ lmp: { platform: trend-micro, accountType: lmp, endpoint: 'http://127.0.0.1:9' } }";

interface Ran {
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

describe("msp, as it is installed", function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;

  before(async () => {
    const code = await ensureBuild(ROOT, process.execPath, { cwd: ROOT, env: process.env }, () => undefined);
    expect(code, "the package compiles").to.equal(0);
    folder = new TemporaryFolder({
      "Pulumi.yaml": `name: msp\nconfig:\n  msp:connections:\n    value: ${CONNECTIONS}\n`,
    });
  });
  after(() => folder.remove());

  /** Runs it in a project, with this environment and nothing else. */
  async function msp(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const child = spawn(process.execPath, [join(ROOT, "bin", "cli", "main.js"), ...args], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [said, complained]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => complained.push(chunk));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, said: Buffer.concat(said).toString(), complained: Buffer.concat(complained).toString() };
  }

  it("says its version", async () => {
    expect(await msp(["--version"])).to.deep.equal({ code: 0, said: `${VERSION}\n`, complained: "" });
  });

  it("ends with 1 and what to do where something is refused, without a stack", async () => {
    const refusals: readonly (readonly [args: readonly string[], env: Record<string, string>, says: RegExp])[] = [
      [["settle"], {}, /^error: No off-boarding desk is configured.*\nSet MSP_DESK_URL/],
      [["settle", "--stack", "dve"], {}, /^error: Stack dve has no configuration.*\nCorrect --stack/],
      [["people", "armourzero", "world"], {}, /^error: Nobody has said what armourzero:Example MSP holds/],
      [["sandbox", "--colour"], {}, /^error: Unknown option '--colour'/],
    ];
    for (const [args, env, says] of refusals) {
      const { code, said, complained } = await msp(args, env);
      expect({ code, said }, args.join(" ")).to.deep.equal({ code: 1, said: "" });
      expect(complained)
        .to.match(says)
        .and.not.match(/^\s+at /m);
    }
  });

  it("says plainly that no desk answers, and shows no token", async () => {
    const env = {
      MSP_DESK_URL: "http://127.0.0.1:9",
      MSP_DESK_TOKEN: "canary-7c1d",
      MSP_OPERATOR_TOKEN: "canary-7c1d",
    };
    await msp(["people", "armourzero", "add", "jane@example.com", "Reception", "ShieldOne"]);
    const { code, complained } = await msp(["people", "armourzero", "import"], env);
    expect(code).to.equal(1);
    expect(complained)
      .to.match(/^error: No desk answers at 127\.0\.0\.1:9\.\n/)
      .and.not.contain("canary-7c1d");
  });

  it("helps where a command is unknown or misspelt", async () => {
    const { code, complained } = await msp(["setle"]);
    expect(code).to.equal(1);
    expect(complained).to.contain("Did you mean settle?").and.contain("Usage: msp");
  });

  it("passes help on to the people, who have acts of their own", async () => {
    const { code, said } = await msp(["people", "--help"]);
    expect(code).to.equal(0);
    expect(said).to.contain("handle REQUEST [--conduct right|removesAnother");
  });
});
