import { expect } from "chai";
import type { OffboardingRequest } from "../../../provider/generated/types";
import {
  ACCEPTED,
  assignment,
  caller,
  completed,
  customerAssignment,
  customerLeaving,
  DAY,
  HOUR,
  importRows,
  inventory,
  leaving,
  MINUTE,
  MONDAY,
  onBothStores,
  openTestDesk,
  submitted,
  type TestDesk,
} from "../support/desk";

const JANE = "jane@example.com";
const SHIELD = assignment(JANE, "ShieldOne");
const SCOUT = assignment(JANE, "ScoutTwo");
const attested = (at?: string) => ({
  evidence: { kind: "attested", text: "gone", ...(at === undefined ? {} : { at }) },
});
const READ = { evidence: { kind: "read", text: "not listed" } };

describe("desk: proofs", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let accounts = 0;
    let account: string;
    before(async () => {
      desk = await openTestDesk(await openStore());
    });
    after(() => desk.close());
    beforeEach(() => {
      desk.clock.set(MONDAY);
      accounts += 1;
      account = `armourzero:proof-${accounts}`;
    });
    const file = (changes: Parameters<typeof leaving>[2] = {}) =>
      desk.pipeline.post("/v1/requests", leaving(JANE, "ShieldOne", { account, ...changes }));
    const confirm = (id: string) => `/v1/requests/${id}/items/1/confirm`;
    const removed = (id: string, body: object = {}) => desk.operator.post(`/v1/requests/${id}/items/1/removed`, body);

    describe("older than what the inventory knows", () => {
      const NOON = "2026-03-02T12:00:00.000Z";
      for (const at of ["2026-03-02T11:30:00Z", NOON]) {
        it(`prove nothing: ${at}, of what an import of ${NOON} shows`, async () => {
          await importRows(desk, account, [SHIELD, SCOUT]);
          const { id } = await file();
          await submitted(desk, id);
          desk.clock.set(NOON);
          const { id: shown } = await importRows(desk, account, [SHIELD, SCOUT], { voucher: "noon.csv" });
          desk.clock.advance(HOUR);
          await removed(id, { at: "2026-03-02T11:00:00Z" });
          const problem = await desk.operator.refused("POST", confirm(id), attested(at));
          expect(problem).to.include({ kind: "stale", status: 409 });
          expect(problem.detail).to.contain(`import ${shown} (noon.csv), as of ${NOON}`);
          expect((await inventory(desk, account, "&product=ShieldOne"))[0]).to.include({ present: true });

          desk.clock.advance(DAY);
          const later = await importRows(desk, account, [SHIELD, SCOUT]);
          expect(later.contradictions).to.have.length(1);
        });
      }

      it("prove nothing of a joining that a newer list of everything does not show", async () => {
        const { id } = await file({ kind: "joining" });
        await submitted(desk, id);
        await removed(id);
        desk.clock.advance(HOUR);
        await importRows(desk, account, [SCOUT]);
        desk.clock.advance(HOUR);
        const early = attested("2026-03-02T09:30:00Z");
        expect(await desk.operator.refused("POST", confirm(id), early)).to.include({ kind: "stale" });
        expect((await desk.operator.post(confirm(id), attested())).state).to.equal("Completed");
      });

      it("prove nothing of a customer under which a newer import shows something", async () => {
        const { id } = await desk.pipeline.post("/v1/requests", customerLeaving("c-1", { account }));
        await submitted(desk, id);
        await removed(id);
        desk.clock.advance(HOUR);
        await importRows(desk, account, [customerAssignment("c-1", "ShieldOne")]);
        desk.clock.advance(HOUR);
        const early = attested("2026-03-02T09:30:00Z");
        expect(await desk.operator.refused("POST", confirm(id), early)).to.include({ kind: "stale" });
      });
    });

    describe("by reading", () => {
      it("are not taken from a person who asked", async () => {
        const { id } = await file({ item: { mode: "observe" } });
        await submitted(desk, id);
        await removed(id);
        const rita = caller(desk.desk.url, await desk.desk.token("rita@example.com", ["operator"], "person"));
        expect(await rita.refused("POST", confirm(id), READ)).to.include({ kind: "forbidden" });
        expect((await desk.operator.post(confirm(id), READ)).state).to.equal("Completed");
      });

      for (const mode of ["api", "observe"] as const) {
        it(`can't be filed for by the mode ${mode} where people attest what is there`, async () => {
          await importRows(desk, account, [SHIELD]);
          const filing = leaving(JANE, "shieldone", { account, item: { mode } });
          const problem = await desk.pipeline.refused("POST", "/v1/requests", filing);
          expect(problem).to.include({ kind: "validation", status: 400 });
          expect(problem.detail).to.contain("attestation alone").and.contain("mode request");
        });
      }
    });

    describe("while the desk's own clock goes back", () => {
      it("are dated at what they follow, as is every step before them", async () => {
        const { id } = await file();
        const step = async (who: "verifier" | "operator", path: string, body: object) => {
          desk.clock.advance(-2_000);
          return desk[who].post(`/v1/requests/${id}/${path}`, body);
        };
        await step("verifier", "verify", ACCEPTED);
        await step("operator", "submit", {});
        await step("operator", "contact", { who: "SOC", how: "phone" });
        await step("operator", "vendor-verification", { outcome: "accepted" });
        await step("operator", "items/1/removed", {});
        const done = await step("operator", "items/1/confirm", attested());
        expect(done.state).to.equal("Completed");
        const verifiedAt = "2026-03-02T08:59:58.000Z";
        expect(done.vendor).to.deep.include({ submittedAt: verifiedAt });
        expect(done.items[0]?.removed?.at).to.equal(verifiedAt);
        expect(done.items[0]?.confirmed?.evidence?.at).to.equal(verifiedAt);
      });

      it("are taken as said where another machine's clock is a little behind, and refused beyond that", async () => {
        const { id } = await file();
        await submitted(desk, id);
        desk.clock.advance(HOUR);
        const early = { at: "2026-03-02T08:58:59Z" };
        expect(await desk.operator.refused("POST", `/v1/requests/${id}/items/1/removed`, early)).to.include({
          kind: "validation",
        });
        expect((await removed(id, { at: "2026-03-02T08:59:30Z" })).items[0]?.removed?.at).to.equal(MONDAY);
      });

      it("end what an import of before the step back shows", async () => {
        const { id } = await file();
        await submitted(desk, id);
        await removed(id);
        desk.clock.advance(MINUTE);
        await importRows(desk, account, [SHIELD]);
        desk.clock.advance(-2_000);
        await desk.operator.post(confirm(id), attested());
        expect((await inventory(desk, account))[0]).to.deep.include({ present: false, source: `request:${id}` });
      });
    });

    it("of a request that nothing speaks against are as they were", async () => {
      await importRows(desk, account, [SCOUT]);
      const { id } = await file({ kind: "joining" });
      expect((await completed(desk, id)) satisfies OffboardingRequest).to.include({ state: "Completed" });
    });
  });
});
