import type { Clock } from "../clock";
import type { Desk, RequestQuery } from "./client";

/** How long one reading of an account's open requests or claims serves a run. */
const FRESHNESS_MS = 5_000;

/**
 * The same desk, whose open requests and claims are read once for many resources: a refresh of a thousand assignments asks once, not a
 * thousand times. What this process files or changes is seen at once.
 */
export function sharedDesk(desk: Desk, clock: Clock): Desk {
  const open = kept(clock, (account: string) => desk.requests({ account, open: true }));
  const claims = kept(clock, (key: string) => desk.intents(...(JSON.parse(key) as [string, string])));
  const changing =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      try {
        return await write(...args);
      } finally {
        open.forget();
        claims.forget();
      }
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
    intents: (account, type) => claims.get(JSON.stringify([account, type])),
    claimIntent: changing(desk.claimIntent),
    changeIntent: changing(desk.changeIntent),
    releaseIntent: changing(desk.releaseIntent),
    file: changing(desk.file),
    withdraw: changing(desk.withdraw),
    removed: changing(desk.removed),
    confirm: changing(desk.confirm),
  };
}

/** Answers by key, each read once within its freshness; a failed reading is not kept. */
function kept<T>(clock: Clock, load: (key: string) => Promise<T>) {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
  return {
    get(key: string): Promise<T> {
      const found = known.get(key);
      if (found !== undefined && clock.now() - found.at < FRESHNESS_MS) return found.answer;
      const answer = load(key);
      known.set(key, { at: clock.now(), answer });
      answer.catch(() => known.delete(key));
      return answer;
    },
    forget: () => known.clear(),
  };
}
