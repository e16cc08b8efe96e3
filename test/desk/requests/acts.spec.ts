import { expect } from "chai";
import type { Filing, OffboardingRequest } from "../../../provider/generated/types";
import {
  ACCEPTED,
  caller,
  completed,
  DAY,
  HOUR,
  leaving,
  MONDAY,
  onBothStores,
  openTestDesk,
  submitted,
  type TestDesk,
} from "../support/desk";

const ATTESTED = { evidence: { kind: "attested", text: "gone from the console", reference: "ticket 12" } };
const READ = { evidence: { kind: "read", text: "the listing of 09:00 does not show it" } };

describe("desk: acting on a request", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let filed = 0;
    before(async () => {
      desk = await openTestDesk(await openStore());
    });
    after(() => desk.close());
    beforeEach(() => desk.clock.set(MONDAY));

    async function file(changes: Parameters<typeof leaving>[2] = {}): Promise<OffboardingRequest> {
      filed += 1;
      return desk.pipeline.post("/v1/requests", leaving(`owner-${filed}@example.com`, "ShieldOne", changes));
    }
    async function token(email: string, role: "verifier" | "operator", kind: "person" | "bot" = "person") {
      return caller(desk.desk.url, await desk.desk.token(email, [role], kind));
    }

    describe("our verification", () => {
      it("is kept with who, how and why, and lets the request be submitted", async () => {
        const { id } = await file();
        const verified = await desk.verifier.post(`/v1/requests/${id}/verify`, ACCEPTED);
        expect(verified).to.deep.include({ state: "Pending", allowed: ["submit", "withdraw"] });
        expect(verified.verification).to.deep.equal({ ...ACCEPTED, at: MONDAY, by: { email: "vera@example.com" } });
      });

      it("refused, rejects the request with its reason", async () => {
        const { id } = await file();
        const rejected = await desk.verifier.post(`/v1/requests/${id}/verify`, {
          ...ACCEPTED,
          outcome: "refused",
          necessity: "she still works here",
        });
        expect(rejected).to.deep.include({
          state: "Rejected",
          outcomeReason: "she still works here",
          closedAt: MONDAY,
          allowed: [],
        });
      });

      const ASKERS = [
        { reason: "whom the leaving note names", email: "rita@example.com", changes: {} },
        {
          reason: "who wrote the commit, in other letters",
          email: "AUTHOR@example.com",
          changes: { requesters: [{ email: "author@example.com", via: "author" }] },
        },
        {
          reason: "who merged it",
          email: "merger@example.com",
          changes: {
            requesters: [
              { email: "rita@example.com", via: "note" },
              { email: "Merger@Example.com", via: "merger" },
            ],
          },
        },
        { reason: "who filed it", email: "pipeline@example.com", changes: {} },
      ] as const satisfies readonly { reason: string; email: string; changes: Partial<Filing> }[];
      for (const { reason, email, changes } of ASKERS) {
        it(`is refused to the person ${reason}`, async () => {
          const { id } = await file(changes);
          const self = await token(email, "verifier");
          const problem = await self.refused("POST", `/v1/requests/${id}/verify`, ACCEPTED);
          expect(problem).to.include({ kind: "forbidden", status: 403 });
          expect(problem.detail).to.contain("can't verify it");
          expect((await desk.auditor.get<OffboardingRequest>(`/v1/requests/${id}`)).state).to.equal("Pending");
        });
      }

      it("is refused to a bot", async () => {
        const { id } = await file();
        const bot = await token("robot@example.com", "verifier", "bot");
        expect(await bot.refused("POST", `/v1/requests/${id}/verify`, ACCEPTED)).to.include({ kind: "forbidden" });
      });
    });

    describe("withdrawing", () => {
      it("ends the request with its reason while nothing has been removed", async () => {
        const { id } = await file();
        await submitted(desk, id);
        const withdrawn = await desk.requester.post(`/v1/requests/${id}/withdraw`, { reason: "she stays" });
        expect(withdrawn).to.deep.include({ state: "Withdrawn", outcomeReason: "she stays", allowed: [] });
      });

      it("is refused once something was removed", async () => {
        const { id } = await file();
        await submitted(desk, id);
        await desk.operator.post(`/v1/requests/${id}/items/1/removed`, {});
        const problem = await desk.requester.refused("POST", `/v1/requests/${id}/withdraw`, { reason: "she stays" });
        expect(problem).to.include({ kind: "blocked" });
        expect(problem.allowed).to.deep.equal(["contact", "vendor-verification", "pause", "confirm"]);
      });
    });

    describe("the vendor's side", () => {
      it("starts the clock when the vendor holds the request, also when that is recorded later", async () => {
        const { id } = await file();
        await desk.verifier.post(`/v1/requests/${id}/verify`, ACCEPTED);
        desk.clock.advance(2 * HOUR);
        const request = await desk.operator.post(`/v1/requests/${id}/submit`, {
          at: "2026-03-02T18:00:00+08:00",
          reference: "CASE-1",
        });
        expect(request.vendor).to.deep.equal({
          submittedAt: "2026-03-02T10:00:00.000Z",
          submittedBy: { email: "olga@example.com" },
          reference: "CASE-1",
        });
        // ArmourZero works from nine to five in Kuala Lumpur, where it is after six.
        expect(request.clock).to.deep.equal({
          startedAt: "2026-03-02T10:00:00.000Z",
          dueAt: "2026-03-05T09:00:00.000Z",
          workingSecondsLeft: 24 * 3_600,
          state: "running",
        });
      });

      const IMPOSSIBLE = [
        { reason: "before our verification", at: "2026-03-02T08:58:59Z" },
        { reason: "in the future", at: "2026-03-02T11:00:00Z" },
      ];
      for (const { reason, at } of IMPOSSIBLE) {
        it(`refuses a submission ${reason}`, async () => {
          const { id } = await file();
          await desk.verifier.post(`/v1/requests/${id}/verify`, ACCEPTED);
          expect(await desk.operator.refused("POST", `/v1/requests/${id}/submit`, { at })).to.include({
            kind: "validation",
          });
        });
      }

      it("takes an instant of a machine whose clock is a little ahead for now", async () => {
        const { id } = await file();
        await desk.verifier.post(`/v1/requests/${id}/verify`, ACCEPTED);
        const request = await desk.operator.post(`/v1/requests/${id}/submit`, { at: "2026-03-02T09:00:30Z" });
        expect(request.vendor?.submittedAt).to.equal(MONDAY);
      });

      it("refuses a submission that nobody has verified", async () => {
        const { id } = await file();
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/submit`, {})).to.deep.include({
          kind: "blocked",
          allowed: ["verify", "withdraw"],
        });
      });

      it("meets the clock by a first contact, and keeps the first when the vendor answers twice", async () => {
        const { id } = await file();
        await submitted(desk, id);
        desk.clock.advance(DAY);
        const met = await desk.operator.post(`/v1/requests/${id}/contact`, { who: "SOC", how: "phone" });
        expect(met.clock).to.include({ state: "met", firstContactAt: "2026-03-03T09:00:00.000Z" });
        desk.clock.advance(7 * DAY);
        const again = await desk.operator.post(`/v1/requests/${id}/contact`, { who: "SOC", how: "mail" });
        expect(again.clock).to.deep.equal(met.clock);
        expect(again.events.map((event) => event.action)).to.deep.equal([
          "filed",
          "verified",
          "submitted",
          "first contact",
          "contact",
        ]);
      });

      it("records a breach when the first contact is late", async () => {
        const { id } = await file();
        await submitted(desk, id);
        desk.clock.advance(7 * DAY);
        const late = await desk.operator.post(`/v1/requests/${id}/contact`, { who: "SOC", how: "phone" });
        expect(late.clock.state).to.equal("breached");
        expect(late.clock.workingSecondsLeft).to.be.below(0);
      });

      it("stands while the vendor waits for the requester, and runs again", async () => {
        const { id } = await file();
        await submitted(desk, id);
        const before = (await desk.auditor.get<OffboardingRequest>(`/v1/requests/${id}`)).clock.workingSecondsLeft;
        expect((await desk.operator.post(`/v1/requests/${id}/pause`, { reason: "which device?" })).clock).to.include({
          state: "paused",
          pausedSince: MONDAY,
        });
        desk.clock.advance(7 * DAY);
        const resumed = await desk.operator.post(`/v1/requests/${id}/resume`);
        expect(resumed.clock).to.include({ state: "running", workingSecondsLeft: before });
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/resume`)).to.include({ kind: "blocked" });
      });

      it("keeps the vendor's verification, and goes on when it is accepted", async () => {
        const { id } = await file();
        await submitted(desk, id);
        const request = await desk.operator.post(`/v1/requests/${id}/vendor-verification`, {
          outcome: "accepted",
          reference: "V-7",
        });
        expect(request.state).to.equal("In Progress");
        expect(request.vendor?.verification).to.deep.equal({ outcome: "accepted", reference: "V-7", at: MONDAY });
      });

      it("rejects when the vendor refuses", async () => {
        const { id } = await file();
        await submitted(desk, id);
        const request = await desk.operator.post(`/v1/requests/${id}/vendor-verification`, {
          outcome: "refused",
          note: "unknown owner",
        });
        expect(request).to.include({ state: "Rejected", outcomeReason: "refused by the vendor: unknown owner" });
      });
    });

    describe("removing and proving", () => {
      it("completes when the last item is proven, and not before", async () => {
        const [one] = leaving("both@example.com", "ShieldOne").items;
        const [two] = leaving("both@example.com", "ScoutTwo").items;
        const { id } = await desk.pipeline.post("/v1/requests", {
          ...leaving("both@example.com", "x"),
          items: [one, two],
        });
        await submitted(desk, id);
        for (const n of [1, 2]) await desk.operator.post(`/v1/requests/${id}/items/${n}/removed`, { note: "done" });
        expect((await desk.operator.post(`/v1/requests/${id}/items/2/confirm`, ATTESTED)).state).to.equal(
          "In Progress",
        );
        const done = await desk.operator.post(`/v1/requests/${id}/items/1/confirm`, ATTESTED);
        expect(done).to.deep.include({ state: "Completed", closedAt: MONDAY, allowed: [] });
        expect(done.items.map((item) => item.state)).to.deep.equal(["confirmed", "confirmed"]);
        expect(done.items[0]?.confirmed).to.deep.equal({
          at: MONDAY,
          by: { email: "olga@example.com" },
          evidence: { ...ATTESTED.evidence, at: MONDAY },
        });
        expect(done.events.at(-1)?.action).to.equal("completed");
      });

      it("proves nothing that was not removed, removes nothing twice, and proves nothing twice", async () => {
        const [one] = leaving("once@example.com", "ShieldOne").items;
        const [two] = leaving("once@example.com", "ScoutTwo").items;
        const { id } = await desk.pipeline.post("/v1/requests", {
          ...leaving("once@example.com", "x"),
          items: [one, two],
        });
        await submitted(desk, id);
        await desk.operator.post(`/v1/requests/${id}/items/1/removed`, {});
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/items/2/confirm`, ATTESTED)).to.deep.include({
          kind: "blocked",
          allowed: ["removed"],
        });
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/items/1/removed`, {})).to.deep.include({
          kind: "blocked",
          allowed: ["confirm"],
        });
        await desk.operator.post(`/v1/requests/${id}/items/1/confirm`, ATTESTED);
        await desk.operator.post(`/v1/requests/${id}/items/2/removed`, {});
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/items/1/confirm`, ATTESTED)).to.deep.include({
          kind: "blocked",
          allowed: [],
        });
      });

      it("names the items that there are when asked for another", async () => {
        const { id } = await file();
        await submitted(desk, id);
        const problem = await desk.operator.refused("POST", `/v1/requests/${id}/items/2/removed`, {});
        expect(problem).to.include({ kind: "notFound" });
        expect(problem.detail).to.contain("1 (ShieldOne)");
      });

      it("takes no attestation from a bot, nor from anybody who asked", async () => {
        const { id } = await file({
          requesters: [
            { email: "rita@example.com", via: "note" },
            { email: "Boss@example.com", via: "author" },
          ],
        });
        await submitted(desk, id);
        await desk.operator.post(`/v1/requests/${id}/items/1/removed`, {});
        const bot = await token("robot@example.com", "operator", "bot");
        expect(await bot.refused("POST", `/v1/requests/${id}/items/1/confirm`, ATTESTED)).to.include({
          kind: "forbidden",
        });
        const boss = await token("boss@example.com", "operator");
        const problem = await boss.refused("POST", `/v1/requests/${id}/items/1/confirm`, ATTESTED);
        expect(problem).to.include({ kind: "forbidden" });
        expect(problem.detail).to.contain("has asked for");
      });

      it("takes no reading of what nobody can read", async () => {
        const { id } = await file();
        await submitted(desk, id);
        await desk.operator.post(`/v1/requests/${id}/items/1/removed`, {});
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/items/1/confirm`, READ)).to.include({
          kind: "validation",
        });
      });

      it("takes the pipeline's reading of what a person removed and we can read", async () => {
        const { id } = await file({ item: { mode: "observe" } });
        await submitted(desk, id);
        await desk.operator.post(`/v1/requests/${id}/items/1/removed`, {});
        expect((await desk.pipeline.post(`/v1/requests/${id}/items/1/confirm`, READ)).state).to.equal("Completed");
      });

      it("refuses evidence of a time before the removal", async () => {
        const { id } = await file();
        await submitted(desk, id);
        await desk.operator.post(`/v1/requests/${id}/items/1/removed`, {});
        const early = { evidence: { ...ATTESTED.evidence, at: "2026-03-02T08:00:00Z" } };
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/items/1/confirm`, early)).to.include({
          kind: "validation",
        });
      });

      it("lets the bot remove by API what was verified, without the vendor's people", async () => {
        const { id } = await file({ item: { mode: "api" } });
        expect(await desk.pipeline.refused("POST", `/v1/requests/${id}/items/1/removed`, {})).to.deep.include({
          kind: "blocked",
          allowed: ["verify", "withdraw"],
        });
        await desk.verifier.post(`/v1/requests/${id}/verify`, ACCEPTED);
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/items/1/removed`, {})).to.include({
          kind: "blocked",
        });
        const removed = await desk.pipeline.post(`/v1/requests/${id}/items/1/removed`, {});
        expect(removed).to.deep.include({ state: "In Progress", allowed: ["confirm"] });
        expect((await desk.pipeline.post(`/v1/requests/${id}/items/1/confirm`, READ)).state).to.equal("Completed");
      });

      it("lets no bot record what people removed, and nobody before the vendor holds it", async () => {
        const api = { kind: "product", name: "ByApi", id: "sub-1", mode: "api" };
        const { id } = await desk.pipeline.post("/v1/requests", {
          ...leaving("mixed@example.com", "ShieldOne"),
          items: [api, ...leaving("mixed@example.com", "ShieldOne").items],
        });
        await desk.verifier.post(`/v1/requests/${id}/verify`, ACCEPTED);
        expect((await desk.pipeline.post(`/v1/requests/${id}/items/1/removed`, {})).allowed).to.deep.equal([
          "submit",
          "removed",
          "confirm",
        ]);
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/items/2/removed`, {})).to.deep.include({
          kind: "blocked",
          allowed: ["submit"],
        });
        await desk.operator.post(`/v1/requests/${id}/submit`, {});
        expect(await desk.pipeline.refused("POST", `/v1/requests/${id}/items/2/removed`, {})).to.include({
          kind: "forbidden",
        });
        expect((await desk.operator.post(`/v1/requests/${id}/items/2/removed`, {})).items[1]?.state).to.equal(
          "removed",
        );
      });
    });

    it("tells the whole story in the request's events, each with its place in the hash chain", async () => {
      const { id } = await file();
      const { events } = await completed(desk, id);
      expect(events.map((event) => [event.action, event.by.email])).to.deep.equal([
        ["filed", "pipeline@example.com"],
        ["verified", "vera@example.com"],
        ["submitted", "olga@example.com"],
        ["removed", "olga@example.com"],
        ["confirmed", "olga@example.com"],
        ["completed", "olga@example.com"],
      ]);
      const seqs = events.map((event) => event.seq);
      expect(seqs).to.deep.equal([...seqs].sort((a, b) => a - b));
    });
  });
});
