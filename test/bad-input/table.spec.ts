import { expect } from "chai";
import { readFleet } from "../../fleet/load/load";
import { describeProblem } from "../../fleet/load/problem";
import { WRONG_FILES } from "../fleet/load/wrong/table";
import { DESK_ANSWERS, FILING_ANSWERS } from "./desk/answers";
import { BODIES } from "./desk/bodies";
import { IMPORTS, TOLERATED_IMPORTS } from "./desk/imports";
import { ANSWERS } from "./platform/table";
import { REPLIES_TO_UNITS, repliesTo } from "./platform/writes";
import { ARGUMENTS } from "./program/arguments";
import { NOTES } from "./program/notes";
import { SETTINGS } from "./program/settings";
import { expectGood } from "./support/messages";
import type { Origin } from "./support/origin";

interface Listed {
  readonly name: string;
  readonly origin: Origin;
}

const files = Object.values(WRONG_FILES).flat();
const fleet: Readonly<Record<string, readonly Listed[]>> = Object.fromEntries(
  Object.entries(WRONG_FILES).map(([group, cases]) => [
    `Fleet files: ${group}`,
    cases.map(({ title, origin }) => ({ name: title, origin })),
  ]),
);
const platform: Readonly<Record<string, readonly Listed[]>> = {
  ...Object.fromEntries(ANSWERS.map(({ title, cases }) => [title, cases])),
  "Wrong answers to writes": [
    ...repliesTo("subscription", "another"),
    ...repliesTo("customer", "another"),
    ...REPLIES_TO_UNITS,
  ],
};
const others: Readonly<Record<string, readonly Listed[]>> = {
  "Arguments in a program": ARGUMENTS,
  Settings: SETTINGS,
  "Notes on what leaves": NOTES,
  "Answers of the desk": [...DESK_ANSWERS, ...FILING_ANSWERS],
  "Calls of the desk": BODIES,
  Inventories: [...IMPORTS, ...TOLERATED_IMPORTS],
};
const table = { ...fleet, ...platform, ...others };

describe("the table of bad input", () => {
  const counted = [...Object.values(fleet), ...Object.values(platform)].flat();
  const from = (kinds: readonly Origin["from"][]) => counted.filter(({ origin }) => kinds.includes(origin.from));

  it("has at least 120 wrong fleet entries and platform answers", () => {
    expect(counted.length).to.be.at.least(120);
    expect(Object.values(fleet).flat().length, "fleet entries").to.be.at.least(60);
    expect(Object.values(platform).flat().length, "platform answers").to.be.at.least(60);
  });

  it("takes most of them from elsewhere: the vendors' words, or a report of what happened to others", () => {
    expect(from(["seed", "facts", "report"]).length, "not our own thought").to.be.above(counted.length / 2);
    expect(from(["report"]).length, "cases from reports").to.be.at.least(60);
    expect(from(["seed", "facts"]).length, "cases from the vendors' words").to.be.at.least(30);
    const reports = counted.flatMap(({ origin }) => (origin.from === "report" ? [origin.address] : []));
    expect(new Set(reports).size, "different reports").to.be.at.least(30);
  });

  it("names each case once in its group, and says where it comes from", () => {
    for (const [group, cases] of Object.entries(table)) {
      expect(new Set(cases.map(({ name }) => name)).size, group).to.equal(cases.length);
      for (const { name, origin } of cases) expectOrigin(origin, `${group}: ${name}`);
    }
  });

  it("holds wrong files that are all wrong in another way", () => {
    expect(new Set(files.map(({ text }) => text)).size).to.equal(files.length);
  });
});

describe("a wrong fleet file", () => {
  for (const [group, cases] of Object.entries(WRONG_FILES)) {
    it(`is refused in words that name the place and the way out: ${group}`, () => {
      for (const { text, title } of cases) {
        const { problems } = readFleet({ text, file: "fleet.yaml" });
        expect(problems, title).to.not.deep.equal([]);
        for (const problem of problems)
          expectGood(describeProblem(problem), { place: /^fleet\.yaml:\d+:\d+\b/, secrets: [] });
      }
    });
  }
});

function expectOrigin(origin: Origin, what: string): void {
  switch (origin.from) {
    case "report":
      expect(origin.address, what).to.match(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+$/);
      expect(origin.says, what).to.have.length.above(10);
      break;
    case "facts":
      expect(origin.section, what).to.match(/^\d\. /);
      expect(origin.words, what).to.have.length.above(3);
      break;
    case "seed":
      expect(origin.line, what).to.be.above(0);
      expect(origin.words, what).to.have.length.above(10);
      break;
    case "own":
      expect(origin.because, what).to.have.length.above(10);
  }
}
