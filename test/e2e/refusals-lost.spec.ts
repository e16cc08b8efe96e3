import { join } from "node:path";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { openDeskFront } from "./support/desk-front";
import { done, refused } from "./support/refused";

const ROOT = join(__dirname, "..", "..");

describe("a create whose outcome is lost, on the real engine", function () {
  this.timeout(180_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "refusals-lost" });
  });
  after(() => stage?.close());
  beforeEach(async () => {
    await stage.control("POST", "reset", { what: "faults" });
    await stage.control("POST", "reset", { what: "log" });
  });

  // What was made before stays declared: the account is known again by it.
  const declared: string[] = [];
  const declare = (key: string, name: string, products = "") => {
    declared.push(
      `  - { key: ${key}, name: ${name}, platform: remote-manager, company: { city: Portland, state: Oregon, country: US }, firstUser: { loginName: ${key}-it, firstName: IT, lastName: Contact, email: it@${key}.example }, products: [${products}] }\n`,
    );
    stage.writeFleet(`version: 1\ncustomers:\n${declared.join("")}`);
  };
  const arm = (fault: object, target: string, arming: object = {}) =>
    stage.control("POST", "faults", { fault, target, ...arming });
  const writes = async () => (await stage.control<SandboxLog>("GET", "log")).writes;
  /** Writes that changed the platform, whatever was answered. */
  const committed = async () => (await writes()).filter((call) => call.isCommitted).map((call) => call.operation);

  it("is found in the same run where the platform shows it, and not made twice", async () => {
    await arm({ kind: "droppedReply", isCommitted: true }, "createCustomer");
    await arm({ kind: "droppedReply", isCommitted: true }, "createSubscription");
    declare("acme", "Acme Dental", "WFBS-S Yearly");
    done(await stage.engine.up());
    expect(await committed()).to.deep.equal(["createCustomer", "createSubscription"]);
  });

  it("is told where it can't be looked up, and the next run takes it over", async () => {
    await arm({ kind: "droppedReply", isCommitted: true }, "createCustomer");
    // The first list names the account; those after the create are cut.
    await arm({ kind: "cutPage", keep: 0 }, "listCustomers", { skip: 1, times: "always" });
    declare("oak", "Oak Clinic");
    refused(
      await stage.engine.up(),
      "customer Oak Clinic was sent",
      "no answer came",
      "it is not sent again",
      "Run `pulumi up` again",
    );
    expect(await stage.engine.state()).to.not.contain("Oak Clinic");
    await stage.control("POST", "reset", { what: "faults" });
    done(await stage.engine.up());
    expect((await writes()).map((call) => call.operation)).to.deep.equal(["createCustomer"]);
  });

  it("is sent again only once it is proven that nothing was made", async () => {
    await arm({ kind: "droppedReply", isCommitted: false }, "createCustomer");
    declare("elm", "Elm Vets");
    refused(await stage.engine.up(), "customer Elm Vets was sent", "made only if it is proven not to be there");
    done(await stage.engine.up());
    expect((await writes()).map((call) => call.isCommitted)).to.deep.equal([false, true]);
  });

  it("keeps the id of what was made though the desk went away meanwhile, and resumes", async () => {
    const front = await openDeskFront(stage.deskUrl, ({ method, path, body }) =>
      method === "PATCH" && path.startsWith("/v1/intents/") && body.includes('"done"') ? "cut" : undefined,
    );
    try {
      declare("fir", "Fir Bank");
      const run = await stage.engine.withEnv({ MSP_DESK_URL: front.url }, () => stage.engine.up());
      refused(run, "customer Fir Bank was made, but not all of it", "The off-boarding desk does not answer");
    } finally {
      await front.close();
    }
    expect(await stage.engine.state()).to.contain(`"id":"${await customerIdOf("Fir Bank")}"`);
    done(await stage.engine.up());
    expect(await committed()).to.deep.equal(["createCustomer"]);
    // Nothing is left over from any of these.
    done(await stage.engine.preview({ refresh: true, expectNoChanges: true }));
  });

  async function customerIdOf(name: string): Promise<string | undefined> {
    const { customers } = await stage.control<{
      readonly customers: readonly { readonly id: string; readonly company: { readonly name: string } }[];
    }>("GET", "state");
    return customers.find(({ company }) => company.name === name)?.id;
  }
});
