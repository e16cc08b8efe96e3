import { expect } from "chai";
import type { Account, Intent, OffboardingRequest } from "../../../provider/generated/types";
import {
  customerAssignment,
  customerProductLeaving,
  HOUR,
  importRows,
  inventory,
  onBothStores,
  openTestDesk,
  type TestDesk,
} from "../support/desk";

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
      desk.pipeline.call<{ readonly intent: Intent }>("PUT", "/v1/intents", {
        account: account.id,
        type: "Customer",
        naturalKey,
        resource,
      });
    const made = async (account: Account, naturalKey: string, resource: string, objectId: string) => {
      const { intent } = (await claimed(account, naturalKey, resource)).body;
      await desk.pipeline.call("PATCH", `/v1/intents/${intent.id}`, { outcome: "done", objectId });
      return intent.id;
    };
    const recordedSince = async (seq: number) =>
      JSON.stringify((await desk.auditor.get<{ readonly items: unknown }>(`/v1/audit/records?after=${seq}`)).items);
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

      it("keeps the claim that it does not believe in the audit log", async () => {
        await claimed(one, "Acme Dental", "fleet/gone");
        await claimed(two, "Acme Dental", "fleet/stays");
        const before = await seqNow();
        await merge(one, two);
        expect(await recordedSince(before))
          .to.contain("fleet/gone")
          .and.to.not.contain("fleet/stays");
      });

      it("is refused where they have claims of one name on two objects, and names both and the way out", async () => {
        const ours = await made(one, "Acme Dental", "fleet/one::acme", "1");
        const theirs = await made(two, "Acme Dental", "fleet/two::acme", "7");
        const before = await seqNow();
        const refusal = await notMerged(one, two.id);
        expect(refusal).to.include({ kind: "blocked" });
        expect(refusal.blockers).to.deep.equal([ours, theirs]);
        expect(refusal.detail)
          .to.contain(`Customer Acme Dental is 1 in ${one.id} (fleet/one::acme) and 7 in ${two.id} (fleet/two::acme)`)
          .and.to.contain(`DELETE /v1/intents/${ours}`);
        expect(await seqNow(), "nothing is changed").to.equal(before);
        const given = await fetch(`${desk.desk.url}/v1/intents/${ours}`, {
          method: "DELETE",
          headers: { authorization: `Bearer ${desk.pipeline.token}` },
        });
        expect(given.status).to.equal(204);
        expect(await merge(one, two)).to.include({ id: two.id });
      });

      it("takes claims of both on one object for one", async () => {
        await made(one, "Acme Dental", "fleet/one::acme", "7");
        await made(two, "Acme Dental", "fleet/two::acme", "7");
        expect(await merge(one, two)).to.include({ id: two.id });
      });

      describe("where both know what a customer has", () => {
        const PRODUCT = "WFBS-S Yearly";
        const row = (units: number) => ({ ...customerAssignment("1", PRODUCT), units });
        const known = async () =>
          (await inventory(desk, two.id)).map(({ units, source, conflicts }) => [
            units,
            source,
            conflicts.map((conflict) => [conflict.units, conflict.source]),
          ]);

        for (const [newer, older] of [
          ["the one that stays", "the other"],
          ["the other", "the one that stays"],
        ] as const) {
          it(`believes ${newer} where it is the newer one, and shows ${older} beside it`, async () => {
            const accounts = { "the other": one, "the one that stays": two };
            const first = await importRows(desk, accounts[older].id, [row(5)]);
            desk.clock.advance(HOUR);
            const second = await importRows(desk, accounts[newer].id, [row(8)]);
            await merge(one, two);
            expect(await known()).to.deep.equal([[8, `import:${second.id}`, [[5, `import:${first.id}`]]]]);
          });
        }

        it("shows no conflict where they say the same", async () => {
          await importRows(desk, one.id, [row(5)]);
          const { id } = await importRows(desk, two.id, [row(5)]);
          await merge(one, two);
          expect(await known()).to.deep.equal([[5, `import:${id}`, []]]);
        });
      });

      it("leaves nothing to be written to what is no more: whoever names it is told where it went, and what to do", async () => {
        await merge(one, two);
        const before = await seqNow();
        const intent = { account: one.id, type: "Customer", naturalKey: "Acme", resource: "fleet/acme" };
        const rows = [customerAssignment("1", "WFBS-S Yearly")];
        const filing = customerProductLeaving("1", "WFBS-S Yearly", { account: one.id, platform });
        const attested = { account: one.id, voucher: "v", complete: true, format: "rows", rows };
        const refusals = {
          claim: await desk.pipeline.refused("PUT", "/v1/intents", intent),
          file: await desk.pipeline.refused("POST", "/v1/requests", filing),
          list: await desk.pipeline.refused("PUT", pathOf(one, "listings/Customer"), { count: 3 }),
          import: await desk.operator.refused("POST", "/v1/inventory/imports", attested),
        };
        for (const [what, refusal] of Object.entries(refusals)) {
          expect(refusal, what).to.include({ kind: "stale" });
          expect(refusal.detail, what)
            .to.contain(`${one.id} was merged into ${two.id}`)
            .and.to.contain(what === "import" ? `Name ${two.id}` : "Run this again");
        }
        expect(await seqNow()).to.equal(before);
      });

      it("remembers how much both listed, so that a sudden loss is noticed", async () => {
        const listed = (account: Account, kind: string, count: number) =>
          desk.pipeline.call("PUT", pathOf(account, `listings/${kind}`), { count });
        await listed(two, "Customer", 30);
        await listed(two, "ProductAssignment", 4);
        desk.clock.advance(HOUR);
        const at = new Date(desk.clock.now()).toISOString();
        await listed(one, "Customer", 12);
        const { listings } = await merge(one, two);
        expect(listings.Customer).to.deep.equal({ count: 42, at });
        expect(listings.ProductAssignment?.count).to.equal(4);
        expect((await desk.auditor.get<Account>(`/v1/accounts/${encodeURIComponent(one.id)}`)).listings).to.deep.equal(
          {},
        );
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

      it("is refused of ids that the other does not have, which it names", async () => {
        const before = await seqNow();
        const refusal = await desk.operator.refused("POST", pathOf(two, "confirmations"), {
          evidence: ["1", "41", "42"],
          from: one.id,
          reason: REASON,
        });
        expect(refusal).to.include({ kind: "validation" });
        expect(refusal.detail).to.contain(`${one.id} has no 41, 42`);
        expect(await seqNow()).to.equal(before);
      });

      it("may be said twice, and of what a program made in the other before it was first seen there", async () => {
        await confirm(two, ["1"], one.id);
        await confirm(two, ["1"], one.id);
        await made(one, "Gum Foods", "fleet/gum", "40");
        await confirm(two, ["40"], one.id);
        expect(await resolve("two", ["1", "40"])).to.include({ id: two.id });
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
