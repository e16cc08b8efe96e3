import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { IMPORTS } from "../../tools/generate/examples";
import { blocks, readPage } from "../docs/support/pages";
import { pulumi } from "./support/cli";

interface Imported {
  readonly type: string;
  readonly name: string;
  readonly id: string;
}

const ROOT = join(__dirname, "..", "..");
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const GUIDE = readPage("docs/import.md");
const [GUIDE_FILE = ""] = blocks(GUIDE, "json");
const COMPANY = { city: "Leeds", state: "West Yorkshire", country: "GB" };
const SIZE = 300;

/** What docs/import.md tells, with the ids of the resources' pages, on a fleet that somebody else has set up. */
describe("a fleet that is imported", function () {
  this.timeout(240_000);
  let stage: Stage;
  let folder: string;
  /** What only the platform knows, by its placeholder in the documentation. */
  const ids: Record<string, string> = {};
  const resources: Imported[] = (JSON.parse(GUIDE_FILE) as { readonly resources: Imported[] }).resources;
  const program: Record<string, { readonly type: string; readonly properties: Readonly<Record<string, unknown>> }> = {};

  before(async () => {
    stage = await openStage({ root: ROOT, name: "bulk-import" });
    folder = join(stage.folder, "program");
    const installed = join(folder, "node_modules", ".bin");
    mkdirSync(installed, { recursive: true });
    symlinkSync(join(ROOT, manifest.bin["pulumi-resource-msp"]), join(installed, "pulumi-resource-msp"));
    declare({});
    await peopled();
    expect((await run("stack", "init", "dev")).code).to.equal(0);
  });
  after(() => stage?.close());

  const run = (...args: readonly string[]) =>
    pulumi(args, {
      cwd: folder,
      state: join(stage.folder, "state"),
      env: { MSP_DESK_URL: stage.deskUrl, MSP_DESK_TOKEN: stage.tokens.program, ...stage.credentials },
    });
  const declare = (all: object) =>
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      stringify({
        name: "imported",
        runtime: "yaml",
        plugins: { providers: [{ name: "msp", path: "node_modules/.bin" }] },
        config: { "msp:connections": { value: stage.connections } },
        resources: all,
      }),
    );
  const takeGenerated = (file: string) =>
    Object.assign(program, parse(readFileSync(join(folder, file), "utf8")).resources);

  /** The fleet of the documentation, and the rest of 300 beside it: by API, attested, and each form of an id in turn. */
  async function peopled(): Promise<void> {
    const edit = async (body: object) => (await stage.control<{ readonly id: string }>("POST", "edit", body)).id;
    const add = (type: string, name: string, id: string) => resources.push({ type: `msp:index:${type}`, name, id });
    const subscribed = async (name: string) => {
      const customer = await edit({ kind: "addCustomer", company: { name, ...COMPANY } });
      const plan = "WFBS-S Yearly";
      return { customer, id: await edit({ kind: "addSubscription", customerId: customer, plan, units: 5 }) };
    };
    await subscribed("Acme Dental");
    const apart = await subscribed("Elm Bakery");
    ids["<customer id>"] = apart.customer;
    ids["<assignment id>"] = apart.id;
    stage.clp.world.add("birch", "Birch Legal", { "Cloud Edge": 1 }, COMPANY);
    stage.armourzero.world.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1 });
    for (let at = 0; resources.length < SIZE; at += 1) {
      const [name, email] = [`Customer ${at}`, `owner-${at}@cedar.example`];
      const { customer, id } = await subscribed(name);
      const [byWhom, byWhat] = [
        [customer, name][at % 2],
        [id, `${customer}/WFBS-S Yearly`, `${name}/WFBS-S Yearly`][at % 3],
      ];
      add("Customer", `lmp-${at}`, `remote-manager/${byWhom}`);
      add("ProductAssignment", `lmp-${at}/wfbs`, `remote-manager/${byWhat}`);
      stage.clp.world.add(`clp-${at}`, `Portal ${at}`, { "Cloud Edge": 1 }, COMPANY);
      const portal = [`clp-${at}`, `Portal ${at}`][at % 2];
      add("Customer", `clp-${at}`, `licensing-portal/${portal}`);
      add("ProductAssignment", `clp-${at}/cloud-edge`, `licensing-portal/${portal}/Cloud Edge`);
      stage.armourzero.world.add(email, `Owner ${at}`, { ShieldOne: 1, ScoutTwo: 1 });
      add("DeviceOwner", `owner-${at}`, `armourzero/${email}`);
      for (const product of ["ShieldOne", "ScoutTwo"])
        add("ProductAssignment", `owner-${at}/${product}`, `armourzero/${email}/${product}`);
    }
    resources.length = SIZE;
    await stage.armourzero.operator.importInventory();
    await stage.clp.operator.importInventory();
  }

  it("takes each resource by each form of its id, as the commands of its page have it", async () => {
    for (const [type, commands] of Object.entries(IMPORTS)) {
      for (const [at, { name, id }] of commands.entries()) {
        const known = id.replace(/<[^>]+>/, (placeholder) => ids[placeholder] ?? placeholder);
        const out = `${type}-${at}.yaml`;
        const imported = await run(
          ...["import", `msp:index:${type}`, `one/${name}`, known, "--out", out],
          ...["--protect=false", "--yes", "--skip-preview"],
        );
        expect(imported.code, imported.text).to.equal(0);
        expect(imported.text).to.match(/= 1 imported/);
        takeGenerated(out);
      }
    }
    expect(Object.keys(program)).to.have.length(5);
  });

  it(`takes ${SIZE} by one file, without a write, and previews the program that Pulumi made of it as unchanged`, async () => {
    const [command = ""] = blocks(GUIDE, "bash");
    expect(command.trim()).to.match(/^pulumi import --file import\.json --out imported\.yaml /);
    writeFileSync(join(folder, "import.json"), JSON.stringify({ resources }));
    const imported = await run(...command.trim().split(" ").slice(1), "--skip-preview");
    expect(imported.code, imported.text).to.equal(0);
    expect(imported.text).to.match(new RegExp(`= ${SIZE} imported`));

    takeGenerated("imported.yaml");
    const { customer, units } = program["lmp-1/wfbs"]?.properties ?? {};
    expect(units).to.equal(5);
    // Products refer to who has them, so that they leave first.
    expect(customer).to.match(/^\$\{.*lmp-1.*\.id\}$/);
    expect(program["owner-1/ShieldOne"]?.properties.owner).to.match(/^\$\{.*owner-1.*\.id\}$/);
    declare(program);
    const preview = await run("preview", "--expect-no-changes");
    expect(preview.code, preview.text).to.equal(0);
    // The stack is one of them.
    expect(preview.text).to.match(new RegExp(`${SIZE + 5 + 1} unchanged`));
    expect((await stage.control<SandboxLog>("GET", "log")).writes).to.deep.equal([]);
    expect((await stage.desk.get<{ readonly items: readonly object[] }>("/v1/requests")).items).to.deep.equal([]);
  });
});
