import { expect } from "chai";
import { FLAGS } from "../../../provider/generated/flags";
import { diff, equal, type Flags, remoteChanges, ruleOf } from "../../../provider/lifecycle/diff";
import { UNKNOWN } from "../../../provider/lifecycle/unknowns";

const CUSTOMER = FLAGS.Customer as unknown as Flags;
const OWNER = FLAGS.DeviceOwner as unknown as Flags;
const ASSIGNMENT = FLAGS.ProductAssignment as unknown as Flags;

describe("equal", () => {
  const cases: readonly (readonly [string, unknown, unknown, Parameters<typeof equal>[2], boolean])[] = [
    ["takes absent and undefined for the same", { a: 1, b: undefined }, { a: 1 }, {}, true],
    ["sees a value that is only on the left", { a: 1, b: 2 }, { a: 1 }, {}, false],
    ["sees a value that is only on the right", { a: 1 }, { a: 1, b: 2 }, {}, false],
    ["minds the order of a list", ["a", "b"], ["b", "a"], {}, false],
    ["does not mind the order of an unordered list", ["a", "b"], ["b", "a"], { unordered: true }, true],
    ["counts how often an item is in an unordered list", ["a", "a", "b"], ["a", "b", "b"], { unordered: true }, false],
    ["minds case", "Jane@example.com", "jane@example.com", {}, false],
    [
      "does not mind case where it means nothing",
      "Jane@example.com",
      "jane@example.com",
      { caseInsensitive: true },
      true,
    ],
    ["does not take false for absent", false, undefined, {}, false],
    ["does not take a list for an object", [], {}, {}, false],
    ["does not take null for an object", null, {}, {}, false],
  ];
  for (const [what, a, b, rule, same] of cases) {
    it(what, () => {
      expect(equal(a, b, rule)).to.equal(same);
    });
  }

  it("knows the case rule of a nested property", () => {
    const rule = ruleOf(CUSTOMER, "company");
    const company = { city: "Bonn", state: "NRW", country: "DE", emergencyEmail: "A@b.example" };
    expect(equal(company, { ...company, emergencyEmail: "a@B.example" }, rule)).to.equal(true);
    expect(equal(company, { ...company, city: "BONN" }, rule)).to.equal(false);
  });
});

describe("diff", () => {
  const company = { city: "Bonn", state: "NRW", country: "DE" };
  const inputs = { platform: "lmp", name: "Acme", company, products: ["A", "B"], deletionProtection: true };
  const state = { ...inputs, customerId: "c-1", account: "one", known: { how: "read" } };

  it("finds nothing between inputs and the state that they made", () => {
    expect(diff(CUSTOMER, state, inputs)).to.deep.equal({ changes: false, changed: [], replaces: [] });
  });

  it("names what changed, and does not replace for it", () => {
    const difference = diff(CUSTOMER, state, { ...inputs, name: "Acme Dental", products: ["B"] });
    expect(difference).to.deep.equal({ changes: true, changed: ["name", "products"], replaces: [] });
  });

  it("replaces for what makes another object", () => {
    const assignment = { platform: "az", owner: "jane@example.com", product: "ShieldOne" };
    expect(diff(ASSIGNMENT, assignment, { ...assignment, product: "ScoutTwo" }).replaces).to.deep.equal(["product"]);
    expect(
      diff(OWNER, { platform: "az", email: "a@example.com" }, { platform: "az", email: "b@example.com" }).replaces,
    ).to.deep.equal(["email"]);
  });

  it("does not replace an owner for the case of an address", () => {
    const assignment = { platform: "az", owner: "Jane@Example.com", product: "ShieldOne" };
    expect(diff(ASSIGNMENT, { ...assignment, owner: "jane@example.com" }, assignment).changes).to.equal(false);
  });

  it("sees a change in what is not known yet, at any depth", () => {
    expect(diff(CUSTOMER, state, { ...inputs, company: { ...company, note: UNKNOWN } }).changed).to.deep.equal([
      "company",
    ]);
    expect(diff(CUSTOMER, state, { ...inputs, products: ["A", UNKNOWN] }).changed).to.deep.equal(["products"]);
  });

  it("sees a value that the program takes out", () => {
    const { deletionProtection: _, ...rest } = inputs;
    expect(diff(CUSTOMER, state, rest).changed).to.deep.equal(["deletionProtection"]);
  });

  it("ignores what only the platform says", () => {
    expect(diff(CUSTOMER, { ...state, status: "Disabled", undeclaredProducts: ["C"] }, inputs).changes).to.equal(false);
  });
});

describe("changes to tell the platform of", () => {
  it("leave out what means something to this program only, and what counts at creation only", () => {
    const desired = {
      name: "Acme",
      deletionProtection: false,
      wait: "completed",
      firstUser: { loginName: "acme" },
      products: ["A"],
    };
    expect(remoteChanges(CUSTOMER, { name: "acme", products: ["A"] }, desired)).to.deep.equal(["name"]);
  });

  it("leave out what the program does not set", () => {
    expect(remoteChanges(ASSIGNMENT, { product: "A", units: 7 }, { product: "A" })).to.deep.equal([]);
  });
});
