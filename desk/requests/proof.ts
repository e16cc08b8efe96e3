/** When something was proven, against what the inventory knows: a proof that is older than the opposite proves nothing. */
import type { Instant, RequestItem, Subject } from "../../provider/generated/types";
import { entriesOfSubjects, findEntry, statementOf } from "../inventory/entries";
import { newestListing } from "../inventory/listed";
import { DeskRefusal } from "../problems";
import type { RequestRow } from "../store/tables";
import type { Work } from "../work";
import { instantOf } from "./instants";
import type { StoredRequest } from "./records";

/** What speaks against a proof. */
interface Opposite {
  readonly asOf: Instant;
  readonly source: string;
  readonly voucher: string | null;
  readonly shows: string;
}

/** When the proof of an item was seen; throws `stale` naming what is known otherwise from then or later. */
export async function provenAt(
  work: Work,
  { row }: StoredRequest,
  item: RequestItem,
  given: Instant | undefined,
): Promise<Instant> {
  const at = instantOf(
    { at: given, what: "The evidence", notBefore: item.removed?.at, after: "the removal" },
    work.now,
  );
  const against = await newestOpposite(work, row, item);
  if (against === undefined || at > against.asOf) return at;
  // Seen just now, it is the newer word, whatever the clocks say.
  if (given === undefined) return against.asOf;
  const voucher = against.voucher === null ? "" : ` (${against.voucher})`;
  throw new DeskRefusal(
    "stale",
    `The evidence of ${at} is no proof: ${against.source.replace(":", " ")}${voucher}, as of ${against.asOf}, shows ${against.shows}.\nLook again, and give evidence of after that.`,
    { blockers: [against.source] },
  );
}

async function newestOpposite(work: Work, row: RequestRow, item: RequestItem): Promise<Opposite | undefined> {
  if (row.kind === "leaving") return stillThere(work, row, item);
  const about = statementOf(subjectOf(row), item);
  const shows = `no ${item.name}`;
  const entry = await findEntry(work.tx, row.account, about);
  if (entry !== undefined)
    return entry.present ? undefined : { asOf: entry.as_of, source: entry.source, voucher: entry.voucher, shows };
  const listed = await newestListing(work.tx, row.account);
  if (listed === undefined) return undefined;
  return { asOf: listed.as_of, source: `import:${listed.id}`, voucher: listed.voucher, shows };
}

/** The newest entry that shows the item; of a customer also what is under it. */
async function stillThere(work: Work, row: RequestRow, item: RequestItem): Promise<Opposite | undefined> {
  const about = statementOf(subjectOf(row), item);
  const known =
    item.kind === "customer"
      ? await entriesOfSubjects(work.tx, row.account, [row.subject_key])
      : [await findEntry(work.tx, row.account, about)];
  const [newest] = known
    .flatMap((entry) => (entry?.present ? [entry] : []))
    .sort((a, b) => (a.as_of < b.as_of ? 1 : -1));
  if (newest === undefined) return undefined;
  const what = newest.product === "" ? newest.subject_name : newest.product;
  return { asOf: newest.as_of, source: newest.source, voucher: newest.voucher, shows: `${what} still there` };
}

/** Whom a request is about. */
export function subjectOf(row: RequestRow): Subject {
  return { kind: row.subject_kind, key: row.subject_key, name: row.subject_name };
}
