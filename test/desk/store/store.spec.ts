import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { sql } from "kysely";
import { Client } from "pg";
import { openPostgresStore } from "../../../desk/store/postgres";
import type { Store, Tx } from "../../../desk/store/store";
import { thrown } from "../../support/thrown";
import { onBothStores } from "../support/desk";
import { createDatabase } from "../support/postgres";

const ENTRY = { at: "2026-03-02T09:00:00.000Z", by: "{}", action: "a", subject: "s", body: "{}", hash: "h" };
const insert = (tx: Tx, seq: number) =>
  tx
    .insertInto("audit_record")
    .values({ ...ENTRY, seq })
    .execute();
const seqs = (tx: Tx) => tx.selectFrom("audit_record").select("seq").orderBy("seq").execute();

describe("desk: the store", () => {
  onBothStores((openStore) => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    it("keeps all of a change or nothing", async () => {
      const failing = store.write(async (tx) => {
        await insert(tx, 1);
        throw new Error("half way");
      });
      expect(await failing.catch((error: Error) => error.message)).to.equal("half way");
      expect(await store.read(seqs)).to.deep.equal([]);
    });

    it("refuses to be called inside its own transaction, instead of waiting for itself for ever", async () => {
      await thrown(
        "internal",
        store.write(() => store.read(seqs)),
      );
      await thrown(
        "internal",
        store.read(() => store.write(async () => undefined)),
      );
      expect(await store.read(seqs)).to.deep.equal([]);
    });

    it("cannot write while it reads", async () => {
      const error = await store.read((tx) => insert(tx, 1)).catch((caught: { code?: string }) => caught);
      expect(error).to.include({ code: "25006" });
    });

    it("lets writers in one after the other, so that what one read stays true", async () => {
      const next = () =>
        store.write(async (tx) => {
          const before = await seqs(tx);
          await insert(tx, before.length + 1);
        });
      await Promise.all(Array.from({ length: 10 }, next));
      expect((await store.read(seqs)).map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    it("shows a reader one unchanging view, while others write", async () => {
      await store.write((tx) => insert(tx, 1));
      // Begun out here, as another call would be, and let go in there.
      const gate = Promise.withResolvers<void>();
      const write = gate.promise.then(() => store.write((tx) => insert(tx, 2)));
      const seen = await store.read(async (tx) => {
        const before = await seqs(tx);
        gate.resolve();
        // On PGlite's one connection the writer waits for this reader's end.
        if (store.kind === "postgresql") await write;
        return [before.length, (await seqs(tx)).length];
      });
      await write;
      expect(seen).to.deep.equal([1, 1]);
      expect(await store.read(seqs)).to.have.length(2);
    });

    it("calls what is too long for an index a mistake of the call", async () => {
      // Letters that do not repeat, so that compressing them does not help.
      const long = Array.from({ length: 9_000 }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7_919) % 20_000))).join(
        "",
      );
      const row = { id: "I-1", type: "t", natural_key: long, resource: "r", recorded_at: ENTRY.at, sent_at: null };
      const claim = { ...row, account: "a", object_id: null, outcome: "recorded" as const };
      await thrown(
        "validation",
        store.write((tx) => tx.insertInto("intent").values(claim).execute()),
      );
    });

    it("gives back instants, dates and large numbers the same on both engines", async () => {
      const { rows } = await store.read((tx) =>
        sql`select '2026-03-02 09:00:00.5+05:30'::timestamptz as instant, '2026-03-02'::date as day, '2026-03-02 09:00'::timestamp as local,
            9007199254740991::bigint as large, '{"b":[1]}'::jsonb as json`.execute(tx),
      );
      expect(rows).to.deep.equal([
        {
          instant: "2026-03-02T03:30:00.500Z",
          day: "2026-03-02",
          local: "2026-03-02 09:00:00",
          large: 9_007_199_254_740_991,
          json: { b: [1] },
        },
      ]);
    });
  });

  describe("on PostgreSQL", function () {
    this.timeout(120_000);

    it("makes its tables once, when two desks start at the same moment", async () => {
      const url = await createDatabase();
      const [one, two] = await Promise.all([
        openPostgresStore(url, () => undefined),
        openPostgresStore(url, () => undefined),
      ]);
      await one.write((tx) => insert(tx, 1));
      expect(await two.read(seqs)).to.have.length(1);
      await Promise.all([one.close(), two.close()]);
    });

    it("works the same on a database whose own defaults are stricter, from its start on", async () => {
      const url = await createDatabase();
      for (const setting of ["default_transaction_isolation = serializable", "default_transaction_read_only = on"]) {
        await execute(
          url,
          `do $$ begin execute format('alter database %I set ${setting}', current_database()); end $$`,
        );
      }
      const stores = await Promise.all(Array.from({ length: 3 }, () => openPostgresStore(url, () => undefined)));
      const next = (store: Store) =>
        store.write(async (tx) => {
          const before = await seqs(tx);
          await insert(tx, before.length + 1);
        });
      await Promise.all(Array.from({ length: 12 }, (_, i) => next(stores[i % 3] as Store)));
      expect(await stores[0]?.read(seqs)).to.have.length(12);
      await Promise.all(stores.map((store) => store.close()));
    });

    it("answers readers while a long write is under way and many more wait for their turn", async () => {
      const store = await openPostgresStore(await createDatabase(), () => undefined);
      const gate = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const long = store.write(() => {
        begun.resolve();
        return gate.promise;
      });
      await begun.promise;
      const waiting = Array.from({ length: 14 }, (_, i) => store.write((tx) => insert(tx, i + 1)));
      await Promise.all(Array.from({ length: 14 }, () => store.read(seqs)));
      gate.resolve();
      await Promise.all([long, ...waiting]);
      expect(await store.read(seqs)).to.have.length(14);
      await store.close();
    });

    it("says that it is busy, and not that the database is away, when its readers keep every connection", async () => {
      const store = await openPostgresStore(await createDatabase(), () => undefined, 200);
      const gate = Promise.withResolvers<void>();
      const reading = Array.from({ length: 10 }, () => store.read(() => gate.promise));
      const refusal = await thrown("unavailable", store.read(seqs));
      expect(refusal.message).to.contain("nothing was kept").and.not.contain("database");
      gate.resolve();
      await Promise.all(reading);
      await store.close();
    });

    it("does not start on what a newer desk has written, and says which of the two to update", async () => {
      const url = await createDatabase();
      await (await openPostgresStore(url, () => undefined)).close();
      await execute(url, "insert into kysely_migration (name, timestamp) values ('0002-second-storey', now()::text)");
      const refusal = await thrown(
        "unsupported",
        openPostgresStore(url, () => undefined),
      );
      expect(refusal.message).to.contain("newer desk").and.contain("0002-second-storey").and.contain("Update");
    });

    it("says that nothing was kept when the database goes away, and works on when it is back", async () => {
      const url = await createDatabase();
      const lines: string[] = [];
      const store = await openPostgresStore(url, (line) => lines.push(line));
      const cutting = store.write(async (tx) => {
        await insert(tx, 1);
        await cutConnections(url);
        await insert(tx, 2);
      });
      expect((await thrown("unavailable", cutting)).message).to.contain("nothing was kept");
      expect(await store.read(seqs)).to.deep.equal([]);
      expect(lines.join()).to.contain("A connection to PostgreSQL was lost");
      await store.close();
    });

    it("does not claim to know what became of a commit whose answer was lost", async () => {
      const url = await createDatabase();
      const store = await openPostgresStore(url, () => undefined);
      const cutting = store.write(async (tx) => {
        await insert(tx, 1);
        await cutConnections(url);
      });
      await thrown("ambiguous", cutting);
      await store.close();
    });

    it("says where it can't reach", async () => {
      const error = await openPostgresStore("postgresql://postgres@127.0.0.1:1/none", () => undefined).catch(
        (caught: Error) => caught,
      );
      expect(String(error)).to.contain("ECONNREFUSED");
    });
  });

  it("is the only part of the desk that knows the database", () => {
    const root = join(__dirname, "../../../desk");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !file.startsWith("store"),
    );
    expect(existsSync(join(root, "store"))).to.equal(true);
    expect(files.length).to.be.above(20);
    const guilty = files.filter((file) =>
      /from "(kysely|pg|@electric-sql)/.test(readFileSync(join(root, file), "utf8")),
    );
    expect(guilty).to.deep.equal([]);
  });
});

/** Ends every connection to the database but our own. */
const cutConnections = (url: string) =>
  execute(
    url,
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );

/** Runs a statement as somebody else than the desk. */
async function execute(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query(statement);
  await client.end();
}
