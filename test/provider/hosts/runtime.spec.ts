import { expect } from "chai";
import { shim } from "../../../provider/hosts/dynamic";
import { provider, providerOver, STATE_VERSION } from "../../../provider/hosts/runtime";
import { createSession } from "../../../provider/hosts/session";
import { UNKNOWN } from "../../../provider/lifecycle/unknowns";
import { resourceTypes } from "../../../provider/resources/registry";
import { expectReadable } from "../../support/thrown";
import { manualClock, steadyRandom } from "../http/manual-clock";
import { Harness } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const CONNECTIONS = JSON.stringify({ az: { platform: "armourzero", account: "acme-msp" } });
const HIDDEN = { __provider: shim("DeviceOwner"), __resource: "msp/prod::jane" };
const INPUTS = { platform: "az", email: "jane@acme.example", products: [], ...HIDDEN };
const STATE = {
  ...INPUTS,
  account: "armourzero:acme-msp",
  undeclaredProducts: [],
  known: { how: "attested" },
  __stateVersion: STATE_VERSION,
};

/** What the engine is handed when a call fails. */
async function failure(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw new Error("Only errors may be thrown: the engine hangs on anything else.");
    expect(error.stack).to.equal("");
    expectReadable(error.message);
    return error;
  }
  throw new Error("The call should have failed.");
}

describe("the constant provider string", () => {
  for (const type of resourceTypes) {
    it(`of ${type} is short, names no path, and is frozen`, () => {
      expect(shim(type)).to.equal(
        `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("pulumi-msp/runtime").provider("${type}");`,
      );
      expect(shim(type).length).to.be.below(200);
    });
  }
});

describe("the runtime", () => {
  const owner = (connections: string | undefined = CONNECTIONS) => {
    const session = createSession({
      settings: (key) => (key === "connections" ? connections : undefined),
      env: {},
      cwd: "/",
      clock: manualClock(),
      random: steadyRandom,
      log: () => undefined,
    });
    const runtime = providerOver("DeviceOwner", () => session);
    runtime.configure({ config: { get: () => undefined } });
    return runtime;
  };

  it("has all that the host calls, and configures at once", () => {
    const runtime = provider("Customer");
    expect(Object.keys(runtime)).to.have.members(["configure", "check", "diff", "create", "read", "update", "delete"]);
    expect(runtime.configure({ config: { get: () => undefined } })).to.equal(undefined);
  });

  it("keeps hidden keys with the inputs, and checks none of them", async () => {
    const { inputs, failures } = await owner().check({}, INPUTS);
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.equal(INPUTS);
  });

  it("checks what it can where the connection is not known yet", async () => {
    expect((await owner().check({}, { ...INPUTS, platform: UNKNOWN })).failures).to.deep.equal([]);
    const { failures } = await owner().check({}, { ...INPUTS, platform: UNKNOWN, emial: "x" });
    expect(failures[0]?.reason).to.contain("did you mean email?");
  });

  it("refuses connections that are not there, in check already", async () => {
    expect((await owner().check({}, { ...INPUTS, platform: "za" })).failures).to.deep.equal([
      { property: "", reason: "platform names connection za, which msp:connections does not have; did you mean az?" },
    ]);
    expect((await owner("").check({}, INPUTS)).failures[0]?.reason).to.match(
      /^(No platform connection|msp:connections)/,
    );
  });

  it("has an update write the provider's string where another host's state lacks it", async () => {
    const { __provider: _, ...foreign } = STATE;
    expect(await owner().diff("jane", STATE, INPUTS)).to.deep.equal({
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
    });
    expect(await owner().diff("jane", foreign, INPUTS)).to.include({ changes: true, deleteBeforeReplace: false });
  });

  it("refuses state that a newer package wrote", async () => {
    const newer = { ...STATE, __stateVersion: STATE_VERSION + 1 };
    for (const call of [
      owner().diff("jane", newer, INPUTS),
      owner().read("jane", newer),
      owner().delete("jane", newer),
    ]) {
      expect((await failure(call)).message).to.match(/^This state was written by a newer pulumi-msp/);
    }
  });

  it("tells a bug of ours as such, in one line, and prints nothing of it", async () => {
    const broken = providerOver("DeviceOwner", () => ({ checkContext: () => JSON.parse("{\n,") }) as never);
    broken.configure({ config: { get: () => undefined } });
    const { message } = await failure(broken.check({}, INPUTS));
    expect(message).to.match(/^pulumi-msp failed in a way that it should not: SyntaxError/);
    expect(message).to.contain("Please report this");
  });

  it("keeps the host's second print of its errors, with their stack, from the console", async () => {
    const error = await failure(owner().read("jane", { ...STATE, __stateVersion: STATE_VERSION + 1 }));
    const printed: unknown[] = [];
    const write = process.stderr.write;
    process.stderr.write = ((text: string) => printed.push(text) > 0) as never;
    try {
      // As the host prints: a text of the error and its stack.
      console.error(`${error}: ${error.stack}`);
      console.error("something else");
    } finally {
      process.stderr.write = write;
    }
    expect(printed).to.deep.equal(["something else\n"]);
  });
});

describe("the runtime, when only a part was done", () => {
  let world: MspWorld;

  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.close());

  it("hands the engine id, every input and the reason, and a later run goes on from there", async () => {
    const harness = new Harness(world);
    const declared = {
      type: "Customer" as const,
      name: "acme",
      args: {
        platform: world.names.lmp,
        name: "Acme",
        company: { city: "Bonn", state: "NRW", country: "DE" },
        firstUser: { loginName: "acme", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" },
      },
    };
    const { inputs } = await harness.preview(declared);
    const run = world.run();
    const { desk } = run.session;
    const changeIntent = desk.changeIntent;
    // The desk goes down between the platform's answer and its own record of it.
    Object.assign(desk, {
      changeIntent: (id: string, change: { outcome: string }) =>
        change.outcome === "done" ? world.run().session.desk.request("R-0") : changeIntent(id, change as never),
    });
    let thrown: unknown;
    await run
      .provider("Customer")
      .create(inputs)
      .catch((error: unknown) => {
        thrown = error;
      });
    const { id, properties, reasons } = thrown as {
      id: string;
      properties: Record<string, unknown>;
      reasons: string[];
    };
    expect(world.lmpi.store.customer(id).company.name).to.equal("Acme");
    expect(properties).to.deep.include(inputs);
    expect(properties).to.include({ customerId: id, __stateVersion: STATE_VERSION });
    expect(reasons).to.have.length(1);
    expect(reasons[0]).to.match(/^customer Acme was made, but not all of it: There is no request R-0/);

    const { outs } = await world.run().provider("Customer").update(id, properties, inputs);
    expect(outs).to.deep.include({ customerId: id, name: "Acme" });
    expect(world.lmpi.store.customers.size).to.equal(1);
  });
});
