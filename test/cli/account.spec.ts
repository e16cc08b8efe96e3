import { expect } from "chai";
import { runAccountConfirm, runAccountMerge } from "../../cli/account";
import type { Account } from "../../provider/generated/types";
import { manualClock, steadyRandom } from "../provider/http/manual-clock";
import { openTestDesk, type TestDesk } from "../support/desk";
import { thrown } from "../support/thrown";

const REASON = "Asked the vendor by phone.";

describe("msp account", () => {
  let desk: TestDesk;
  let lines: string[];
  let runs = 0;
  let platform: string;
  let one: Account;
  let two: Account;

  beforeEach(async () => {
    runs += 1;
    platform = `cli-account-${runs}`;
    lines = [];
    desk = await openTestDesk(manualClock({}));
    one = await resolve("one", ["1", "2"]);
    two = await resolve("two", ["8", "9"]);
  });
  afterEach(() => desk.close());

  const resolve = (connection: string, ids: readonly string[]) =>
    desk.as("bot").post<Account>("/v1/accounts/resolve", { platform, connection, evidence: { kind: "overlap", ids } });
  const hereAs = (token: string) => ({
    env: { MSP_DESK_URL: desk.url, MSP_DESK_TOKEN: token },
    cwd: "/",
    clock: manualClock({}),
    random: steadyRandom,
    log: (line: string) => lines.push(line),
  });
  const here = () => hereAs(desk.tokens.operator);

  it("confirms that ids are of an account", async () => {
    await runAccountConfirm(one.id, ["3", "4"], { reason: REASON }, here());
    expect(lines).to.deep.equal([`${one.id} has 3, 4.`]);
    expect(await resolve("one", ["4"])).to.include({ id: one.id });
  });

  it("confirms that an account shows nothing, and is the same", async () => {
    await runAccountConfirm(one.id, [], { reason: REASON, empty: true }, here());
    expect(lines).to.deep.equal([`${one.id} is known to be empty, until something is seen in it again.`]);
    expect(await resolve("one", [])).to.include({ id: one.id });
  });

  it("confirms that ids have moved from another", async () => {
    const refusal = await thrown("forbidden", runAccountConfirm(one.id, ["8"], { reason: REASON }, here()));
    expect(refusal.message).to.contain(`--from ${two.id}`);
    await runAccountConfirm(one.id, ["8"], { reason: REASON, from: two.id }, here());
    const [said = "", todo = ""] = lines.flatMap((line) => line.split("\n"));
    expect(said).to.equal(`${one.id} has 8, which ${two.id} had.`);
    expect(todo)
      .to.contain(`out of the program of ${two.id}`)
      .and.to.contain(`under the connection of ${one.id}, with adopt: true`);
    expect(await resolve("one", ["1", "8"])).to.include({ id: one.id });
  });

  it("merges an account into another", async () => {
    await runAccountMerge(one.id, { into: two.id, reason: REASON }, here());
    expect(lines).to.deep.equal([`${two.id} is what ${one.id} was: what state says of it is of ${two.id}.`]);
    expect(await resolve("one", ["1", "9"])).to.include({ id: two.id });
  });

  it("asks for what is true where it is told neither ids nor that there are none, or both", async () => {
    for (const [ids, empty] of [
      [[], false],
      [["1"], true],
    ] as const) {
      const refusal = await thrown("validation", runAccountConfirm(one.id, ids, { reason: REASON, empty }, here()));
      expect(refusal.message).to.contain("or --empty");
    }
    expect(lines).to.deep.equal([]);
  });

  it("takes a person's token of the role admin or operator, and says so to every other", async () => {
    const refusals: readonly (readonly [token: string, words: string])[] = [
      [desk.tokens.bot, "is a bot, and this takes a person"],
      [desk.tokens.verifier, "takes the role admin or operator"],
    ];
    for (const [token, words] of refusals) {
      for (const call of [
        () => runAccountConfirm(one.id, ["3"], { reason: REASON }, hereAs(token)),
        () => runAccountMerge(one.id, { into: two.id, reason: REASON }, hereAs(token)),
      ])
        expect((await thrown("forbidden", call())).message).to.contain(words);
    }
    expect(lines).to.deep.equal([]);
    expect(await resolve("one", ["1"])).to.include({ id: one.id });
  });
});
