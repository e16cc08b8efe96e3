import { join } from "node:path";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { applyEdit } from "../../sandbox/trend-micro/edits";
import { startLmpi } from "../../sandbox/trend-micro/server";
import { done, openRequests, refused, knownIn, written } from "./support/refused";

const ROOT = join(__dirname, "..", "..");
const COMPANY = { city: "Portland", state: "Oregon", country: "US" };
/** There before this program, and adopted by it. */
const OTHERS = ["Elm Vets", "Fir Bank", "Oak Clinic", "Yew Law"];

interface World {
  readonly customers: readonly { readonly id: string; readonly company: { readonly name: string } }[];
}

describe("an account's customers on the real engine", function () {
  this.timeout(180_000);
  let stage: Stage;

  const customer = (key: string, name: string, more: string) =>
    `  - { key: ${key}, name: ${name}, platform: remote-manager, company: { city: Portland, state: Oregon, country: US }${more} }\n`;
  const acme = ({ name = "Acme Dental", loginName = "acme-it", products = "[WFBS-S Yearly]" } = {}) =>
    customer(
      "acme",
      name,
      `, firstUser: { loginName: ${loginName}, firstName: IT, lastName: Contact, email: it@acme.example }, products: ${products}`,
    );
  const others = OTHERS.map((name) => customer(name.split(" ", 1)[0]?.toLowerCase() ?? "", name, ", adopt: true")).join(
    "",
  );
  const text = (customers: string, leaving = "") => `version: 1\ncustomers:\n${customers}${leaving}`;
  const fleet = (customers: string, leaving?: string) => stage.writeFleet(text(customers, leaving));

  /** Nothing is written by what is refused, neither at the desk nor on the platform. */
  async function writesNothing(refusal: () => Promise<void>): Promise<void> {
    const before = await written(stage);
    await refusal();
    expect(await written(stage)).to.deep.equal(before);
  }

  before(async () => {
    stage = await openStage({ root: ROOT, name: "refusals-account" });
    for (const name of [...OTHERS, "Taken Dental"])
      await stage.control("POST", "edit", { kind: "addCustomer", company: { name, ...COMPANY } });
    fleet(acme() + others);
    done(await stage.engine.up());
    // From now the desk knows how much there is.
    done(await stage.engine.refresh());
  });
  after(() => stage?.close());

  it("keep the first user that they were made with", () =>
    writesNothing(async () => {
      fleet(acme({ loginName: "acme-admin" }) + others);
      refused(
        await stage.engine.preview(),
        "firstUser is only used when the object is created",
        "put the old value back",
      );
    }));

  it("don't take a name that another has", () =>
    writesNothing(async () => {
      fleet(acme({ name: "Taken Dental" }) + others);
      refused(await stage.engine.up(), "customer Acme Dental can't become customer Taken Dental", "and is another");
    }));

  it("lose no product that is still declared when they can't be changed, also where the run goes on", async () => {
    await stage.engine.configure({ reason: "Clearing up", requester: "account-manager@msp.example" });
    await writesNothing(async () => {
      fleet(acme({ name: "Taken Dental" }) + others);
      refused(
        await stage.engine.up({ continueOnError: true }),
        "can't become customer Taken Dental",
        "nothing is taken away in this run",
      );
    });
    expect(await openRequests(stage)).to.have.length(0);
    expect(await stage.engine.state()).to.contain("acme/wfbs-s-yearly");
  });

  it("are owned by one stack", async () => {
    const second = await stage.openStack("second");
    await writesNothing(async () => {
      second.writeFleet(text(customer("dental", "Acme Dental", ", adopt: true")));
      refused(await second.engine.up(), "belongs to msp-fleet/story::acme", "two programs can't both own it");
    });
    expect(await second.engine.state()).to.not.contain("Acme Dental");
  });

  it("are not touched with the credentials of another account", async () => {
    const stranger = await startLmpi();
    const strange = {
      MSP_REMOTE_MANAGER_ACCESS_TOKEN: stranger.accessToken,
      MSP_REMOTE_MANAGER_SECRET_KEY: stranger.secretKey,
    };
    const { connections } = stage;
    const remoteManager = { ...connections["remote-manager"], endpoint: stranger.url };
    const words = [
      "The credentials of remote-manager are those of another account",
      "Use the credentials of trend-micro:",
    ];
    const before = await knownIn(stage);
    try {
      applyEdit(stranger.store, { kind: "addCustomer", company: { name: "Somebody Else", ...COMPANY } });
      await stage.engine.configure({
        connections: JSON.stringify({ ...connections, "remote-manager": remoteManager }),
      });
      await writesNothing(async () => {
        fleet(
          acme({ products: "[{ product: WFBS-S Yearly, units: 5 }, Email Security Yearly]" }) +
            customer(
              "new",
              "New Practice",
              ", firstUser: { loginName: new-it, firstName: IT, lastName: Contact, email: it@new.example }",
            ) +
            others,
        );
        refused(await stage.engine.withEnv(strange, () => stage.engine.up()), ...words);
        refused(await stage.engine.withEnv(strange, () => stage.engine.refresh()), ...words);
        fleet(
          acme({ products: "[]" }) + others,
          "leaving:\n  - { customer: Acme Dental, product: WFBS-S Yearly, reason: No longer used, requester: account-manager@msp.example }\n",
        );
        refused(await stage.engine.withEnv(strange, () => stage.engine.preview()), ...words);
        refused(await stage.engine.withEnv(strange, () => stage.engine.up()), ...words);
      });
    } finally {
      await stage.engine.configure({ connections: JSON.stringify(connections) });
      await stranger.close();
    }
    expect(stranger.log.writes()).to.have.length(0);
    expect(await openRequests(stage)).to.have.length(0);
    expect(await knownIn(stage)).to.deep.equal(before);
  });

  it("are not dropped from state when most of them seem gone, or all of them", async () => {
    fleet(acme() + others);
    // A refresh takes the connections from state, where the last update has put them.
    done(await stage.engine.up());
    const before = await knownIn(stage);
    const { customers } = await stage.control<World>("GET", "state");
    await stage.control("POST", "faults", { fault: { kind: "emptyList" }, target: "listCustomers", times: "always" });
    await writesNothing(async () => refused(await stage.engine.refresh(), "shows nothing"));
    await stage.control("POST", "reset", { what: "faults" });
    expect(await knownIn(stage)).to.deep.equal(before);

    for (const { id } of customers.filter(({ company }) => OTHERS.includes(company.name)))
      await stage.control("POST", "edit", { kind: "removeCustomer", customerId: id });
    const writesBefore = (await stage.control<SandboxLog>("GET", "log")).writes.length;
    refused(
      await stage.engine.refresh(),
      `lists ${customers.length - OTHERS.length} where it listed`,
      "nothing is dropped from state",
      "MSP_ACCEPT_LOSSES=true",
    );
    expect((await stage.control<SandboxLog>("GET", "log")).writes).to.have.length(writesBefore);
    expect(await knownIn(stage)).to.deep.equal(before);

    // Said to be true, it is believed.
    done(
      await stage.engine.withEnv({ MSP_ACCEPT_LOSSES: "true" }, () => stage.engine.refresh()),
      `${OTHERS.length} deleted`,
    );
  });
});
