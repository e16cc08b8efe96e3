import { execFile } from "node:child_process";
import { mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type RunningDesk, startDesk } from "../../desk/start";
import type { Filing, InventoryEntry, OffboardingRequest } from "../../provider/generated/types";
import { runPeople } from "../../sandbox/main";
import { TemporaryFolder } from "../support/folder";
import { blocks, ROOT, readPage } from "./support/pages";

const FILING: Filing = {
  account: "armourzero:Example MSP",
  platform: "armourzero",
  kind: "leaving",
  subject: { kind: "owner", key: "front-desk@cedar.example", name: "Front Desk" },
  items: [{ kind: "product", name: "ScoutTwo", id: "1", mode: "request" }],
  reason: "The shared desk has no phone any more",
  requesters: [{ email: "account-manager@msp.example", via: "note" }],
  resource: "msp-fleet/dev::cedar/front-desk/scouttwo",
};

describe("examples/fleet/try.sh, on a real desk", function () {
  this.timeout(120_000);
  let desk: RunningDesk;
  let folder: TemporaryFolder;

  beforeEach(async () => {
    desk = await startDesk();
    folder = new TemporaryFolder({
      ".msp/desk/admin-token": `${desk.adminToken}\n`,
      ".msp/sandbox/credentials.json": JSON.stringify(
        { accessToken: "access", secretKey: "c2VjcmV0/+==" },
        undefined,
        2,
      ),
    });
    mkdirSync(folder.at("examples"));
    symlinkSync(join(ROOT, "examples", "fleet"), folder.at("examples/fleet"));
  });
  afterEach(async () => {
    await desk.close();
    folder.remove();
  });

  async function bash(...lines: readonly string[]): Promise<string> {
    const env = { PATH: process.env.PATH, HOME: folder.path, MSP_DESK_URL: desk.url };
    const { stdout } = await promisify(execFile)("bash", ["-euc", [". examples/fleet/try.sh", ...lines].join("\n")], {
      cwd: folder.path,
      env,
    });
    return stdout;
  }

  async function get<T>(path: string): Promise<T> {
    const response = await fetch(`${desk.url}/v1/${path}`, { headers: { authorization: `Bearer ${desk.adminToken}` } });
    return (await response.json()) as T;
  }

  it("gives the program a token and the sandbox's credentials, which only their owner can read", async () => {
    const said = await bash('echo "$MSP_REMOTE_MANAGER_ACCESS_TOKEN $MSP_REMOTE_MANAGER_SECRET_KEY $MSP_DESK_TOKEN"');
    expect(said.split("\n").at(-2)).to.match(/^access c2VjcmV0\/\+== msp_\S+$/);
    expect(statSync(folder.at(".msp/people")).mode & 0o077).to.equal(0);
  });

  it("imports the inventory once, so that a later shell does not bring back what has left", async () => {
    expect(await bash()).to.match(/^inventory of armourzero: .*\ninventory of licensing-portal: /);
    const { items } = await get<{ readonly items: readonly InventoryEntry[] }>("inventory?present=true");
    expect(items.map((entry) => entry.subject.name)).to.include.members(["Front Desk", "Birch Legal"]);
    expect(await bash()).to.equal("");
  });

  it("takes a leaving to Completed by the calls that the README prints, and refuses whoever asked", async () => {
    await bash(`act "$MSP_DESK_TOKEN" requests '${JSON.stringify(FILING)}'`);
    const calls =
      blocks(readPage("examples/fleet/README.md"), "bash").find((block) => block.includes("requests/R-1/submit")) ?? "";
    const said = await bash(calls);
    expect(said).to.contain("account-manager@msp.example has asked for R-1 and can't verify it");
    expect((await get<OffboardingRequest>("requests/R-1")).state).to.equal("Completed");
  });

  it("lets the sandbox's people do it by the commands that the README prints, whose last one finds out what is wrong", async () => {
    await bash(`act "$MSP_DESK_TOKEN" requests '${JSON.stringify(FILING)}'`);
    const shown = await bash("env | grep '^MSP_'");
    const env = Object.fromEntries(shown.split("\n").map((line) => line.split(/=(.*)/).slice(0, 2)));
    const blocksOfPage = blocks(readPage("examples/fleet/README.md"), "bash");
    const commands = blocksOfPage.find((block) => block.includes("npx msp people")) ?? "";
    const printed: string[] = [];
    for (const [, argv = ""] of commands.matchAll(/^npx msp people ([^#\n]+)/gm)) {
      await runPeople({
        argv: argv.trim().split(/\s+/),
        env: { ...env, MSP_SANDBOX_DATA: folder.at(".msp/sandbox") },
        print: (line) => printed.push(line),
      });
    }
    expect(printed.join("\n")).to.match(/R-1 {2}Completed .*unexpected: ShieldOne .*contradiction: .*ScoutTwo/s);
  });

  it("keeps no half-made set of tokens when no desk answers", async () => {
    const alone = new TemporaryFolder({ ".msp/desk/admin-token": "x", ".msp/sandbox/credentials.json": "{}" });
    const env = { PATH: process.env.PATH, MSP_DESK_URL: "http://127.0.0.1:9" };
    try {
      symlinkSync(folder.at("examples"), alone.at("examples"));
      const { stdout } = await promisify(execFile)("bash", ["-c", ". examples/fleet/try.sh; ls .msp"], {
        cwd: alone.path,
        env,
      });
      expect(stdout).to.contain("No desk gave tokens at http://127.0.0.1:9").and.to.not.contain("people");
    } finally {
      alone.remove();
    }
  });
});
