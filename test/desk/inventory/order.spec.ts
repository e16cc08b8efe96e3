import { expect } from "chai";
import {
  assignment,
  DAY,
  importRows,
  inventory,
  MONDAY,
  onBothStores,
  openTestDesk,
  type TestDesk,
} from "../support/desk";

const SHIELD = assignment("max@example.com", "ShieldOne");
const SCOUT = assignment("jane@example.com", "ScoutTwo");

describe("desk: imports out of order", () => {
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
      account = `armourzero:order-${accounts}`;
    });

    for (const complete of [true, false]) {
      it(`add nothing by an older ${complete ? "complete" : "partial"} one that a newer list of everything lacks`, async () => {
        await importRows(desk, account, [SHIELD]);
        const before = await inventory(desk, account);
        const older = await importRows(desk, account, [SHIELD, SCOUT], { asOf: "2026-02-25T00:00:00Z", complete });
        expect(older).to.deep.include({ added: 0, unchanged: 2, unexpected: [], contradictions: [] });
        expect(await inventory(desk, account)).to.deep.equal(before);
      });
    }

    it("add by an older one what a newer partial list is silent on", async () => {
      await importRows(desk, account, [SHIELD], { complete: false });
      const older = await importRows(desk, account, [SCOUT], { asOf: "2026-02-25T00:00:00Z", complete: false });
      expect(older.added).to.equal(1);
    });

    it("compare with the newest list of everything, not with the last one that came in", async () => {
      await importRows(desk, account, [SHIELD]);
      desk.clock.advance(DAY);
      await importRows(desk, account, [SHIELD], { asOf: "2026-02-20T00:00:00Z" });
      const between = await importRows(desk, account, [SHIELD, SCOUT], { asOf: "2026-02-25T00:00:00Z" });
      expect(between.added).to.equal(0);
    });
  });
});
