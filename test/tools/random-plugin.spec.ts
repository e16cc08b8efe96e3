import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { type InlineProgramArgs, LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { RandomId, RandomPassword, RandomPet, RandomString, RandomUuid } from "@pulumi/random";
import { expect } from "chai";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { ensureRandomPlugin } from "../../tools/toolchain/random-plugin";
import { Scratch } from "./scratch";

describe("plugin of @pulumi/random", function () {
  this.timeout(120_000);
  let scratch: Scratch;
  let toolchain: Toolchain;
  before(async () => {
    toolchain = await ensureToolchain();
  });
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.remove());

  it("serves a real engine: values are made once, kept, secret where they must be, and made anew when an input changes", async () => {
    const pulumiHome = join(scratch.folder, "home");
    await ensureRandomPlugin({ pulumi: toolchain.pulumi, pulumiHome });
    let length = 8;
    const program = async () => {
      const login = new RandomString("login", { length, special: false, upper: false });
      const password = new RandomPassword("password", { length: 20, minSpecial: 3, overrideSpecial: "!" });
      const id = new RandomId("id", { byteLength: 4, prefix: "c-" });
      const pet = new RandomPet("pet", { prefix: "sandbox" });
      const uuid = new RandomUuid("uuid");
      return { login: login.result, password: password.result, id: id.hex, pet: pet.id, uuid: uuid.result };
    };
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "dev", projectName: "random", program } as InlineProgramArgs,
      {
        pulumiCommand: await PulumiCommand.get({ root: toolchain.root }),
        workDir: scratch.folder,
        pulumiHome,
        envVars: {
          PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
          PULUMI_BACKEND_URL: `file://${scratch.folder}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        },
      },
    );

    const { outputs } = await stack.up();
    const values = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, String(value)]));
    expect(values.login).to.match(/^[a-z0-9]{8}$/);
    expect(values.password).to.match(/^[A-Za-z0-9!]{20}$/);
    expect(values.password?.replaceAll(/[^!]/g, "").length).to.be.at.least(3);
    expect(outputs.password?.secret).to.equal(true);
    expect(values.id).to.match(/^c-[0-9a-f]{8}$/);
    expect(values.pet).to.match(/^sandbox-[a-z]+-[a-z]+$/);
    expect(values.uuid).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const state = readFileSync(join(scratch.folder, ".pulumi", "stacks", "random", "dev.json"), "utf8");
    expect(state).to.contain(values.uuid);
    expect(state).to.not.contain(values.password);

    const again = await stack.up({ refresh: true, expectNoChanges: true });
    expect(again.outputs.login?.value).to.equal(values.login);

    length = 9;
    const changed = await stack.up();
    expect(changed.outputs.login?.value).to.match(/^[a-z0-9]{9}$/);
    expect(changed.summary.resourceChanges).to.include({ replace: 1, same: 5 });
    expect((await stack.destroy()).summary.result).to.equal("succeeded");
  });

  describe("where Pulumi's download can't be reached", () => {
    /** A CLI that can download nothing. */
    const unreachable = () => scratch.program("pulumi", "echo 'dial tcp: lookup failed' >&2", "exit 255");
    const ensure = (said: string[] = []) =>
      ensureRandomPlugin({
        pulumi: unreachable(),
        pulumiHome: join(scratch.folder, "home"),
        log: (line) => said.push(line),
      });

    it("is a test double, and said to be one", async () => {
      const said: string[] = [];
      const plugin = await ensure(said);
      expect(plugin.source).to.equal("double");
      expect(said.at(-1)).to.contain("installs a TEST DOUBLE");
    });

    it("is kept the second time, without a word", async () => {
      const said: string[] = [];
      const first = await ensure();
      expect(await ensure(said)).to.deep.equal(first);
      expect(said).to.deep.equal([]);
    });

    it("is put there anew when it starts a checkout or a Node that is gone", async () => {
      const { file } = await ensure();
      const launcher = readFileSync(file, "utf8");
      writeFileSync(file, launcher.replace(process.execPath, "/gone/node"));
      await ensure();
      expect(readFileSync(file, "utf8")).to.equal(launcher);
    });
  });

  it("is left alone when it is Pulumi's own", async () => {
    const pulumi = scratch.program("pulumi", "exit 1");
    const file = scratch.program("home/plugins/resource-random-v4.21.2/pulumi-resource-random", "# Pulumi's own");
    expect(await ensureRandomPlugin({ pulumi, pulumiHome: join(scratch.folder, "home") })).to.deep.equal({
      source: "download",
      file,
    });
  });
});
