import { join } from "node:path";
import { expect } from "chai";
import { openStage, type Stage } from "../../examples/story/stage";
import { done, openRequests } from "./support/refused";

const ROOT = join(__dirname, "..", "..");
const EMAIL = "front-desk@cedar.example";
const NEW_EMAIL = "reception@cedar.example";
const WHY = "reason: The desk is closed, requester: account-manager@msp.example";

interface Stored {
  readonly deployment: {
    readonly resources: readonly {
      readonly urn: string;
      readonly id?: string;
      readonly inputs?: Readonly<Record<string, unknown>>;
      readonly outputs?: object;
    }[];
  };
}

/** With `wait: completed` what is dropped stays in state, so nothing but its open request tells that it is leaving. */
describe("what is put back while it leaves, on the real engine", function () {
  this.timeout(240_000);
  let stage: Stage;
  let settled: object;

  const customer = (owners: string, wait: string) => `version: 1
defaults: { adopt: true, wait: ${wait} }
customers:
  - key: cedar
    name: Cedar Logistics
    platform: armourzero
    owners: ${owners}
`;
  const owner = (products: readonly string[], email = EMAIL) =>
    `[{ key: front-desk, email: ${email}, products: [${products.join(", ")}] }]`;
  const fleet = (owners: string, leaving = "", wait = "completed") =>
    stage.writeFleet(
      `${customer(owners, wait)}${leaving === "" ? "" : `leaving:\n  - { owner: ${EMAIL}, ${leaving}${WHY} }\n`}`,
    );
  const whole = () => fleet(owner(["ShieldOne", "ScoutTwo"]));
  /** What state holds of each resource, without when somebody looked, and what the last run was told of open requests. */
  const state = async () => {
    const { resources } = (JSON.parse(await stage.engine.state()) as Stored).deployment;
    return Object.fromEntries(
      resources.map(({ urn, id, inputs, outputs }) => {
        const { __leaving: _, ...given } = inputs ?? {};
        return [urn, { id, inputs: given, outputs: { ...outputs, known: undefined, __readAt: undefined } }];
      }),
    );
  };
  const dropped = async (names: readonly string[]) => {
    const up = await stage.engine.up();
    expect(up.ok, up.text).to.equal(false);
    expect(up.text).to.contain("is leaving: request R-").and.contain("It stays in state");
    // One failure ends a run: the others are asked for by the next.
    for (let i = 1; i < names.length; i += 1) await stage.engine.up();
    expect((await openRequests(stage)).map((request) => request.items[0]?.name).sort()).to.deep.equal(
      [...names].sort(),
    );
  };
  const putBack = async (updates: readonly string[]) => {
    const open = (await openRequests(stage)).length;
    whole();
    const preview = await stage.engine.preview();
    done(preview, `~ ${updates.length} to update`, ...updates.map((name) => `cedar/front-desk${name} update`));
    expect(preview.text).to.not.match(/to (create|delete|replace)/);
    expect(await openRequests(stage), "a preview withdraws nothing").to.have.length(open);
    done(await stage.engine.up(), "withdrew off-boarding request R-", "is declared again");
    expect(await openRequests(stage)).to.deep.equal([]);
    expect(await state()).to.deep.equal(settled);
    done(await stage.engine.preview({ expectNoChanges: true }));
    done(await stage.engine.preview({ refresh: true, expectNoChanges: true }));
  };

  before(async () => {
    stage = await openStage({ root: ROOT, name: "waiting" });
    stage.armourzero.world.add(EMAIL, "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    stage.armourzero.world.add(NEW_EMAIL, "Reception", { ShieldOne: 1, ScoutTwo: 1 });
    await stage.armourzero.operator.importInventory();
    whole();
    done(await stage.engine.up(), "5 created");
    settled = await state();
  });
  after(() => stage?.close());

  it("is a product: the put-back shows as an update, and takes its request back", async () => {
    fleet(owner(["ShieldOne"]), "product: ScoutTwo, ");
    await dropped(["ScoutTwo"]);
    // Its owner's declared products were changed at once, and are changed back.
    await putBack(["", "/scouttwo"]);
  });

  it("is a whole owner: the put-back takes back the request of each product", async () => {
    fleet("[]", " ");
    await dropped(["ScoutTwo", "ShieldOne"]);
    await putBack(["/scouttwo", "/shieldone"]);
  });

  it("is not what a resource of the same name has become meanwhile", async () => {
    stage.writeFleet(customer(owner(["ShieldOne", "ScoutTwo"]), "submitted"));
    done(await stage.engine.up());
    fleet(owner(["ShieldOne", "ScoutTwo"], NEW_EMAIL), " ", "submitted");
    done(await stage.engine.up());
    expect(await openRequests(stage)).to.have.length(2);
    done(await stage.engine.preview({ expectNoChanges: true }));
  });
});
