import type { Clock } from "../clock";
import type { Intent, OffboardingRequest } from "../generated/types";
import type { Desk, RequestQuery } from "./client";

/** How long one reading of an account's open requests or claims serves a run. */
const FRESHNESS_MS = 5_000;

/**
 * The same desk, whose open requests and claims are read once for many resources: a refresh of a thousand assignments asks once, not a
 * thousand times. What this process files or claims is put into what was read, so that a thousand deletes don't ask a thousand times either;
 * what its other writes come to is for the desk to say, and asked again.
 */
export function sharedDesk(desk: Desk, clock: Clock): Desk {
  // As the desk lists them: requests the newest first, claims in their order.
  const open = kept(clock, "first", (account) => desk.requests({ account, open: true }));
  const claims = kept(clock, "last", (key) => desk.intents(...(JSON.parse(key) as [string, string])));
  const keyOf = ({ account, type }: Pick<Intent, "account" | "type">) => JSON.stringify([account, type]);
  const forget = () => {
    open.forget();
    claims.forget();
  };
  /** A write that failed may have happened, so nothing read before it counts. */
  const told =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>, keep: (result: R, ...args: A) => void) =>
    async (...args: A) => {
      let result: R;
      try {
        result = await write(...args);
      } catch (error) {
        forget();
        throw error;
      }
      keep(result, ...args);
      return result;
    };
  return {
    ...desk,
    requests: async (query: RequestQuery) => {
      if (query.open !== true || query.account === undefined) return desk.requests(query);
      const all = await open.get(query.account);
      return all.filter(
        (request) =>
          (query.kind === undefined || request.kind === query.kind) &&
          (query.subject === undefined || request.subject.key === query.subject) &&
          (query.product === undefined || request.items.some((item) => item.name === query.product)),
      );
    },
    intents: (account, type) => claims.get(keyOf({ account, type })),
    claimIntent: told(desk.claimIntent, ({ intent }) => claims.put(keyOf(intent), intent)),
    changeIntent: told(desk.changeIntent, (intent) => claims.put(keyOf(intent), intent)),
    releaseIntent: told(desk.releaseIntent, (_, id) => claims.drop(id)),
    file: told(desk.file, ({ request }) => open.put(request.account, request)),
    withdraw: told(desk.withdraw, forget),
    removed: told(desk.removed, forget),
    confirm: told(desk.confirm, forget),
  };
}

type Change<T> = (items: readonly T[]) => readonly T[];

interface Reading<T> {
  /** Undefined while it runs: what is written meanwhile may be in it or not. */
  items: readonly T[] | undefined;
  readonly at: number;
  readonly answer: Promise<unknown>;
  readonly changes: Change<T>[];
}

/** Lists by key, each read once within its freshness, with our own writes in them; a failed reading is not kept. */
function kept<T extends Pick<OffboardingRequest | Intent, "id">>(
  clock: Clock,
  newest: "first" | "last",
  load: (key: string) => Promise<readonly T[]>,
) {
  const known = new Map<string, Reading<T>>();
  const change = (reading: Reading<T> | undefined, by: Change<T>) => {
    if (reading === undefined) return;
    if (reading.items === undefined) reading.changes.push(by);
    else reading.items = by(reading.items);
  };
  function read(key: string): Reading<T> {
    const reading: Reading<T> = {
      items: undefined,
      at: clock.now(),
      answer: load(key).then((items) => {
        reading.items = reading.changes.reduce<readonly T[]>((now, by) => by(now), items);
      }),
      changes: [],
    };
    known.set(key, reading);
    reading.answer.catch(() => {
      if (known.get(key) === reading) known.delete(key);
    });
    return reading;
  }
  return {
    async get(key: string): Promise<readonly T[]> {
      const found = known.get(key);
      const reading = found !== undefined && clock.now() - found.at < FRESHNESS_MS ? found : read(key);
      await reading.answer;
      return reading.items ?? [];
    },
    put(key: string, item: T): void {
      change(known.get(key), (items) => {
        const at = items.findIndex(({ id }) => id === item.id);
        if (at >= 0) return items.with(at, item);
        return newest === "first" ? [item, ...items] : [...items, item];
      });
    },
    drop(dropped: string): void {
      for (const reading of known.values()) change(reading, (items) => items.filter(({ id }) => id !== dropped));
    },
    forget: () => known.clear(),
  };
}
