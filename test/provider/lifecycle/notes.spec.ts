import { expect } from "chai";
import { leavingNotes, type NoteSources } from "../../../provider/lifecycle/notes";
import type { SubjectRef } from "../../../provider/platforms/platform";
import { TemporaryRepository } from "../../support/git";
import { thrown } from "../../support/thrown";

const JANE: SubjectRef = { kind: "owner", key: "jane@example.com", name: "Front Desk" };
const ACME: SubjectRef = { kind: "customer", key: "c-1", name: "Acme Dental" };
const FLEET = "version: 1\ncustomers: []\n";

describe("leaving notes", () => {
  let repository: TemporaryRepository;
  const from = (sources: Omit<NoteSources, "fleetFile"> = {}) =>
    leavingNotes({ fleetFile: repository.path("fleet.yaml"), ...sources });
  const emails = (found: ReturnType<ReturnType<typeof leavingNotes>["find"]>) =>
    found?.requesters.map(({ email, via }) => `${email} (${via})`);

  beforeEach(() => {
    repository = new TemporaryRepository();
  });
  afterEach(() => repository.remove());

  describe("of the fleet file", () => {
    const write = (...notes: readonly string[]) =>
      repository.write("fleet.yaml", `${FLEET}leaving:\n${notes.map((note) => `  - ${note}\n`).join("")}`);

    it("are found by owner and product, without regard to case", () => {
      write(
        "{ owner: Jane@Example.com, product: shieldone, reason: Left the company, requester: Boss@example.com, requesterName: The Boss, licence: reduce }",
      );
      expect(from().find(JANE, ["ShieldOne"], "here")).to.deep.equal({
        reason: "Left the company",
        requesters: [{ email: "boss@example.com", name: "The Boss", via: "note" }],
        licence: "reduce",
      });
    });

    it("of one product come before those of the whole owner", () => {
      write(
        "{ owner: jane@example.com, reason: Everything goes, requester: a@example.com }",
        "{ owner: jane@example.com, product: ScoutTwo, reason: Only this one, requester: b@example.com }",
      );
      expect(from().find(JANE, ["ScoutTwo"], "here")?.reason).to.equal("Only this one");
      expect(from().find(JANE, ["ShieldOne"], "here")?.reason).to.equal("Everything goes");
    });

    it("of one product say nothing of another, nor of the whole customer", () => {
      write("{ customer: Acme Dental, product: WFBS-S, reason: Not needed, requester: a@example.com }");
      expect(from().find(ACME, ["Cloud Edge"], "here")).to.equal(undefined);
      expect(from().find(ACME, [], "here")).to.equal(undefined);
    });

    it("name a customer by its name or by the platform's id", () => {
      write("{ customer: acme dental, reason: Closed, requester: a@example.com }");
      expect(from().find(ACME, [], "here")?.reason).to.equal("Closed");
      write("{ customer: C-1, reason: Closed too, requester: a@example.com }");
      expect(from().find(ACME, ["WFBS-S"], "here")?.reason).to.equal("Closed too");
    });

    it("are found however an accent is composed, and whatever blanks are around a name", () => {
      write(
        '{ customer: "Cafe\\u0301 Nord ", product: "Se\\u0301curite\\u0301", reason: Closed, requester: a@example.com }',
      );
      const nord: SubjectRef = { kind: "customer", key: "c-2", name: "Caf\u00e9 Nord" };
      expect(from().find(nord, ["S\u00e9curit\u00e9"], "here")?.reason).to.equal("Closed");
    });

    it("of a customer are not those of an owner of the same name", () => {
      write("{ customer: jane@example.com, reason: Closed, requester: a@example.com }");
      expect(from().find(JANE, ["ShieldOne"], "here")).to.equal(undefined);
    });

    it("asked for by a bot alone are nobody's", () => {
      write("{ owner: jane@example.com, reason: Cleaning up, requester: noreply@github.com }");
      expect(from().find(JANE, ["ShieldOne"], "here")).to.equal(undefined);
    });

    it("that are not of their form are refused, by the file's name", async () => {
      write("{ owner: jane@example.com, requester: a@example.com }");
      const error = await thrown("validation", () => from().find(JANE, ["ShieldOne"], "here"));
      expect(error.message).to.contain("fleet.yaml").and.contain("reason");
    });

    it("in a file that is no YAML, or that is not there, are refused", async () => {
      repository.write("fleet.yaml", "leaving: [");
      await thrown("validation", () => from().find(JANE, ["ShieldOne"], "here"));
      await thrown("validation", () =>
        leavingNotes({ fleetFile: repository.path("none.yaml") }).find(JANE, ["ShieldOne"], "here"),
      );
    });
  });

  describe("of configuration", () => {
    const configured = { reason: "Contract ended", requester: "Ops@example.com" };

    it("serve where the fleet file has none", () => {
      expect(leavingNotes(configured).find(JANE, ["ShieldOne"], "here")).to.deep.equal({
        reason: "Contract ended",
        requesters: [{ email: "ops@example.com", via: "configuration" }],
      });
    });

    it("serve with both, reason and requester, or not at all", () => {
      expect(leavingNotes({ reason: "Contract ended" }).find(JANE, ["ShieldOne"], "here")).to.equal(undefined);
      expect(leavingNotes({ requester: "ops@example.com" }).find(JANE, ["ShieldOne"], "here")).to.equal(undefined);
    });

    it("say who asks for what is to be assigned", () => {
      expect(leavingNotes({ requester: "ops@example.com" }).askers()).to.deep.equal([
        { email: "ops@example.com", via: "configuration" },
      ]);
      expect(leavingNotes({}).askers()).to.deep.equal([]);
    });
  });

  describe("of the commit", () => {
    const TRAILER = "Drop ShieldOne\n\nLeaving-Reason: The contract has ended";

    it("serve by its trailer, and author and committer have asked", () => {
      repository.write("fleet.yaml", FLEET);
      repository.commit(TRAILER, { author: "Jo <jo@example.com>", committer: "Kim <kim@example.com>" });
      const found = from().find(JANE, ["ShieldOne"], "here");
      expect(found?.reason).to.equal("The contract has ended");
      expect(emails(found)).to.deep.equal(["jo@example.com (author)", "kim@example.com (committer)"]);
    });

    it("without a trailer give no reason, and still say who asked", () => {
      repository.write("fleet.yaml", FLEET);
      repository.commit("Drop ShieldOne", { author: "Jo <jo@example.com>" });
      expect(from().find(JANE, ["ShieldOne"], "here")).to.equal(undefined);
      const found = from({ reason: "Contract ended", requester: "ops@example.com" }).find(JANE, ["ShieldOne"], "here");
      expect(emails(found)).to.deep.equal(["ops@example.com (configuration)", "jo@example.com (author)"]);
    });

    it("is the one that last changed the fleet file, not the last one", () => {
      repository.write("fleet.yaml", FLEET);
      repository.commit(TRAILER, { author: "Jo <jo@example.com>" });
      repository.write("other.txt", "x");
      repository.commit("Leaving-Reason: of something else", { author: "Other <other@example.com>" });
      expect(emails(from().find(JANE, ["ShieldOne"], "here"))).to.deep.equal(["jo@example.com (author)"]);
    });

    it("counts whoever merged it", () => {
      repository.commit("Begin");
      repository.branch("drop");
      repository.write("fleet.yaml", FLEET);
      repository.commit(TRAILER, { author: "Jo <jo@example.com>" });
      repository.switchTo("main");
      repository.commit("Meanwhile on the main line");
      repository.merge("drop", "Mo <mo@example.com>");
      expect(emails(from().find(JANE, ["ShieldOne"], "here"))).to.deep.equal([
        "jo@example.com (author)",
        "mo@example.com (merger)",
      ]);
    });

    it("counts who merged it into the main line, not who brought its branch up to date", () => {
      repository.commit("Begin");
      repository.branch("drop");
      repository.write("fleet.yaml", FLEET);
      repository.commit(TRAILER, { author: "Jo <jo@example.com>" });
      repository.switchTo("main");
      repository.commit("Meanwhile on the main line");
      repository.switchTo("drop");
      repository.merge("main", "Jo <jo@example.com>");
      repository.switchTo("main");
      repository.merge("drop", "Mo <mo@example.com>");
      expect(emails(from().find(JANE, ["ShieldOne"], "here"))).to.deep.equal([
        "jo@example.com (author)",
        "mo@example.com (merger)",
      ]);
    });

    it("counts nobody who merged something else later", () => {
      repository.write("fleet.yaml", FLEET);
      repository.commit(TRAILER, { author: "Jo <jo@example.com>" });
      repository.branch("other");
      repository.write("other.txt", "x");
      repository.commit("Something else");
      repository.switchTo("main");
      repository.merge("other", "Mo <mo@example.com>");
      expect(emails(from().find(JANE, ["ShieldOne"], "here"))).to.deep.equal(["jo@example.com (author)"]);
    });

    it("by bots is nobody's", () => {
      repository.write("fleet.yaml", FLEET);
      repository.commit(TRAILER, {
        author: "renovate[bot] <1+renovate[bot]@users.noreply.github.com>",
        committer: "GitHub <noreply@github.com>",
      });
      expect(from().find(JANE, ["ShieldOne"], "here")).to.equal(undefined);
      expect(from().askers()).to.deep.equal([]);
    });

    it("by an address that is none is nobody's", () => {
      repository.write("fleet.yaml", FLEET);
      repository.commit(TRAILER, { author: "Jo <jo@laptop>", committer: "Kim <kim@example.com>" });
      expect(emails(from().find(JANE, ["ShieldOne"], "here"))).to.deep.equal(["kim@example.com (committer)"]);
    });

    it("counts a person once", () => {
      repository.write(
        "fleet.yaml",
        `${FLEET}leaving: [{ owner: jane@example.com, reason: Left, requester: Jo@Example.com }]\n`,
      );
      repository.commit("Drop ShieldOne", { author: "Jo <jo@example.com>" });
      expect(emails(from().find(JANE, ["ShieldOne"], "here"))).to.deep.equal(["jo@example.com (note)"]);
    });

    it("says nothing of a fleet file that has been changed since", () => {
      repository.write("fleet.yaml", FLEET);
      repository.commit(TRAILER, { author: "Jo <jo@example.com>" });
      repository.write("fleet.yaml", `${FLEET}# changed\n`);
      expect(from().find(JANE, ["ShieldOne"], "here")).to.equal(undefined);
      expect(from().askers()).to.deep.equal([]);
    });

    it("says nothing of a fleet file that nobody has committed", () => {
      repository.commit("Begin");
      repository.write("fleet.yaml", FLEET);
      expect(from().askers()).to.deep.equal([]);
    });
  });

  it("are read when first asked for, and once", () => {
    repository.write(
      "fleet.yaml",
      `${FLEET}leaving: [{ owner: jane@example.com, reason: Left, requester: jo@example.com }]\n`,
    );
    const notes = from();
    expect(notes.find(JANE, ["ShieldOne"], "here")?.reason).to.equal("Left");
    repository.write("fleet.yaml", FLEET);
    expect(notes.find(JANE, ["ShieldOne"], "here")?.reason).to.equal("Left");
  });
});
