import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { FleetCustomer, type FleetCustomerArgs } from "../../provider";

/** Keeps settings of the SDK apart, as its server of inline programs does; its types leave it out. */
const { withLocalStorage } = require("@pulumi/pulumi/runtime/state") as {
  withLocalStorage<T>(run: () => Promise<T>): Promise<T>;
};

const CONNECTIONS = {
  lmp: { platform: "trend-micro", accountType: "lmp", endpoint: "https://lmp.trendmicro.com" },
  az: { platform: "armourzero", account: "acme-msp" },
};
const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const USER = { loginName: "acme", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" };

interface Registered {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What an entry becomes: the resources by their logical names. */
function resourcesOf(args: FleetCustomerArgs): Promise<ReadonlyMap<string, Registered>> {
  return withLocalStorage(async () => {
    const registered = new Map<string, Registered>();
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          if (type !== "pulumi:pulumi:Stack") registered.set(name, { type, inputs });
          return { id: `id of ${name}`, state: { ...inputs, result: "k3x9" } };
        },
        call: () => ({}),
      },
      "msp",
      "prod",
      true,
    );
    pulumi.runtime.setAllConfig({ "msp:connections": JSON.stringify(CONNECTIONS) });
    let failed: unknown;
    await pulumi.runtime.runInPulumiStack(async () => {
      try {
        new FleetCustomer(args.entry.key, args);
      } catch (error) {
        failed = error;
      }
    });
    // Waits for what is being registered.
    await pulumi.runtime.disconnect();
    if (failed !== undefined) throw failed;
    return registered;
  });
}

async function refusalOf(args: FleetCustomerArgs): Promise<string> {
  try {
    await resourcesOf(args);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It should have been refused.");
}

describe("a fleet customer", () => {
  const entry = { key: "acme", name: "Acme Dental", platform: "lmp", company: COMPANY, firstUser: USER };

  it("becomes a customer, its owners, and a resource for each product, named by owner and product", async () => {
    const owners = [{ key: "jane", email: "jane@acme.example", platform: "az", products: ["ShieldOne"] }];
    const resources = await resourcesOf({
      entry: { ...entry, products: ["WFBS-S Yearly", { product: "Cloud Edge!", units: 3 }], owners },
    });
    expect([...resources.keys()]).to.have.members([
      "acme",
      "acme/wfbs-s-yearly",
      "acme/cloud-edge",
      "acme/jane",
      "acme/jane/shieldone",
    ]);
    expect(resources.get("acme/cloud-edge")?.inputs).to.include({
      product: "Cloud Edge!",
      units: 3,
      platform: "lmp",
      subjectName: "Acme Dental",
    });
    expect(resources.get("acme/jane/shieldone")?.inputs).to.include({
      owner: "jane@acme.example",
      platform: "az",
      product: "ShieldOne",
    });
  });

  it("carries the list of its products, as does each owner, so that a drop shows on what survives", async () => {
    const owners = [{ key: "jane", email: "jane@acme.example", platform: "az", products: ["ShieldOne"] }];
    const resources = await resourcesOf({ entry: { ...entry, products: ["WFBS-S Yearly"], owners } });
    expect(resources.get("acme/jane")?.inputs.products).to.deep.equal(["ShieldOne"]);
    const customer = [...resources.values()].find(({ type }) => type.endsWith("msp:Customer"));
    expect(customer?.inputs.products).to.deep.equal(["WFBS-S Yearly"]);
  });

  it("gives its products its id, which a preview of an update knows, and no output, which it does not", async () => {
    const resources = await resourcesOf({ entry: { ...entry, products: ["WFBS-S Yearly"] } });
    expect(resources.get("acme/wfbs-s-yearly")?.inputs.customer).to.equal("id of acme");
  });

  it("hands defaults on to products, which may say otherwise", async () => {
    const products = ["WFBS-S Yearly", { product: "Cloud Edge", wait: "submitted", licence: "keep" }] as const;
    const resources = await resourcesOf({
      entry: { ...entry, products },
      defaults: { adopt: true, wait: "completed", licence: "reduce" },
    });
    expect(resources.get("acme/wfbs-s-yearly")?.inputs).to.include({
      adopt: true,
      wait: "completed",
      licence: "reduce",
    });
    expect(resources.get("acme/cloud-edge")?.inputs).to.include({ adopt: true, wait: "submitted", licence: "keep" });
  });

  it("is no customer where the platform has none, and its owners still are", async () => {
    const owners = [{ key: "jane", email: "jane@acme.example", products: ["ShieldOne"] }];
    const resources = await resourcesOf({ entry: { key: "acme", name: "Acme", platform: "az", owners } });
    expect([...resources.keys()]).to.have.members(["acme", "acme/jane", "acme/jane/shieldone"]);
    expect(resources.get("acme")?.type).to.equal("msp:index:FleetCustomer");
  });

  it("has a login name that is generated where its entry asks for one", async () => {
    const loginName = { generate: true, prefix: "acme" } as const;
    const resources = await resourcesOf({ entry: { ...entry, firstUser: { ...USER, loginName } } });
    const customer = [...resources.values()].find(({ type }) => type.endsWith("msp:Customer"));
    expect(customer?.inputs.firstUser).to.deep.include({ loginName: "acme-k3x9", email: "jo@acme.example" });
  });

  it("is refused in words where its entry does not fit its platform", async () => {
    const { company: _, ...without } = entry;
    expect(await refusalOf({ entry: without })).to.match(/^Customer acme has no `company`/);
    expect(await refusalOf({ entry: { ...entry, platform: "az", products: ["ShieldOne"] } })).to.contain(
      "Move them under `owners:`",
    );
    expect(await refusalOf({ entry: { ...entry, platform: "elsewhere" } })).to.contain(
      "use lmp or az, or add it there",
    );
  });
});
