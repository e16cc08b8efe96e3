import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { EngineRun } from "../../examples/story/engine";
import { openStage, type Stage } from "../../examples/story/stage";
import type { Connections } from "../../provider/generated/types";
import { applyEdit } from "../../sandbox/trend-micro/edits";
import { type LmpiSandbox, startLmpi } from "../../sandbox/trend-micro/server";
import { done, knownIn, refused } from "./support/refused";

const ROOT = join(__dirname, "..", "..");
const COMPANY = { city: "Portland", state: "Oregon", country: "US" };
const customer = (key: string, name: string, platform: string, more: string) =>
  `  - { key: ${key}, name: ${name}, platform: ${platform}, onDelete: forget, deletionProtection: false, company: { city: Portland, state: Oregon, country: US }, ${more} }\n`;
const FLEET = `version: 1
customers:
${customer("acme", "Acme Dental", "remote-manager", "adopt: true, products: [WFBS-S Yearly]")}${customer("fir", "Fir Bank", "second", "adopt: true")}`;

interface Told {
  readonly code: number;
  readonly text: string;
}

/** Two accounts under two names, and then one that is not what it was. */
describe("another account on the real engine", function () {
  this.timeout(180_000);
  let stage: Stage;
  let known: Readonly<Record<string, object>>;
  const sandboxes: LmpiSandbox[] = [];
  let [first, second, moved]: LmpiSandbox[] = [];

  async function open(...names: readonly string[]): Promise<LmpiSandbox> {
    const sandbox = await startLmpi();
    sandboxes.push(sandbox);
    for (const name of names) applyEdit(sandbox.store, { kind: "addCustomer", company: { name, ...COMPANY } });
    return sandbox;
  }
  const sandbox = (which: LmpiSandbox | undefined): LmpiSandbox => which ?? expect.fail("It has been opened before.");

  /** What LMPI shows when all of one account is found in the other. */
  function takeOver(into: LmpiSandbox, from: LmpiSandbox): void {
    const [here, there] = [into.store.snapshot(), from.store.snapshot()];
    into.store.restore({
      ...here,
      customers: [...here.customers, ...there.customers],
      subscriptions: [...here.subscriptions, ...there.subscriptions],
    });
    from.store.restore({ ...there, customers: [], subscriptions: [] });
  }

  /** Has the engine use these accounts under the two names: address, token and key. */
  async function using<T>(
    accounts: Readonly<Record<"remote-manager" | "second", LmpiSandbox>>,
    call: () => Promise<T>,
  ): Promise<T> {
    const lmp = stage.connections["remote-manager"];
    const connections = Object.entries(accounts).map(([name, { url }]) => [name, { ...lmp, endpoint: url }]);
    const value: Connections = { ...stage.connections, ...Object.fromEntries(connections) };
    await stage.engine.configure({ connections: JSON.stringify(value) });
    const env = Object.entries(accounts).flatMap(([name, { accessToken, secretKey }]) => {
      const variable = `MSP_${name.toUpperCase().replace("-", "_")}`;
      return [
        [`${variable}_ACCESS_TOKEN`, accessToken],
        [`${variable}_SECRET_KEY`, secretKey],
      ];
    });
    return stage.engine.withEnv(Object.fromEntries(env), call);
  }

  /** Everything that the engine may be asked; an update is more than state has. */
  const calls = (): readonly (() => Promise<EngineRun>)[] => {
    const { engine } = stage;
    const more = async (call: () => Promise<EngineRun>) => {
      stage.writeFleet(
        FLEET.replace("[WFBS-S Yearly]", "[{ product: WFBS-S Yearly, units: 9 }, Email Security Yearly]"),
      );
      try {
        return await call();
      } finally {
        stage.writeFleet(FLEET);
      }
    };
    return [() => more(() => engine.up()), () => engine.refresh(), () => engine.destroy()];
  };

  /** Each call is refused in these words; no platform is written to, the desk records nothing, and state knows what it knew. */
  async function allRefused(...words: readonly string[]): Promise<string> {
    const before = await worldNow();
    let text = "";
    for (const call of calls()) {
      const run = await call();
      refused(run, ...words);
      ({ text } = run);
    }
    expect(await worldNow()).to.deep.equal(before);
    return text;
  }

  const worldNow = async () => ({
    writes: sandboxes.map(({ log }) => log.writes().length),
    records: (await stage.desk.get<{ readonly seq: number }>("/v1/audit/head")).seq,
    known: await knownIn(stage),
  });

  const accountOf = (state: Readonly<Record<string, object>>, key: string) => {
    const [, resource] = Object.entries(state).find(([urn]) => urn.endsWith(`::${key}`)) ?? [];
    return (resource as { readonly outputs?: { readonly account?: string } } | undefined)?.outputs?.account ?? "";
  };
  const idsIn = (state: Readonly<Record<string, object>>) =>
    new Map(Object.entries(state).map(([urn, resource]) => [urn, (resource as { readonly id?: string }).id]));

  /** The command itself, as a person with this token types it. */
  async function msp(args: readonly string[], token: string): Promise<Told> {
    const env = { PATH: process.env.PATH, MSP_DESK_URL: stage.deskUrl, MSP_DESK_TOKEN: token };
    const command = [join(ROOT, "bin", "cli", "main.js"), ...args];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, command, { env, timeout: 60_000 });
      return { code: 0, text: stdout };
    } catch (error) {
      const { code, stderr } = error as { readonly code: number; readonly stderr: string };
      return { code, text: stderr };
    }
  }

  before(async () => {
    stage = await openStage({ root: ROOT, name: "other-account" });
    first = await open("Acme Dental", "Birch Legal");
    second = await open("Elm Vets", "Fir Bank", "Oak Clinic");
    moved = await open();
    stage.writeFleet(FLEET);
    await stage.engine.configure({ reason: "The contract has ended", requester: "account-manager@msp.example" });
    await using({ "remote-manager": first, second }, async () => {
      done(await stage.engine.up());
      done(await stage.engine.refresh());
    });
    known = await knownIn(stage);
    expect(accountOf(known, "acme")).to.not.equal(accountOf(known, "fir")).and.to.not.equal("");
  });
  after(async () => {
    for (const { close } of sandboxes) await close();
    await stage?.close();
  });

  it("is not written to under a name that stood for another, and the right credentials go on", async () => {
    // As when somebody has mixed the two up.
    await using({ "remote-manager": sandbox(second), second: sandbox(first) }, () =>
      allRefused("are those of another account", "Use the credentials of trend-micro:"),
    );
    await using({ "remote-manager": sandbox(first), second: sandbox(second) }, async () => {
      done(await stage.engine.up());
      done(await stage.engine.refresh());
    });
    expect(idsIn(await knownIn(stage))).to.deep.equal(idsIn(known));
  });

  it("is not what the same one is at another address with another key", async () => {
    takeOver(sandbox(moved), sandbox(first));
    await using({ "remote-manager": sandbox(moved), second: sandbox(second) }, async () => {
      done(await stage.engine.up());
      done(await stage.engine.refresh());
    });
    expect(sandbox(moved).log.writes()).to.have.length(0);
    const now = await knownIn(stage);
    expect(idsIn(now)).to.deep.equal(idsIn(known));
    expect(accountOf(now, "acme")).to.equal(accountOf(known, "acme"));
  });

  it("that two have become is not written to until a person says so by the command that the refusal names", async () => {
    takeOver(sandbox(second), sandbox(moved));
    const writes = sandbox(second).log.writes().length;
    await using({ "remote-manager": sandbox(second), second: sandbox(second) }, async () => {
      const [acmes, firs] = [accountOf(known, "acme"), accountOf(known, "fir")];
      const text = await allRefused("show objects of two accounts", acmes, firs, "nothing is written");
      const [, from = "", into = ""] = /npx msp account merge (\S+) --into (\S+?),/.exec(text) ?? [];
      expect([from, into]).to.have.members([acmes, firs]);
      const merge = ["account", "merge", from, "--into", into, "--reason", "Asked the vendor by phone."];
      const byBot = await msp(merge, stage.tokens.program);
      expect(byBot.code).to.equal(1);
      expect(byBot.text).to.contain("is a bot, and this takes a person");
      refused(await stage.engine.refresh(), "show objects of two accounts");
      const byPerson = await msp(merge, stage.tokens.operator);
      expect(byPerson, byPerson.text).to.deep.equal({
        code: 0,
        text: `${into} is what ${from} was: what state says of it is of ${into}.\n`,
      });
      done(await stage.engine.refresh());
      done(await stage.engine.up());
      const now = await knownIn(stage);
      expect(idsIn(now), "the same objects").to.deep.equal(idsIn(known));
      for (const key of ["acme", "fir"]) expect(accountOf(now, key), key).to.equal(into);
    });
    expect(sandbox(second).log.writes(), "nothing was made anew").to.have.length(writes);
  });
});
