import { expect } from "chai";
import type { Connection } from "../../../provider/generated/types";
import { check } from "../../../provider/lifecycle/check";
import type { CheckContext } from "../../../provider/lifecycle/handler";
import { UNKNOWN } from "../../../provider/lifecycle/unknowns";
import type { PlatformName, ResourceType } from "../../../provider/platforms/platform";
import { platforms } from "../../../provider/platforms/registry";
import { managed, validatorOf } from "../../../provider/resources/registry";

function contextOf(platform: PlatformName, connection: Connection = { platform, account: "acme-msp" }): CheckContext {
  const definition = platforms[platform];
  const table = definition.capabilities(connection);
  return {
    connectionName: "one",
    connection,
    title: definition.title,
    capability: (type, operation) => table[type]?.[operation],
  };
}

const LMP: Connection = { platform: "trend-micro", accountType: "lmp", endpoint: "https://lmp.example.com" };

describe("check", () => {
  const run = (type: ResourceType, news: object, context: CheckContext, olds?: object) => {
    const resource = managed(type);
    return check(resource.handler, resource.flags, validatorOf(type), context, olds, news);
  };
  const reasons = (...args: Parameters<typeof run>) => run(...args).failures.map((failure) => failure.reason);

  const company = { city: "Bonn", state: "NRW", country: "DE" };
  const firstUser = { loginName: "acme-admin", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" };
  const customer = { platform: "one", name: "Acme", company, firstUser };
  const assignment = { platform: "one", owner: "jane@example.com", product: "ShieldOne" };
  const lmp = contextOf("trend-micro", LMP);
  const armourzero = contextOf("armourzero");

  it("passes right inputs, and fills in what they left out", () => {
    const { inputs, failures } = run("Customer", customer, lmp);
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.equal({
      ...customer,
      products: [],
      deletionProtection: true,
      onDelete: "offboard",
      wait: "submitted",
      adopt: false,
    });
  });

  it("takes null and undefined for left out", () => {
    const { inputs, failures } = run(
      "ProductAssignment",
      { ...assignment, customer: undefined, units: null },
      armourzero,
    );
    expect(failures).to.deep.equal([]);
    expect(inputs).to.not.have.any.keys("customer", "units");
  });

  it("answers the same whenever it is asked, and changes nothing that it is given", () => {
    const news = Object.freeze({ ...customer, company: Object.freeze(company) });
    expect(run("Customer", news, lmp)).to.deep.equal(run("Customer", news, lmp));
  });

  describe("says in words what is wrong", () => {
    const wrong: readonly (readonly [string, ResourceType, object, readonly string[]])[] = [
      ["a missing property", "DeviceOwner", { platform: "one" }, ["email is missing"]],
      [
        "a missing nested property",
        "Customer",
        { ...customer, company: { city: "Bonn", state: "NRW" } },
        ["company.country is missing"],
      ],
      [
        "a misspelt key, with the key that was meant",
        "DeviceOwner",
        { platform: "one", email: "a@b.example", prodcts: [] },
        ["prodcts is not a property; did you mean products?"],
      ],
      [
        "a misspelt nested key",
        "Customer",
        { ...customer, company: { ...company, postcalCode: "53111" } },
        ["company.postcalCode is not a property; did you mean postalCode?"],
      ],
      [
        "a key that resembles none",
        "DeviceOwner",
        { platform: "one", email: "a@b.example", colour: "red" },
        ["colour is not a property; take it out"],
      ],
      [
        "a wrong type",
        "Customer",
        { ...customer, deletionProtection: "no" },
        ["deletionProtection must be true or false"],
      ],
      [
        "a word that is none of the possible",
        "Customer",
        { ...customer, onDelete: "destroy" },
        ["onDelete must be one of offboard, forget"],
      ],
      [
        "neither owner nor customer",
        "ProductAssignment",
        { platform: "one", product: "A" },
        ["needs exactly one of owner and customer, and has none"],
      ],
      [
        "both owner and customer",
        "ProductAssignment",
        { ...assignment, customer: "c-1" },
        ["needs exactly one of owner and customer, and has more"],
      ],
      [
        "a number out of bounds",
        "ProductAssignment",
        { platform: "one", customer: "c", product: "A", units: 0 },
        ["units must be at least 1"],
      ],
      [
        "a product twice",
        "DeviceOwner",
        { platform: "one", email: "a@b.example", products: ["A", "A"] },
        ["products has the same item twice; keep one of them"],
      ],
      [
        "everything at once",
        "DeviceOwner",
        { emial: "a@b.example" },
        ["platform is missing", "email is missing", "emial is not a property; did you mean email?"],
      ],
    ];
    for (const [what, type, news, expected] of wrong) {
      it(what, () => {
        expect(reasons(type, news, type === "Customer" ? lmp : armourzero)).to.deep.equal(expected);
      });
    }

    it("and prints no value, and names no property, for the engine would print its value", () => {
      const canary = "canary-7f3a";
      const news = {
        platform: canary,
        name: canary.repeat(20),
        company: canary,
        firstUser: { ...firstUser, email: canary, loginName: 5 },
        wait: canary,
      };
      const { failures } = run("Customer", news, lmp);
      expect(failures.length).to.be.greaterThan(3);
      expect(JSON.stringify(failures)).to.not.contain(canary);
      expect(new Set(failures.map((failure) => failure.property))).to.deep.equal(new Set([""]));
    });
  });

  describe("of what is not known yet", () => {
    const unknown: readonly (readonly [string, ResourceType, object])[] = [
      ["a text", "Customer", { ...customer, name: UNKNOWN }],
      ["an object", "Customer", { ...customer, company: UNKNOWN }],
      ["a value inside an object", "Customer", { ...customer, company: { ...company, country: UNKNOWN } }],
      ["a boolean", "Customer", { ...customer, deletionProtection: UNKNOWN }],
      ["whether to adopt", "Customer", { platform: "one", name: "Acme", company, adopt: UNKNOWN }],
      ["a list", "Customer", { ...customer, products: UNKNOWN }],
      ["two items of a list", "Customer", { ...customer, products: [UNKNOWN, UNKNOWN, "A"] }],
      ["a number", "ProductAssignment", { platform: "one", customer: "c", product: "A", units: UNKNOWN }],
      [
        "an id with a format",
        "ProductAssignment",
        { platform: "one", customer: UNKNOWN, product: "A", startsOn: UNKNOWN },
      ],
    ];
    for (const [what, type, news] of unknown) {
      it(`${what} never fails`, () => {
        expect(reasons(type, news, lmp)).to.deep.equal([]);
      });
    }

    it("what is known beside it still fails", () => {
      expect(
        reasons("Customer", { ...customer, name: UNKNOWN, company: { ...company, country: "Germany" } }, lmp),
      ).to.deep.equal(["company.country must be of this form: Country, ISO 3166 with two letters: DE"]);
    });
  });

  describe("of a change", () => {
    it("refuses another value of what counts at creation only", () => {
      const changed = { ...customer, firstUser: { ...firstUser, email: "other@acme.example" } };
      const [reason] = reasons("Customer", changed, lmp, customer);
      expect(reason).to.match(/^firstUser is only used when the object is created/);
    });

    it("takes another case of an address for the same", () => {
      expect(
        reasons("Customer", { ...customer, firstUser: { ...firstUser, email: "JO@acme.example" } }, lmp, customer),
      ).to.deep.equal([]);
    });

    it("lets it be given afterwards, and while it is not known", () => {
      const { firstUser: _, ...adopted } = { ...customer, adopt: true };
      expect(reasons("Customer", customer, lmp, adopted)).to.deep.equal([]);
      expect(
        reasons("Customer", { ...customer, firstUser: { ...firstUser, loginName: UNKNOWN } }, lmp, customer),
      ).to.deep.equal([]);
    });

    it("lets it change with what makes another object", () => {
      const moved = { ...customer, platform: "two", firstUser: { ...firstUser, email: "other@acme.example" } };
      expect(reasons("Customer", moved, lmp, customer)).to.deep.equal([]);
    });
  });

  describe("of what the platform can do", () => {
    it("names the platform and connection that lack the type", () => {
      expect(reasons("Customer", customer, armourzero)).to.deep.equal([
        "ArmourZero (connection one) has no Customer; take it out, or name another connection in `platform`",
      ]);
    });

    it("says to whom the platform assigns products", () => {
      expect(
        reasons("ProductAssignment", { platform: "one", customer: "c-1", product: "ShieldOne" }, armourzero),
      ).to.deep.equal(["ArmourZero assigns products to device owners; set `owner`"]);
      expect(reasons("ProductAssignment", { ...assignment, product: "WFBS-S" }, lmp)).to.deep.equal([
        "Trend Micro Remote Manager assigns products to customers; set `customer`",
      ]);
    });

    it("refuses units where there are none, with the way out", () => {
      const [reason] = reasons("ProductAssignment", { ...assignment, units: 5 }, armourzero);
      expect(reason).to.match(/^units: ArmourZero .*Leave `units` out\.$/);
    });

    it("asks for the first user where a customer is made with one", () => {
      const { firstUser: _, ...without } = customer;
      expect(reasons("Customer", without, lmp)[0]).to.match(/^firstUser is missing: Trend Micro Remote Manager/);
      expect(reasons("Customer", { ...without, adopt: true }, lmp)).to.deep.equal([]);
    });
  });
});
