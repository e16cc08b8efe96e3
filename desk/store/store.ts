/** The desk's one door to its database. Nothing outside `store/` sees a connection; work is handed in and runs as one transaction. */
import { AsyncLocalStorage } from "node:async_hooks";
import { type Kysely, sql, type Transaction } from "kysely";
import { isProviderError, ProviderError } from "../../provider/errors";
import { migrate } from "./migrations";
import type { Tables } from "./tables";

/** One transaction of the desk. */
export type Tx = Transaction<Tables>;

export type StoreKind = "pglite" | "postgresql";

export interface Store {
  readonly kind: StoreKind;
  /** Runs `work` on one unchanging view of the data; it cannot write. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs `work` as one transaction, alone among writers: all of it is kept, or nothing. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface StoreEngine {
  readonly kind: StoreKind;
  readonly db: Kysely<Tables>;
  /** Whether the engine has one connection only, which must then be taken in turns. */
  readonly singleConnection: boolean;
  /** Runs once the last work has ended. */
  close(): Promise<void>;
}

/** The advisory lock that writers take in turn: "mspdesk" as a number. */
const WRITER_LOCK = 30_803_244_218_016_619n;

/** Opens a store on an engine: brings the tables up to date, then takes work. */
export async function openStore(engine: StoreEngine): Promise<Store> {
  const { db, kind } = engine;
  // Writers queue in here, so that those who wait take no connections from readers.
  const writers = createTurns();
  const readers = engine.singleConnection ? writers : atOnce;
  const inside = new AsyncLocalStorage<true>();

  async function run<T>(turns: Turns, prepare: (tx: Tx) => Promise<unknown>, work: (tx: Tx) => Promise<T>): Promise<T> {
    // On one connection this would wait for itself for ever; on several it would be another transaction than the reader believes.
    if (inside.getStore())
      throw new ProviderError(
        "internal",
        "The store was called inside its own transaction; use the transaction that was handed in.",
      );
    let worked = false;
    const transaction = () =>
      db.transaction().execute(async (tx) => {
        await prepare(tx);
        return inside.run(true, async () => {
          const result = await work(tx);
          worked = true;
          return result;
        });
      });
    try {
      return await turns(transaction);
    } catch (error) {
      throw explain(error, worked);
    }
  }

  await migrate(db);
  return {
    kind,
    read: (work) => run(readers, beginReading, work),
    write: (work) => run(writers, beginWriting, work),
    close: () => engine.close(),
  };
}

// As statements: Kysely's own setting of these does nothing on PGlite.
const beginReading = (tx: Tx) => sql`set transaction isolation level repeatable read, read only`.execute(tx);

async function beginWriting(tx: Tx): Promise<void> {
  // Whatever the database's default is: on a stricter level a writer would see what was there before it waited for its turn.
  await sql`set transaction isolation level read committed, read write`.execute(tx);
  // The writers of several desks take turns here, so that what one has read stays true until it has written, and the hash chain never forks.
  await sql`select pg_advisory_xact_lock(${sql.lit(WRITER_LOCK.toString())}::bigint)`.execute(tx);
}

type Turns = <T>(work: () => Promise<T>) => Promise<T>;

const atOnce: Turns = (work) => work();

/** Hands out turns in the order in which they were asked for. */
function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** SQLSTATE classes that mean "the database went away", and what sockets and the driver say then. */
const LOST_CODE = /^(08|57P|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/;
const LOST_MESSAGE = /Connection terminated|is not queryable/;
/** What the pool says when all its connections stay in use. */
const BUSY_MESSAGE = "timeout exceeded when trying to connect";
/** A row that is too large for an index. */
const TOO_LARGE_CODE = "54000";

function explain(error: unknown, worked: boolean): unknown {
  if (isProviderError(error)) return error;
  const message = error instanceof Error ? error.message : "";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (message === BUSY_MESSAGE) {
    return new ProviderError(
      "unavailable",
      "The desk has more to do at this moment than it can; nothing was kept. Try again.",
      { cause: error },
    );
  }
  if (code === TOO_LARGE_CODE)
    return new ProviderError("validation", "A name, key or id of this call is too long to be kept.", { cause: error });
  if (!LOST_CODE.test(code) && !LOST_MESSAGE.test(message)) return error;
  // Only the commit comes after the work: its answer was lost, so nobody knows whether it was kept.
  return worked
    ? new ProviderError(
        "ambiguous",
        "The desk lost its database while it committed; it may or may not have kept this. Look before asking again.",
        { cause: error },
      )
    : new ProviderError("unavailable", "The desk can't reach its database; nothing was kept. Try again.", {
        cause: error,
      });
}
