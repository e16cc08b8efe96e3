import { ProviderError } from "../../errors";
import type { DateWindow } from "./dates";
import type { PageWire } from "./wire";

/** Rows that one page is asked for: the documented maximum. */
export const PAGE_ROWS = 100;
/** A listing that needs more is broken, not big. */
const MOST_PAGES = 10_000;
/** How often a window is read again because it changed while it was being read. */
const MOST_READINGS = 4;

export interface WindowedListing<T> {
  readonly windows: readonly DateWindow[];
  readonly page: (window: DateWindow, page: number) => Promise<PageWire<T>>;
  readonly idOf: (row: T) => string;
  /** For messages: "customers". */
  readonly what: string;
}

/** Every row of every window, once each: whole, or an error. A cut page or a repeated one never reads as "gone". */
export async function wholeListing<T>({ windows, page, idOf, what }: WindowedListing<T>): Promise<readonly T[]> {
  const all = new Map<string, T>();
  for (const window of windows) {
    // Neighbouring windows overlap at their edges, so a row may come twice.
    for (const [id, row] of await wholeWindow({ window, page, idOf, what })) all.set(id, row);
  }
  return [...all.values()];
}

interface OneWindow<T> extends Omit<WindowedListing<T>, "windows"> {
  readonly window: DateWindow;
}

async function wholeWindow<T>(listing: OneWindow<T>): Promise<ReadonlyMap<string, T>> {
  for (let reading = 1; reading <= MOST_READINGS; reading++) {
    const rows = await readOnce(listing);
    if (rows !== "moved") return rows;
  }
  throw broken(listing.what, `changed each of ${MOST_READINGS} times that it was read`);
}

async function readOnce<T>({ window, page, idOf, what }: OneWindow<T>): Promise<ReadonlyMap<string, T> | "moved"> {
  const rows = new Map<string, T>();
  let total: number | undefined;
  for (let number = 1; number <= MOST_PAGES; number++) {
    const answer = await page(window, number);
    // Somebody added one meanwhile: rows may have moved over a page's edge, so the window is read again.
    if (total !== undefined && answer.total !== total) return "moved";
    total = answer.total;
    if (new Set(answer.rows.map(idOf)).size < answer.rows.length)
      throw broken(what, `names one of them twice on page ${number}`);
    const before = rows.size;
    for (const row of answer.rows) rows.set(idOf(row), row);
    const fresh = rows.size - before;
    if (answer.rows.length > 0 && fresh === 0) throw broken(what, `repeated page ${number - 1} as page ${number}`);
    if (fresh < answer.rows.length) return "moved";
    if (rows.size > total) throw broken(what, `announced ${total} and sent ${rows.size}`);
    if (rows.size === total) return rows;
    const most = Math.min(PAGE_ROWS, answer.limit ?? PAGE_ROWS);
    if (answer.rows.length < most) throw broken(what, `announced ${total}, and page ${number} ends after ${rows.size}`);
  }
  throw broken(what, `has more than ${MOST_PAGES} pages`);
}

function broken(what: string, why: string): ProviderError {
  return new ProviderError(
    "unavailable",
    `The list of ${what} from Trend Micro is not whole: it ${why}.\nNothing is concluded from it; run this again.`,
    {
      platform: "trend-micro",
      operation: `list ${what}`,
    },
  );
}
