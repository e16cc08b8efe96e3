/** What a person imports, as checked statements: rows as they are, or CSV text. All mistakes are told together, each with its row. */
import { CsvError, parse } from "csv-parse/sync";
import type { ImportRow, InventoryImport } from "../../provider/generated/types";
import { importRow } from "../../provider/generated/validators";
import { DeskRefusal } from "../problems";
import { describeErrors } from "../validate";
import { keyOf, normalSubject, type Statement } from "./entries";

const COLUMNS = ["kind", "subject", "name", "product", "units"] as const;
const MISTAKES_SHOWN = 10;

interface Numbered {
  /** As a person finds it: "row 3", "line 4". */
  readonly where: string;
  readonly row: unknown;
}

/** The statements of an import, or `validation` naming every row that is wrong. */
export function statementsOf(given: InventoryImport): readonly Statement[] {
  const rows = given.format === "csv" ? fromCsv(given) : fromRows(given);
  const mistakes: string[] = [];
  const statements = new Map<string, { readonly where: string; readonly statement: Statement }>();
  for (const { where, row } of rows) {
    const wrong = mistakeOf(row);
    if (wrong !== undefined) {
      mistakes.push(`${where}: ${given.format === "csv" ? inColumns(wrong) : wrong}`);
      continue;
    }
    const statement = toStatement(row as ImportRow);
    const earlier = statements.get(keyOf(statement));
    if (earlier === undefined) statements.set(keyOf(statement), { where, statement });
    else if (JSON.stringify(earlier.statement) !== JSON.stringify(statement))
      mistakes.push(`${where}: says otherwise than ${earlier.where} about the same thing; keep the one that is right`);
  }
  if (mistakes.length > 0) throw refuse(mistakes);
  return [...statements.values()].map(({ statement }) => statement);
}

function fromRows({ rows, csv }: InventoryImport): readonly Numbered[] {
  if (rows === undefined || csv !== undefined)
    throw new DeskRefusal("validation", "An import of the format rows must have `rows`, and no `csv`.");
  return rows.map((row, index) => ({ where: `row ${index + 1}`, row }));
}

function fromCsv({ rows, csv }: InventoryImport): readonly Numbered[] {
  if (csv === undefined || rows !== undefined)
    throw new DeskRefusal("validation", "An import of the format csv must have `csv`, and no `rows`.");
  const records = parseCsv(csv);
  const header = records[0]?.record.map((name) => name.trim()) ?? [];
  const missing = ["kind", "subject", "name"].filter((column) => !header.includes(column));
  if (missing.length > 0)
    throw new DeskRefusal(
      "validation",
      `The CSV's header lacks ${missing.join(", ")}. It must be ${COLUMNS.join(",")}, with commas between${separatorIn(header)}, and any further columns.`,
    );
  const double = header.find((name, index) => name === "" || header.indexOf(name) !== index);
  if (double !== undefined)
    throw new DeskRefusal(
      "validation",
      `The CSV's header has ${double === "" ? "a column without a name" : `${double} twice`}: name each once, or take it out.`,
    );
  return records.slice(1).map(({ record, line }) => ({
    where: `line ${line}`,
    row: toRow(Object.fromEntries(header.map((name, index) => [name, record[index]?.trim() ?? ""]))),
  }));
}

function parseCsv(text: string): readonly { readonly record: readonly string[]; readonly line: number }[] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, info: true }).map((entry: unknown) => {
      const { record, info } = entry as { record: string[]; info: { lines: number } };
      return { record, line: info.lines };
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new DeskRefusal(
      "validation",
      `The CSV can't be read at line ${String(cause.lines ?? "?")}: ${cause.code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH" ? "it has more or fewer columns than the header; put a cell that holds a comma into quotes" : "a quote is not closed, or stands in the middle of a cell; write it twice, in a cell in quotes"}.`,
    );
  }
}

/** Cells are text; what is empty is not said. */
function toRow(cells: Readonly<Record<string, string>>): unknown {
  const { kind, subject = "", name, product = "", units = "", ...rest } = cells;
  const facts = Object.entries(rest).filter(([, value]) => value !== "");
  // An assignment's row does not say whose it is: device owners are known by their e-mail addresses.
  const subjectKind = kind === "assignment" ? (subject.includes("@") ? "owner" : "customer") : kind;
  return {
    kind,
    subject: { kind: subjectKind, key: subject, name },
    ...(product === "" ? {} : { product }),
    ...(units === "" ? {} : { units: /^\d+$/.test(units) ? Number(units) : units }),
    ...(facts.length === 0 ? {} : { facts: Object.fromEntries(facts) }),
  };
}

function mistakeOf(row: unknown): string | undefined {
  if (!importRow(row)) return describeErrors(importRow.errors);
  const { kind, subject, product } = row;
  if (kind === "assignment" && product === undefined) return "an assignment needs a product";
  if (kind !== "assignment" && product !== undefined)
    return `a row of the kind ${kind} has no product; take it out, or make the row an assignment`;
  if (kind !== "assignment" && subject.kind !== kind)
    return `a row of the kind ${kind} must be about a subject of that kind, not ${subject.kind}`;
  if (subject.kind === "owner" && !/^[^\s@]+@[^\s@]+$/.test(subject.key))
    return "subject.key must be the e-mail address, for a device owner is known by it";
  return undefined;
}

/** A mistake by the names of a CSV's columns. */
function inColumns(wrong: string): string {
  return wrong
    .split("; ")
    .filter((part, _, parts) => parts.length === 1 || !part.startsWith("subject.kind "))
    .join("; ")
    .replaceAll(/\bsubject\.(key|name)\b/g, (_, part) => (part === "key" ? "subject" : "name"));
}

/** What stands between the columns of a header that is read as one. */
function separatorIn(header: readonly string[]): string {
  const [only = ""] = header;
  if (header.length > 1) return "";
  return only.includes(";") ? ", not semicolons" : only.includes("\t") ? ", not tabs" : "";
}

function toStatement(row: ImportRow): Statement {
  return { ...row, subject: normalSubject(row.subject) };
}

function refuse(mistakes: readonly string[]): DeskRefusal {
  const more = mistakes.length > MISTAKES_SHOWN ? `; and ${mistakes.length - MISTAKES_SHOWN} more` : "";
  return new DeskRefusal(
    "validation",
    mistakes.length === 1
      ? `Nothing was imported: ${mistakes[0]}.`
      : `Nothing was imported: ${mistakes.length} rows are wrong.\n${mistakes.slice(0, MISTAKES_SHOWN).join("; ")}${more}.`,
    { blockers: mistakes },
  );
}
