import { expect } from "chai";
import type { ImportResult, OffboardingRequest } from "../../../provider/generated/types";
import { parseCalendars } from "../../../desk/requests/calendars";
import {
  assignment,
  completed,
  DAY,
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
const owner = (email: string) => ({
  kind: "owner" as const,
  subject: { kind: "owner" as const, key: email, name: email },
});

describe("desk: the attested inventory", () => {
  onBothStores((openStore) => {
    let desk: TestDesk;
    let accounts = 0;
    let account: string;
    before(async () => {
      desk = await openTestDesk(
        await openStore(),
        parseCalendars("platforms: { short: { staleAfterDays: 2 } }", "calendars.yaml"),
      );
    });
    after(() => desk.close());
    beforeEach(() => {
      desk.clock.set(MONDAY);
      accounts += 1;
      account = `armourzero:account-${accounts}`;
    });
    const read = (id: string) => desk.auditor.get<OffboardingRequest>(`/v1/requests/${id}`);
    const counts = ({ added, changed, gone, unchanged }: ImportResult) => ({ added, changed, gone, unchanged });
    const fileLeaving = async (product: string, changes: Parameters<typeof leaving>[2] = {}) => {
      const entry = (await inventory(desk, account, `&product=${product}`))[0];
      return desk.pipeline.post(
        "/v1/requests",
        leaving(JANE, product, { account, item: { id: entry?.id ?? "new" }, ...changes }),
      );
    };

    describe("what an import changes", () => {
      it("keeps each fact with its source, date and voucher", async () => {
        const result = await importRows(
          desk,
          account,
          [assignment("Jane@Example.com", "ShieldOne", { units: 3, facts: { team: "blue" } })],
          { voucher: "mail of 2 March" },
        );
        const [entry] = await inventory(desk, account);
        expect(entry).to.deep.include({
          account,
          kind: "assignment",
          subject: { kind: "owner", key: JANE, name: "Jane@Example.com" },
          product: "ShieldOne",
          units: 3,
          facts: { team: "blue" },
          present: true,
          asOf: MONDAY,
          source: `import:${result.id}`,
          voucher: "mail of 2 March",
          stale: false,
          conflicts: [],
        });
      });

      it("counts what is new, changed, gone and as before", async () => {
        await importRows(desk, account, [SHIELD, SCOUT, assignment("max@example.com", "ShieldOne", { units: 1 })]);
        desk.clock.advance(DAY);
        const result = await importRows(desk, account, [
          SHIELD,
          assignment("max@example.com", "ShieldOne", { units: 2 }),
          assignment("new@example.com", "ShieldOne"),
        ]);
        expect(counts(result)).to.deep.equal({ added: 1, changed: 1, gone: 1, unchanged: 1 });
      });

      it("is the same twice", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const before = await inventory(desk, account);
        const again = await importRows(desk, account, [SCOUT, SHIELD]);
        expect(counts(again)).to.deep.equal({ added: 0, changed: 0, gone: 0, unchanged: 2 });
        expect(await inventory(desk, account)).to.deep.equal(before);
      });

      it("marks as gone only what a complete import lacks", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        desk.clock.advance(DAY);
        expect((await importRows(desk, account, [SHIELD], { complete: false })).gone).to.equal(0);
        expect((await importRows(desk, account, [SHIELD])).gone).to.equal(1);
        expect((await inventory(desk, account, "&present=true")).map((entry) => entry.product)).to.deep.equal([
          "ShieldOne",
        ]);
        expect((await inventory(desk, account, "&present=false")).map((entry) => entry.product)).to.deep.equal([
          "ScoutTwo",
        ]);
      });

      it("leaves other accounts alone", async () => {
        await importRows(desk, `${account}-other`, [SCOUT]);
        await importRows(desk, account, [SHIELD]);
        expect((await inventory(desk, `${account}-other`, "&present=true")).length).to.equal(1);
      });

      it("keeps the id of a thing while it is there, and gives it a new one when it comes back", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const idOf = async () => (await inventory(desk, account, "&product=ShieldOne"))[0]?.id;
        const first = await idOf();
        desk.clock.advance(DAY);
        await importRows(desk, account, [SHIELD, SCOUT]);
        expect(await idOf()).to.equal(first);
        desk.clock.advance(DAY);
        await importRows(desk, account, [SCOUT]);
        expect(await idOf()).to.equal(first);
        desk.clock.advance(DAY);
        await importRows(desk, account, [SHIELD, SCOUT]);
        expect(await idOf()).not.to.equal(first);
      });

      it("keeps what a newer source is silent on", async () => {
        await importRows(desk, account, [assignment(JANE, "ShieldOne", { units: 5 })]);
        desk.clock.advance(DAY);
        const result = await importRows(desk, account, [SHIELD]);
        expect(result.unchanged).to.equal(1);
        expect((await inventory(desk, account))[0]).to.include({ units: 5, source: `import:${result.id}` });
      });

      it("changes nothing by an import of before what is known", async () => {
        await importRows(desk, account, [SHIELD]);
        const before = await inventory(desk, account);
        const result = await importRows(desk, account, [assignment(JANE, "ShieldOne", { units: 9 })], {
          asOf: "2026-03-01T00:00:00Z",
          complete: true,
        });
        expect(counts(result)).to.deep.equal({ added: 0, changed: 0, gone: 0, unchanged: 1 });
        expect(await inventory(desk, account)).to.deep.equal(before);
      });

      it("shows two sources of one instant that disagree side by side, and merges neither", async () => {
        await importRows(desk, account, [assignment(JANE, "ShieldOne", { units: 1 }), SCOUT]);
        const other = await importRows(desk, account, [assignment(JANE, "ShieldOne", { units: 2 })], {
          voucher: "another list",
        });
        const [scout, shield] = await inventory(desk, account);
        expect(shield).to.deep.include({
          units: 1,
          conflicts: [{ present: true, units: 2, asOf: MONDAY, source: `import:${other.id}`, voucher: "another list" }],
        });
        expect(scout).to.deep.include({
          present: true,
          conflicts: [{ present: false, asOf: MONDAY, source: `import:${other.id}`, voucher: "another list" }],
        });
        desk.clock.advance(DAY);
        await importRows(desk, account, [assignment(JANE, "ShieldOne", { units: 2 }), SCOUT]);
        expect((await inventory(desk, account)).map((entry) => entry.conflicts)).to.deep.equal([[], []]);
      });

      it("is stale once it is older than the platform allows", async () => {
        await importRows(desk, `short:${accounts}`, [SHIELD]);
        await importRows(desk, account, [SHIELD]);
        desk.clock.advance(2 * DAY + 1);
        expect((await inventory(desk, `short:${accounts}`))[0]?.stale).to.equal(true);
        expect((await inventory(desk, account))[0]?.stale).to.equal(false);
      });

      it("refuses an empty complete import, which would mark everything as gone", async () => {
        await importRows(desk, account, [SHIELD]);
        const problem = await desk.operator.refused("POST", "/v1/inventory/imports", {
          account,
          voucher: "x",
          complete: true,
          format: "rows",
          rows: [],
        });
        expect(problem).to.include({ kind: "validation" });
        expect((await inventory(desk, account))[0]?.present).to.equal(true);
      });

      it("refuses a list that is yet to be made", async () => {
        const future = {
          account,
          voucher: "x",
          complete: true,
          format: "rows",
          rows: [SHIELD],
          asOf: "2026-03-03T00:00:00Z",
        };
        expect(await desk.operator.refused("POST", "/v1/inventory/imports", future)).to.include({ kind: "validation" });
      });
    });

    describe("what a completed request proves", () => {
      it("is known from then: a removed product is gone, an assigned one is there", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const { id } = await fileLeaving("ShieldOne");
        desk.clock.advance(MINUTE);
        await completed(desk, id);
        const joining = await fileLeaving("Fresh", { kind: "joining" });
        await completed(desk, joining.id);
        const [fresh] = await inventory(desk, account, "&product=Fresh");
        const [shield] = await inventory(desk, account, "&product=ShieldOne");
        expect(shield).to.deep.include({
          present: false,
          source: `request:${id}`,
          asOf: "2026-03-02T09:01:00.000Z",
          voucher: "gone from the console",
          conflicts: [],
        });
        expect(fresh).to.deep.include({ present: true, source: `request:${joining.id}`, product: "Fresh" });
      });

      it("is not overturned by a list that was made before it", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const { id } = await fileLeaving("ShieldOne");
        desk.clock.advance(DAY);
        await completed(desk, id);
        const late = await importRows(desk, account, [SHIELD, SCOUT], { asOf: "2026-03-02T12:00:00Z" });
        expect(late).to.deep.include({ contradictions: [], unexpected: [] });
        expect((await inventory(desk, account, "&product=ShieldOne"))[0]).to.deep.include({
          present: false,
          conflicts: [],
        });
      });
    });

    describe("what nobody asked for", () => {
      it("is nothing in a first complete import, which is the baseline", async () => {
        expect((await importRows(desk, account, [SHIELD, owner(JANE)])).unexpected).to.deep.equal([]);
      });

      it("is named when it is gone, new, changed or there again", async () => {
        await importRows(desk, account, [
          SHIELD,
          assignment("max@example.com", "ShieldOne", { units: 1 }),
          owner(JANE),
        ]);
        desk.clock.advance(DAY);
        const second = await importRows(desk, account, [
          assignment("max@example.com", "ShieldOne", { units: 4 }),
          owner("new@example.com"),
        ]);
        expect(second.unexpected).to.have.members([
          "ShieldOne of jane@example.com is gone, and no request asked for that",
          "jane@example.com is gone, and no request asked for that",
          "new@example.com is new, and no request asked for that",
          "ShieldOne of max@example.com changed (1 units, now 4), and no request asked for that",
        ]);
        desk.clock.advance(DAY);
        const third = await importRows(desk, account, [
          SHIELD,
          assignment("max@example.com", "ShieldOne"),
          owner("new@example.com"),
        ]);
        expect(third.unexpected).to.deep.equal([
          "ShieldOne of jane@example.com is there again, and no request asked for that",
        ]);
      });

      it("is not what an open request asks for", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        await fileLeaving("ShieldOne");
        await fileLeaving("Fresh", { kind: "joining" });
        desk.clock.advance(DAY);
        const result = await importRows(desk, account, [SCOUT, assignment(JANE, "fresh")]);
        expect(result).to.deep.include({ added: 1, gone: 1, unexpected: [] });
      });

      it("is again what a withdrawn request had asked for", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const { id } = await fileLeaving("ShieldOne");
        await desk.pipeline.post(`/v1/requests/${id}/withdraw`, { reason: "a mistake" });
        desk.clock.advance(DAY);
        expect((await importRows(desk, account, [SCOUT])).unexpected).to.have.length(1);
      });
    });

    describe("what speaks against a request", () => {
      it("finds out who removed the wrong product, on the request and in the import's result", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const { id } = await fileLeaving("ShieldOne", { stays: ["ScoutTwo"] });
        desk.clock.advance(MINUTE);
        await completed(desk, id);
        desk.clock.advance(DAY);
        const result = await importRows(desk, account, [SHIELD], { voucher: "Tuesday.csv" });
        expect(result.unexpected).to.deep.equal([
          `ScoutTwo of jane@example.com is gone, and no request asked for that; ${id} asked for ShieldOne, which is still there`,
        ]);
        const import2 = `import ${result.id} (Tuesday.csv), as of 2026-03-03T09:01:00.000Z`;
        const contradictions = [
          `ShieldOne of jane@example.com is still there: ${id} has it as proven gone, but ${import2}, shows otherwise`,
          `ScoutTwo of jane@example.com was to stay and is gone: ${id} asked for ShieldOne alone, but ${import2}, shows otherwise`,
        ];
        expect(result.contradictions).to.deep.equal(contradictions);
        const request = await read(id);
        expect(request.contradictions).to.deep.equal(contradictions);
        expect(request.events.at(-1)).to.include({ action: "contradicted" });
        const [shield] = await inventory(desk, account, "&product=ShieldOne");
        expect(shield).to.deep.include({
          present: true,
          conflicts: [
            {
              present: false,
              asOf: "2026-03-02T09:01:00.000Z",
              source: `request:${id}`,
              voucher: "gone from the console",
            },
          ],
        });
      });

      it("stands on the request once, however many imports show it, and clears from the inventory when it is gone", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const { id } = await fileLeaving("ShieldOne");
        desk.clock.advance(MINUTE);
        await completed(desk, id);
        for (let day = 0; day < 2; day++) {
          desk.clock.advance(DAY);
          expect((await importRows(desk, account, [SHIELD, SCOUT])).contradictions).to.have.length(1);
        }
        expect((await read(id)).contradictions).to.have.length(1);
        desk.clock.advance(DAY);
        expect(await importRows(desk, account, [SCOUT])).to.deep.include({
          gone: 1,
          unexpected: [],
          contradictions: [],
        });
        expect((await inventory(desk, account, "&product=ShieldOne"))[0]).to.deep.include({
          present: false,
          conflicts: [],
        });
      });

      it("is found as soon as an item is said to be removed, before anybody has attested it", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const { id } = await fileLeaving("ShieldOne");
        await submitted(desk, id);
        await desk.operator.post(`/v1/requests/${id}/items/1/removed`, {});
        desk.clock.advance(DAY);
        const result = await importRows(desk, account, [SHIELD, SCOUT]);
        expect(result.contradictions).to.have.length(1);
        expect((await read(id)).contradictions[0]).to.contain(`${id} has it as removed`);
      });

      it("is not that something which was seen gone is there again later", async () => {
        await importRows(desk, account, [SHIELD, SCOUT]);
        const { id } = await fileLeaving("ShieldOne");
        desk.clock.advance(MINUTE);
        await completed(desk, id);
        desk.clock.advance(DAY);
        await importRows(desk, account, [SCOUT]);
        desk.clock.advance(DAY);
        const result = await importRows(desk, account, [SHIELD, SCOUT]);
        expect(result.contradictions).to.deep.equal([]);
        expect(result.unexpected).to.deep.equal([
          "ShieldOne of jane@example.com is there again, and no request asked for that",
        ]);
      });

      it("is not that something which was to stay has left by a request of its own", async () => {
        await importRows(desk, account, [SHIELD, SCOUT, owner(JANE)]);
        const one = await fileLeaving("ShieldOne", { stays: ["ScoutTwo"] });
        desk.clock.advance(MINUTE);
        await completed(desk, one.id);
        const two = await fileLeaving("ScoutTwo");
        await submitted(desk, two.id);
        desk.clock.advance(DAY);
        expect(await importRows(desk, account, [owner(JANE)])).to.deep.include({ contradictions: [], unexpected: [] });
      });

      it("is also that something assigned is not there", async () => {
        await importRows(desk, account, [SCOUT]);
        const { id } = await fileLeaving("Fresh", { kind: "joining" });
        desk.clock.advance(MINUTE);
        await completed(desk, id);
        desk.clock.advance(DAY);
        expect((await importRows(desk, account, [SCOUT], { complete: false })).contradictions).to.deep.equal([]);
        const result = await importRows(desk, account, [SCOUT], { asOf: "2026-03-03T09:00:30Z" });
        expect(result.contradictions).to.have.length(1);
        expect(result.contradictions[0]).to.contain("Fresh of jane@example.com is not there");
      });
    });
  });
});
