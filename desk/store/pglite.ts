/** PGlite: PostgreSQL inside this process, for trying the desk out and for tests. It survives a killed process, not a power cut. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect } from "kysely";
import { lockFolder } from "./folder-lock";
import { migrate } from "./migrations";
import { openStore, type Store } from "./store";
import type { Tables } from "./tables";
import { PARSERS } from "./types";

/** Opens the store in `folder`, which this process then holds alone; a second one is refused. */
export async function openFolderStore(folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Before PGlite touches a file: two processes on one folder lose each other's rows without an error.
  const lock = await lockFolder(folder);
  try {
    const dataDir = await madeWhole(join(folder, "pglite"));
    return await open(await PGlite.create({ dataDir, parsers: PARSERS }), () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A new database gets its name once it is complete, so that a desk which is killed while it makes one can simply be started again. */
async function madeWhole(dataDir: string): Promise<string> {
  if (existsSync(dataDir)) return dataDir;
  const making = `${dataDir}.new`;
  rmSync(making, { recursive: true, force: true });
  await (await PGlite.create(making)).close();
  renameSync(making, dataDir);
  return dataDir;
}

/** Opens a store that lives as long as this process. */
export async function openMemoryStore(): Promise<Store> {
  template ??= makeTemplate();
  return open(await PGlite.create({ loadDataDir: await template, parsers: PARSERS }), async () => undefined);
}

/** A new database takes seconds to make, and a copy of one takes a fraction; so the first one is made to be copied. */
let template: Promise<Blob> | undefined;

async function makeTemplate(): Promise<Blob> {
  const pglite = await PGlite.create();
  try {
    await migrate(new Kysely({ dialect: new PGliteDialect({ pglite }) }));
    return await pglite.dumpDataDir("none");
  } finally {
    await pglite.close();
  }
}

function open(pglite: PGlite, release: () => Promise<void>): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  return openStore({
    kind: "pglite",
    db,
    singleConnection: true,
    close: async () => {
      await db.destroy();
      await release();
    },
  });
}
