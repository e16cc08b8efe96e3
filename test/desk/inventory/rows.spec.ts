import { expect } from "chai";
import { statementsOf } from "../../../desk/inventory/rows";
import type { InventoryImport } from "../../../provider/generated/types";
import { isProviderError } from "../../../provider/errors";

const HEADER = "kind,subject,name,product,units";

function given(changes: Partial<InventoryImport>): InventoryImport {
  return { account: "armourzero:acme", voucher: "export.csv", complete: true, format: "csv", ...changes };
}
const csv = (...lines: readonly string[]) => statementsOf(given({ csv: lines.join("\n") }));
const rows = (...given_: readonly unknown[]) =>
  statementsOf(given({ format: "rows", rows: given_ as NonNullable<InventoryImport["rows"]> }));

describe("desk: rows of an import", () => {
  it("reads CSV, with further columns as facts and empty cells as nothing said", () => {
    expect(
      csv(
        `${HEADER},team,note`,
        'owner,Jane@Example.com,"Doe, Jane",,,blue,',
        "assignment,jane@example.com,Jane,ShieldOne,2,,",
        "customer,4711,Acme Dental,,,,",
        "assignment,4711,Acme Dental,ScoutTwo,,,",
      ),
    ).to.deep.equal([
      {
        kind: "owner",
        subject: { kind: "owner", key: "jane@example.com", name: "Doe, Jane" },
        facts: { team: "blue" },
      },
      {
        kind: "assignment",
        subject: { kind: "owner", key: "jane@example.com", name: "Jane" },
        product: "ShieldOne",
        units: 2,
      },
      { kind: "customer", subject: { kind: "customer", key: "4711", name: "Acme Dental" } },
      { kind: "assignment", subject: { kind: "customer", key: "4711", name: "Acme Dental" }, product: "ScoutTwo" },
    ]);
  });

  it("reads columns in any order, Windows line ends, a byte order mark and blank lines", () => {
    expect(csv("\ufeffname,kind,subject\r", "Jane,owner,jane@example.com\r", "\r", "")).to.deep.equal([
      { kind: "owner", subject: { kind: "owner", key: "jane@example.com", name: "Jane" } },
    ]);
  });

  it("takes a row that is there twice for one", () => {
    const row = { kind: "owner", subject: { kind: "owner", key: "jane@example.com", name: "Jane" } };
    expect(rows(row, row)).to.have.length(1);
  });

  const WRONG = [
    { reason: "a column that lacks", act: () => csv("kind,name", "owner,Jane"), says: "lacks subject" },
    {
      reason: "a column that is there twice",
      act: () => csv(`${HEADER},units`, "owner,j@example.com,J,,,"),
      says: "units twice",
    },
    {
      reason: "a column without a name",
      act: () => csv(`${HEADER},`, "owner,j@example.com,J,,,"),
      says: "without a name",
    },
    { reason: "no header", act: () => csv(""), says: "lacks kind, subject, name" },
    { reason: "a row with too few columns", act: () => csv(HEADER, "owner,jane@example.com,Jane"), says: "line 2" },
    { reason: "a quote that is not closed", act: () => csv(HEADER, 'owner,"jane@example.com,Jane,,'), says: "quote" },
    {
      reason: "a kind that there is not",
      act: () => csv(HEADER, "person,jane@example.com,Jane,,"),
      says: "line 2: kind must be one of customer, owner, assignment",
    },
    {
      reason: "units that are no number",
      act: () => csv(HEADER, "assignment,jane@example.com,Jane,ShieldOne,many"),
      says: "line 2: units must be a whole number",
    },
    {
      reason: "an assignment of nothing",
      act: () => csv(HEADER, "assignment,jane@example.com,Jane,,"),
      says: "needs a product",
    },
    {
      reason: "an owner with a product",
      act: () => csv(HEADER, "owner,jane@example.com,Jane,ShieldOne,"),
      says: "has no product",
    },
    { reason: "an owner without an address", act: () => csv(HEADER, "owner,Jane,Jane,,"), says: "e-mail address" },
    {
      reason: "two rows that disagree",
      act: () =>
        csv(HEADER, "assignment,jane@example.com,Jane,ShieldOne,1", "assignment,JANE@example.com,Jane,shieldone,2"),
      says: "line 3: says otherwise than line 2",
    },
    {
      reason: "a subject of another kind",
      act: () => rows({ kind: "owner", subject: { kind: "customer", key: "j@example.com", name: "J" } }),
      says: "row 1: a row of the kind owner",
    },
    {
      reason: "an unknown member",
      act: () => rows({ kind: "owner", subject: { kind: "owner", key: "j@example.com", name: "J" }, colour: "red" }),
      says: "row 1: colour is unknown",
    },
    { reason: "the format rows without rows", act: () => statementsOf(given({ format: "rows" })), says: "`rows`" },
    { reason: "the format csv with rows", act: () => statementsOf(given({ csv: HEADER, rows: [] })), says: "`csv`" },
  ];
  for (const { reason, act, says } of WRONG) {
    it(`refuses ${reason}`, () => {
      expect(refusal(act)).to.contain(says);
    });
  }

  it("tells all mistakes together, and counts those beyond the first ten", () => {
    const text = refusal(() => csv(HEADER, ...Array.from({ length: 12 }, (_, i) => `person,p${i}@example.com,P,,`)));
    expect(text).to.contain("line 2").and.contain("line 11").and.contain("2 more");
  });
});

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isProviderError(error) && error.kind === "validation") return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}
