/**
 * One process per data folder. The lock is a lock of the kernel's on a file in that folder: it holds for all who reach the folder, from
 * whatever container or network, and the kernel frees it when its process ends, however it ends. So nothing stale is ever left to clean
 * up, and nobody guesses from a process id whether the holder still lives.
 */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { ProviderError } from "../../provider/errors";
import { findSqlite, holdFile } from "./file-lock";

export interface FolderLock {
  release(): Promise<void>;
}

/** Never deleted: whoever made it anew would lock another file than its holder. */
const FILE = "desk.lock";

/** Takes the lock of `folder`; throws `blocked` while another process holds it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, FILE);
  const lock = findSqlite() === undefined ? await holdInThread(file) : holdHere(file);
  if (lock !== undefined) return lock;
  throw new ProviderError(
    "blocked",
    `Another desk is running on the folder ${folder}, and two would lose each other's records.\nStop it, or give this one a folder of its own with MSP_DESK_DATA; several desks share a PostgreSQL by DATABASE_URL.`,
    { operation: "start the desk" },
  );
}

function holdHere(file: string): FolderLock | undefined {
  const held = holdFile(file);
  return held === undefined ? undefined : { release: async () => held.close() };
}

/** Node 22.12 has SQLite behind an option that a thread may be given and a process can't give itself. The lock is the whole process's. */
async function holdInThread(file: string): Promise<FolderLock | undefined> {
  const thread = new Worker(require.resolve("./folder-lock-thread"), {
    workerData: file,
    execArgv: ["--experimental-sqlite"],
  });
  const [answer] = (await once(thread, "message")) as [ThreadAnswer];
  if (answer === "held") {
    // A desk that has nothing more to do ends, whether it released its folder or not.
    thread.unref();
    return { release: () => endOf(thread) };
  }
  await endOf(thread);
  if (answer === "busy") return undefined;
  throw new ProviderError(
    "unsupported",
    `Node ${process.versions.node} can't lock a folder for the desk.\nUse Node 22.12 or newer, or a PostgreSQL by DATABASE_URL.`,
    { operation: "start the desk" },
  );
}

/** What became of the lock in the thread. */
export type ThreadAnswer = "held" | "busy" | "unsupported";

async function endOf(thread: Worker): Promise<void> {
  const ended = once(thread, "exit");
  thread.ref();
  thread.postMessage("release");
  await ended;
}
