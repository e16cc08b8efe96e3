import { chmodSync, readFileSync, statSync } from "node:fs";
import { expect } from "chai";
import { runPeople } from "../../../sandbox/main";
import { ACTS } from "../../../sandbox/people/acts";
import type { Filing, InventoryEntry, OffboardingRequest } from "../../../provider/generated/types";
import { openTestDesk, type TestDesk } from "../../support/desk";
import { TemporaryFolder } from "../../support/folder";
import { thrown } from "../../support/thrown";
import { HandClock } from "../trend-micro/lmpi-client";

const JANE = "jane@example.com";
let accounts = 0;

describe("msp people", () => {
  const clock = new HandClock("2026-03-02T09:00:00Z");
  let desk: TestDesk;
  let folder: TemporaryFolder;
  let name: string;
  let env: Record<string, string>;

  before(async () => {
    desk = await openTestDesk(clock);
  });
  after(() => desk.close());
  beforeEach(() => {
    accounts += 1;
    name = `people-${accounts}`;
    folder = new TemporaryFolder();
    env = {
      MSP_DESK_URL: desk.url,
      MSP_VERIFIER_TOKEN: desk.tokens.verifier,
      MSP_OPERATOR_TOKEN: desk.tokens.operator,
    };
    clock.advance(60_000);
  });
  afterEach(() => folder.remove());

  /** Plays one act, as a line of a shell has it; what is printed. Time goes on between acts. */
  async function people(platform: "armourzero" | "clp", ...act: readonly string[]): Promise<string> {
    const printed: string[] = [];
    const argv = [platform, ...act, "--account", name, "--data", folder.at("data")];
    await runPeople({ argv, env, print: (line) => printed.push(line) });
    clock.advance(60_000);
    return printed.join("\n");
  }
  const play = (...act: readonly string[]) => people("armourzero", ...act);

  /** An account with an owner who has two products, as the desk knows it and as it really is. */
  async function account(): Promise<void> {
    const claim = { platform: "armourzero", connection: name, evidence: { kind: "declared", ids: [name] } };
    await desk.as("bot").post("/v1/accounts/resolve", claim);
    await play("add", JANE, "Reception", "ShieldOne=3", "ScoutTwo");
    await play("import");
  }

  async function file(product = "ShieldOne", change: Partial<Filing> = {}): Promise<string> {
    const query = new URLSearchParams({ account: `armourzero:${name}`, product });
    const { items } = await desk.as("bot").get<{ items: InventoryEntry[] }>(`/v1/inventory?${query}`);
    const filing: Filing = {
      account: `armourzero:${name}`,
      platform: "armourzero",
      kind: "leaving",
      subject: { kind: "owner", key: JANE, name: "Reception" },
      items: [{ kind: "product", name: product, id: items[0]?.id ?? "none", mode: "request" }],
      reason: "Jane has a new laptop.",
      requesters: [{ email: "account-manager@msp.example", via: "author" }],
      resource: `fleet/acme::jane-${product}`,
      ...change,
    };
    return (await desk.as("bot").post<OffboardingRequest>("/v1/requests", filing)).id;
  }

  describe("keep the platform's world between two commands", () => {
    it("from whoever was added, with products and units", async () => {
      await play("add", JANE, "Reception", "ShieldOne=3", "ScoutTwo");
      await play("assign", JANE, "CloudThree=2");
      await play("unassign", JANE, "ScoutTwo");
      expect(await play("world")).to.equal(
        `armourzero:${name} really holds:\n  Reception (${JANE}): ShieldOne (3), CloudThree (2)`,
      );
    });

    it("from what the desk knows, and the next import then finds nothing new", async () => {
      const rows = [
        {
          kind: "assignment",
          subject: { kind: "owner", key: JANE, name: "Reception" },
          product: "ShieldOne",
          units: 3,
        },
        { kind: "owner", subject: { kind: "owner", key: "joe@example.com", name: "Joe" } },
        { kind: "owner", subject: { kind: "owner", key: JANE, name: "Reception" } },
      ];
      const inventory = { account: `armourzero:${name}`, voucher: "export", complete: true, format: "rows", rows };
      await desk.as("operator").post("/v1/inventory/imports", inventory);
      clock.advance(60_000);
      expect((await play("begin")).split("\n").slice(1).sort()).to.deep.equal([
        "  Joe (joe@example.com): nothing",
        `  Reception (${JANE}): ShieldOne (3)`,
      ]);
      expect(await play("import")).to.match(/: 0 added, 0 changed, 0 gone, 3 as before$/);
      expect((await thrown("alreadyExists", play("begin"))).message).to.contain("has a world already");
    });

    it("with a customer's company", async () => {
      const company = { city: "Leeds", state: "West Yorkshire", country: "GB" };
      const subject = { kind: "customer", key: "B-1", name: "Birch Legal" };
      const rows = [{ kind: "customer", subject, company }];
      const inventory = { account: `trend-micro:${name}`, voucher: "export", complete: true, format: "rows", rows };
      await desk.as("operator").post("/v1/inventory/imports", inventory);
      clock.advance(60_000);
      await people("clp", "begin");
      await people("clp", "assign", "B-1", "Cloud Edge");
      expect(JSON.parse(readFileSync(folder.at("data/people-clp.json"), "utf8"))).to.deep.equal({
        account: `trend-micro:${name}`,
        rows: [...rows, { kind: "assignment", subject, product: "Cloud Edge" }],
      });
    });

    it("in a file that only its owner reads", async () => {
      await play("add", JANE, "Reception");
      chmodSync(folder.at("data/people-armourzero.json"), 0o644);
      await play("assign", JANE, "ShieldOne");
      expect(statSync(folder.at("data/people-armourzero.json")).mode & 0o777).to.equal(0o600);
    });

    it("and take no other account's for it", async () => {
      await play("add", JANE, "Reception");
      const owner = name;
      name = "Somebody Else";
      expect((await thrown("validation", play("world"))).message).to.contain(`the world of armourzero:${owner}`);
    });

    it("and import nothing where nobody has said what it holds, since all would read as gone", async () => {
      expect((await thrown("notFound", play("import"))).message).to.contain("`msp people armourzero begin`");
      expect((await thrown("notFound", play("begin"))).message).to.contain("knows nothing of");
    });
  });

  describe("carry a request through", () => {
    beforeEach(account);

    it("one act at a time, each saying what comes next", async () => {
      const id = await file();
      const said = [
        await play("verify", id),
        await play("submit", id, "--reference", "AZ-1"),
        await play("pause", id, "Which of two laptops?"),
        await play("resume", id),
        await play("contact", id),
        await play("accept", id),
        await play("remove", id),
        await play("confirm", id),
      ];
      expect(said[0]).to.equal(`${id}  Pending  ShieldOne of Reception\n  next: submit, withdraw`);
      expect(said.at(-1)).to.equal(`${id}  Completed  ShieldOne of Reception`);
      expect(await play("import")).to.match(/: 0 added, 0 changed, 0 gone, \d as before$/);
    });

    it("in one go", async () => {
      const id = await file();
      await play("verify", id);
      await play("submit", id);
      expect(await play("handle", id)).to.equal(`${id}  Completed  ShieldOne of Reception`);
      expect(await play("world")).to.match(/: ScoutTwo$/);
    });

    it("up to a refusal, ours or the vendor's, with its reason", async () => {
      const [ours, theirs] = [await file(), await file("ScoutTwo")];
      expect(await play("verify", ours, "--refuse", "Nobody called."))
        .to.contain("Rejected")
        .and.contain("Nobody called.");
      await play("verify", theirs);
      await play("submit", theirs);
      expect(await play("refuse", theirs, "Still in use."))
        .to.contain("Rejected")
        .and.contain("Still in use.");
      expect(await play("world")).to.match(/: ShieldOne \(3\), ScoutTwo$/);
    });

    const wrong = [
      {
        conduct: "removesAnother",
        state: "Completed",
        left: "ShieldOne (3)",
        found: ["unexpected: ScoutTwo", "contradiction: "],
      },
      { conduct: "attestsUndone", state: "Completed", left: "ShieldOne (3), ScoutTwo", found: ["contradiction: "] },
      { conduct: "neverAnswers", state: "In Progress", left: "ShieldOne (3), ScoutTwo", found: [] },
      { conduct: "answersTwice", state: "Completed", left: "ScoutTwo", found: [] },
    ];
    for (const { conduct, state, left, found } of wrong) {
      it(`as they should not: ${conduct}, and the next import tells what really happened`, async () => {
        const id = await file();
        await play("verify", id);
        await play("submit", id);
        expect(await play("handle", id, "--conduct", conduct)).to.match(new RegExp(`^${id}  ${state} `));
        expect((await play("world")).split(": ")[1]).to.equal(left);
        const imported = await play("import");
        expect(imported.split("\n").slice(1)).to.have.length(found.length);
        for (const finding of found) expect(imported).to.contain(`\n  ${finding}`);
      });
    }

    it("only when it is the vendor's turn: before that nothing is touched on the platform", async () => {
      const id = await file();
      await play("verify", id);
      const { message } = await thrown("blocked", play("remove", id));
      expect(message).to.equal(`${id} is Pending: it is not the vendor's turn.\nAllowed now: submit, withdraw.`);
      expect(await play("world")).to.contain("ShieldOne");
    });

    it("also where the desk was not told of a removal that was done", async () => {
      const id = await file();
      await play("verify", id);
      await play("submit", id);
      await play("unassign", JANE, "ShieldOne");
      await play("remove", id);
      expect(await play("confirm", id)).to.contain("Completed");
    });

    it("of their own account alone", async () => {
      const id = await file();
      await play("verify", id);
      const { message } = await thrown("validation", people("clp", "submit", id));
      expect(message).to.contain(`${id} is about armourzero:${name}, not about trend-micro:${name}`);
    });
  });

  describe("refuse", () => {
    const mistakes = [
      { reason: "no platform", argv: [], says: /^Say which platform; there are armourzero, clp\./ },
      { reason: "an unknown platform", argv: ["blumira", "world"], says: /^There is no platform "blumira"/ },
      { reason: "no act", argv: ["armourzero"], says: /^Say which act; there are begin, add, / },
      { reason: "an unknown act", argv: ["armourzero", "fire"], says: /^There is no act "fire"/ },
      { reason: "too few arguments", argv: ["armourzero", "assign", JANE], says: /`assign KEY PRODUCT/ },
      { reason: "too many arguments", argv: ["armourzero", "submit", "R-1", "R-2"], says: /`submit REQUEST/ },
      {
        reason: "another act's option",
        argv: ["armourzero", "submit", "R-1", "--conduct", "right"],
        says: /`submit /,
      },
      {
        reason: "an unknown option",
        argv: ["armourzero", "world", "--colour"],
        says: /^Unknown option '--colour'\.\n/,
      },
    ];
    for (const { reason, argv, says } of mistakes) {
      it(`${reason}, and point to the help`, async () => {
        const { message } = await thrown("validation", runPeople({ argv, env, print: () => undefined }));
        expect(message).to.match(says).and.contain("`msp people --help`");
      });
    }

    it("an unknown conduct, naming those that there are", async () => {
      await account();
      const { message } = await thrown("validation", play("handle", await file(), "--conduct", "hastily"));
      expect(message).to.contain("right, removesAnother, neverAnswers, answersTwice, attestsUndone");
    });

    it("somebody who is there already", async () => {
      await play("add", JANE, "Reception");
      expect((await thrown("alreadyExists", play("add", "Jane@Example.com", "Jane"))).message).to.contain("already");
    });

    it("to act without a desk or a token, saying which", async () => {
      await play("add", JANE, "Reception");
      env = { MSP_DESK_URL: desk.url };
      expect((await thrown("unauthenticated", play("import"))).message).to.match(/^MSP_OPERATOR_TOKEN holds no token/);
      expect((await thrown("unauthenticated", play("verify", "R-1"))).message).to.match(/^MSP_VERIFIER_TOKEN holds no/);
      env = { MSP_OPERATOR_TOKEN: "token" };
      expect((await thrown("validation", play("import"))).message).to.match(/^No desk is named/);
    });

    it("what can't be the address of a desk, and tell no token", async () => {
      await play("add", JANE, "Reception");
      const canary = "canary-2b9e";
      const addresses = ["http://127.0.0.1:9", "localhost:8700", "desk", `${desk.url}/elsewhere`];
      for (const address of addresses) {
        env = { MSP_DESK_URL: address, MSP_OPERATOR_TOKEN: canary };
        const error = await play("import").catch((refusal: unknown) => refusal);
        expect(String(error), address)
          .to.match(/^ProviderError: \S/)
          .and.not.contain(canary);
      }
      env = { MSP_DESK_URL: desk.url, MSP_OPERATOR_TOKEN: `${canary}\n${canary}` };
      expect((await thrown("unauthenticated", play("import"))).message).not.to.contain(canary);
    });
  });

  it("take a token with the line break that a file ends with", async () => {
    env.MSP_OPERATOR_TOKEN = `${desk.tokens.operator}\n`;
    await account();
    expect(await play("import")).to.contain("as before");
  });

  it("explain every act, and need nothing for it", async () => {
    const printed: string[] = [];
    await runPeople({ argv: ["--help"], env: {}, print: (line) => printed.push(line) });
    for (const [act, { does }] of ACTS) expect(printed.join()).to.contain(`  ${act}`).and.contain(does);
  });
});
