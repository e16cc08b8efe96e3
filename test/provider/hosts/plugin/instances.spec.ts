/** Provider instances: their configuration, and that each is served apart from the others. */
import { expect } from "chai";
import type { Properties } from "../../../../provider/hosts/state";
import { UNKNOWN } from "../../../../provider/lifecycle/unknowns";
import { type MspWorld, openWorld } from "../../lifecycle/msp-world";
import { type Connection, configOf, PluginStage, refusal } from "./engine";
import { secret } from "./signatures";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const FIRST_USER = { loginName: "acme", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" };

describe("an instance of the plugin", () => {
  let world: MspWorld;
  let stage: PluginStage;
  let engine: Connection;

  beforeEach(async () => {
    world = await openWorld();
    stage = await PluginStage.open(world);
    engine = await stage.connect();
  });
  afterEach(async () => {
    stage.close();
    await world.close();
  });

  const acme = () => ({
    urn: stage.urn("Customer", "acme"),
    args: () => ({ platform: world.names.lmp, name: "Acme", company: COMPANY, firstUser: FIRST_USER }),
  });
  const jane = () => ({
    urn: stage.urn("DeviceOwner", "jane"),
    args: () => ({ platform: world.names.armourzero, email: "jane@acme.example" }),
  });

  describe("its configuration", () => {
    it("is named where it is missing or wrong, without a value", async () => {
      const valid = configOf(world);
      expect(await engine.checkConfig(valid)).to.deep.equal([]);
      expect(await engine.checkConfig({ connections: UNKNOWN })).to.deep.equal([]);
      expect((await engine.checkConfig({})).join()).to.match(/^No platform connection is configured/);
      expect(await engine.checkConfig({ ...valid, connection: "canary" })).to.deep.equal([
        "connection is not a setting of msp; did you mean connections?",
      ]);
      expect((await engine.checkConfig({ ...valid, timeoutSeconds: "soon" })).join()).to.contain("msp:timeoutSeconds");
      const refused = (await engine.checkConfig({ ...valid, token: "canary" })).join();
      expect(refused).to.contain("msp:token is configured").and.to.not.contain("canary");
    });

    it("may be structures as well as JSON, with secrets in it", async () => {
      const connections = JSON.parse(String(world.config.connections)) as Properties;
      for (const given of [connections, secret(connections), secret(JSON.stringify(connections))]) {
        const other = await stage.connect({ ...configOf(world), connections: given });
        const subject = jane();
        expect(await other.check(subject.urn, undefined, subject.args())).to.include({
          platform: world.names.armourzero,
        });
      }
    });

    it("is told to differ, whatever differs", async () => {
      const valid = configOf(world);
      expect(await engine.diffConfig(valid, { ...valid, version: "0.1.0" })).to.deep.equal([]);
      const connections = JSON.parse(String(valid.connections)) as Properties;
      expect(await engine.diffConfig(valid, { ...valid, connections })).to.deep.equal([]);
      expect(await engine.diffConfig(valid, { ...valid, requester: "boss@msp.example" })).to.deep.equal(["requester"]);
      expect(await engine.diffConfig(valid, { ...valid, deskUrl: UNKNOWN })).to.deep.equal(["deskUrl"]);
    });
  });

  describe("with many calls", () => {
    it("serves 200 at once from five engines, makes what each asked for, once, and gives each its own answer", async () => {
      const engines = [engine, ...(await Promise.all([1, 2, 3, 4].map(() => stage.connect())))];
      const calls = Array.from({ length: 200 }, async (_, i) => {
        const caller = engines[i % engines.length] as Connection;
        const urn = stage.urn("Customer", `c-${i}`);
        const inputs = await caller.check(urn, undefined, {
          platform: world.names.lmp,
          name: `Customer ${i}`,
          company: COMPANY,
          firstUser: { ...FIRST_USER, loginName: `login-${i}` },
        });
        const { id, outputs } = await caller.create(urn, inputs);
        expect(outputs).to.include({ name: `Customer ${i}`, customerId: id, __resource: `${world.program}::c-${i}` });
        return [id, `Customer ${i}`] as const;
      });
      const made = new Map(await Promise.all(calls));
      const stored = [...world.lmpi.store.customers.values()].map(({ id, company }) => [id, company.name] as const);
      expect(made).to.deep.equal(new Map(stored));
      expect(made.size).to.equal(200);
    }).timeout(120_000);

    it("of two engines, ends those of the one that is cancelled, and not the other's", async () => {
      const other = await stage.connect({ ...configOf(world), timeoutSeconds: "60" }, true);
      await engine.cancel();
      const subject = acme();
      const { details } = await refusal(engine.check(subject.urn, undefined, subject.args()));
      expect(details).to.contain("after it cancelled the run");
      const inputs = await other.check(subject.urn, undefined, subject.args());
      expect((await other.create(subject.urn, inputs)).id).to.be.a("string");
    });
  });

  it("that an engine was attached to lets go of it when it dies, and serves the others", async () => {
    const attached = await stage.connect(configOf(world), true);
    const subject = acme();
    await attached.check(subject.urn, undefined, subject.args());
    for (const die of stage.deaths) die();
    expect((await refusal(attached.check(subject.urn, undefined, subject.args()))).details).to.contain(
      "cancelled the run",
    );
    await engine.check(subject.urn, undefined, subject.args());
  });
});
