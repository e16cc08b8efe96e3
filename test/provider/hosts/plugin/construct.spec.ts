/** The component of the plugin, over gRPC: what it registers with an engine, and what its hook says there. */
import { status } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import { ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { expect } from "chai";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { FleetCustomer } from "../../../../provider";
import type { FleetCustomerEntry } from "../../../../provider/generated/types";
import type { Properties } from "../../../../provider/hosts/state";
import { UNKNOWN } from "../../../../provider/lifecycle/unknowns";
import { type MspWorld, openWorld } from "../../lifecycle/msp-world";
import { type Connection, configOf, PluginStage, refusal } from "./engine";
import { Monitor } from "./monitor";
import { secret } from "./signatures";

/** Keeps settings of the SDK apart, as its server of inline programs does; its types leave it out. */
const { withLocalStorage } = require("@pulumi/pulumi/runtime/state") as {
  withLocalStorage<T>(run: () => Promise<T>): Promise<T>;
};

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const REFERENCE = "urn:pulumi:prod::msp::pulumi:providers:msp::default::1b2c";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** A value of another resource, as the engine hands it on. */
function output(value: unknown, urn: string): Properties {
  return { "4dabf18193072939515e22adb298388d": OUTPUT, dependencies: [urn], ...(value === undefined ? {} : { value }) };
}

/** What makes one registration like another, by names. */
function shapeOf(request: RegisterResourceRequest): Properties {
  const name = (urn: string) => urn.split("::").at(-1);
  const { __provider, __resource, ...inputs } = (request.getObject()?.toJavaScript() ?? {}) as Properties;
  const edges: Properties = {};
  request.getPropertydependenciesMap().forEach((list: RegisterResourceRequest.PropertyDependencies, key: string) => {
    if (list.getUrnsList().length > 0) edges[key] = list.getUrnsList().map(name).sort();
  });
  return {
    type: request.getType().replace("pulumi-nodejs:dynamic/msp:", "msp:index:"),
    name: request.getName(),
    parent: name(request.getParent()),
    dependencies: request.getDependenciesList().map(name).sort(),
    edges,
    inputs,
  };
}

const byName = (shapes: readonly Properties[]) =>
  [...shapes].sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1));

/** What a Node program's component registers, on the SDK's mocks. */
function inNode(entry: FleetCustomerEntry, world: MspWorld): Promise<readonly Properties[]> {
  return withLocalStorage(async () => {
    const registered: RegisterResourceRequest[] = [];
    await pulumi.runtime.setMocks(
      {
        newResource: ({ name, inputs }) => ({ id: `id of ${name}`, state: { ...inputs, result: "k3x9" } }),
        call: () => ({}),
      },
      ...(world.program.split("/") as [string, string]),
      false,
    );
    const monitor = pulumi.runtime.getMonitor() as unknown as {
      registerResource(request: RegisterResourceRequest, ...rest: unknown[]): unknown;
    };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
      registered.push(request);
      return register(request, ...rest);
    };
    pulumi.runtime.setAllConfig({ "msp:connections": String(world.config.connections) });
    await pulumi.runtime.runInPulumiStack(async () => {
      new FleetCustomer(entry.key, { entry, defaults: { licence: "reduce" } });
    });
    await pulumi.runtime.disconnect();
    return byName(registered.filter((request) => request.getType() !== "pulumi:pulumi:Stack").map(shapeOf));
  });
}

describe("the component of the plugin", () => {
  let world: MspWorld;
  let stage: PluginStage;
  let engine: Connection;
  let monitor: Monitor;

  beforeEach(async () => {
    world = await openWorld();
    stage = await PluginStage.open(world);
    engine = await connected();
    monitor = await Monitor.open(world.program);
  });
  afterEach(async () => {
    monitor.close();
    stage.close();
    await world.close();
  });

  /** As the engine opens an instance, with the name that resources have for it. */
  async function connected(reference = REFERENCE): Promise<Connection> {
    const connection = await stage.connect(configOf(world));
    const [urn = "", id = ""] = reference.split(/::(?=[^:]*$)/);
    const request = new ConfigureRequest();
    request.setArgs(Struct.fromJavaScript(JSON.parse(JSON.stringify(configOf(world)))));
    request.setAcceptsecrets(true);
    request.setUrn(urn);
    request.setId(id);
    await connection.call("configure", request);
    return connection;
  }
  const owner = (more: Properties = {}) => ({
    key: "jane",
    email: "jane@acme.example",
    products: ["ShieldOne"],
    ...more,
  });
  const acme = (more: Properties = {}) => ({
    name: "Acme",
    platform: world.names.armourzero,
    owners: [owner()],
    ...more,
  });
  const named = (name: string) =>
    monitor.registered.findLast((request) => request.getName() === name) as RegisterResourceRequest;
  const inputsOf = (name: string) => named(name).getObject()?.toJavaScript() as Properties;
  const urnOf = (type: string, name: string) => monitor.urn(`msp:index:FleetCustomer$msp:index:${type}`, name);

  it("registers what a Node program's does: the same names, inputs and edges", async () => {
    const { key, ...entry }: FleetCustomerEntry = {
      key: "acme",
      name: "Acme",
      platform: world.names.lmp,
      company: COMPANY,
      firstUser: {
        loginName: { generate: true, prefix: "acme" },
        firstName: "Jo",
        lastName: "Doe",
        email: "jo@acme.example",
      },
      products: ["WFBS-S Yearly", { product: "Cloud Edge!", units: 3, wait: "submitted" }],
      owners: [
        {
          key: "jane",
          email: "jane@acme.example",
          name: "Jane",
          platform: world.names.armourzero,
          products: ["ShieldOne"],
        },
        { key: "desk", email: "desk@acme.example", platform: world.names.armourzero },
      ],
      deletionProtection: false,
      onDelete: "forget",
      adopt: true,
      wait: "completed",
    };
    await monitor.construct(engine, key, { inputs: { ...entry, defaults: { licence: "reduce" } } });
    const node = await inNode({ key, ...entry }, world);
    expect(node).to.have.length(8);
    expect(byName(monitor.registered.map(shapeOf))).to.deep.equal(node);
    expect(monitor.finished).to.deep.equal([monitor.urn("msp:index:FleetCustomer", "acme")]);
  });

  it("has its parts served by the instance that makes it, and lets them take over the other host's state", async () => {
    await monitor.construct(engine, "acme", {
      inputs: acme(),
      adjust: (request) => {
        request.setProtect(true);
        request.setDependenciesList([monitor.urn("msp:index:Customer", "other")]);
      },
    });
    const [component, ...parts] = monitor.registered as [RegisterResourceRequest, ...RegisterResourceRequest[]];
    expect(component.getProtect()).to.equal(true);
    expect(component.getDependenciesList()).to.deep.equal([monitor.urn("msp:index:Customer", "other")]);
    expect(parts.map((part) => part.getProvider())).to.deep.equal([REFERENCE, REFERENCE]);
    expect(parts.map((part) => part.getAliasesList()[0]?.getSpec()?.getType())).to.deep.equal([
      "pulumi-nodejs:dynamic/msp:DeviceOwner",
      "pulumi-nodejs:dynamic/msp:ProductAssignment",
    ]);
  });

  it("keeps what is secret and what is not known yet, and what each hangs on", async () => {
    const source = monitor.urn("x:index:Source", "source");
    await monitor.construct(engine, "acme", {
      preview: true,
      inputs: acme({
        name: output("Acme", source),
        platform: world.names.lmp,
        company: secret({ ...COMPANY, city: "canary-city" }),
        products: ["WFBS-S Yearly"],
        owners: [owner({ platform: world.names.armourzero, email: output(undefined, source) })],
      }),
    });
    expect(inputsOf("acme")).to.deep.include({ name: "Acme", company: secret({ ...COMPANY, city: "canary-city" }) });
    expect(named("acme").getDependenciesList()).to.deep.equal([source]);
    // What it is before it is made.
    expect(inputsOf("acme/wfbs-s-yearly")).to.include({ customer: UNKNOWN, subjectName: "Acme" });
    expect(inputsOf("acme/jane").email).to.equal(UNKNOWN);
    expect(inputsOf("acme/jane/shieldone").owner).to.equal(UNKNOWN);
    expect(named("acme/jane").getPropertydependenciesMap().get("email")?.getUrnsList()).to.deep.equal([source]);
    expect(stage.answers.join()).to.not.contain("canary");
  });

  const refusals: readonly (readonly [string, Properties, RegExp])[] = [
    ["an owner without a key", { owners: [{ email: "jane@acme.example" }] }, /^owners\.0\.key is missing$/],
    ["a property that there is not", { owner: [] }, /^owner is not a property; did you mean owners\?$/],
    ["a connection that there is not", { platform: "armorzero" }, /^platform names connection armorzero, which/],
    [
      "products where owners have them",
      { products: ["ShieldOne"] },
      /^Customer acme lists products.*\nMove them under/,
    ],
    [
      "products that are secret",
      { owners: secret([{ key: "a", email: "canary@acme.example" }]) },
      /^owners can't be secret here/,
    ],
    [
      "a product that is not known yet",
      { owners: [{ key: "a", email: "a@b.example", products: [UNKNOWN] }] },
      /^owners\.0\.products\.0 isn't known before/,
    ],
  ];
  for (const [what, more, words] of refusals)
    it(`refuses ${what}, in words that say the place`, async () => {
      const { details, code } = await refusal(monitor.construct(engine, "acme", { inputs: acme(more), preview: true }));
      expect(details).to.match(words);
      expect(code).to.equal(status.INVALID_ARGUMENT);
      expect(monitor.registered.filter((request) => request.getCustom())).to.deep.equal([]);
      expect(stage.answers.join()).to.not.contain("canary");
    });

  it("says which component it has, where it is asked for another", async () => {
    const { details } = await refusal(monitor.construct(engine, "x", { type: "msp:index:Fleet" }));
    expect(details).to.equal("pulumi-msp has no component msp:index:Fleet; it has msp:index:FleetCustomer.");
  });

  it("fails where a part has failed, so that the engine takes nothing for dropped, and registers what does not need it", async () => {
    monitor.failing.add("acme/jane");
    const owners = [owner(), { key: "desk", email: "desk@acme.example", products: ["ScoutTwo"] }];
    const { details } = await refusal(monitor.construct(engine, "acme", { inputs: acme({ owners }) }));
    expect(details).to.match(/^Something of this customer failed, so nothing is taken away in this run/);
    expect(monitor.registered.map((request) => request.getName())).to.have.members([
      "acme",
      "acme/jane",
      "acme/desk",
      "acme/desk/scouttwo",
    ]);
    expect(monitor.finished).to.deep.equal([]);
  });

  describe("that announces leavings", () => {
    const HOOK = "msp:before-leaving";
    const announcing = (more: Properties = {}) => acme({ announceLeavings: true, ...more });
    let state: Properties;

    beforeEach(async () => {
      world.armourzero.world.add("jane@acme.example", "Jane", { ShieldOne: 1 });
      await world.armourzero.operator.importInventory();
      state = (await product({})).outputs;
    });

    /** The product, as it is made by an engine's own calls. */
    async function product(more: Properties, run = engine) {
      const urn = stage.urn("ProductAssignment", "acme/jane/shieldone");
      const { armourzero: platform } = world.names;
      const args = { platform, owner: "jane@acme.example", product: "ShieldOne", adopt: true, ...more };
      const inputs = await run.check(urn, undefined, args);
      const { id, outputs } = await run.create(urn, inputs);
      return { urn, id, state: { inputs, outputs }, outputs };
    }

    it("tells the engine of its hook once in a run, and binds it to every part", async () => {
      await Promise.all(["acme", "birch"].map((name) => monitor.construct(engine, name, { inputs: announcing() })));
      expect([...monitor.hooks.keys()]).to.deep.equal([HOOK]);
      const parts = monitor.registered.filter((request) => request.getCustom());
      expect(parts).to.have.length(4);
      for (const part of parts) expect(part.getHooks()?.getBeforeDeleteList()).to.deep.equal([HOOK]);
      const silent = await Monitor.open(world.program);
      await silent.construct(engine, "acme", { inputs: acme() });
      silent.close();
      expect([...silent.hooks.keys()]).to.deep.equal([]);
      expect(silent.registered.flatMap((request) => request.getHooks()?.getBeforeDeleteList() ?? [])).to.deep.equal([]);
    });

    it("says in a preview what will be filed, or why it is refused; and nothing in the update", async () => {
      const urn = urnOf("ProductAssignment", "acme/jane/shieldone");
      await monitor.construct(engine, "acme", { inputs: announcing(), preview: true });
      expect(await monitor.call(HOOK, urn, state)).to.match(/ShieldOne .* can't leave: nobody says why/);
      world.config.reason = "Jane has left";
      const again = await connected();
      const next = await Monitor.open(world.program);
      await next.construct(again, "acme", { inputs: announcing(), preview: true });
      expect(await next.call(HOOK, urn, state)).to.equal("");
      expect(stage.lines.map((line) => [line.urn, line.message.split("\n")[0]])).to.deep.equal([
        [urn, "files an off-boarding request: ShieldOne of jane@acme.example leaves"],
      ]);
      next.close();
      const update = await Monitor.open(world.program);
      await update.construct(again, "acme", { inputs: announcing() });
      expect(await update.call(HOOK, urn, {})).to.equal("");
      update.close();
      expect(stage.lines).to.have.length(1);
      expect(await world.requests()).to.deep.equal([]);
    });

    it("has a hook of its own for each explicit provider, as each may be a process of its own", async () => {
      const explicit = await connected("urn:pulumi:prod::msp::pulumi:providers:msp::second::77");
      await monitor.construct(engine, "acme", { inputs: announcing() });
      await monitor.construct(explicit, "birch", { inputs: announcing() });
      expect([...monitor.hooks.keys()]).to.deep.equal([HOOK, `${HOOK}:second`]);
    });

    it("declares anew what is on its way out, as a Node program does", async () => {
      world.config.reason = "Jane has left";
      const run = await connected();
      const { urn, id, state } = await product({ wait: "completed" }, run);
      await refusal(run.delete(urn, id, state));
      await monitor.construct(run, "acme", { inputs: announcing() });
      expect(inputsOf("acme/jane/shieldone").__leaving).to.deep.equal([id]);
      expect(inputsOf("acme/jane")).to.not.have.property("__leaving");
    });

    it("serves two engines at once, each with what is its own, and goes on for the one when the other has ended", async () => {
      const other = await connected();
      const elsewhere = await Monitor.open(`${world.program}-b`);
      const names = ["acme", "birch", "cedar"];
      await Promise.all([
        ...names.map((name) => monitor.construct(engine, name, { inputs: announcing(), preview: true })),
        ...names.map((name) => elsewhere.construct(other, `${name}-b`, { inputs: announcing(), preview: true })),
      ]);
      const seen = (from: Monitor) => from.registered.map((request) => request.getName()).sort();
      expect(seen(monitor)).to.deep.equal(names.flatMap((name) => [name, `${name}/jane`, `${name}/jane/shieldone`]));
      expect(seen(elsewhere)).to.deep.equal(
        names.flatMap((name) => [`${name}-b`, `${name}-b/jane`, `${name}-b/jane/shieldone`]),
      );
      for (const from of [monitor, elsewhere]) {
        const stacks = from.registered.map((request) => request.getParent().split("::")[0]);
        expect(new Set(stacks)).to.deep.equal(new Set([`urn:pulumi:${from.program.split("/")[1]}`]));
      }
      await other.cancel();
      const urn = urnOf("ProductAssignment", "acme/jane/shieldone");
      const { details } = await refusal(elsewhere.call(HOOK, urn, state));
      expect(details).to.match(/^The run of this hook has ended/);
      expect(await monitor.call(HOOK, urn, state)).to.match(/nobody says why/);
      elsewhere.close();
    });
  });
});
