import { expect } from "chai";
import type { OffboardingRequest, Part } from "../../../provider/generated/types";
import {
  completed,
  customerAssignment,
  customerLeaving,
  customerProductLeaving,
  DAY,
  importRows,
  leaving,
  MINUTE,
  MONDAY,
  onBothStores,
  openTestDesk,
  submitted,
  type TestDesk,
} from "../support/desk";

const CLP = "trend-micro:clp";

describe("desk: a customer that leaves", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let customers = 0;
    let key: string;
    before(async () => {
      desk = await openTestDesk(await openStore());
    });
    after(() => desk.close());
    beforeEach(() => {
      desk.clock.set(MONDAY);
      customers += 1;
      key = `c-${customers}`;
    });

    const fileProduct = (product: string) => desk.pipeline.post("/v1/requests", customerProductLeaving(key, product));
    const fileCustomer = (parts?: readonly Part[], account?: string) =>
      desk.pipeline.post(
        "/v1/requests",
        customerLeaving(key, {
          ...(parts === undefined ? {} : { parts }),
          ...(account === undefined ? {} : { account }),
        }),
      );
    const part = (product: string, subjectKey = key): Part => ({ subjectKey, product, id: `${subjectKey}-${product}` });
    const read = (id: string) => desk.auditor.get<OffboardingRequest>(`/v1/requests/${id}`);

    it("goes at once where nothing is under it", async () => {
      expect(await fileCustomer([])).to.deep.include({ state: "Pending", waitsFor: [] });
    });

    it("is refused by name where something under it is on no request", async () => {
      await fileProduct("ShieldOne");
      const problem = await desk.pipeline.refused(
        "POST",
        "/v1/requests",
        customerLeaving(key, { parts: [part("ShieldOne"), part("ScoutTwo"), part("X", "jane@example.com")] }),
      );
      expect(problem).to.include({ kind: "blocked", status: 409 });
      expect(problem.blockers).to.deep.equal([`ScoutTwo of Customer ${key}`, "X of jane@example.com"]);
      expect(problem.detail).to.contain(`ScoutTwo of Customer ${key}`);
      const { items } = await desk.auditor.get<{ items: OffboardingRequest[] }>(`/v1/requests?subject=${key}`);
      expect(
        items.every((request) => request.items[0]?.kind === "product"),
        "nothing was filed by half",
      ).to.equal(true);
    });

    it("is held while its parts leave, and released when the last has left", async () => {
      const one = await fileProduct("ShieldOne");
      const two = await fileProduct("ScoutTwo");
      const held = await fileCustomer([part("ShieldOne"), part("ScoutTwo")]);
      expect(held).to.deep.include({ state: "Held", waitsFor: [one.id, two.id], blockedBy: [], allowed: ["withdraw"] });
      await completed(desk, two.id);
      expect((await read(held.id)).state).to.equal("Held");
      await completed(desk, one.id);
      const released = await read(held.id);
      expect(released).to.deep.include({ state: "Pending", allowed: ["verify", "withdraw"] });
      expect(released.events.at(-1)).to.deep.include({
        action: "released",
        by: { email: "desk@desk.invalid", name: "The desk" },
      });
    });

    it("waits for a part of a device owner as for its own", async () => {
      const owners = await desk.pipeline.post(
        "/v1/requests",
        leaving(`${key}@example.com`, "ShieldOne", { account: CLP }),
      );
      const held = await fileCustomer([part("ShieldOne", `${key}@example.com`)]);
      expect(held.waitsFor).to.deep.equal([owners.id]);
      await completed(desk, owners.id);
      expect((await read(held.id)).state).to.equal("Pending");
    });

    it("counts one open leaving for one part: two live incarnations need two", async () => {
      await desk.pipeline.post(
        "/v1/requests",
        customerProductLeaving(key, "ShieldOne", {
          items: [{ kind: "product", name: "ShieldOne", id: "subscription-1", mode: "request" }],
        }),
      );
      const parts = [
        { ...part("ShieldOne"), id: "subscription-2" },
        { ...part("ShieldOne"), id: "subscription-1" },
      ];
      const problem = await desk.pipeline.refused("POST", "/v1/requests", customerLeaving(key, { parts }));
      expect(problem.blockers).to.deep.equal([`ShieldOne of Customer ${key}`]);
    });

    for (const [end, act] of [
      [
        "rejected",
        (id: string) =>
          desk.verifier.post(`/v1/requests/${id}/verify`, {
            outcome: "refused",
            identity: "checked",
            necessity: "still in use",
          }),
      ],
      ["withdrawn", (id: string) => desk.pipeline.post(`/v1/requests/${id}/withdraw`, { reason: "still in use" })],
    ] as const) {
      it(`stays held when a part's leaving is ${end}, and says so`, async () => {
        const one = await fileProduct("ShieldOne");
        const held = await fileCustomer([part("ShieldOne")]);
        await act(one.id);
        const blocked = await read(held.id);
        expect(blocked.state).to.equal("Held");
        expect(blocked.blockedBy).to.deep.equal([
          `ShieldOne of Customer ${key} stays: ${one.id} was ${end} (still in use)`,
        ]);
        expect(blocked.events.at(-1)).to.include({ action: "blocked" });
      });
    }

    it("waits for the new leaving of a part whose first one was refused", async () => {
      const one = await fileProduct("ShieldOne");
      const held = await fileCustomer([part("ShieldOne")]);
      await desk.pipeline.post(`/v1/requests/${one.id}/withdraw`, { reason: "a mistake" });
      const again = await fileProduct("ShieldOne");
      expect(await read(held.id)).to.deep.include({ state: "Held", waitsFor: [again.id], blockedBy: [] });
      await completed(desk, again.id);
      expect((await read(held.id)).state).to.equal("Pending");
    });

    it("can be withdrawn while it is held, and is not released afterwards", async () => {
      const one = await fileProduct("ShieldOne");
      const held = await fileCustomer([part("ShieldOne")]);
      await desk.pipeline.post(`/v1/requests/${held.id}/withdraw`, { reason: "the customer stays" });
      await completed(desk, one.id);
      expect((await read(held.id)).state).to.equal("Withdrawn");
    });

    it("answers the held request when it is filed again", async () => {
      await fileProduct("ShieldOne");
      const held = await fileCustomer([part("ShieldOne")]);
      const again = await desk.pipeline.call<OffboardingRequest>(
        "POST",
        "/v1/requests",
        customerLeaving(key, { parts: [part("ShieldOne")] }),
      );
      expect(again.status).to.equal(200);
      expect(again.body.id).to.equal(held.id);
    });

    describe("on an account with an inventory", () => {
      let account: string;
      beforeEach(() => {
        account = `trend-micro:with-inventory-${key}`;
      });
      const fileItsProduct = (product: string) =>
        desk.pipeline.post("/v1/requests", customerProductLeaving(key, product, { account }));

      it("is refused by name for what the inventory alone knows of", async () => {
        await importRows(desk, account, [customerAssignment(key, "Undeclared"), customerAssignment("other", "Other")]);
        const problem = await desk.pipeline.refused(
          "POST",
          "/v1/requests",
          customerLeaving(key, { account, parts: [] }),
        );
        expect(problem.blockers).to.deep.equal([`Undeclared of Customer ${key}`]);
      });

      it("counts a part that the client and the inventory both know once", async () => {
        await importRows(desk, account, [customerAssignment(key, "ShieldOne")]);
        const one = await fileItsProduct("ShieldOne");
        expect((await fileCustomer([part("shieldone")], account)).waitsFor).to.deep.equal([one.id]);
      });

      it("stays held when something new turned up under it, and waits for that once it is leaving", async () => {
        await importRows(desk, account, [customerAssignment(key, "ShieldOne")]);
        const one = await fileItsProduct("ShieldOne");
        const held = await fileCustomer([], account);
        expect(held).to.include({ state: "Held" });
        desk.clock.advance(MINUTE);
        await importRows(desk, account, [customerAssignment(key, "ShieldOne"), customerAssignment(key, "Surprise")]);
        await completed(desk, one.id);
        expect(await read(held.id)).to.deep.include({
          state: "Held",
          blockedBy: [`Surprise of Customer ${key} is still there and on no request`],
        });

        const surprise = await fileItsProduct("Surprise");
        expect(await read(held.id)).to.deep.include({ state: "Held", waitsFor: [one.id, surprise.id], blockedBy: [] });
        await completed(desk, surprise.id);
        expect(await read(held.id)).to.deep.include({ state: "Pending", blockedBy: [] });
      });

      it("is released by an import that shows that the last of it is gone", async () => {
        await importRows(desk, account, [customerAssignment(key, "ShieldOne")]);
        const one = await fileItsProduct("ShieldOne");
        const held = await fileCustomer([], account);
        desk.clock.advance(MINUTE);
        await importRows(desk, account, [customerAssignment(key, "ShieldOne"), customerAssignment(key, "Surprise")]);
        await completed(desk, one.id);
        desk.clock.advance(MINUTE);
        await importRows(desk, account, [customerAssignment("other", "Other")]);
        expect((await read(held.id)).state).to.equal("Pending");
      });

      it("stays held when an import contradicts a part that is said to be gone", async () => {
        await importRows(desk, account, [customerAssignment(key, "ShieldOne"), customerAssignment(key, "ScoutTwo")]);
        const one = await fileItsProduct("ShieldOne");
        const two = await fileItsProduct("ScoutTwo");
        const held = await fileCustomer([], account);
        await completed(desk, one.id);
        desk.clock.advance(MINUTE);
        await importRows(desk, account, [customerAssignment(key, "ShieldOne"), customerAssignment(key, "ScoutTwo")]);
        desk.clock.advance(MINUTE);
        await completed(desk, two.id);
        expect(await read(held.id)).to.deep.include({
          state: "Held",
          blockedBy: [`ShieldOne of Customer ${key} is still there, though ${one.id} is completed`],
        });
      });

      it("is refused on what is known from too long ago", async () => {
        await importRows(desk, account, [customerAssignment(key, "ShieldOne")]);
        await fileItsProduct("ShieldOne");
        desk.clock.advance(31 * DAY);
        const problem = await desk.pipeline.refused(
          "POST",
          "/v1/requests",
          customerLeaving(key, { account, parts: [] }),
        );
        expect(problem).to.include({ kind: "stale", status: 409 });
        expect(problem.blockers).to.deep.equal([`ShieldOne of Customer ${key}`]);
      });
    });

    it("takes the customer out of the inventory when it has left", async () => {
      const account = `trend-micro:gone-${key}`;
      await importRows(desk, account, [
        { kind: "customer", subject: { kind: "customer", key, name: `Customer ${key}` } },
      ]);
      const { id } = await fileCustomer([], account);
      await submitted(desk, id);
      desk.clock.advance(MINUTE);
      await desk.operator.post(`/v1/requests/${id}/items/1/removed`, {});
      await desk.operator.post(`/v1/requests/${id}/items/1/confirm`, { evidence: { kind: "attested", text: "gone" } });
      const { items } = await desk.auditor.get<{ items: { present: boolean; source: string }[] }>(
        `/v1/inventory?account=${account}&kind=customer`,
      );
      expect(items).to.have.length(1);
      expect(items[0]).to.include({ present: false, source: `request:${id}` });
    });
  });
});
