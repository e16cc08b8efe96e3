import { join } from "node:path";
import { expect } from "chai";
import type { Deployment } from "@pulumi/pulumi/automation";
import type { OffboardingRequest } from "../../provider/generated/types";
import { done, refused } from "../e2e/support/refused";
import { type Fixture, fixtures } from "./fixture";
import { leavingFleet, settledFleet, STACKS } from "./scene";
import { openUpgradeStage, type UpgradeStage } from "./stage";

const { version: current } = require(join("..", "..", "package.json")) as { readonly version: string };

interface StoredResource {
  readonly outputs?: { readonly __stateVersion?: number };
}

/** The state with another version of what we write, or none. */
function withStateVersion(state: Deployment, version: number | undefined): Deployment {
  const change = (resource: StoredResource) => {
    if (resource.outputs?.__stateVersion === undefined) return resource;
    const { __stateVersion: _, ...outputs } = resource.outputs;
    return { ...resource, outputs: { ...outputs, ...(version === undefined ? {} : { __stateVersion: version }) } };
  };
  const { resources } = state.deployment as { readonly resources: readonly StoredResource[] };
  return { ...state, deployment: { ...state.deployment, resources: resources.map(change) } };
}

/** The URNs of what is ours. */
function oursIn(state: Deployment): readonly string[] {
  const { resources = [] } = state.deployment as { readonly resources?: readonly { type: string; urn: string }[] };
  return resources.flatMap(({ type, urn }) => (type.includes("dynamic/msp:") ? [urn] : [])).sort();
}

describe("the fixtures", () => {
  it("have one of the version that is being worked on, made before it is released", () => {
    expect(fixtures().map(({ version }) => version)).to.include(current);
  });
});

for (const fixture of fixtures()) lives(fixture);

/** One story, in order: each step goes on from what the one before left. */
function lives(fixture: Fixture): void {
  describe(`the state of ${fixture.version}, on the real engine`, function () {
    this.timeout(240_000);
    let stage: UpgradeStage;
    let settled: Awaited<ReturnType<UpgradeStage["openStack"]>>;
    let leaving: Awaited<ReturnType<UpgradeStage["openStack"]>>;

    before(async () => {
      stage = await openUpgradeStage({
        name: `upgrade-${fixture.version}`,
        store: { DATABASE_URL: await fixture.inDatabase() },
        world: fixture.world,
      });
      for (const platform of ["armourzero", "clp"] as const) stage[platform].world.addRows(fixture.rows(platform));
      settled = await stage.openStack("settled");
      leaving = await stage.openStack("leaving");
      for (const [i, { engine, writeFleet }] of [settled, leaving].entries()) {
        const name = STACKS[i] ?? "settled";
        writeFleet(fixture.program(name));
        await engine.stack.importStack(fixture.state(name, stage.lmpiUrl));
      }
    });
    after(() => stage?.close());

    const state = () => fixture.state("settled", stage.lmpiUrl);
    const requests = async (query = "") =>
      (
        await stage.admin.get<{ readonly items: readonly OffboardingRequest[] }>(`/v1/requests?limit=200${query}`)
      ).items.toReversed();
    const filed = async (since: readonly OffboardingRequest[]) => {
      const known = new Set(since.map(({ id }) => id));
      return (await requests()).filter(({ id }) => !known.has(id));
    };
    it("is refused in words where a newer version wrote it, and nothing is touched", async () => {
      const { engine } = settled;
      await engine.stack.importStack(withStateVersion(state(), 1_000));
      const before = await requests();
      const newer = ["This state was written by a newer pulumi-msp (state version 1000", "Update the package"];
      refused(await engine.preview(), ...newer);
      refused(await engine.up(), ...newer);
      expect(oursIn(await engine.stack.exportStack())).to.deep.equal(oursIn(state()));
      expect(await filed(before)).to.deep.equal([]);
    });

    it("is read where it does not say which version wrote it", async () => {
      await settled.engine.stack.importStack(withStateVersion(state(), undefined));
      done(await settled.engine.preview({ refresh: true, expectNoChanges: true }));
      await settled.engine.stack.importStack(state());
    });

    it("previews empty, as it is and after it was read anew, and an up changes nothing", async () => {
      const before = await requests();
      done(await settled.engine.preview({ expectNoChanges: true }));
      done(await settled.engine.preview({ refresh: true, expectNoChanges: true }));
      const up = await settled.engine.up();
      done(up);
      expect(up.text).to.not.match(/created|updated|deleted|replaced/);
      done(await settled.engine.refresh());
      done(await settled.engine.preview({ expectNoChanges: true }));
      expect(await filed(before)).to.deep.equal([]);
    });

    it("keeps what is leaving as it is: it files nothing new, and waits for the request that is there", async () => {
      const before = await requests("&open=true");
      const preview = await leaving.engine.preview();
      done(preview, "- 2 to delete");
      expect(preview.text).to.not.match(/to (create|update|replace)/);
      const up = await leaving.engine.up({ continueOnError: true });
      const waiting = before.filter(({ subject }) => /Fir Clinic|reception@/.test(`${subject.key} ${subject.name}`));
      expect(waiting).to.have.length(2);
      refused(up, ...waiting.map(({ id }) => `request ${id} is Pending`));
      expect(await filed(await requests())).to.deep.equal([]);
      expect((await requests("&open=true")).map(({ id }) => id)).to.deep.equal(before.map(({ id }) => id));
    });

    it("ends by API what was verified", async () => {
      const request = (await requests("&open=true")).find(({ subject }) => subject.name === "Fir Clinic");
      await stage.armourzero.verifier.verify(request?.id ?? "");
      refused(await leaving.engine.up({ continueOnError: true }), "It stays in state");
      expect(await stage.admin.get(`/v1/requests/${request?.id}`)).to.deep.include({ state: "Completed" });
    });

    it("takes a leaving back that is declared again", async () => {
      leaving.writeFleet(leavingFleet(true).replace(/ {6}- \{ product: Email.*\n/, ""));
      const [request] = (await requests("&open=true")).filter(({ subject }) => subject.key.startsWith("reception@"));
      done(await leaving.engine.up(), `withdrew off-boarding request ${request?.id}`);
      expect(await stage.admin.get(`/v1/requests/${request?.id}`)).to.deep.include({ state: "Withdrawn" });
      done(await leaving.engine.preview({ refresh: true, expectNoChanges: true }));
    });

    it("deletes a product and a customer: each on one request, however often it runs", async () => {
      const before = await requests();
      const notes = [
        "customer: Elm Books, reason: Elm Books moves to another MSP",
        "customer: Birch Legal, reason: Birch Legal closes its business",
        "owner: front-desk@cedar.example, product: ScoutTwo, reason: The shared desk has no phone any more",
        "owner: warehouse@cedar.example, product: ScoutTwo, reason: The scanners were retired",
      ];
      const whole = settledFleet({ frontDesk: ["ShieldOne"], leaving: notes });
      settled.writeFleet(
        whole
          .replace(/ {2}- key: elm\n(?: {4}.*\n)+/, "")
          .replace(
            "warehouse@cedar.example, products: [ShieldOne, ScoutTwo]",
            "warehouse@cedar.example, products: [ShieldOne]",
          ),
      );
      done(await settled.engine.up(), "filed off-boarding request");
      const asked = (await filed(before)).map(({ subject, items, state }) => [subject.name, items[0]?.name, state]);
      expect(asked).to.have.deep.members([
        ["warehouse@cedar.example", "ScoutTwo", "Pending"],
        ["Elm Books", "Worry-Free Services", "Pending"],
        ["Elm Books", "Elm Books", "Held"],
      ]);
      done(await settled.engine.up());
      expect(await filed(before)).to.have.length(3);
      done(await settled.engine.preview({ refresh: true, expectNoChanges: true }));
    });

    it("is destroyed to its last resource", async () => {
      const before = await requests();
      const forget = settledFleet({ frontDesk: ["ShieldOne"] })
        .replace(/ {2}- key: elm\n(?: {4}.*\n)+/, "")
        .replace("products: [ShieldOne, ScoutTwo]", "products: [ShieldOne]")
        .replace(
          "    platform: remote-manager\n",
          "    platform: remote-manager\n    onDelete: forget\n    deletionProtection: false\n",
        );
      settled.writeFleet(forget);
      done(await settled.engine.up());
      await settled.engine.configure({
        reason: "The MSP gives these platforms up",
        requester: "account-manager@msp.example",
      });
      done(await settled.engine.destroy());
      expect(oursIn(await settled.engine.stack.exportStack())).to.deep.equal([]);
      const asked = (await filed(before)).map(({ subject, items }) => `${items[0]?.name} of ${subject.name}`);
      expect(asked.toSorted()).to.deep.equal([
        "Email Security Yearly of Acme Dental",
        "ShieldOne of Front Desk",
        "ShieldOne of warehouse@cedar.example",
        "WFBS-S Yearly of Acme Dental",
      ]);
      expect(await stage.admin.get("/v1/audit/verify")).to.deep.include({ ok: true });
    });
  });
}
