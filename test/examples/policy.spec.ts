import { globSync } from "node:fs";
import type {
  ResourceValidation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { expect } from "chai";
import { policies } from "../../examples/policy/policies";
import { UNKNOWN } from "../../provider/lifecycle/unknowns";
import { ROOT, readPage, tableUnder } from "../docs/support/pages";
import { expectReadable } from "../support/thrown";

const HOSTS = ["msp:index:", "pulumi-nodejs:dynamic/msp:"];
/** What the SDK gives policies: reading what is not known yet throws. */
const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as {
  unknownCheckingProxy(props: object): Record<string, unknown>;
};

interface Given {
  readonly type: string;
  readonly name?: string;
  readonly stack?: string;
  readonly props: object;
}

function argsOf({ type, name = "acme", stack = "prod", props }: Given, host: string) {
  const urn = `urn:pulumi:${stack}::fleet::${host}${type}::${name}`;
  return { type: `${host}${type}`, name, urn, props: unknownCheckingProxy(props) };
}

function policy<T>(name: string): T {
  const found = policies.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`The pack has no policy ${name}.`);
  return found as T;
}

/** What a policy of resources says of one: the same on either host. */
function saidOf(name: string, config: object, given: Given): readonly string[] {
  const validate = policy<ResourceValidationPolicy>(name).validateResource as ResourceValidation;
  const [said = [], other] = HOSTS.map((host) => {
    const messages: string[] = [];
    const args = { ...argsOf(given, host), getConfig: () => config } as unknown as ResourceValidationArgs;
    void validate(args, (message) => messages.push(message.replaceAll(args.urn, "URN")));
    return messages;
  });
  expect(other).to.deep.equal(said);
  for (const message of said) expectReadable(message);
  return said;
}

/** What the policy of stacks says of one, with the resource that it says it of. */
function saidOfStack(budget: object, stack: readonly Given[]): readonly (readonly [string, string | undefined])[] {
  const said: (readonly [string, string | undefined])[] = [];
  const resources = stack.map((given, index) => argsOf(given, HOSTS[index % HOSTS.length] ?? ""));
  const args = { resources, getConfig: () => ({ budget }) } as unknown as StackValidationArgs;
  void policy<StackValidationPolicy>("seats-per-stack").validateStack(args, (message, urn) =>
    said.push([message, urn?.split("::").at(-1)]),
  );
  for (const [message] of said) expectReadable(message);
  return said;
}

describe("policy deletion-protection", () => {
  const customer = (deletionProtection?: unknown, stack = "prod") => ({
    type: "Customer",
    stack,
    props: { name: "Acme Dental", ...(deletionProtection === undefined ? {} : { deletionProtection }) },
  });
  const said = (given: Given, production = ["prod"]) => saidOf("deletion-protection", { production }, given);

  it("refuses a customer of a production stack that is not protected, and names the way out", () => {
    expect(said(customer(false))).to.deep.equal([
      "Customer acme is not protected from deletion, and prod is a production stack.\nTake `deletionProtection: false` out; or, if the customer leaves, say who agreed in an exception for URN",
    ]);
  });

  for (const [reason, given] of [
    ["protection is on where nothing is said", customer()],
    ["it is protected", customer(true)],
    ["a preview can't know it yet", customer(UNKNOWN)],
    ["its stack is not in production", customer(false, "dev")],
    ["it is no customer", { type: "DeviceOwner", props: { deletionProtection: false } }],
    ["it is the component around one", { type: "FleetCustomer", props: { deletionProtection: false } }],
  ] as const)
    it(`says nothing where ${reason}`, () => expect(said(given)).to.deep.equal([]));

  for (const [pattern, stack, isProduction] of [
    ["prod-*", "prod-eu", true],
    ["*-prod", "acme-prod", true],
    ["acme.*", "acme.eu", true],
    ["acme.*", "acme-eu", false],
    ["prod", "prod-eu", false],
    ["prod", "preprod", false],
  ] as const)
    it(`takes stack ${stack} for ${isProduction ? "production" : "another"} where ${pattern} is`, () =>
      expect(said(customer(false, stack), [pattern])).to.have.length(isProduction ? 1 : 0));

  it("takes every stack for production unless it is configured", () => {
    const { production } = policy<ResourceValidationPolicy>("deletion-protection").configSchema?.properties ?? {};
    expect(said(customer(false, "any"), production?.default as string[])).to.have.length(1);
  });
});

describe("policy email-domains", () => {
  const said = (given: Given, allowed = ["acme.example", ".cedar.example"]) =>
    saidOf("email-domains", { allowed }, given);
  const owner = (email: string) => said({ type: "DeviceOwner", name: "cedar/desk", props: { email } });

  it("refuses every input of every resource that is an e-mail address, by its name and without the address", () => {
    const inputs = emailInputs();
    expect(inputs).to.have.length.above(3);
    for (const { type, path } of inputs) {
      const props = path.reduceRight<unknown>((value, key) => ({ [key]: value }), "canary@elsewhere.example") as object;
      const messages = said({ type, props });
      expect(messages, `${type}.${path.join(".")}`).to.have.length(1);
      expect(messages[0]).to.match(new RegExp(`^acme: ${path.join("\\.")} is at a domain that is not allowed\\.\n`));
      expect(messages[0]).to.not.match(/canary|elsewhere/);
    }
  });

  for (const [reason, email, isAllowed] of [
    ["is at a domain of the list, whatever its case", "it@Acme.Example", true],
    ["is at a subdomain of one with a leading dot", "it@eu.cedar.example", true],
    ["is at that domain itself", "it@cedar.example", false],
    ["is at a subdomain of one without", "it@eu.acme.example", false],
    ["is at a domain that only ends like one", "it@notacme.example", false],
    ["has a domain of the list before its @", "acme.example@elsewhere.example", false],
    ["is not known yet", UNKNOWN, true],
  ] as const)
    it(`${isAllowed ? "allows" : "refuses"} an address that ${reason}`, () =>
      expect(owner(email)).to.have.length(isAllowed ? 0 : 1));

  it("says nothing of addresses that are not there, or stand in what is not known yet", () => {
    const company = { city: "Portland", state: "Oregon", country: "US" };
    expect(said({ type: "Customer", props: { name: "Acme Dental", company } })).to.deep.equal([]);
    expect(said({ type: "Customer", props: { company: UNKNOWN, firstUser: { email: UNKNOWN } } })).to.deep.equal([]);
  });
});

describe("policy seats-per-customer", () => {
  const BUDGET = { "WFBS-S Yearly": 25 };
  const said = (props: object, budget: object = BUDGET) =>
    saidOf(
      "seats-per-customer",
      { budget },
      { type: "ProductAssignment", name: "acme/wfbs-s-yearly", props: { product: "WFBS-S Yearly", ...props } },
    );
  const customer = "C-1";

  it("refuses more units than the budget has, and names the way out", () => {
    expect(said({ customer, units: 26 })).to.deep.equal([
      "Product assignment acme/wfbs-s-yearly has more units than the 25 that a customer may have of its product.\nLower `units`, or raise the product in `budget` of seats-per-customer in the policy configuration.",
    ]);
  });

  it("refuses a budgeted product without units, as they can't be counted", () => {
    expect(said({ customer })).to.deep.equal([
      "Product assignment acme/wfbs-s-yearly has no `units`, so what it takes of the budget can't be counted.\nWrite them: as many as it has.",
    ]);
  });

  it("finds a product's line as platforms compare names, and takes * for each that has none", () => {
    expect(said({ customer, product: " wfbs-s YEARLY", units: 26 })).to.have.length(1);
    expect(said({ customer, units: 26 }, { ...BUDGET, "*": 99 })).to.have.length(1);
    expect(said({ customer, product: "Cloud Edge", units: 3 }, { ...BUDGET, "*": 2 })).to.have.length(1);
  });

  for (const [reason, props, budget] of [
    ["the units are within it", { customer, units: 25 }, BUDGET],
    ["no line is for the product", { customer, product: "Cloud Edge" }, BUDGET],
    ["the units are not known yet", { customer: UNKNOWN, units: UNKNOWN }, BUDGET],
    ["the product is not known yet", { customer, product: UNKNOWN, units: 99 }, { "*": 1 }],
    ["an owner has it", { owner: "desk@cedar.example" }, { "*": 0 }],
  ] as const)
    it(`says nothing where ${reason}`, () => expect(said(props, budget)).to.deep.equal([]));
});

describe("policy seats-per-stack", () => {
  const taken = (name: string, units: unknown, product = "WFBS-S Yearly") => ({
    type: "ProductAssignment",
    name,
    props: { customer: `${name}-id`, product, ...(units === undefined ? {} : { units }) },
  });
  const owned = (name: string, product = "ShieldOne") => ({
    type: "ProductAssignment",
    name,
    props: { owner: `${name}@cedar.example`, product },
  });

  it("adds up what a stack has of a product on both hosts, and names the resources that have the most", () => {
    const stack = [taken("a", 10), taken("b", 40), taken("c", 20), taken("d", 30), taken("e", 90, "Cloud Edge")];
    expect(saidOfStack({ "WFBS-S Yearly": 99 }, stack)).to.deep.equal([
      [
        "This stack has 100 seats of WFBS-S Yearly, and the budget for it is 99.\nThe most are in b, d, c: lower `units`, or raise `budget` of seats-per-stack in the policy configuration.",
        undefined,
      ],
    ]);
    expect(saidOfStack({ "WFBS-S Yearly": 100 }, stack)).to.deep.equal([]);
  });

  it("counts a product of an owner as one seat", () => {
    const stack = [owned("a"), owned("b"), owned("c", "ScoutTwo"), { type: "DeviceOwner", props: { email: "a" } }];
    expect(saidOfStack({ ShieldOne: 2 }, stack)).to.deep.equal([]);
    expect(saidOfStack({ ShieldOne: 1 }, stack)[0]?.[0]).to.match(/^This stack has 2 seats of ShieldOne, .* is 1\./);
  });

  it("holds each product that has no line to * by itself, without its name", () => {
    const stack = [taken("a", 3, "P"), taken("b", 3, "Q"), taken("c", 2, "q"), taken("d", 9, "R")];
    expect(saidOfStack({ "*": 4, R: 9 }, stack).map(([message]) => message.split("\n")[0])).to.deep.equal([
      "This stack has 5 seats of one product, and the budget for it is 4.",
    ]);
  });

  it("says of which resource what it takes can't be counted, and counts the others", () => {
    const said = saidOfStack({ "WFBS-S Yearly": 5 }, [taken("a", undefined), taken("b", 6), taken("c", UNKNOWN)]);
    expect(said.map(([message, of]) => [message.split(",")[0], of])).to.deep.equal([
      ["Product assignment a has no `units`", "a"],
      ["This stack has 6 seats of WFBS-S Yearly", undefined],
    ]);
  });
});

describe("examples/policy", () => {
  it("has a line in its README for each policy, with its setting", () => {
    const lines = tableUnder(readPage("examples/policy/README.md"), "policy");
    expect(lines.map(([name]) => name)).to.deep.equal(policies.map(({ name }) => `\`${name}\``));
    for (const [index, { configSchema }] of policies.entries())
      for (const setting of Object.keys(configSchema?.properties ?? {}))
        expect(lines[index]?.at(-1)).to.contain(`\`${setting}\``);
  });

  it("depends on the version that it is tested with", () => {
    const { dependencies } = JSON.parse(readPage("examples/policy/package.json"));
    const { devDependencies } = JSON.parse(readPage("package.json"));
    expect(dependencies).to.deep.equal({ "@pulumi/policy": devDependencies["@pulumi/policy"] });
  });
});

interface Schema {
  readonly title?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** The inputs of resources that the schemas say are e-mail addresses. */
function emailInputs(): readonly { readonly type: string; readonly path: readonly string[] }[] {
  const read = (file: string) => JSON.parse(readPage(file)) as Schema;
  const definitions = read("schemas/common.schema.json").$defs ?? {};
  const pathsIn = (schema: Schema): readonly (readonly string[])[] => {
    const name = schema.$ref?.split("/").at(-1) ?? "";
    if (name === "email") return [[]];
    return Object.entries((definitions[name] ?? schema).properties ?? {}).flatMap(([key, value]) =>
      pathsIn(value).map((path) => [key, ...path]),
    );
  };
  return globSync("schemas/resources/*.schema.json", { cwd: ROOT }).flatMap((file) => {
    const schema = read(file);
    return pathsIn(schema).map((path) => ({ type: schema.title?.replace(/Inputs$/, "") ?? "", path }));
  });
}
