import { expect } from "chai";
import type { Account, Intent, OffboardingRequest } from "../../../provider/generated/types";
import { customerProductLeaving, onBothStores, openTestDesk, type TestDesk } from "../support/desk";

const REASON = "Asked the vendor by phone.";

describe("desk: a person's word on accounts", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let runs = 0;
    before(async () => {
      desk = await openTestDesk(await openStore());
    });
    after(() => desk.close());
    let platform: string;
    let one: Account;
    let two: Account;
    beforeEach(async () => {
      runs += 1;
      platform = `word-${runs}`;
      one = await resolve("one", ["1", "2"]);
      two = await resolve("two", ["7", "8", "9"]);
    });

    const claim = (connection: string, ids: readonly string[]) => ({
      platform,
      connection,
      evidence: { kind: "overlap", ids },
    });
    const resolve = (connection: string, ids: readonly string[]) =>
      desk.pipeline.post<Account>("/v1/accounts/resolve", claim(connection, ids));
    const refused = (connection: string, ids: readonly string[]) =>
      desk.pipeline.refused("POST", "/v1/accounts/resolve", claim(connection, ids));
    const pathOf = ({ id }: Account, what: string) => `/v1/accounts/${encodeURIComponent(id)}/${what}`;
    const merge = (from: Account, into: Account) =>
      desk.operator.post<Account>(pathOf(from, "merge"), { into: into.id, reason: REASON });
    const notMerged = (from: Account, into: string) =>
      desk.operator.refused("POST", pathOf(from, "merge"), { into, reason: REASON });
    const file = (account: Account, key: string) =>
      desk.pipeline.post<OffboardingRequest>(
        "/v1/requests",
        customerProductLeaving(key, "WFBS-S Yearly", { account: account.id, platform }),
      );
    const claimed = (account: Account, naturalKey: string, resource: string) =>
      desk.pipeline.call("PUT", "/v1/intents", { account: account.id, type: "Customer", naturalKey, resource });
    const seqNow = async () => (await desk.auditor.get<{ readonly seq: number }>("/v1/audit/head")).seq;

    describe("that one was merged into another", () => {
      it("has the other answer for both, under either connection, and tells what it formerly was", async () => {
        expect(await refused("one", ["1", "8"])).to.include({ kind: "forbidden", status: 409 });
        expect(await merge(one, two)).to.deep.include({ id: two.id, knownBy: "confirmed", formerly: [one.id] });
        for (const [connection, ids] of [
          ["one", ["1", "8"]],
          ["two", ["2"]],
        ] as const)
          expect(await resolve(connection, ids)).to.deep.include({ id: two.id, formerly: [one.id] });
      });

      it("takes along what is open and whose what is", async () => {
        const request = await file(one, "1");
        await claimed(one, "Acme Dental", "fleet/acme");
        await merge(one, two);
        expect(await desk.auditor.get(`/v1/requests/${request.id}`)).to.include({
          account: two.id,
          state: request.state,
        });
        const { items } = await desk.auditor.get<{ readonly items: readonly Intent[] }>(
          `/v1/intents?account=${encodeURIComponent(two.id)}`,
        );
        expect(items.map(({ naturalKey, resource }) => [naturalKey, resource])).to.deep.equal([
          ["Acme Dental", "fleet/acme"],
        ]);
      });

      it("believes the account that stays where both know something of the same name", async () => {
        await claimed(one, "Acme Dental", "fleet/gone");
        await claimed(two, "Acme Dental", "fleet/stays");
        await merge(one, two);
        const { items } = await desk.auditor.get<{ readonly items: readonly Intent[] }>(
          `/v1/intents?account=${encodeURIComponent(two.id)}`,
        );
        expect(items.map(({ resource }) => resource)).to.deep.equal(["fleet/stays"]);
      });

      it("is recorded with the reason, by the person", async () => {
        const before = await seqNow();
        await merge(one, two);
        const { items } = await desk.auditor.get<{
          readonly items: readonly { readonly what: string; readonly who: unknown; readonly after: unknown }[];
        }>(`/v1/audit/records?after=${before}`);
        expect(JSON.stringify(items)).to.contain("account merged").and.to.contain(REASON).and.to.contain("olga@");
      });

      it("may be said twice, and of three in a row", async () => {
        const three = await resolve("three", ["20"]);
        await merge(one, two);
        expect(await merge(one, two)).to.include({ id: two.id });
        expect((await merge(two, three)).formerly).to.have.members([one.id, two.id]);
        expect(await resolve("one", ["1", "20"])).to.include({ id: three.id });
      });

      it("is refused where it can't be, and changes nothing", async () => {
        const before = await seqNow();
        expect(await notMerged(one, "nobody")).to.include({ kind: "notFound" });
        expect((await notMerged(one, "nobody")).detail).to.contain("There is no account nobody");
        expect(await notMerged(one, one.id)).to.include({ kind: "validation" });
        platform = `${platform}-other`;
        const elsewhere = await resolve("elsewhere", ["1"]);
        expect(await notMerged(one, elsewhere.id)).to.include({ kind: "validation" });
        expect(await seqNow(), "but for the account elsewhere").to.equal(before + 1);
      });

      it("is refused of what was merged already, and names where it went", async () => {
        const three = await resolve("three", ["20"]);
        await merge(one, two);
        for (const refusal of [await notMerged(one, three.id), await notMerged(three, one.id)]) {
          expect(refusal).to.include({ kind: "stale" });
          expect(refusal.detail).to.contain(`${one.id} was merged into ${two.id}`);
        }
      });

      it("waits until one of two requests for the same is withdrawn", async () => {
        const [ours, theirs] = [await file(one, "1"), await file(two, "1")];
        const refusal = await notMerged(one, two.id);
        expect(refusal).to.include({ kind: "blocked" });
        expect(refusal.blockers).to.have.members([ours.id, theirs.id]);
        await desk.pipeline.post(`/v1/requests/${ours.id}/withdraw`, { reason: "The other one counts." });
        expect(await merge(one, two)).to.include({ id: two.id });
      });
    });

    describe("that ids have moved", () => {
      const confirm = (account: Account, evidence: readonly string[], from?: string) =>
        desk.operator.post<Account>(pathOf(account, "confirmations"), {
          evidence,
          reason: REASON,
          ...(from === undefined ? {} : { from }),
        });

      it("is needed before they count for another account, and leaves the rest where it was", async () => {
        const problem = await desk.operator.refused("POST", pathOf(two, "confirmations"), {
          evidence: ["1"],
          reason: REASON,
        });
        expect(problem).to.include({ kind: "forbidden", status: 409 });
        expect(problem.detail).to.contain(`--from ${one.id}`);
        const request = await file(one, "1");
        const stays = await file(one, "2");
        await confirm(two, ["1"], one.id);
        expect(await resolve("two", ["1", "8"])).to.include({ id: two.id });
        expect(await resolve("one", ["2"])).to.include({ id: one.id });
        const accountOf = async ({ id }: OffboardingRequest) =>
          (await desk.auditor.get<OffboardingRequest>(`/v1/requests/${id}`)).account;
        expect([await accountOf(request), await accountOf(stays)]).to.deep.equal([two.id, one.id]);
      });

      it("is not said of an account that is no more", async () => {
        await merge(one, two);
        const refusal = await desk.operator.refused("POST", pathOf(one, "confirmations"), {
          evidence: ["30"],
          reason: REASON,
        });
        expect(refusal).to.include({ kind: "stale" });
      });
    });
  });
});
