import { join } from "node:path";
import { expect } from "chai";
import type { Capability } from "../../provider/platforms/platform";
import { platforms } from "../../provider/platforms/registry";
import { accountsOf, emitCapabilities } from "../../tools/generate/capabilities";
import { readSchemas } from "../../tools/generate/schemas";

const connection = readSchemas(join(__dirname, "..", "..", "schemas")).file("connection.schema.json");
const accounts = accountsOf(connection);

interface Stated {
  readonly place: string;
  readonly operation: string;
  readonly capability: Capability;
}

const stated = accounts.flatMap(({ title, table }) =>
  Object.entries(table).flatMap(([resource, operations]) =>
    Object.entries(operations ?? {}).map(
      ([operation, capability]): Stated => ({ place: `${title}: ${operation} ${resource}`, operation, capability }),
    ),
  ),
);
const placesOf = (some: readonly Stated[]) => some.map(({ place }) => place);

describe("capability tables", () => {
  it("are there for every platform, and for each account type of its own", () => {
    expect(accounts.map(({ title }) => title)).to.deep.equal([
      "ArmourZero",
      "Trend Micro Remote Manager, lmp accounts",
      "Trend Micro Remote Manager, clp accounts",
    ]);
    for (const { title } of Object.values(platforms))
      expect(accounts.some(({ platform }) => platform === title)).to.equal(true);
  });

  it("say who says so", () => {
    expect(placesOf(stated.filter(({ capability }) => capability.source.trim() === ""))).to.deep.equal([]);
  });

  it("say why and the way out wherever something is refused", () => {
    const refused = stated.filter(({ capability }) => capability.mode === "refused");
    const silent = refused.filter(({ capability: { why, wayOut } }) => why === undefined || wayOut === undefined);
    expect(placesOf(silent)).to.deep.equal([]);
  });

  it("lead people step by step wherever people change something", () => {
    const byPeople = stated.filter(
      ({ operation, capability: { mode } }) => operation !== "read" && (mode === "request" || mode === "observe"),
    );
    expect(byPeople).to.not.be.empty;
    expect(placesOf(byPeople.filter(({ capability }) => (capability.clickPath ?? []).length === 0))).to.deep.equal([]);
  });

  it("are on the page whole: each operation with mode, words and source", () => {
    const lines = emitCapabilities(connection).split("\n");
    for (const { place, operation, capability } of stated) {
      const { mode, why, wayOut, clickPath = [], irrecoverable, source } = capability;
      const words = [why, wayOut, irrecoverable, ...clickPath].filter((word) => word !== undefined);
      const row = lines.find(
        (line) =>
          line.includes(`| ${operation} | \`${mode}\` |`) &&
          line.endsWith(`| ${source} |`) &&
          words.every((word) => line.includes(word)),
      );
      expect(row, place).to.not.equal(undefined);
    }
    expect(lines.filter((line) => /^\| `\w+` \| \w+ \| `/.test(line))).to.have.length(stated.length);
  });
});
