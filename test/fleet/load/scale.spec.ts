import { expect } from "chai";
import fc from "fast-check";
import { LineCounter, parseAllDocuments } from "yaml";
import { readFleet } from "../../../fleet/load/load";
import { describeProblem } from "../../../fleet/load/problem";
import { fleet as isFleet } from "../../../provider/generated/validators";

const RIGHT = `version: 1
customers:
  - &base
    key: acme
    name: "Acme Dental"
    platform: shield
    products: [Backup, { product: Mail, units: 5 }]
    owners:
      - key: jane
        email: jane@example.com # the owner
        products: [ShieldOne]
  - <<: *base
    key: beta
    name: Beta Dental
    owners: []
leaving:
  - { owner: jane@example.com, product: ScoutTwo, reason: No longer needed., requester: boss@example.com }
`;

function customers(count: number, one: (index: number) => string): string {
  return `version: 1\ncustomers:\n${Array.from({ length: count }, (_, index) => one(index)).join("")}`;
}

function customer(index: number): string {
  return `  - key: customer-${index}
    name: Customer ${index}
    platform: shield
    company: { city: Springfield, state: Illinois, country: US }
    owners:
      - key: jane
        email: jane@customer-${index}.example.com
        products: [ShieldOne, { product: ScoutTwo, units: 5 }]
`;
}

function millisecondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

describe("fleet file of many customers", () => {
  it("costs little more than parsing YAML and validating", () => {
    const text = customers(1500, customer);
    readFleet({ text: RIGHT, file: "fleet.yaml" });
    const bare = millisecondsOf(() => {
      const [document] = parseAllDocuments(text, {
        lineCounter: new LineCounter(),
        merge: true,
        uniqueKeys: false,
        prettyErrors: false,
      });
      expect(document !== undefined && isFleet(document.toJS())).to.equal(true);
    });
    const whole = millisecondsOf(() => expect(readFleet({ text, file: "fleet.yaml" }).problems).to.deep.equal([]));
    // It is about a quarter more; twice as much leaves room for the collector.
    expect(whole).to.be.lessThan(2 * bare + 200);
  });

  const LONG: readonly { readonly title: string; readonly text: string; readonly count: number }[] = [
    {
      title: "an alias in each of 10,000 entries",
      text: customers(10_000, (i) =>
        i === 0 ? "  - &a { key: a, name: a, platform: p }\n" : `  - { <<: *a, key: k${i}, name: n${i} }\n`,
      ),
      count: 0,
    },
    { title: "10,000 entries that are wrong", text: customers(10_000, () => "  - nothing\n"), count: 10_000 },
    {
      title: "10,000 entries of one key",
      text: customers(10_000, (i) => `  - { key: a, name: n${i}, platform: p }\n`),
      count: 9999,
    },
    {
      title: "10,000 unknown keys",
      text: `version: 1\ncustomers: []\n${Array.from({ length: 10_000 }, (_, i) => `x${i}: 1\n`).join("")}`,
      count: 10_000,
    },
    {
      title: "10,000 products of one owner",
      text: customers(1, () => `  - key: a\n    name: a\n    platform: p\n    products: [${"A, ".repeat(10_000)}]\n`),
      count: 9999,
    },
  ];
  for (const { title, text, count } of LONG) {
    it(`takes seconds, not minutes, with ${title}`, () => {
      let found = -1;
      const spent = millisecondsOf(() => {
        found = readFleet({ text, file: "fleet.yaml" }).problems.length;
      });
      expect(found).to.equal(count);
      expect(spent).to.be.lessThan(8000);
    });
  }
});

describe("fleet file with any mistake", () => {
  it("is accepted, or told with a place in it, whatever was typed into it", () => {
    const piece = fc.oneof(
      fc.constantFrom(..."\t\n :-[]{}&*!|>'\"%@#,?~<", "<<", "*base", "&base ", "---\n", "null", "  "),
      fc.string({ maxLength: 4, unit: "binary" }),
    );
    const edit = fc.record({ at: fc.nat(RIGHT.length), remove: fc.nat(12), insert: piece });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const text = edits.reduce(
          (before, { at, remove, insert }) => before.slice(0, at) + insert + before.slice(at + remove),
          RIGHT,
        );
        const lines = text.split("\n").length;
        for (const problem of readFleet({ text, file: "fleet.yaml" }).problems) {
          expect(problem.line, describeProblem(problem)).to.be.within(1, lines);
          expect(describeProblem(problem)).to.match(/^fleet\.yaml:\d+:\d+.*: .+; .+$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
