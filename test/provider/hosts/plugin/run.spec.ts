/** Calls that end before their time, or come to a part of what they were for. */
import { status } from "@grpc/grpc-js";
import { expect } from "chai";
import type { Properties } from "../../../../provider/hosts/state";
import { openDeskFront } from "../../../e2e/support/desk-front";
import { openHoldingFront } from "../../../e2e/support/holding-front";
import { type MspWorld, openWorld } from "../../lifecycle/msp-world";
import { type Connection, PluginStage, refusal } from "./engine";
import { madeInPart } from "./signatures";

const ARGS = {
  name: "Acme",
  company: { city: "Bonn", state: "NRW", country: "DE" },
  firstUser: { loginName: "acme", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" },
};

describe("a create of the plugin", () => {
  let world: MspWorld;
  let stage: PluginStage;
  let urn: string;
  const opened: { close(): Promise<unknown> }[] = [];

  beforeEach(async () => {
    world = await openWorld();
    stage = await PluginStage.open(world);
    urn = stage.urn("Customer", "acme");
  });
  afterEach(async () => {
    stage.close();
    for (const front of opened.splice(0)) await front.close();
    await world.close();
  });

  const checked = (engine: Connection) => engine.check(urn, undefined, { platform: world.names.lmp, ...ARGS });

  /** The platform behind a front that can hold a call; the engine that speaks to it by way of that. */
  async function behindFront() {
    const front = await openHoldingFront(world.lmpi.url);
    opened.push(front);
    const connections = JSON.parse(String(world.config.connections)) as Record<string, Properties>;
    connections[world.names.lmp] = {
      ...connections[world.names.lmp],
      endpoint: front.url,
      attemptTimeoutSeconds: 200,
      totalTimeoutSeconds: 250,
    };
    world.config.connections = JSON.stringify(connections);
    return { front, engine: await stage.connect() };
  }

  /** A create that the platform has carried out, and whose answer is out. */
  async function heldCreate(options: { readonly timeout?: number } = {}) {
    const { front, engine } = await behindFront();
    const inputs = await checked(engine);
    const holding = front.hold({ method: "POST", path: /customers/, at: "before its answer" });
    const creating = refusal(engine.create(urn, inputs, options));
    const { abandoned } = await holding;
    return { engine, inputs, creating, abandoned };
  }

  it("that is cancelled while its answer is out ends by itself, and the next run takes over what was made, once", async () => {
    const { engine, inputs, creating, abandoned } = await heldCreate();
    const other = await stage.connect();
    await engine.cancel();
    const { code, details } = await creating;
    await abandoned;
    expect(code).to.equal(status.UNKNOWN);
    expect(details).to.contain("it is not sent again");
    const { id } = await other.create(urn, inputs);
    expect(world.lmpi.store.customer(id).company.name).to.equal("Acme");
    expect(world.lmpi.store.customers.size).to.equal(1);
  });

  it("goes on where another engine's run is cancelled", async () => {
    const { engine, creating, abandoned } = await heldCreate();
    const other = await stage.connect();
    await other.cancel();
    const first = await Promise.race([abandoned.then(() => "abandoned"), checked(engine).then(() => "still there")]);
    expect(first).to.equal("still there");
    await engine.cancel();
    await creating;
  });

  it("takes no longer than customTimeouts say", async () => {
    const { creating, abandoned } = await heldCreate({ timeout: 45 });
    world.clock.advance(45_000);
    await abandoned;
    expect((await creating).details).to.contain("it is not sent again");
  });

  it("that was made in part leaves id, state and reason with the engine, and an update goes on from there", async () => {
    // The desk goes down between the platform's answer and its own record of it.
    const desk = await openDeskFront(world.desk.url, ({ method, body }) =>
      method !== "GET" && body.includes('"outcome":"done"') ? "cut" : undefined,
    );
    opened.push(desk);
    const url = world.env.MSP_DESK_URL;
    world.env.MSP_DESK_URL = desk.url;
    const engine = await stage.connect();
    world.env.MSP_DESK_URL = url;
    const inputs = await checked(engine);
    const part = madeInPart(await refusal(engine.create(urn, inputs)));
    if (part === undefined) throw new Error("The failure does not say what was made.");
    const { id, properties: outputs } = part;
    expect(world.lmpi.store.customer(id).company.name).to.equal("Acme");
    expect(part.reasons.join()).to.match(/^customer Acme was made, but not all of it/);
    expect(outputs).to.deep.include({ customerId: id, name: "Acme" });
    expect(part.inputs).to.deep.equal(inputs);
    const next = await stage.connect();
    const again = await next.update(urn, id, { inputs, outputs }, inputs);
    expect(again).to.include({ customerId: id });
    expect(world.lmpi.store.customers.size).to.equal(1);
  });
});
