import type { Clock } from "../../clock";

export interface ListingOptions<T> {
  /** Reads all of it, whole or throws. */
  readonly load: () => Promise<readonly T[]>;
  readonly idOf: (row: T) => string;
  readonly same: (a: T, b: T) => boolean;
  readonly clock: Clock;
  /** How long one reading serves, from its end. */
  readonly freshForMs: number;
  /** How long the platform may take to list what was written. */
  readonly visibilityMs: number;
}

/** One listing of the platform, read once for all who ask at a time. */
export interface Listing<T> {
  /** Within its freshness, with our own writes in it; `fresh` is a reading that began after the call, as the platform tells it. */
  rows(options?: { readonly fresh?: boolean }): Promise<readonly T[]>;
  /** What a reading within its freshness holds, without a call. */
  peek(id: string): T | undefined;
  /** Whether the last reading had it, however old that is: ids are not used again. */
  knew(id: string): boolean;
  /** Puts a row that we wrote into what is served, until the platform lists it so. */
  wrote(row: T): void;
  /** The next who asks gets a new reading: a write failed on the way, so nothing read before it counts. */
  drop(): void;
}

interface Reading<T> {
  readonly rows: Promise<readonly T[]>;
  /** Undefined while it runs: who asks meanwhile shares it. */
  endedAt: number | undefined;
  /** Writes before this one had been sent when the reading began. */
  readonly afterWrite: number;
}

interface OwnWrite<T> {
  readonly row: T;
  readonly number: number;
  readonly until: number;
}

export function createListing<T>({ load, idOf, same, clock, freshForMs, visibilityMs }: ListingOptions<T>): Listing<T> {
  const own = new Map<string, OwnWrite<T>>();
  let writes = 0;
  let current: Reading<T> | undefined;
  let settledRows: readonly T[] = [];
  let running: Promise<unknown> | undefined;
  let queued: Promise<Reading<T>> | undefined;

  function start(): Reading<T> {
    const reading: Reading<T> = { rows: load(), endedAt: undefined, afterWrite: writes };
    current = reading;
    const settled = reading.rows.then(
      (rows) => {
        settledRows = rows;
        reading.endedAt = clock.now();
        forget(rows, reading.afterWrite);
      },
      () => {
        // A failure serves those who waited for it, and nobody after them.
        if (current === reading) current = undefined;
      },
    );
    running = settled.finally(() => {
      running = undefined;
    });
    return reading;
  }

  /** What the platform now lists as we wrote it is its own again; what it does not list after the window never will be so. */
  function forget(rows: readonly T[], afterWrite: number) {
    const listed = new Map(rows.map((row) => [idOf(row), row]));
    for (const [id, write] of own) {
      const row = listed.get(id);
      const shown = write.number <= afterWrite && row !== undefined && same(row, write.row);
      if (shown || clock.now() > write.until) own.delete(id);
    }
  }

  /** A reading that begins after now: the running one may have passed what we are after, so all who ask meanwhile share the next. */
  async function after(): Promise<Reading<T>> {
    if (running === undefined) return start();
    queued ??= running.then(() => {
      queued = undefined;
      return start();
    });
    return queued;
  }

  let merged:
    | { readonly from: readonly T[]; readonly writes: number; readonly owned: number; readonly rows: readonly T[] }
    | undefined;
  /** With our own writes in it, put together once for as long as neither changes. */
  function served(rows: readonly T[]): readonly T[] {
    if (own.size === 0) return rows;
    if (merged?.from === rows && merged.writes === writes && merged.owned === own.size) return merged.rows;
    const byId = new Map(rows.map((row) => [idOf(row), row]));
    for (const [id, write] of own) byId.set(id, write.row);
    merged = { from: rows, writes, owned: own.size, rows: [...byId.values()] };
    return merged.rows;
  }

  const usable = (reading: Reading<T> | undefined): reading is Reading<T> =>
    reading !== undefined && (reading.endedAt === undefined || clock.now() - reading.endedAt < freshForMs);

  return {
    rows: async ({ fresh = false } = {}) => {
      if (fresh) return (await after()).rows;
      const reading = usable(current) ? current : await after();
      return served(await reading.rows);
    },
    peek: (id) => own.get(id)?.row ?? (usable(current) ? settledRows.find((row) => idOf(row) === id) : undefined),
    knew: (id) => own.has(id) || settledRows.some((row) => idOf(row) === id),
    wrote: (row) => {
      writes += 1;
      own.set(idOf(row), { row, number: writes, until: clock.now() + visibilityMs });
    },
    drop: () => {
      current = undefined;
    },
  };
}
