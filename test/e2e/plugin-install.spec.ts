import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { openStage, type Stage } from "../../examples/story/stage";
import type { OffboardingRequest } from "../../provider/generated/types";
import { VERSION } from "../../provider/version";
import { TemporaryFolder } from "../support/folder";
import { pulumi, run } from "./support/cli";

const ROOT = join(__dirname, "..", "..");
const OWNER = "front-desk@cedar.example";
const OURS = `resource msp ${VERSION}`;

/** A plugin as `pulumi plugin ls` knows it. */
interface Listed {
  readonly kind: string;
  readonly name: string;
  readonly version: string;
}

/** The release archives, as somebody uses them who has the CLI, Node and nothing else of ours. */
describe("the release archives", function () {
  this.timeout(240_000);
  const folder = new TemporaryFolder();
  const asked: string[] = [];
  let sums: ReadonlyMap<string, string>;
  let server: Server;
  let stage: Stage;

  before(async () => {
    const made = await run(process.execPath, ["tools/run.mjs", "release", folder.at("archives")], { cwd: ROOT });
    expect(made.code, made.text).to.equal(0);
    const lines = readFileSync(folder.at("archives/SHA256SUMS"), "utf8").trimEnd().split("\n");
    sums = new Map(lines.map((line) => line.split("  ").reverse() as [string, string]));
    server = createServer((request, response) => {
      const name = request.url?.slice(1) ?? "";
      asked.push(name);
      if (sums.has(name)) response.end(readFileSync(folder.at(join("archives", name))));
      else response.writeHead(404).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    stage = await openStage({ root: ROOT, name: "plugin-install" });
    stage.armourzero.world.add(OWNER, "Front Desk", { ShieldOne: 1 });
    await stage.armourzero.operator.importInventory();
    mkdirSync(folder.at("state"));
    write();
    expect((await at("empty-home")("stack", "init", "dev")).code).to.equal(0);
  });
  after(async () => {
    await stage?.close();
    server?.close();
    folder.remove();
  });

  const write = (options = "") =>
    folder.write(
      "program/Pulumi.yaml",
      `name: installed
runtime: yaml
config:
  msp:connections: { value: ${JSON.stringify(stage.connections)} }
resources:
  cedar:
    type: msp:Customer
    properties:
      platform: remote-manager
      name: Cedar Logistics
      company: { city: Bonn, state: NRW, country: DE }
      firstUser: { loginName: cedar, firstName: Jo, lastName: Doe, email: cedar@cedar.example }
      deletionProtection: false
      onDelete: forget
  front-desk:
    type: msp:DeviceOwner
    properties: { platform: armourzero, email: ${OWNER}, products: [ShieldOne] }
    options: { ${options} }
  shield:
    type: msp:ProductAssignment
    properties: { platform: armourzero, owner: ${OWNER}, product: ShieldOne, adopt: true }
    options: { dependsOn: ["\${front-desk}"] }
`,
    );
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** The CLI with a PULUMI_HOME of its own, which is empty at first. */
  const at =
    (home: string, env: Readonly<Record<string, string>> = {}) =>
    (...args: string[]) =>
      pulumi(args, {
        cwd: folder.at("program"),
        state: folder.at("state"),
        env: {
          PULUMI_HOME: folder.at(home),
          MSP_DESK_URL: stage.deskUrl,
          MSP_DESK_TOKEN: stage.tokens.program,
          MSP_REASON: "The desk is closed",
          MSP_REQUESTER: "account-manager@msp.example",
          ...stage.credentials,
          ...env,
        },
      });
  const succeeds = async (ran: ReturnType<typeof pulumi>) => {
    const { code, text } = await ran;
    expect(code, text).to.equal(0);
    return text;
  };
  // Which one is selected is remembered in PULUMI_HOME.
  const stack = ["--stack", "dev"];
  const install = ["plugin", "install", "resource", "msp", `v${VERSION}`];
  const installed = async (home: string) => {
    const listed: readonly Listed[] = JSON.parse(await succeeds(at(home)("plugin", "ls", "--json")));
    return listed.map(({ kind, name, version }) => `${kind} ${name} ${version}`);
  };

  it("are installed from a server by name, held to their checksum, and give the package's schema", async () => {
    const [sum = ""] = [...sums.values()];
    const wrong = sum.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    const refused = await at("home")(...install, "--server", address(), "--checksum", wrong);
    expect(refused.code).to.not.equal(0);
    expect(refused.text).to.contain("invalid checksum");
    await succeeds(at("home")(...install, "--server", address(), "--checksum", sum));
    expect(new Set(asked)).to.have.lengthOf(1);
    expect([...sums.keys()]).to.include(asked[0]);
    expect(await installed("home")).to.deep.equal([OURS]);
    const schema = JSON.parse(await succeeds(at("home")("package", "get-schema", `msp@${VERSION}`)));
    const ours = JSON.parse(readFileSync(join(ROOT, "provider", "generated", "package-schema.json"), "utf8"));
    expect(schema.version).to.equal(VERSION);
    expect(Object.keys(schema.resources)).to.have.members(Object.keys(ours.resources));
  });

  it("are got by the engine itself where a program names the server", async () => {
    write(`version: ${VERSION}, pluginDownloadURL: "${address()}"`);
    const env = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false" };
    expect(await succeeds(at("fetching-home", env)("preview", ...stack))).to.match(/\+ 4 to create/);
    expect(await installed("fetching-home")).to.deep.equal([OURS]);
    write();
  });

  it("run a YAML program that names no path, and what it has made reads back unchanged", async () => {
    const up = await succeeds(at("home")("up", "--yes", ...stack));
    expect(up)
      .to.match(/\+ 4 created/)
      .and.to.not.contain("from $PATH");
    await succeeds(at("home")("preview", "--refresh", "--expect-no-changes", ...stack));
  });

  it("are not needed where npm's folder of commands is on PATH", async () => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const commands = folder.at("node_modules/.bin");
    mkdirSync(commands, { recursive: true });
    symlinkSync(join(ROOT, bin["pulumi-resource-msp"]), join(commands, "pulumi-resource-msp"));
    const without = await at("empty-home")("preview", ...stack);
    expect(without.code).to.not.equal(0);
    expect(without.text).to.contain("no resource plugin 'pulumi-resource-msp' found");
    const PATH = [commands, dirname(process.execPath), process.env.PATH].join(delimiter);
    expect(await succeeds(at("empty-home", { PATH })("preview", "--expect-no-changes", ...stack))).to.contain(
      `using pulumi-resource-msp from $PATH at ${commands}`,
    );
    expect(await installed("empty-home")).to.deep.equal([]);
  });

  it("end what they have made, and file the request for what leaves", async () => {
    expect(await succeeds(at("home")("destroy", "--yes", ...stack))).to.match(/- 4 deleted/);
    const { items } = await stage.desk.get<{ items: OffboardingRequest[] }>("/v1/requests?open=true");
    expect(items.map(({ items: [item] }) => item?.name)).to.deep.equal(["ShieldOne"]);
  });

  it("are installed from a file", async () => {
    await succeeds(at("other-home")(...install, "--file", folder.at(join("archives", asked[0] ?? ""))));
    expect(await installed("other-home")).to.deep.equal([OURS]);
    await succeeds(at("other-home")("package", "get-schema", "msp"));
  });
});
