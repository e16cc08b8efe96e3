import { expect } from "chai";
import { runSettle } from "../../cli/settle";
import { applyEdit } from "../../sandbox/trend-micro/edits";
import { type Declared, Harness } from "../provider/lifecycle/harness";
import { type MspWorld, openWorld } from "../provider/lifecycle/msp-world";
import { steadyRandom } from "../provider/http/manual-clock";
import { TemporaryFolder } from "../support/folder";
import { thrown } from "../support/thrown";

const VERIFIED = {
  outcome: "accepted",
  identity: "Called back on the number in the contract.",
  necessity: "No longer needed.",
};

describe("msp settle", () => {
  let world: MspWorld;
  let project: TemporaryFolder;

  beforeEach(async () => {
    world = await openWorld();
    project = new TemporaryFolder({
      "Pulumi.yaml": "name: msp\nruntime: nodejs\n",
      "Pulumi.dev.yaml": `config:\n  msp:connections: ${world.config.connections}\n`,
    });
  });
  afterEach(async () => {
    project.remove();
    await world.close();
  });

  /** Runs the command in the project. */
  async function run(stack?: string): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
    const lines: string[] = [];
    const code = await runSettle(stack, {
      env: world.env,
      cwd: project.path,
      clock: world.clock,
      random: steadyRandom,
      log: (line) => lines.push(line),
    });
    const text = lines.join("\n");
    for (const secret of [...Object.values(world.desk.tokens), world.lmpi.accessToken, world.lmpi.secretKey])
      expect(text).not.to.contain(secret);
    return { code, lines: text.split("\n") };
  }

  /** Two products of a customer that leave; the numbers of their verified requests. */
  async function leaving(): Promise<readonly string[]> {
    const company = { name: "Acme Dental", city: "Bonn", state: "NRW", country: "DE" };
    const customer = applyEdit(world.lmpi.store, { kind: "addCustomer", company }).id;
    world.note("{ customer: Acme Dental, reason: Moved, requester: account-manager@msp.example }");
    const harness = new Harness(world);
    const ids: string[] = [];
    for (const product of ["WFBS-S Yearly", "Email Security Yearly"]) {
      const args = { platform: world.names.lmp, customer, subjectName: "Acme Dental", product };
      const declared: Declared = { type: "ProductAssignment", name: `acme/${product}`, args };
      await harness.delete(await harness.up(declared));
      const [{ id } = { id: "none" }] = await world.requests();
      await world.desk.as("verifier").post(`/v1/requests/${id}/verify`, VERIFIED);
      ids.push(id);
    }
    return ids;
  }

  it("says a line for each request, with the connections of the stack, and ends with 0", async () => {
    const [first, second] = await leaving();
    expect(await run("dev")).to.deep.equal({
      code: 0,
      lines: [
        `${first}  Completed  WFBS-S Yearly of Acme Dental`,
        `${second}  Completed  Email Security Yearly of Acme Dental`,
      ],
    });
  });

  it("says so where nothing is leaving", async () => {
    expect(await run("dev")).to.deep.equal({
      code: 0,
      lines: ["No product is leaving where the platform has an API."],
    });
  });

  it("ends with 1 where one could not be settled, says why below it, and settles the others", async () => {
    const [first, second] = await leaving();
    world.lmpi.faults.arm({ kind: "refused" }, { target: "disableSubscription" });
    const { code, lines } = await run("dev");
    expect(code).to.equal(1);
    expect(lines[0]).to.equal(`${first}  Pending  WFBS-S Yearly of Acme Dental`);
    expect(lines[1]).to.match(/^ {2}\S/);
    expect(lines.at(-1)).to.equal(`${second}  Completed  Email Security Yearly of Acme Dental`);
  });

  it("refuses where no connection is configured, as for a stack that was not named", async () => {
    expect((await thrown("validation", run())).message).to.match(/^No platform connection is configured/);
  });
});
