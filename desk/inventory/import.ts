/** An import: what a person attests that the platform holds, compared with what is known, and with what requests asked for. */
import { createHash } from "node:crypto";
import type { ImportResult, InventoryConflict, InventoryImport } from "../../provider/generated/types";
import { refuseMerged } from "../accounts/resolve";
import { DeskRefusal } from "../problems";
import { reviewHeld } from "../requests/held";
import type { InventoryEntryRow } from "../store/tables";
import { pastInstant, type Work } from "../work";
import { canonicalJson } from "../audit/chain";
import { entriesOf, keyOf, newEntry, type Origin, putEntries, type Statement, supersede } from "./entries";
import { askedOf, type Change, contradictionsOf, markContradictions, type Shown, unexpectedOf } from "./findings";
import { newestListing } from "./listed";
import { statementsOf } from "./rows";

interface Diff {
  readonly changes: readonly Change[];
  readonly unchanged: number;
  /** Every row that is written: changes, and facts that are only newer. */
  readonly written: readonly InventoryEntryRow[];
}

export async function importInventory(work: Work, given: InventoryImport): Promise<ImportResult> {
  const statements = statementsOf(given);
  const asOf = pastInstant(given.asOf, work.now, "The import's asOf");
  await refuseMerged(work.tx, given.account, (into) => `Name ${into} in the import.`);
  const known = await entriesOf(work.tx, given.account);
  if (given.complete && statements.length === 0 && known.some((entry) => entry.present)) {
    throw new DeskRefusal(
      "validation",
      `A complete import without rows would mark all of ${given.account} as gone. If an export came out empty, make it again; if all has left, file the leavings.`,
    );
  }
  const number = await nextNumber(work);
  const id = `I-${number}`;
  const origin: Origin = {
    account: given.account,
    asOf,
    source: `import:${id}`,
    voucher: given.voucher,
    newId: work.newId,
  };
  const before = new Map(known.map((row) => [rowKey(row), row]));
  const listed = await newestListing(work.tx, given.account);
  const isOutdated = listed !== undefined && listed.as_of > asOf;
  const diff = compare(before, statements, origin, given.complete, isOutdated);
  const asked = await askedOf(work, given.account);
  const shown: Shown = {
    id,
    asOf,
    voucher: given.voucher,
    complete: given.complete,
    isOutdated,
    keys: new Set(statements.map(keyOf)),
    known: before,
  };
  const unexpected = unexpectedOf(diff.changes, asked, shown, listed === undefined);
  const contradictions = contradictionsOf(asked, shown);

  await putEntries(work.tx, diff.written);
  await work.tx
    .insertInto("inventory_import")
    .values({
      id,
      number,
      account: given.account,
      as_of: asOf,
      voucher: given.voucher,
      complete: given.complete,
      rows: JSON.stringify(statements),
      imported_at: work.now,
      imported_by: work.actor.person.email,
    })
    .execute();
  const count = (what: Change["what"]) => diff.changes.filter((change) => change.what === what).length;
  const result: ImportResult = {
    id,
    added: count("added"),
    changed: count("changed"),
    gone: count("gone"),
    unchanged: diff.unchanged,
    unexpected,
    contradictions: contradictions.map((contradiction) => contradiction.text),
  };
  const { account, voucher, complete } = given;
  // The rows are kept with the import; their digest here makes them as unalterable as the chain.
  const rowsSha256 = createHash("sha256").update(canonicalJson(statements)).digest("hex");
  await work.record("inventory imported", `import:${id}`, {
    account,
    asOf,
    voucher,
    complete,
    rowCount: statements.length,
    rowsSha256,
    result,
  });
  await markContradictions(work, contradictions, asked);
  await reviewHeld(work, given.account);
  return result;
}

/** What is newer changes what is known; what is older is recorded with its import and changes nothing. */
function compare(
  known: ReadonlyMap<string, InventoryEntryRow>,
  statements: readonly Statement[],
  origin: Origin,
  complete: boolean,
  isOutdated: boolean,
): Diff {
  const said = new Map(statements.map((statement) => [keyOf(statement), statement]));
  const missing = complete
    ? [...known].filter(([key]) => !said.has(key)).map(([, row]) => weigh(row, undefined, origin))
    : [];
  const outcomes = [
    ...[...said].map(([key, statement]) => {
      const row = known.get(key);
      if (row !== undefined) return weigh(row, statement, origin);
      // A newer list of everything does not have it: it was gone by then.
      return isOutdated ? {} : added(statement, origin);
    }),
    ...missing,
  ];
  const changes = outcomes.flatMap((outcome) => outcome.change ?? []);
  return {
    changes,
    unchanged: outcomes.length - changes.length,
    written: outcomes.flatMap((outcome) => outcome.row ?? []),
  };
}

interface Outcome {
  readonly change?: Change;
  readonly row?: InventoryEntryRow;
}

function added(statement: Statement, origin: Origin): Outcome {
  const row = newEntry(statement, origin, true);
  return { change: { what: "added", row, before: undefined }, row };
}

/** One statement against what is known; no statement, in a complete import, says that the thing is not there. */
function weigh(row: InventoryEntryRow, statement: Statement | undefined, origin: Origin): Outcome {
  const present = statement !== undefined;
  const differs = present !== row.present || (statement !== undefined && saysOtherwise(row, statement));
  if (row.as_of > origin.asOf || (row.as_of === origin.asOf && !differs)) return {};
  if (row.as_of === origin.asOf) {
    // Two sources of the same instant: neither is the newer one, so what was known stays, with the other beside it.
    const other = {
      present,
      units: statement?.units ?? null,
      as_of: origin.asOf,
      source: origin.source,
      voucher: origin.voucher ?? null,
    };
    return { row: { ...row, conflicts: [...row.conflicts, conflictOf(other)] } };
  }
  const next = supersede(row, statement, origin, present);
  // Our own completed request said otherwise, and this source is newer: it is believed, and the request's word is kept in sight.
  const isContradicted = row.source.startsWith("request:") && present !== row.present;
  const merged = isContradicted ? { ...next, conflicts: [...next.conflicts, conflictOf(row)] } : next;
  if (!differs) return { row: merged };
  const what = present ? (row.present ? "changed" : "added") : "gone";
  return { change: { what, row: merged, before: row }, row: merged };
}

/** The conflict that a source with another word makes. */
export function conflictOf(
  row: Pick<InventoryEntryRow, "present" | "units" | "as_of" | "source" | "voucher">,
): InventoryConflict {
  return {
    present: row.present,
    ...(row.units === null ? {} : { units: row.units }),
    asOf: row.as_of,
    source: row.source,
    ...(row.voucher === null ? {} : { voucher: row.voucher }),
  };
}

/** Whether a statement, in what it says at all, differs from what is known. */
function saysOtherwise(row: InventoryEntryRow, { units, company, facts, subject }: Statement): boolean {
  const differs = (said: unknown, known: unknown) => said !== undefined && canonicalJson(said) !== canonicalJson(known);
  return (
    differs(units, row.units) ||
    differs(company, row.company) ||
    differs(facts, row.facts) ||
    subject.name !== row.subject_name
  );
}

/** The key under which an entry is known. */
export function rowKey(row: InventoryEntryRow): string {
  return keyOf({ kind: row.kind, subject: { kind: row.subject_kind, key: row.subject_key }, product: row.product });
}

async function nextNumber(work: Work): Promise<number> {
  const { highest } = await work.tx
    .selectFrom("inventory_import")
    .select((e) => e.fn.coalesce(e.fn.max("number"), e.lit(0)).as("highest"))
    .executeTakeFirstOrThrow();
  return Number(highest) + 1;
}
