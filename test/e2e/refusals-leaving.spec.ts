import { join } from "node:path";
import { expect } from "chai";
import { openStage, type Stage } from "../../examples/story/stage";
import { done, openRequests, refused, written } from "./support/refused";

const ROOT = join(__dirname, "..", "..");
const DAY_MS = 24 * 60 * 60_000;
const LEAVES =
  "{ owner: front-desk@cedar.example, product: ScoutTwo, reason: The desk is closed, requester: account-manager@msp.example }";
const BIRCH_LEAVES =
  "{ customer: Birch Legal, reason: Birch Legal closes its business, requester: account-manager@msp.example }";

describe("a leaving that is refused, on the real engine", function () {
  this.timeout(180_000);
  let stage: Stage;

  /** Products of each owner; an owner without any is not declared. */
  const fleet = (
    owners: { readonly frontDesk?: string; readonly warehouse?: string },
    leaving: readonly string[] = [],
    birch = true,
  ) =>
    stage.writeFleet(
      [
        "version: 1",
        "defaults: { adopt: true }",
        "customers:",
        ...(birch
          ? [
              "  - { key: birch, name: Birch Legal, platform: licensing-portal, company: { city: Leeds, state: West Yorkshire, country: GB }, deletionProtection: false, products: [Cloud Edge] }",
            ]
          : []),
        "  - key: cedar",
        "    name: Cedar Logistics",
        "    platform: armourzero",
        "    owners:",
        ...(owners.frontDesk === undefined
          ? []
          : [`      - { key: front-desk, email: front-desk@cedar.example, products: [${owners.frontDesk}] }`]),
        ...(owners.warehouse === undefined
          ? []
          : [`      - { key: warehouse, email: warehouse@cedar.example, products: [${owners.warehouse}] }`]),
        ...(leaving.length === 0 ? [] : ["leaving:", ...leaving.map((note) => `  - ${note}`)]),
        "",
      ].join("\n"),
    );
  const SHIELD = { warehouse: "ShieldOne" };

  before(async () => {
    stage = await openStage({
      root: ROOT,
      name: "refusals-leaving",
      calendars: "platforms:\n  trend-micro: { staleAfterDays: 1 }\n",
    });
    stage.armourzero.world.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
    stage.armourzero.world.add("warehouse@cedar.example", "Warehouse", { ShieldOne: 1, ScoutTwo: 1 });
    await stage.armourzero.operator.importInventory();
    stage.clp.world.add(
      "Birch Legal",
      "Birch Legal",
      { "Cloud Edge": 1 },
      { city: "Leeds", state: "West Yorkshire", country: "GB" },
    );
    await stage.clp.operator.importInventory({ asOf: new Date(Date.now() - 3 * DAY_MS).toISOString() });
    fleet({ frontDesk: "ShieldOne, { product: ScoutTwo, wait: completed }", ...SHIELD });
    done(await stage.engine.up());
  });
  after(() => stage?.close());

  /** Nothing is written by what is refused, neither at the desk nor on the platform. */
  async function writesNothing(refusal: () => Promise<void>): Promise<void> {
    const before = await written(stage);
    await refusal();
    expect(await written(stage)).to.deep.equal(before);
  }

  it("says what stays when an owner is dropped who has more than was declared", () =>
    writesNothing(async () => {
      fleet({ frontDesk: "ShieldOne, { product: ScoutTwo, wait: completed }" }, [
        "{ owner: warehouse@cedar.example, product: ShieldOne, reason: The warehouse is closed, requester: account-manager@msp.example }",
      ]);
      refused(
        await stage.engine.preview(),
        "Device owner warehouse@cedar.example can't be dropped: ScoutTwo",
        "or keep the owner",
      );
    }));

  it("deletes no customer on what was attested too long ago, and says so in the preview", async () => {
    const owners = { frontDesk: "ShieldOne, { product: ScoutTwo, wait: completed }", ...SHIELD };
    await writesNothing(async () => {
      fleet(owners, [BIRCH_LEAVES], false);
      refused(
        await stage.engine.preview(),
        "Customer Birch Legal can't be deleted on what is known",
        "which is too old",
        "Import a newer inventory of trend-micro:Example MSP",
      );
    });
    // The product's own request is not irrecoverable, and is filed before the customer is refused; declared again, it is taken back.
    refused(await stage.engine.up(), "which is too old");
    expect((await openRequests(stage)).map(({ items }) => items[0]?.name)).to.deep.equal(["Cloud Edge"]);
    await stage.clp.operator.importInventory();
    done(await stage.engine.preview(), "files a held off-boarding request: customer Birch Legal");
    fleet(owners);
    done(await stage.engine.up());
    expect(await openRequests(stage)).to.have.length(0);
  });

  it("stays after it was rejected, and is not asked for again for the same reason", async () => {
    fleet({ frontDesk: "ShieldOne", ...SHIELD }, [LEAVES]);
    refused(
      await stage.engine.up(),
      "ScoutTwo of front-desk@cedar.example is leaving",
      "is Pending",
      "--continue-on-error",
    );
    const [request] = await openRequests(stage);
    await stage.armourzero.verifier.verify(request?.id ?? "", { outcome: "refused", necessity: "It is still in use." });
    await writesNothing(async () => {
      for (const run of [await stage.engine.preview(), await stage.engine.up()]) {
        refused(
          run,
          `ScoutTwo of front-desk@cedar.example stays: request ${request?.id} was rejected (It is still in use.)`,
          "give another reason",
        );
      }
    });
    expect(await stage.engine.state()).to.contain("cedar/front-desk/scouttwo");
    expect(await openRequests(stage)).to.have.length(0);
  });

  it("can't be taken back by the program once people are at it", async () => {
    fleet({ frontDesk: "ShieldOne, ScoutTwo", ...SHIELD });
    done(await stage.engine.up());
    fleet({ frontDesk: "ShieldOne", ...SHIELD }, [LEAVES.replace("The desk is closed", "The desk has moved")]);
    done(await stage.engine.up(), "filed off-boarding request");
    const [request] = await openRequests(stage);
    const id = request?.id ?? "";
    await stage.armourzero.verifier.verify(id);
    await stage.armourzero.operator.submit(id, { reference: "console" });
    await writesNothing(async () => {
      fleet({ frontDesk: "ShieldOne, ScoutTwo", ...SHIELD });
      refused(
        await stage.engine.up(),
        "ScoutTwo of front-desk@cedar.example is leaving",
        `request ${id} is In Progress`,
        "Withdraw it at the desk if nothing is removed yet",
      );
    });
    expect((await openRequests(stage)).map(({ state }) => state)).to.deep.equal(["In Progress"]);
  });
});
