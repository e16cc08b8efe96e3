import { expect } from "chai";
import { runAccountConfirm, runAccountMerge } from "../../../cli/account";
import { settleAll } from "../../../fleet/settle";
import type { Connections } from "../../../provider/generated/types";
import { describeRemove } from "../../../provider/lifecycle/converge";
import { managed } from "../../../provider/resources/registry";
import { applyEdit } from "../../../sandbox/trend-micro/edits";
import { type LmpiOptions, type LmpiSandbox, startLmpi } from "../../../sandbox/trend-micro/server";
import { expectReadable } from "../../support/thrown";
import { steadyRandom } from "../http/manual-clock";
import { type Declared, Harness, type Held } from "../lifecycle/harness";
import { type MspWorld, openWorld } from "../lifecycle/msp-world";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const NAMES = ["Acme Dental", "Birch Legal", "Cedar Logistics"];
const YEARLY = "WFBS-S Yearly";
const EMAIL = "Email Security Yearly";
const NOTE = "{ customer: Acme Dental, reason: Moved to another vendor, requester: account-manager@msp.example }";
const VERIFIED = { outcome: "accepted", identity: "Called back.", necessity: "No longer needed." };

describe("credentials that may be of another account", () => {
  let world: MspWorld;
  let harness: Harness;
  let others: LmpiSandbox[];
  /** Acme's products: one that stays, and one whose leaving is verified and waits to be settled. */
  let held: Held;
  let account: string;
  let request: string;

  beforeEach(async () => {
    world = await openWorld({ lmp: { visibilitySeconds: 1 } });
    harness = new Harness(world);
    others = [];
    world.note(NOTE);
    const [acme = ""] = NAMES.map((name) => add(world.lmpi, name));
    const product = (name: string): Declared => ({
      type: "ProductAssignment",
      name: `acme/${name}`,
      args: { platform: world.names.lmp, customer: acme, subjectName: "Acme Dental", product: name, units: 5 },
    });
    held = await harness.up(product(YEARLY));
    await harness.delete(await harness.up(product(EMAIL)));
    request = (await world.requests())[0]?.id ?? "";
    await world.desk.as("verifier").post(`/v1/requests/${request}/verify`, VERIFIED);
    account = String(held.outputs.account);
    // What was written is old enough to be missed where it is not.
    world.clock.advance(3_600_000);
  });
  afterEach(async () => {
    for (const other of others) await other.close();
    await world.close();
  });

  function add(sandbox: LmpiSandbox, name: string): string {
    return applyEdit(sandbox.store, { kind: "addCustomer", company: { name, ...COMPANY } }).id;
  }

  /** Another LMPI, with these customers. */
  async function another(names: readonly string[], options: LmpiOptions = {}): Promise<LmpiSandbox> {
    const sandbox = await startLmpi({ clock: world.clock, ...options });
    others.push(sandbox);
    for (const name of names) add(sandbox, name);
    return sandbox;
  }

  /** What another LMPI shows when these accounts are one there; those that are named may stay behind. */
  function joined(into: LmpiSandbox, from: LmpiSandbox, moves: (name: string) => boolean = () => true): void {
    const [here, there] = [into.store.snapshot(), from.store.snapshot()];
    const moved = there.customers.filter(({ company }) => moves(company.name));
    const ids = new Set(moved.map(({ id }) => id));
    into.store.restore({
      ...here,
      customers: [...here.customers, ...moved],
      subscriptions: [...here.subscriptions, ...there.subscriptions.filter(({ customerId }) => ids.has(customerId))],
    });
    from.store.restore({
      ...there,
      customers: there.customers.filter(({ id }) => !ids.has(id)),
      subscriptions: there.subscriptions.filter(({ customerId }) => !ids.has(customerId)),
    });
  }

  const connections = () => JSON.parse(world.config.connections ?? "{}") as Record<string, Connections[string]>;
  const configure = (change: (all: Record<string, Connections[string]>) => void) => {
    const all = connections();
    change(all);
    world.config.connections = JSON.stringify(all);
  };
  const variable = (connection: string, secret: string) =>
    `MSP_${connection}_${secret}`.toUpperCase().replaceAll("-", "_");
  /** Has a connection use these credentials, at their own address. */
  function use(sandbox: LmpiSandbox, connection = world.names.lmp): void {
    const settings = connections()[world.names.lmp];
    if (settings === undefined) throw new Error("The world has an LMP connection.");
    configure((all) => {
      all[connection] = { ...settings, endpoint: sandbox.url };
    });
    world.env[variable(connection, "ACCESS_TOKEN")] = sandbox.accessToken;
    world.env[variable(connection, "SECRET_KEY")] = sandbox.secretKey;
  }

  const opened = (connection: string) => world.run().session.write(connection, "msp/x::y");

  /** Everything that a run or a command may ask, with what is to come of it. */
  const calls = (): Readonly<Record<string, () => Promise<unknown>>> => ({
    "a preview of the leaving": async () => {
      const context = await opened(String(held.declared.args.platform)).catch(unstacked);
      return describeRemove(managed("ProductAssignment"), context, held.outputs);
    },
    "an update": () => harness.up({ ...held.declared, args: { ...held.declared.args, units: 9 } }, held),
    "a creation": () =>
      harness.up({
        type: "Customer",
        name: "new",
        args: {
          platform: world.names.lmp,
          name: "New Practice",
          company: COMPANY,
          firstUser: { loginName: "new", firstName: "I", lastName: "T", email: "it@new.example" },
        },
      }),
    "a refresh": () => harness.refresh(held),
    "a leaving": () => harness.delete(held),
    "a settling": async () => {
      for await (const { failure } of settleAll(world.run().session)) {
        if (failure === undefined) continue;
        expectReadable(failure);
        throw Object.assign(new Error(failure), { stack: "" });
      }
    },
  });

  /** Each call is refused in the same words, which it answers; nothing is sent, filed or recorded. */
  async function allRefused(...words: readonly string[]): Promise<string> {
    const messages = new Set<string>();
    const [records, sent] = [await world.writes(), others.map(({ log }) => log.writes().length)];
    for (const call of Object.values(calls())) messages.add(await harness.refused(call));
    expect([...messages], "the same words whatever is asked").to.have.length(1);
    const [message = ""] = messages;
    for (const word of words) expect(message).to.contain(word);
    expect(await world.writes(), "nothing is recorded").to.equal(records);
    expect(others.map(({ log }) => log.writes().length)).to.deep.equal(sent);
    return message;
  }

  /** Each call does what it is for, on what is there: nothing is made anew. */
  async function goesOn(sandbox: LmpiSandbox, known = account): Promise<void> {
    const { subscriptions } = sandbox.store;
    const count = subscriptions.size;
    held = (await harness.refresh(held)) ?? held;
    expect(held.outputs.account).to.equal(known);
    held = await harness.up({ ...held.declared, args: { ...held.declared.args, units: 9 } }, held);
    expect(subscriptions.get(held.id)?.licences[0]?.units).to.equal(9);
    const settled = [];
    for await (const { request: done, failure } of settleAll(world.run().session))
      settled.push([done?.id, done?.state, failure]);
    expect(settled).to.deep.include([request, "Completed", undefined]);
    await harness.delete(held);
    expect((await world.requests())[0]).to.deep.include({ state: "Pending", account: known });
    expect(subscriptions.size).to.equal(count);
  }

  /** Does what the words say, as a person who may: `npx msp account <act> ...`. */
  async function follow(message: string, act: "confirm" | "merge"): Promise<void> {
    const words = new RegExp(`npx msp account ${act} (.+?)[.,](?:\\s|$)`).exec(message)?.[1]?.split(" ") ?? [];
    const option = (name: string) => {
      const at = words.indexOf(`--${name}`);
      return at < 0 ? undefined : words[at + 1];
    };
    const [named = "", ...ids] = words.slice(0, words.findIndex((word) => word.startsWith("--")) >>> 0);
    const here = {
      env: { MSP_DESK_URL: world.desk.url, MSP_DESK_TOKEN: world.desk.tokens.operator },
      cwd: "/",
      clock: world.clock,
      random: steadyRandom,
      log: () => undefined,
    };
    const reason = "Asked the vendor by phone.";
    if (act === "merge") return runAccountMerge(named, { into: option("into") ?? "", reason }, here);
    const from = option("from");
    const empty = words.includes("--empty");
    return runAccountConfirm(named, ids, { reason, empty, ...(from === undefined ? {} : { from }) }, here);
  }

  describe("are refused, and nothing is sent", () => {
    const cases: readonly {
      readonly whose: string;
      readonly arrange: () => Promise<unknown>;
      readonly words: readonly string[];
    }[] = [
      {
        whose: "of another account",
        arrange: async () => use(await another(["Elm Vets", "Fir Bank"])),
        words: ["are those of another account"],
      },
      {
        whose: "of another account whose customers have the same names",
        arrange: async () => use(await another(NAMES)),
        words: ["are those of another account"],
      },
      {
        whose: "of another account that has come to the same address",
        arrange: async () => {
          const { accessToken, secretKey, url } = world.lmpi;
          await world.lmpi.close();
          await another(["Elm Vets"], { accessToken, secretKey, port: Number(new URL(url).port) });
        },
        words: ["are those of another account"],
      },
      {
        whose: "of an empty account, or of a stand-in that was just started",
        arrange: async () => use(await another([])),
        words: ["shows nothing", "Check the connection's credentials"],
      },
    ];
    for (const { whose, arrange, words } of cases) {
      it(`when they are ${whose}`, async () => {
        await arrange();
        await allRefused(...words, account);
        // The right ones go on as if nothing had been.
        if (others[0]?.url !== world.lmpi.url) {
          use(world.lmpi);
          await goesOn(world.lmpi);
        }
      });
    }

    it("when nobody answers at the address any more, which says nothing of the account", async () => {
      await world.lmpi.close();
      await allRefused("Trend Micro Remote Manager can't be reached");
    });

    it("when the key is one that was revoked, with the variables that hold it", async () => {
      world.env[variable(world.names.lmp, "SECRET_KEY")] = "c2VjcmV0LW9mLXllc3RlcmRheQ==";
      await allRefused("answered 401", variable(world.names.lmp, "ACCESS_TOKEN"));
    });
  });

  describe("go on, and make nothing anew", () => {
    it("when the same account is at another address", async () => {
      const elsewhere = await another([], { accessToken: world.lmpi.accessToken, secretKey: world.lmpi.secretKey });
      joined(elsewhere, world.lmpi);
      use(elsewhere);
      await goesOn(elsewhere);
    });

    it("when the account has another key", async () => {
      const rotated = await another([]);
      joined(rotated, world.lmpi);
      use(rotated);
      await goesOn(rotated);
    });

    it("when they are an account's that nobody knew, and that has taken over all customers", async () => {
      const other = await another(["Elm Vets"]);
      joined(other, world.lmpi);
      use(other);
      await goesOn(other);
    });

    it("when the account was split, on what it still has", async () => {
      const half = await another([]);
      joined(half, world.lmpi, (name) => name === "Acme Dental");
      use(half);
      await goesOn(half);
    });
  });

  describe("of two known accounts that have become one", () => {
    let other: LmpiSandbox;
    let otherAccount: string;
    let second: string;
    beforeEach(async () => {
      second = `second-of-${world.names.lmp}`;
      other = await another(["Elm Vets", "Fir Bank", "Gum Foods", "Oak Clinic"]);
      use(other, second);
      otherAccount = (await opened(second)).account;
      expect(otherAccount).to.not.equal(account);
    });

    it("are refused until a person says that one was merged into the other; then what state says of either is found", async () => {
      joined(other, world.lmpi);
      use(other);
      const message = await allRefused("show objects of two accounts", account, otherAccount);
      await follow(message, "merge");
      expect((await opened(second)).account).to.equal(otherAccount);
      await goesOn(other, otherAccount);
    });

    it("are refused where only a part has moved, until a person says so; what has moved is then gone here, and there", async () => {
      joined(other, world.lmpi, (name) => name === "Acme Dental");
      const message = await harness.refused(() => opened(second).catch(unstacked));
      expect(message).to.contain("show objects of two accounts").and.to.contain(account);
      await follow(message, "confirm");
      expect((await opened(second)).account).to.equal(otherAccount);
      expect((await opened(world.names.lmp)).account).to.equal(account);
      expect(await harness.refresh(held), "it leaves state without a request").to.equal(undefined);
      expect((await world.requests()).map(({ id, account: of }) => [id, of])).to.deep.equal([[request, otherAccount]]);
    });
  });

  it("of a known account that has become empty go on when a person says that it is", async () => {
    const empty = await another([]);
    use(empty);
    await follow(await allRefused("shows nothing"), "confirm");
    expect((await opened(world.names.lmp)).account).to.equal(account);
    expect(await harness.refresh(held).catch((error: Error) => error.message)).to.equal(undefined);
  });

  it("of a known account all of whose customers are new go on when a person says that it is the same", async () => {
    const renewed = await another(["Elm Vets"]);
    use(renewed);
    await follow(await allRefused("are those of another account"), "confirm");
    expect((await opened(world.names.lmp)).account).to.equal(account);
  });

  const customerAt = (platform: string): Declared => ({
    type: "Customer",
    name: platform,
    args: {
      platform,
      name: `At ${platform}`,
      company: COMPANY,
      firstUser: { loginName: platform, firstName: "I", lastName: "T", email: "it@x.example" },
    },
  });

  it("under a second name are known by what was made in an account that was empty at first", async () => {
    const empty = await another([]);
    const names = [`first-of-${world.names.lmp}`, `next-of-${world.names.lmp}`] as const;
    for (const name of names) use(empty, name);
    const { inputs } = await harness.preview(customerAt(names[0]));
    const { outs } = await world.run().provider("Customer").create(inputs);
    expect((await opened(names[1])).account).to.equal((outs as { readonly account: string }).account);
    expect((await opened(names[0])).account).to.equal((outs as { readonly account: string }).account);
  });

  it("under two names of one account that began empty are told apart, until a person says that they are one", async () => {
    const empty = await another([]);
    const names = [`one-of-${world.names.lmp}`, `two-of-${world.names.lmp}`] as const;
    for (const name of names) use(empty, name);
    // One run looks at both while there is nothing to be seen.
    const run = world.run();
    for (const name of names) await run.session.write(name, "msp/x::y");
    const one = await harness.up(customerAt(names[0]));
    const { inputs } = await harness.preview(customerAt(names[1]));
    const { id, outs } = await run.provider("Customer").create(inputs);
    const two: Held = {
      declared: customerAt(names[1]),
      id,
      inputs,
      outputs: { ...outs, __provider: one.outputs.__provider },
    };
    const message = await harness.refused(() => harness.refresh(two));
    for (const { outputs } of [one, two]) expect(message).to.contain(String(outputs.account));
    await follow(message, "merge");
    const seen = [await harness.refresh(one), await harness.refresh(two)];
    expect(new Set(seen.map((found) => found?.outputs.account)).size).to.equal(1);
  });

  it("of an account that people call something else now are refused, until a person says that it is the same", async () => {
    const email = "jane@example.com";
    world.armourzero.world.add(email, "Jane", { ShieldOne: 1 });
    await world.armourzero.operator.importInventory();
    const owner: Declared = {
      type: "DeviceOwner",
      name: "jane",
      args: { platform: world.names.armourzero, email, products: ["ShieldOne"] },
    };
    const jane = await harness.up(owner);
    configure((all) => {
      all[world.names.armourzero] = { platform: "armourzero", account: `renamed-${world.names.armourzero}` };
    });
    const message = await harness.refused(() => harness.refresh(jane));
    expect(message).to.contain("was written to account").and.to.contain(`If ${world.accounts.armourzero} is no more`);
    await follow(message, "merge");
    const seen = await harness.refresh(jane);
    expect(seen?.outputs).to.include({ account: `armourzero:renamed-${world.names.armourzero}`, email });
  });

  it("under another connection name are no reason to take anything away: the old name is asked for", async () => {
    configure((all) => {
      all.renamed = all[world.names.lmp] as Connections[string];
      delete all[world.names.lmp];
    });
    for (const secret of ["ACCESS_TOKEN", "SECRET_KEY"])
      world.env[variable("renamed", secret)] = world.env[variable(world.names.lmp, secret)];
    const renamed = { ...held.declared, args: { ...held.declared.args, platform: "renamed" } };
    for (const call of [() => harness.up(renamed, held), () => harness.refresh(held), () => harness.delete(held)])
      expect(await harness.refused(call)).to.contain(
        `connection ${world.names.lmp}, which msp:connections does not have`,
      );
  });
});

/** As the runtime hands it to the engine. */
function unstacked(error: Error): never {
  throw Object.assign(error, { stack: "" });
}
