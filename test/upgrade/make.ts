import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { expect } from "chai";
import type { EngineRun } from "../../examples/story/engine";
import { STATE_VERSION } from "../../provider/hosts/runtime";
import { VERSION } from "../../provider/version";
import { createDatabase } from "../desk/support/postgres";
import { TemporaryFolder } from "../support/folder";
import { askAll } from "./desk-answers";
import { FIXTURES } from "./fixture";
import { fillDesk, furnish, leavingFleet, PROGRAMS, settledFleet, STACKS } from "./scene";
import { openUpgradeStage, type UpgradeStage } from "./stage";

/** Where the sandbox listens while a fixture is made: its address is in the state. */
const SANDBOX_PORT = 8701;

interface Subscriptions {
  readonly subscriptions: readonly { readonly id: string }[];
}

/** Not a test, and not among them: README.md says how and when it is run. */
describe("the fixture of this version", function () {
  this.timeout(600_000);

  it("is written by the product, on the real engine", async () => {
    expect(process.env.MSP_FIXTURE, "MSP_FIXTURE says for which version").to.equal(VERSION);
    const folder = join(FIXTURES, VERSION);
    expect(existsSync(folder), `${folder} is there; a fixture is never changed`).to.equal(false);
    const database = await createDatabase();
    const stage = await openUpgradeStage({
      name: "upgrade-make",
      store: { DATABASE_URL: database },
      sandboxPort: SANDBOX_PORT,
    });
    const files = new Map<string, string>();
    try {
      await play(stage, files);
      files.set("desk/answers.json", json(await askAll(stage.admin)));
      files.set("sandbox/world.json", await stage.closeSandbox());
      for (const platform of ["armourzero", "clp"] as const)
        files.set(`people/${platform}.json`, json(stage[platform].world.rows()));
    } finally {
      await stage.close();
    }
    files.set("desk/store.sql", dump(database));
    const about = {
      version: VERSION,
      stateVersion: STATE_VERSION,
      sandbox: stage.lmpiUrl,
      pglite: await pgliteFormat(),
    };
    files.set("about.json", json(about));
    for (const [path, text] of files) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
});

async function play(stage: UpgradeStage, files: Map<string, string>): Promise<void> {
  await furnish(stage);
  const [settled, leaving] = [await stage.openStack("settled"), await stage.openStack("leaving")];
  for (const birch of [{ deletionProtection: true }, { deletionProtection: false }]) {
    settled.writeFleet(settledFleet({ frontDesk: ["ShieldOne", "ScoutTwo"], birch }));
    done(await settled.engine.up());
  }
  leaving.writeFleet(leavingFleet(true));
  done(await leaving.engine.up());
  // Licences that end after every reader of this fixture.
  const { subscriptions } = await stage.control<Subscriptions>("GET", "state");
  for (const { id } of subscriptions)
    await stage.control("POST", "edit", { kind: "setExpiry", subscriptionId: id, date: "2099-12-31T00:00:00Z" });
  await fillDesk(stage);

  settled.writeFleet(PROGRAMS.settled);
  done(await settled.engine.up());
  leaving.writeFleet(PROGRAMS.leaving);
  expect(
    (await leaving.engine.up({ continueOnError: true })).ok,
    "with `wait: completed` a run ends as pending",
  ).to.equal(false);
  done(await settled.engine.refresh());
  for (const stack of STACKS) {
    const { engine } = { settled, leaving }[stack];
    files.set(`state/${stack}.json`, json(await engine.stack.exportStack()));
    files.set(`state/${stack}.yaml`, PROGRAMS[stack]);
  }
}

function done({ ok, text }: EngineRun): void {
  expect(ok, text).to.equal(true);
}

/** PostgreSQL's own dump, without what only its own client, or only its own version, understands. */
function dump(database: string): string {
  const program = globSync("/usr/lib/postgresql/*/bin/pg_dump").sort().at(-1) ?? "pg_dump";
  const args = ["--inserts", "--no-owner", "--no-privileges", "--no-comments", `--dbname=${database}`];
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: "utf8" });
  expect(status, stderr).to.equal(0);
  const lines = stdout.split("\n").filter((line) => !/^(--|SET |\\|SELECT pg_catalog\.set_config)/.test(line));
  return `${lines
    .join("\n")
    .replaceAll(/\n{2,}/g, "\n")
    .trim()}\n`;
}

/** What a folder of this PGlite says that it is: another PGlite opens it only if it says the same. */
async function pgliteFormat(): Promise<object> {
  const folder = new TemporaryFolder();
  try {
    const pglite = await PGlite.create(folder.at("pglite"));
    const { rows } = await pglite.query(
      "select pg_control_version as control, catalog_version_no as catalog from pg_control_system()",
    );
    await pglite.close();
    return rows[0] as object;
  } finally {
    folder.remove();
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
