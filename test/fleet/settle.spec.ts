import { expect } from "chai";
import { type Settled, settleAll } from "../../fleet/settle";
import { applyEdit } from "../../sandbox/trend-micro/edits";
import { type Declared, Harness, type Held } from "../provider/lifecycle/harness";
import { type MspWorld, openWorld, type WorldOptions } from "../provider/lifecycle/msp-world";
import { expectReadable, thrown } from "../support/thrown";

const YEARLY = "WFBS-S Yearly";
const EMAIL = "Email Security Yearly";
const JANE = "jane@example.com";
const VERIFIED = {
  outcome: "accepted",
  identity: "Called back on the number in the contract.",
  necessity: "No longer needed.",
};

describe("settling what is verified", () => {
  let world: MspWorld;
  let harness: Harness;
  let customer: string;

  beforeEach(() => open());
  afterEach(() => world.close());

  async function open(options: WorldOptions = {}): Promise<void> {
    world = await openWorld(options);
    harness = new Harness(world);
    const company = { name: "Acme Dental", city: "Bonn", state: "NRW", country: "DE" };
    customer = applyEdit(world.lmpi.store, { kind: "addCustomer", company }).id;
    world.note(
      "{ customer: Acme Dental, reason: Moved to another vendor, requester: account-manager@msp.example }",
      `{ owner: ${JANE}, reason: A new laptop, requester: account-manager@msp.example }`,
    );
  }

  const declared = (product: string): Declared => ({
    type: "ProductAssignment",
    name: `acme/${product}`,
    args: { platform: world.names.lmp, customer, subjectName: "Acme Dental", product, units: 5 },
  });
  const assigned = (product: string): Promise<Held> => harness.up(declared(product));
  const verify = (id: string) => world.desk.as("verifier").post(`/v1/requests/${id}/verify`, VERIFIED);
  const isInForce = ({ id }: Held) => world.lmpi.store.subscriptions.get(id)?.enabled;
  const disables = () => world.lmpi.log.of("disableSubscription");
  const request = async (id: string) => (await world.requests()).find((candidate) => candidate.id === id);

  /** Takes products out of the program; the numbers of their requests. */
  async function leave(...products: readonly Held[]): Promise<readonly string[]> {
    for (const product of products) await harness.delete(product);
    const requests = await world.requests();
    return products.map(({ id }) => requests.find(({ items }) => items[0]?.id === id)?.id ?? "none");
  }

  /** One run of the command: what it tells of each request. */
  async function settle(): Promise<readonly Settled[]> {
    const all: Settled[] = [];
    for await (const settled of settleAll(world.run().session)) all.push(settled);
    for (const { failure } of all) if (failure !== undefined) expectReadable(failure);
    return all;
  }
  const told = (all: readonly Settled[]) =>
    all.map(({ request: now, failure }) => `${now?.id} ${now?.state}${failure === undefined ? "" : " failed"}`);

  it("ends the product by API, reads it back, and completes the request; what stays is not touched", async () => {
    const [yearly, email] = [await assigned(YEARLY), await assigned(EMAIL)];
    const [id = ""] = await leave(yearly);
    await verify(id);
    expect(told(await settle())).to.deep.equal([`${id} Completed`]);
    expect([isInForce(yearly), isInForce(email)]).to.deep.equal([false, true]);
    const item = (await request(id))?.items[0];
    expect(item?.removed?.note).to.equal("ended by API at Trend Micro Remote Manager");
    expect(item?.confirmed?.evidence).to.include({ kind: "read", text: "read back: not in force" });
  });

  it("leaves alone what nobody has verified, or somebody has refused", async () => {
    const [yearly, email] = [await assigned(YEARLY), await assigned(EMAIL)];
    const [unverified, refused] = await leave(yearly, email);
    await world.desk.as("verifier").post(`/v1/requests/${refused}/verify`, { ...VERIFIED, outcome: "refused" });
    const deeds = await world.deeds();
    expect(told(await settle())).to.deep.equal([`${unverified} Pending`]);
    expect(await world.deeds()).to.equal(deeds);
  });

  it("does nothing more when it is run again", async () => {
    const [id = ""] = await leave(await assigned(YEARLY));
    await verify(id);
    await settle();
    const writes = await world.writes();
    expect(await settle()).to.deep.equal([]);
    expect(await world.writes()).to.equal(writes);
  });

  it("leaves alone what people are to remove", async () => {
    world.armourzero.world.add(JANE, "Reception", { ShieldOne: 1 });
    await world.armourzero.operator.importInventory();
    const args = { platform: world.names.armourzero, owner: JANE, product: "ShieldOne", adopt: true };
    await leave(await harness.up({ type: "ProductAssignment", name: "jane/shieldone", args }));
    const [filed] = await world.requests();
    await verify(filed?.id ?? "");
    expect(await settle()).to.deep.equal([]);
    expect((await world.requests()).map(({ state }) => state)).to.deep.equal(["Pending"]);
  });

  it("confirms nothing while a product that should have stayed is gone, and goes on once it is back", async () => {
    const [yearly, email] = [await assigned(YEARLY), await assigned(EMAIL)];
    const [id = ""] = await leave(yearly);
    await verify(id);
    applyEdit(world.lmpi.store, { kind: "removeSubscription", subscriptionId: email.id });
    const [settled] = await settle();
    expect(settled?.failure).to.match(
      new RegExp(
        `^${YEARLY} of Acme Dental is ended, but ${EMAIL} should have stayed and is gone\\.\nPut back on .*${id}\\/items`,
      ),
    );
    expect(settled?.request?.state).to.equal("In Progress");
    expect((await request(id))?.items[0]?.state).to.equal("removed");

    applyEdit(world.lmpi.store, { kind: "addSubscription", customerId: customer, plan: EMAIL, units: 5 });
    expect(told(await settle())).to.deep.equal([`${id} Completed`]);
    expect(disables()).to.have.length(1);
  });

  it("ends again what has come back before it was confirmed", async () => {
    const [yearly, email] = [await assigned(YEARLY), await assigned(EMAIL)];
    const [id = ""] = await leave(yearly);
    await verify(id);
    applyEdit(world.lmpi.store, { kind: "removeSubscription", subscriptionId: email.id });
    await settle();
    const ended = world.lmpi.store.subscriptions.get(yearly.id);
    if (ended !== undefined) ended.enabled = true;
    applyEdit(world.lmpi.store, { kind: "addSubscription", customerId: customer, plan: EMAIL, units: 5 });
    expect(told(await settle())).to.deep.equal([`${id} Completed`]);
    expect(isInForce(yearly)).to.equal(false);
  });

  it("confirms nothing that the platform accepted to end and still shows as in force", async () => {
    await world.close();
    await open({ lmp: { visibilitySeconds: 10 } });
    const yearly = await assigned(YEARLY);
    const [id = ""] = await leave(yearly);
    await verify(id);
    const { store } = world.lmpi;
    const { disable } = store;
    store.disable = () => undefined;
    const [settled] = await settle();
    expect(settled?.failure).to.contain("accepted the cancellation").and.contain("still shows it as enabled");
    expect(settled?.request?.state).to.equal("Pending");

    store.disable = disable;
    expect(told(await settle())).to.deep.equal([`${id} Completed`]);
  });

  it("looks up what became of an end whose reply was lost, and sends no second one where it took effect", async () => {
    const [id = ""] = await leave(await assigned(YEARLY));
    await verify(id);
    world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: true }, { target: "disableSubscription" });
    expect(told(await settle())).to.deep.equal([`${id} Completed`]);
    expect(disables()).to.have.length(1);
  });

  it("finds in the next run what became of an end that it could not look up, and ends nothing twice", async () => {
    const [id = ""] = await leave(await assigned(YEARLY));
    await verify(id);
    world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: true }, { target: "disableSubscription" });
    world.lmpi.faults.arm(
      { kind: "serverError", isCommitted: false },
      { target: "getSubscription", times: "always", skip: 2 },
    );
    const [settled] = await settle();
    expect(settled?.failure).to.be.a("string");
    expect(settled?.request?.state).to.equal("Pending");

    world.lmpi.faults.reset();
    expect(told(await settle())).to.deep.equal([`${id} Completed`]);
    expect(disables().filter(({ isCommitted }) => isCommitted)).to.have.length(1);
  });

  it("ends in the next run what was lost on its way", async () => {
    await world.close();
    await open({ lmp: { visibilitySeconds: 10 } });
    const yearly = await assigned(YEARLY);
    const [id = ""] = await leave(yearly);
    await verify(id);
    world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: false }, { target: "disableSubscription" });
    expect(told(await settle())).to.deep.equal([`${id} Pending failed`]);
    expect(disables()).to.have.length(1);
    expect(told(await settle())).to.deep.equal([`${id} Completed`]);
    expect(isInForce(yearly)).to.equal(false);
  });

  it("goes on with the other requests where one fails, in the order in which they were filed", async () => {
    const [yearly, email] = [await assigned(YEARLY), await assigned(EMAIL)];
    const ids = await leave(yearly, email);
    for (const id of ids) await verify(id);
    world.lmpi.faults.arm({ kind: "refused" }, { target: "disableSubscription" });
    expect(told(await settle())).to.deep.equal([`${ids[0]} Pending failed`, `${ids[1]} Completed`]);
    expect([isInForce(yearly), isInForce(email)]).to.deep.equal([true, false]);
  });

  it("goes on with the other connections where one can't be opened, and says which", async () => {
    const [id = ""] = await leave(await assigned(YEARLY));
    await verify(id);
    const connections = JSON.parse(world.config.connections ?? "");
    world.config.connections = JSON.stringify({ former: { ...connections[world.names.lmp] }, ...connections });
    const [failed, settled] = await settle();
    expect(failed).to.include({ connection: "former" });
    expect(failed?.failure).to.contain("Connection former has no accessToken");
    expect(settled?.request).to.include({ id, state: "Completed" });
  });

  it("fails as unavailable while no desk answers, and sends the platform nothing", async () => {
    const [id = ""] = await leave(await assigned(YEARLY));
    await verify(id);
    const calls = world.lmpi.log.entries.length;
    world.env.MSP_DESK_URL = "http://127.0.0.1:9";
    const error = await thrown("unavailable", settle());
    expect(error.message).to.match(/^The off-boarding desk does not answer/);
    expect(world.lmpi.log.entries).to.have.length(calls);
  });
});
