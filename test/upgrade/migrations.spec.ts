import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { expect } from "chai";
import { sql } from "kysely";
import { Client } from "pg";
import { openFolderStore } from "../../desk/store/pglite";
import { openPostgresStore } from "../../desk/store/postgres";
import type { Store } from "../../desk/store/store";
import { compiledDesk } from "../desk/support/compiled";
import { createDatabase } from "../desk/support/postgres";
import { TemporaryFolder } from "../support/folder";
import { thrown } from "../support/thrown";
import { fixtures } from "./fixture";

const NEWER = `create table parcel (id text primary key); insert into kysely_migration values ('0999-parcels', '2100-01-01T00:00:00Z')`;

/** Opens a folder's store and is killed within its transaction, at the nth statement of its migrations. */
const KILLED = `
  const { PGlite } = require("@electric-sql/pglite");
  const { openFolderStore } = require(process.argv[1]);
  const create = PGlite.create.bind(PGlite);
  let left = Number(process.argv[3]);
  PGlite.create = async (...args) => {
    const pglite = await create(...args);
    const transaction = pglite.transaction.bind(pglite);
    pglite.transaction = (work) => transaction((tx) => {
      const query = tx.query.bind(tx);
      tx.query = (text, ...rest) => {
        if (/^(create|alter|update|insert) /.test(text) && !text.includes("kysely") && --left === 0) process.kill(process.pid, "SIGKILL");
        return query(text, ...rest);
      };
      return work(tx);
    });
    return pglite;
  };
  openFolderStore(process.argv[2]).then((store) => store.close());`;

async function works(store: Store): Promise<void> {
  const counts = await store.read((tx) => tx.selectFrom("audit_record").select("seq").execute());
  expect(counts).to.deep.equal([]);
}

describe("the desk's migrations", function () {
  this.timeout(120_000);
  const clients: Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end();
  });

  async function connect(url: string): Promise<Client> {
    const client = new Client(url);
    clients.push(client);
    await client.connect();
    return client;
  }

  for (const fixture of fixtures()) {
    describe(`on a store of ${fixture.version}`, () => {
      it("are refused in words where a newer desk had it on PostgreSQL, and the store is untouched", async () => {
        const url = await fixture.inDatabase();
        const client = await connect(url);
        await client.query(NEWER);
        const before = await contentOf(client);
        expect(Object.keys(before)).to.include.members(["parcel", "request", "audit_record"]);
        expect(before.kysely_migration?.join()).to.contain("0999-parcels");
        const refusal = await thrown(
          "unsupported",
          openPostgresStore(url, () => undefined),
        );
        expect(refusal.message).to.contain("newer desk").and.contain("0999-parcels").and.contain("Update pulumi-msp");
        expect(await contentOf(client)).to.deep.equal(before);
      });

      it("are run again where the desk that first brought it up to date was killed at that, and nothing is lost", async () => {
        const folder = new TemporaryFolder();
        await fixture.inFolder(folder.at("pglite"));
        const before = await PGlite.create(folder.at("pglite"));
        const { rows: known } = await before.query<{ name: string }>("select name from kysely_migration order by name");
        await before.close();
        const signal = await killedAt(1, folder);
        const store = await openFolderStore(folder.path);
        const now = await migrationsOf(store);
        // A store that has nothing to be brought up to is not killed at it.
        expect(signal).to.equal(now.length > known.length ? "SIGKILL" : null);
        expect(now.slice(0, known.length)).to.deep.equal(known.map(({ name }) => name));
        const records = await store.read((tx) => tx.selectFrom("audit_record").select("seq").execute());
        expect(records).to.have.length(fixture.answers.head.seq);
        await store.close();
        folder.remove();
      });

      it("are refused in words where a newer desk had it on PGlite, and that one finds its store again", async () => {
        const folder = new TemporaryFolder();
        await fixture.inFolder(folder.at("pglite"));
        const newer = await PGlite.create(folder.at("pglite"));
        await newer.exec(NEWER);
        await newer.close();
        const refusal = await thrown("unsupported", openFolderStore(folder.path));
        expect(refusal.message).to.contain("newer desk").and.contain("0999-parcels");
        // Its lock is free again, and so is the folder.
        const back = await PGlite.create(folder.at("pglite"));
        const { rows } = await back.query("select name from kysely_migration order by name");
        expect(rows.at(-1)).to.deep.equal({ name: "0999-parcels" });
        await back.close();
        folder.remove();
      });
    });
  }

  it("are run again from their beginning where a desk on PostgreSQL was killed in their middle", async () => {
    const url = await createDatabase();
    const [other, watcher] = [await connect(url), await connect(url)];
    // The desk makes its first tables, and waits for this one.
    await other.query("begin; create table audit_record (seq integer)");
    const desk = spawn(process.execPath, [compiledDesk()], {
      env: { PATH: process.env.PATH ?? "", DATABASE_URL: url, MSP_DESK_ADMIN_TOKEN: "an-admin-token-of-the-test" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    await waiting(watcher, desk);
    const ended = once(desk, "exit");
    desk.kill("SIGKILL");
    await ended;
    await other.query("rollback");
    const store = await openPostgresStore(url, () => undefined);
    await works(store);
    await store.close();
  });

  it("are run again from their beginning where a desk on its folder was killed in their middle, and once more", async () => {
    const folder = new TemporaryFolder();
    for (const statement of [2, 18]) expect(await killedAt(statement, folder), String(statement)).to.equal("SIGKILL");
    const store = await openFolderStore(folder.path);
    await works(store);
    await store.close();
    folder.remove();
  });
});

/** Opens the store in a process of its own; the signal that ended it, or null where it came to its end. */
async function killedAt(statement: number, folder: TemporaryFolder): Promise<string | null> {
  const module = join(dirname(compiledDesk()), "store", "pglite.js");
  const child = spawn(process.execPath, ["-e", KILLED, module, folder.path, String(statement)], {
    cwd: dirname(compiledDesk()),
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal === null ? code : 0).to.equal(0);
  return signal;
}

async function migrationsOf(store: Store): Promise<readonly string[]> {
  const { rows } = await store.read((tx) =>
    sql<{ name: string }>`select name from kysely_migration order by name`.execute(tx),
  );
  return rows.map(({ name }) => name);
}

/** Every table's rows, each with the transaction that wrote it: what an untouched database has again. */
async function contentOf(client: Client): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await client.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  );
  const content: Record<string, readonly string[]> = {};
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ row: string }>(`select xmin || t::text as row from "${name}" t order by 1`);
    content[name] = rows.map(({ row }) => row);
  }
  return content;
}

/** Until the desk's own statement waits for another's lock; each look takes the time that the database takes to answer. */
async function waiting(watcher: Client, desk: ChildProcess): Promise<void> {
  const query = `select 1 from pg_stat_activity where datname = current_database() and application_name = 'msp-desk' and wait_event_type = 'Lock'`;
  for (;;) {
    expect(desk.exitCode, "the desk ended before it came that far").to.equal(null);
    if ((await watcher.query(query)).rowCount === 1) return;
    await watcher.query("select pg_sleep(0.02)");
  }
}
