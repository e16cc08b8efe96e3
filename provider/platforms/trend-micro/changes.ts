import type { Clock } from "../../clock";

export interface ChangesOptions {
  /** Ids of what was modified at or after an instant, whole or throws. */
  readonly load: (fromMs: number) => Promise<ReadonlySet<string>>;
  /** The platform's time; the instants of reads are by it too. */
  readonly serverNowMs: () => number;
  readonly clock: Clock;
  readonly freshForMs: number;
  /** How far before a read a modification may have been that the read did not see yet. */
  readonly marginMs: number;
}

/** Which of many objects were modified since each was last read, asked of the platform in as few listings as it takes. */
export interface Changes {
  /** Announces interest in one object, so that one listing can serve all who wait. */
  watch(id: string, lastReadMs: number): Watch;
}

export interface Watch {
  /** The instant until which a listing proves that it was not modified; undefined means read it. */
  unchangedUntilMs(): Promise<number | undefined>;
  done(): void;
}

interface Query {
  readonly fromMs: number;
  readonly ids: ReadonlySet<string>;
  readonly at: number;
  readonly untilMs: number;
}

interface Interest {
  readonly id: string;
  readonly sinceMs: number;
}

/**
 * Listings per freshness period. A listing tells that something was modified after an instant, not when: who was read last at another
 * instant may need another one. Beyond these, single reads cost no more.
 */
const MOST_QUERIES = 3;

/**
 * A run's own reads lie apart by as much as the run takes, and who waits first is seldom who was read first: a listing from so much earlier
 * decides for all of them. What was modified in that while is read, which costs no more than another listing for it.
 */
const APART_MS = 300_000;

export function createChanges({ load, serverNowMs, clock, freshForMs, marginMs }: ChangesOptions): Changes {
  let queries: Query[] = [];
  let running: Promise<void> | undefined;
  /** Objects that were left to single reads since the last listing. */
  let readInstead = 0;
  const interests = new Set<Interest>();

  /** `open` where no listing so far decides it. */
  function verdict({ id, sinceMs }: Interest): { readonly untilMs: number } | "modified" | "open" {
    const proof = queries.find((query) => query.fromMs <= sinceMs && !query.ids.has(id));
    if (proof !== undefined) return proof;
    return queries.some((query) => query.fromMs >= sinceMs - APART_MS && query.ids.has(id)) ? "modified" : "open";
  }

  const undecided = () => [...interests].filter((interest) => verdict(interest) === "open");

  /** Whether another listing may decide for more than the one object that a single read would decide for as well. */
  function pays(): boolean {
    if (queries.length === 0) return true;
    if (queries.length < MOST_QUERIES && undecided().length + readInstead > 1) return true;
    readInstead += 1;
    return false;
  }

  /** From before the earliest instant that anybody still needs: it decides for the most. */
  async function ask(): Promise<void> {
    const fromMs = Math.min(...undecided().map((interest) => interest.sinceMs)) - APART_MS;
    const begun = { at: clock.now(), untilMs: serverNowMs() };
    const ids = await load(fromMs);
    queries.push({ fromMs, ids, ...begun });
  }

  return {
    watch: (id, lastReadMs) => {
      const interest: Interest = { id, sinceMs: lastReadMs - marginMs };
      interests.add(interest);
      return {
        unchangedUntilMs: async () => {
          for (;;) {
            queries = queries.filter((query) => clock.now() - query.at < freshForMs);
            const known = verdict(interest);
            if (known === "modified") return undefined;
            if (known !== "open") return known.untilMs;
            if (running === undefined) {
              if (!pays()) return undefined;
              readInstead = 0;
              running = ask().finally(() => {
                running = undefined;
              });
            }
            await running;
          }
        },
        done: () => {
          interests.delete(interest);
        },
      };
    },
  };
}
