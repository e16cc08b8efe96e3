import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { EngineRun } from "../../examples/story/engine";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { openDeskFront } from "./support/desk-front";
import { done, openRequests } from "./support/refused";

const ROOT = join(__dirname, "..", "..");
const RUNS = 5;
const EMAIL = "front-desk@cedar.example";

interface Checkpoint {
  readonly checkpoint: {
    readonly latest: { readonly resources: readonly object[]; readonly pending_operations?: readonly object[] };
  };
}

describe("runs that fail in a row, on the real engine", function () {
  this.timeout(240_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "growth" });
    stage.armourzero.world.add(EMAIL, "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    await stage.armourzero.operator.importInventory();
  });
  after(() => stage?.close());

  const fleet = (products: string, clinics: readonly string[], leaving = "") =>
    stage.writeFleet(`version: 1
defaults: { adopt: true }
customers:
  - { key: cedar, name: Cedar Logistics, platform: armourzero, owners: [{ key: front-desk, email: ${EMAIL}, products: [${products}] }] }
${clinics.map((key) => `  - { key: ${key}, name: ${key} clinic, platform: remote-manager, company: { city: Portland, state: Oregon, country: US }, firstUser: { loginName: ${key}-it, firstName: IT, lastName: Contact, email: it@${key}.example }, products: [WFBS-S Yearly] }\n`).join("")}${leaving}`);
  const arm = (fault: object, target: string, arming: object = {}) =>
    stage.control("POST", "faults", { fault, target, ...arming });
  /** What the engine keeps, but for when: with instants that are all of one length. */
  const checkpoint = () => {
    const file = join(stage.folder, "state", ".pulumi", "stacks", "msp-fleet", "story.json");
    const text = readFileSync(file, "utf8").replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, "an instant");
    const { resources, pending_operations: pending = [] } = (JSON.parse(text) as Checkpoint).checkpoint.latest;
    return { resources: resources.length, pending: pending.length, bytes: Buffer.byteLength(text) };
  };

  /** Runs that fail, each in the same way, and what the engine keeps after each. */
  async function failing(run: () => Promise<EngineRun>, ...words: readonly string[]): Promise<void> {
    const kept: object[] = [];
    for (let i = 0; i < RUNS; i += 1) {
      const failed = await run();
      expect(failed.ok, failed.text).to.equal(false);
      for (const word of words) expect(failed.text).to.contain(word);
      kept.push(checkpoint());
    }
    expect(kept).to.have.length(RUNS);
    // The first may have done something.
    expect(kept.slice(2)).to.deep.equal(kept.slice(2).map(() => kept[1]));
    expect(kept[1]).to.deep.include({ pending: 0 });
  }
  const committed = async () => {
    const { writes } = await stage.control<SandboxLog>("GET", "log");
    return writes.filter(({ isCommitted }) => isCommitted).map(({ operation }) => operation);
  };

  it("leave a state that does not grow from the second on, while creates are lost or half done", async () => {
    fleet("ShieldOne, ScoutTwo", ["oak"]);
    done(await stage.engine.up());
    await arm({ kind: "serverError", isCommitted: false }, "createSubscription", { times: "always" });
    // Of two creates one is made, though the desk is not told, and the other is answered by nobody.
    await arm({ kind: "droppedReply", isCommitted: false }, "createCustomer", { skip: 1, times: "always" });
    const front = await openDeskFront(stage.deskUrl, ({ method, path, body }) =>
      method === "PATCH" && path.startsWith("/v1/intents/") && body.includes('"done"') ? "cut" : undefined,
    );
    fleet("ShieldOne, ScoutTwo", ["oak", "elm", "fir"]);
    try {
      const env = { MSP_DESK_URL: front.url };
      await failing(
        () => stage.engine.withEnv(env, () => stage.engine.up({ continueOnError: true })),
        "clinic was sent to Trend Micro Remote Manager, no answer came",
      );
    } finally {
      await front.close();
    }
    await stage.control("POST", "reset", { what: "faults" });
    done(await stage.engine.up());
    expect((await committed()).sort()).to.deep.equal([
      ...["oak", "elm", "fir"].map(() => "createCustomer"),
      ...["oak", "elm", "fir"].map(() => "createSubscription"),
    ]);
    done(await stage.engine.preview({ refresh: true, expectNoChanges: true }));
  });

  it("leave a state that does not grow from the second on, while the desk takes no request", async () => {
    const front = await openDeskFront(stage.deskUrl, ({ method, path }) =>
      method === "POST" && path === "/v1/requests" ? "cut" : undefined,
    );
    const note = `{ owner: ${EMAIL}, product: ScoutTwo, reason: The desk is closed, requester: account-manager@msp.example }`;
    fleet("ShieldOne", ["oak", "elm", "fir"], `leaving: [${note}]\n`);
    try {
      await failing(
        () => stage.engine.withEnv({ MSP_DESK_URL: front.url }, () => stage.engine.up()),
        "deleting failed",
      );
    } finally {
      await front.close();
    }
    expect(await openRequests(stage)).to.deep.equal([]);
    done(await stage.engine.up());
    expect((await openRequests(stage)).map(({ items }) => items.map(({ name }) => name))).to.deep.equal([["ScoutTwo"]]);
  });
});
