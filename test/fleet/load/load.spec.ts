import { expect } from "chai";
import { hasKind, type ProviderError } from "../../../provider/errors";
import { loadFleet, readFleet } from "../../../fleet/load/load";
import { describeProblem } from "../../../fleet/load/problem";
import { WRONG_FILES } from "./wrong/table";

function problemsOf(text: string): readonly string[] {
  return readFleet({ text, file: "fleet.yaml" }).problems.map(describeProblem);
}

function errorOf(text: string): ProviderError {
  try {
    loadFleet({ text, file: "fleet.yaml" });
  } catch (error) {
    if (hasKind(error, "validation")) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

describe("fleet file", () => {
  for (const [group, files] of Object.entries(WRONG_FILES)) {
    describe(group, () => {
      for (const { title, reason, text, problems } of files) {
        it(`${title}: ${reason}`, () => {
          expect(problemsOf(text)).to.deep.equal(problems.map((problem) => `fleet.yaml:${problem}`));
        });
      }
    });
  }

  describe("load", () => {
    it("throws one validation error with all mistakes, a line each", () => {
      const error = errorOf("customers:\n  - key: acme\n    nmae: Acme Dental\n");
      expect(error.message.split("\n")).to.deep.equal([
        "The fleet file fleet.yaml has 3 mistakes; nothing was done.",
        "fleet.yaml:1:1 version: is missing; a fleet file needs it: add `version:` (the version of this format)",
        "fleet.yaml:2:5 customers[0].platform: is missing; a customer needs it: add `platform:` (the platform connection that the customer and its products are on)",
        "fleet.yaml:3:5 customers[0].nmae: is no key of a customer; did you mean name?",
      ]);
    });

    it("counts what it does not print when the mistakes are many", () => {
      const lines = errorOf(`version: 1\ncustomers:\n${"  - nothing\n".repeat(1200)}`).message.split("\n");
      expect(lines[0]).to.equal("The fleet file fleet.yaml has 1,200 mistakes; nothing was done.");
      expect(lines.slice(100)).to.deep.equal([
        "fleet.yaml:102:5 customers[99]: is text; write a block of keys: key, name, platform",
        "… and 1,100 more.",
      ]);
    });

    it("says where each mistake is as data, too", () => {
      const { problems } = readFleet({
        text: "version: 1\ncustomers:\n  - key: acme\n    name: ''\n    platform: shield\n",
        file: "fleet.yaml",
      });
      expect(problems).to.deep.equal([
        {
          file: "fleet.yaml",
          line: 4,
          column: 5,
          path: "customers[0].name",
          wrong: "is empty",
          right: "write something, or take it out",
        },
      ]);
    });

    it("tells of brackets twenty thousand deep without falling over them", () => {
      // Mocha keeps stack traces at any depth, which takes seconds for the parser's errors down there.
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 10;
      try {
        const problems = problemsOf(`version: 1\ncustomers: ${"[".repeat(20_000)}`);
        expect(problems).to.have.length(1);
        expect(problems[0]).to.match(
          /^fleet\.yaml:2:\d+: the brackets are nested too deeply; take the inner ones out$/,
        );
      } finally {
        Error.stackTraceLimit = limit;
      }
    });
  });

  describe("a right file", () => {
    it("may leave everything out but the version and an empty list", () => {
      expect(loadFleet({ text: "version: 1\ncustomers: []\n", file: "fleet.yaml" })).to.deep.equal({
        version: 1,
        customers: [],
      });
    });

    it("may be JSON", () => {
      expect(loadFleet({ text: '{"version": 1, "customers": []}', file: "fleet.json" })).to.deep.equal({
        version: 1,
        customers: [],
      });
    });

    it("may have lines that end as on Windows", () => {
      expect(loadFleet({ text: "version: 1\r\ncustomers: []\r\n", file: "fleet.yaml" })).to.deep.equal({
        version: 1,
        customers: [],
      });
    });

    it("may name an owner on two platforms, and one product for two owners", () => {
      const text = `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: remote-manager
    owners:
      - { key: jane, email: jane@example.com, platform: shield, products: [ShieldOne] }
      - { key: jane-too, email: jane@example.com, products: [ShieldOne] }
leaving:
  - { owner: jane@example.com, product: ScoutTwo, reason: No longer needed., requester: boss@example.com }
`;
      expect(problemsOf(text)).to.deep.equal([]);
    });

    it("shares blocks by anchors, and merges them under keys of its own", () => {
      const fleet = loadFleet({
        text: `version: 1
customers:
  - &first
    key: acme
    name: Acme Dental
    platform: shield
    company: &berlin { city: Berlin, state: Berlin, country: DE }
  - <<: *first
    key: beta
    name: Beta Dental
  - key: gamma
    <<: [{ wait: completed, adopt: true }, { wait: submitted, tags: [north] }]
    name: Gamma Dental
    platform: shield
    company: *berlin
`,
        file: "fleet.yaml",
      });
      const company = { city: "Berlin", state: "Berlin", country: "DE" };
      expect(fleet.customers).to.deep.equal([
        { key: "acme", name: "Acme Dental", platform: "shield", company },
        { key: "beta", name: "Beta Dental", platform: "shield", company },
        {
          key: "gamma",
          name: "Gamma Dental",
          platform: "shield",
          company,
          wait: "completed",
          adopt: true,
          tags: ["north"],
        },
      ]);
    });

    it("may have an anchor at a key", () => {
      const fleet = loadFleet({
        text: "version: 1\ncustomers:\n  - { &k key: acme, name: *k, platform: shield }\n",
        file: "fleet.yaml",
      });
      expect(fleet.customers[0]?.name).to.equal("key");
    });

    it("may use an anchor's name again, and an alias means the one before it", () => {
      const customer = (key: string, rest: string) => `  - { key: ${key}, name: ${key}, ${rest} }\n`;
      const fleet = loadFleet({
        text: `version: 1\ncustomers:\n${customer("one", "platform: &p shield")}${customer("two", "platform: *p")}${customer("three", "platform: &p other")}${customer("four", "platform: *p")}`,
        file: "fleet.yaml",
      });
      expect(fleet.customers.map((one) => one.platform)).to.deep.equal(["shield", "shield", "other", "other"]);
    });
  });
});
