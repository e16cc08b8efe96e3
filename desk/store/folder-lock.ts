/**
 * One process per data folder. The lock is a lock of the kernel's on a file in that folder: it holds for all who reach the folder, from
 * whatever container or network, and the kernel frees it when its process ends, however it ends. So nothing stale is ever left to clean
 * up, and nobody guesses from a process id whether the holder still lives.
 */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { ProviderError } from "../../provider/errors";

export interface FolderLock {
  release(): Promise<void>;
}

/** Never deleted: whoever made it anew would lock another file than its holder. */
const FILE = "desk.lock";
const SQLITE_BUSY = 5;

/** Takes the lock of `folder`; throws `blocked` while another process holds it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const { DatabaseSync } = loadSqlite();
  const file = new DatabaseSync(join(folder, FILE), { timeout: 0 });
  try {
    hold(file);
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new ProviderError(
      "blocked",
      `Another desk is running on the folder ${folder}, and two would lose each other's records.\nStop it, or give this one a folder of its own with MSP_DESK_DATA; several desks share a PostgreSQL by DATABASE_URL.`,
      { operation: "start the desk" },
    );
  }
  return { release: async () => file.close() };
}

/** Node offers no file locks but SQLite's: a write that begins and never ends holds one. Nothing is ever written. */
function hold(file: DatabaseSync): void {
  file.exec("pragma journal_mode = memory");
  // Not exclusive: of several that ask for that at once, each may see another's wish and none would win.
  file.exec("begin immediate");
}

/** Loaded when it is needed: a desk on PostgreSQL runs without it. */
function loadSqlite(): typeof import("node:sqlite") {
  const { emitWarning } = process;
  // Node 22 warns that it may change; what is used here has not.
  process.emitWarning = () => undefined;
  try {
    const sqlite = process.getBuiltinModule("node:sqlite") as typeof import("node:sqlite") | undefined;
    if (sqlite !== undefined) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new ProviderError(
    "unsupported",
    `Node ${process.versions.node} can't lock a folder for the desk.\nUse Node 22.13 or newer, or a PostgreSQL by DATABASE_URL.`,
    { operation: "start the desk" },
  );
}
