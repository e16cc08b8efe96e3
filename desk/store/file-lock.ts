/** Node offers no file locks but SQLite's: a write that begins and never ends holds one. Nothing is ever written. */
import type { DatabaseSync } from "node:sqlite";

type Sqlite = typeof import("node:sqlite");

const SQLITE_BUSY = 5;

/** Holds the lock of `file` until it is closed; undefined while somebody else holds it. */
export function holdFile(file: string): DatabaseSync | undefined {
  const sqlite = findSqlite();
  if (sqlite === undefined) throw new Error("There is no SQLite to lock a file with.");
  const database = new sqlite.DatabaseSync(file);
  try {
    // As a statement: Node 22.12 knows no option for it.
    database.exec("pragma busy_timeout = 0");
    database.exec("pragma journal_mode = memory");
    // Not exclusive: of several that ask for that at once, each may see another's wish and none would win.
    database.exec("begin immediate");
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

/** Node's own SQLite, where this process or thread may use it; loaded when it is needed: a desk on PostgreSQL runs without it. */
export function findSqlite(): Sqlite | undefined {
  const { emitWarning } = process;
  // Node 22 warns that it may change; what is used here has not.
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:sqlite") as Sqlite | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
