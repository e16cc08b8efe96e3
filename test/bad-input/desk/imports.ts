import { BYTE_ORDER_MARK, NFC_NFD } from "../origins";
import type { BadCase } from "../support/case";
import { own, report, seed } from "../support/origin";

/** An inventory that a person hands to the desk, as they exported it. */
export interface WrongImport extends BadCase {
  readonly csv?: string;
  readonly rows?: readonly unknown[];
  /** Of the import itself; an undefined value takes a member away. */
  readonly also?: Readonly<Record<string, unknown>>;
}

const HEADER = "kind,subject,name,product,units";
const EXCEL = report(
  "asafdav/ng-csv/issues/28",
  "a European Excel writes and reads semicolons in what is called comma-separated",
);
const EXCEL_BROKEN = report(
  "silverstripe/silverstripe-framework/issues/8884",
  "what was exported, opened in Excel and saved was another file, and an import of it wiped data",
);
const ENCODING = report(
  "alexcaza/export-to-csv/issues/119",
  "letters came out as others after a file had gone through Excel",
);
const EXPORT = seed("002", 79, "save a CSV file with the selected customer information");
const SEARCH = seed("000", 20, "typing in their email in the search bar");
const PEOPLE = own("an export that a person edited by hand");
const QUOTES = report("hbz/oerworldmap/issues/1142", "a separator inside a text broke the table");

const csv = (name: string, origin: BadCase["origin"], ...lines: readonly string[]): WrongImport => ({
  name,
  origin,
  expects: "refused",
  csv: lines.join("\n"),
});
const rows = (name: string, origin: BadCase["origin"], ...given: readonly unknown[]): WrongImport => ({
  name,
  origin,
  expects: "refused",
  rows: given,
});
const OWNER = { kind: "owner", key: "jane@acme.example", name: "Jane" };

export const IMPORTS: readonly WrongImport[] = [
  csv("semicolons for commas", EXCEL, HEADER.replaceAll(",", ";"), "owner;jane@acme.example;Jane;;"),
  csv("tabs for commas", EXCEL_BROKEN, HEADER.replaceAll(",", "\t"), "owner\tjane@acme.example\tJane\t\t"),
  csv(
    "a line that says which separator",
    report("alexcaza/export-to-csv/issues/36", "a first line of sep=, that is no header"),
    "sep=,",
    HEADER,
    "owner,jane@acme.example,Jane,,",
  ),
  csv("no header", PEOPLE, "owner,jane@acme.example,Jane,,"),
  csv("a header in another language", EXPORT, "Art,Inhaber,Name,Produkt,Anzahl", "owner,jane@acme.example,Jane,,"),
  csv("a header in capitals", EXPORT, HEADER.toUpperCase(), "owner,jane@acme.example,Jane,,"),
  csv("a column twice", PEOPLE, `${HEADER},name`, "owner,jane@acme.example,Jane,,,Janet"),
  csv("a column without a name", EXCEL_BROKEN, `${HEADER},`, "owner,jane@acme.example,Jane,,,"),
  csv("nothing at all", PEOPLE, ""),
  csv(
    "a header alone, in a list of everything",
    report("jianyuan/terraform-provider-sentry/issues/40", "an empty answer was taken for the truth"),
    HEADER,
  ),
  csv("a row with a column too few", PEOPLE, HEADER, "owner,jane@acme.example,Jane"),
  csv("a name with a comma, unquoted", QUOTES, HEADER, "owner,jane@acme.example,Doe, Jane,,"),
  csv("a quote that is not closed", QUOTES, HEADER, 'owner,jane@acme.example,"Jane,,', "owner,joe@acme.example,Joe,,"),
  csv("a quote in the middle of a cell", QUOTES, HEADER, 'owner,jane@acme.example,Jane "J" Doe,,'),
  csv("an address that is none", SEARCH, HEADER, "owner,Jane Doe,Jane,,"),
  csv("an empty address", SEARCH, HEADER, "owner,,Jane,,"),
  csv("an empty name", PEOPLE, HEADER, "owner,jane@acme.example,,,"),
  csv("a kind that does not exist", PEOPLE, HEADER, "device,jane@acme.example,Jane,,"),
  csv(
    "an owner with a product",
    seed("000", 1, "multiple security products and assigned them to the same device owner"),
    HEADER,
    "owner,jane@acme.example,Jane,ShieldOne,1",
  ),
  csv(
    "an assignment without a product",
    seed("000", 6, "the security products assigned to the device owner"),
    HEADER,
    "assignment,jane@acme.example,Jane,,1",
  ),
  csv("units with a separator of thousands", EXCEL, HEADER, 'assignment,jane@acme.example,Jane,ShieldOne,"1,000"'),
  csv("units that are a fraction, in a row", EXCEL, HEADER, "assignment,jane@acme.example,Jane,ShieldOne,1.5"),
  csv("units of nothing", PEOPLE, HEADER, "assignment,jane@acme.example,Jane,ShieldOne,0"),
  csv("units in words, in a row", PEOPLE, HEADER, "assignment,jane@acme.example,Jane,ShieldOne,five"),
  csv("units that a spreadsheet computed", EXCEL_BROKEN, HEADER, "assignment,jane@acme.example,Jane,ShieldOne,#VALUE!"),
  csv(
    "an id that a spreadsheet rounded",
    report("nodejs/help/issues/1637", "an id beyond what is exact is another one"),
    HEADER,
    "assignment,1.23457E+15,Acme Dental,ShieldOne,1E+03",
  ),
  csv(
    "one thing said twice, otherwise",
    PEOPLE,
    HEADER,
    "assignment,jane@acme.example,Jane,ShieldOne,1",
    "assignment,JANE@acme.example,Jane,shieldone,2",
  ),
  csv(
    "one product said twice, its accent composed otherwise",
    NFC_NFD,
    HEADER,
    "assignment,jane@acme.example,Jane,S\u00e9curit\u00e9,1",
    "assignment,jane@acme.example,Jane,Se\u0301curite\u0301,2",
  ),
  csv(
    "NUL characters",
    report("RestComm/Restcomm-Connect/issues/2607", "UTF-16 that was read byte by byte: a NUL beside each letter"),
    HEADER,
    "owner,jane@acme.example,J\u0000a\u0000n\u0000e,,",
  ),
  csv("many mistakes", PEOPLE, HEADER, ...Array.from({ length: 14 }, (_, i) => `device,${i},Name ${i},,`)),
  rows("a row that is text", PEOPLE, "jane@acme.example"),
  rows("a row that is null", PEOPLE, null),
  rows("a subject that is text", PEOPLE, { kind: "owner", subject: "jane@acme.example" }),
  rows("a column that rows do not have", PEOPLE, { kind: "owner", subject: OWNER, team: "blue" }),
  rows("facts that are numbers", PEOPLE, { kind: "owner", subject: OWNER, facts: { floor: 3 } }),
  rows("an owner told as a customer", PEOPLE, { kind: "owner", subject: { ...OWNER, kind: "customer" } }),
  rows("a product of 201 characters, in a row", PEOPLE, {
    kind: "assignment",
    subject: OWNER,
    product: "S".repeat(201),
  }),
  rows("half a surrogate pair", own("half a letter has no bytes"), {
    kind: "owner",
    subject: { ...OWNER, name: "Jane \ud83d" },
  }),
  {
    ...csv("a date that is to come", own("a clock of another time zone"), HEADER, "owner,jane@acme.example,Jane,,"),
    also: { asOf: "2199-01-01T00:00:00Z" },
  },
  {
    ...csv("a date without a zone", PEOPLE, HEADER, "owner,jane@acme.example,Jane,,"),
    also: { asOf: "2026-03-01 09:00" },
  },
  {
    ...csv(
      "no voucher",
      seed("000", 12, "ensure the authenticity of the request"),
      HEADER,
      "owner,jane@acme.example,Jane,,",
    ),
    also: { voucher: undefined },
  },
  { ...csv("rows that are said to be CSV", PEOPLE, HEADER), also: { csv: undefined, rows: [] } },
  { ...csv("a spreadsheet file", EXCEL, "PK\u0003\u0004"), also: { format: "xlsx" } },
  {
    ...csv(
      "no word on whether it is all",
      own("an import of a part must not mark the rest as gone"),
      HEADER,
      "owner,jane@acme.example,Jane,,",
    ),
    also: { complete: undefined },
  },
  { ...csv("an account of no platform", PEOPLE, HEADER, "owner,jane@acme.example,Jane,,"), also: { account: "" } },
];

/** What is odd in an import and means what it means all the same; each is taken as these rows. */
export const TOLERATED_IMPORTS: readonly (WrongImport & { readonly reads: readonly object[] })[] = [
  {
    name: "a byte order mark before the header",
    origin: BYTE_ORDER_MARK,
    expects: "tolerated",
    csv: `\ufeff${HEADER}\r\nowner,jane@acme.example,Jane,,\r\n`,
    reads: [{ kind: "owner", subject: OWNER }],
  },
  {
    name: "lines as on Windows, and empty ones",
    origin: EXCEL,
    expects: "tolerated",
    csv: `${HEADER}\r\n\r\nowner,jane@acme.example,Jane,,\r\n\r\n`,
    reads: [{ kind: "owner", subject: OWNER }],
  },
  {
    name: "blanks around cells",
    origin: PEOPLE,
    expects: "tolerated",
    csv: `kind, subject , name,product,units\n owner , jane@acme.example , Jane ,,`,
    reads: [{ kind: "owner", subject: OWNER }],
  },
  {
    name: "a formula",
    origin: own("what a spreadsheet would compute is a text for us, and shown as one"),
    expects: "tolerated",
    csv: `${HEADER},note\nowner,jane@acme.example,Jane,,,=1+1`,
    reads: [{ kind: "owner", subject: OWNER, facts: { note: "=1+1" } }],
  },
  {
    name: "letters that were read in another encoding",
    origin: ENCODING,
    expects: "tolerated",
    csv: `${HEADER}\nowner,jane@acme.example,MÃ¼ller,,`,
    reads: [{ kind: "owner", subject: { ...OWNER, name: "MÃ¼ller" } }],
  },
  {
    name: "a name with letters composed otherwise, in a row",
    origin: NFC_NFD,
    expects: "tolerated",
    csv: `${HEADER}\nowner,jane@acme.example,Jose\u0301,,`,
    reads: [{ kind: "owner", subject: { ...OWNER, name: "Jose\u0301" } }],
  },
  {
    name: "the same row twice",
    origin: PEOPLE,
    expects: "tolerated",
    csv: `${HEADER}\nowner,jane@acme.example,Jane,,\nowner,JANE@acme.example,Jane,,`,
    reads: [{ kind: "owner", subject: OWNER }],
  },
];
