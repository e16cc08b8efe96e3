import { expect } from "chai";
import type { OffboardingRequest } from "../../../provider/generated/types";
import {
  ACCEPTED,
  assignment,
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

describe("desk: what is under a customer that leaves", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let customers = 0;
    let key: string;
    let account: string;
    before(async () => {
      desk = await openTestDesk(await openStore());
    });
    after(() => desk.close());
    beforeEach(() => {
      desk.clock.set(MONDAY);
      customers += 1;
      key = `c-${customers}`;
      account = `trend-micro:beneath-${customers}`;
    });

    const OTHER = customerAssignment("other", "Other");
    const read = (id: string) => desk.auditor.get<OffboardingRequest>(`/v1/requests/${id}`);
    const fileProduct = (product: string, id = `${key}-${product}`) =>
      desk.pipeline.post(
        "/v1/requests",
        customerProductLeaving(key, product, {
          account,
          items: [{ kind: "product", name: product, id, mode: "request" }],
        }),
      );
    const part = (product: string, id = `${key}-${product}`) => ({ subjectKey: key, product, id });
    const fileCustomer = (parts: readonly ReturnType<typeof part>[] = []) =>
      desk.pipeline.post("/v1/requests", customerLeaving(key, { account, parts }));
    /** A customer whose only product has left. */
    async function released(): Promise<{ readonly part: string; readonly customer: string }> {
      await importRows(desk, account, [customerAssignment(key, "ShieldOne"), OTHER]);
      const one = await fileProduct("ShieldOne");
      const customer = await fileCustomer();
      desk.clock.advance(MINUTE);
      await completed(desk, one.id);
      desk.clock.advance(MINUTE);
      expect((await read(customer.id)).state).to.equal("Pending");
      return { part: one.id, customer: customer.id };
    }

    describe("once it is released", () => {
      const STEPS = [
        { step: "verify", before: async () => undefined, body: ACCEPTED, caller: "verifier" },
        {
          step: "submit",
          before: (id: string) => desk.verifier.post(`/v1/requests/${id}/verify`, ACCEPTED),
          body: {},
          caller: "operator",
        },
        { step: "items/1/removed", before: (id: string) => submitted(desk, id), body: {}, caller: "operator" },
      ] as const;
      for (const { step, before: prepare, body, caller } of STEPS) {
        it(`refuses ${step} by name while an import shows a part still there, or something new`, async () => {
          const { customer } = await released();
          await prepare(customer);
          desk.clock.advance(MINUTE);
          await importRows(desk, account, [
            customerAssignment(key, "ShieldOne"),
            customerAssignment(key, "Surprise"),
            OTHER,
          ]);
          const problem = await desk[caller].refused("POST", `/v1/requests/${customer}/${step}`, body);
          expect(problem).to.include({ kind: "blocked", status: 409 });
          expect(problem.blockers).to.deep.equal([`ShieldOne of Customer ${key}`, `Surprise of Customer ${key}`]);
          desk.clock.advance(MINUTE);
          await importRows(desk, account, [OTHER]);
          await desk[caller].post(`/v1/requests/${customer}/${step}`, body);
        });

        it(`refuses ${step} on an inventory from too long ago`, async () => {
          const { customer } = await released();
          await prepare(customer);
          desk.clock.advance(31 * DAY);
          const problem = await desk[caller].refused("POST", `/v1/requests/${customer}/${step}`, body);
          expect(problem).to.include({ kind: "stale", status: 409 });
          expect(problem.blockers).to.deep.equal([`the inventory of ${account}`]);
        });
      }

      it("still takes the verifier's no", async () => {
        const { customer } = await released();
        await importRows(desk, account, [customerAssignment(key, "Surprise"), OTHER]);
        const refused = await desk.verifier.post(`/v1/requests/${customer}/verify`, {
          ...ACCEPTED,
          outcome: "refused",
        });
        expect(refused.state).to.equal("Rejected");
      });

      it("names the request on which something new leaves, and goes on after that", async () => {
        const customer = await fileCustomer();
        const late = await fileProduct("Late");
        const problem = await desk.verifier.refused("POST", `/v1/requests/${customer.id}/verify`, ACCEPTED);
        expect(problem.blockers).to.deep.equal([`Late of Customer ${key} (on ${late.id})`]);
        await completed(desk, late.id);
        await submitted(desk, customer.id);
      });
    });

    it("stays held on an inventory from too long ago, until a newer one shows nothing", async () => {
      await importRows(desk, account, [customerAssignment(key, "ShieldOne"), OTHER]);
      const one = await fileProduct("ShieldOne");
      const customer = await fileCustomer();
      desk.clock.advance(31 * DAY);
      await completed(desk, one.id);
      const held = await read(customer.id);
      expect(held.state).to.equal("Held");
      expect(held.blockedBy.join()).to.contain(`the inventory of ${account} is as of ${MONDAY}`);
      await importRows(desk, account, [OTHER]);
      expect(await read(customer.id)).to.deep.include({ state: "Pending", blockedBy: [] });
    });

    it("is refused on what is known of a device owner's part from too long ago", async () => {
      const owner = `owner-${key}@example.com`;
      await importRows(desk, account, [assignment(owner, "ShieldOne")], { complete: false });
      desk.clock.advance(31 * DAY);
      await desk.pipeline.post("/v1/requests", leaving(owner, "ShieldOne", { account, platform: "trend-micro" }));
      const problem = await desk.pipeline.refused(
        "POST",
        "/v1/requests",
        customerLeaving(key, { account, parts: [{ subjectKey: owner.toUpperCase(), product: "ShieldOne", id: "x" }] }),
      );
      expect(problem).to.include({ kind: "stale" });
      expect(problem.blockers).to.deep.equal([`ShieldOne of ${owner}`]);
    });

    describe("of several incarnations of one product", () => {
      it("waits for the new leaving in the place of the one that came to nothing", async () => {
        const a = await fileProduct("ShieldOne", "sub-a");
        const b = await fileProduct("ShieldOne", "sub-b");
        const customer = await fileCustomer([part("ShieldOne", "sub-a"), part("ShieldOne", "sub-b")]);
        await desk.pipeline.post(`/v1/requests/${b.id}/withdraw`, { reason: "a mistake" });
        const again = await fileProduct("ShieldOne", "sub-b");
        expect(await read(customer.id)).to.deep.include({ waitsFor: [a.id, again.id], blockedBy: [] });
        await completed(desk, a.id);
        expect((await read(customer.id)).state).to.equal("Held");
        await completed(desk, again.id);
        expect((await read(customer.id)).state).to.equal("Pending");
      });

      it("waits for one that was filed after it", async () => {
        const a = await fileProduct("ShieldOne", "sub-a");
        const customer = await fileCustomer([part("ShieldOne", "sub-a")]);
        const b = await fileProduct("ShieldOne", "sub-b");
        await completed(desk, a.id);
        expect(await read(customer.id)).to.deep.include({ state: "Held", waitsFor: [a.id, b.id] });
        await completed(desk, b.id);
        expect((await read(customer.id)).state).to.equal("Pending");
      });
    });

    it("is not what another customer has, whose id differs in case alone", async () => {
      await desk.pipeline.post("/v1/requests", customerProductLeaving(`${key}X`, "ShieldOne", { account }));
      const problem = await desk.pipeline.refused(
        "POST",
        "/v1/requests",
        customerLeaving(`${key}x`, { account, parts: [{ subjectKey: `${key}x`, product: "ShieldOne", id: "s" }] }),
      );
      expect(problem).to.include({ kind: "blocked" });
    });
  });
});
