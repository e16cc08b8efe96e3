import { existsSync } from "node:fs";
import { expect } from "chai";
import { sql } from "kysely";
import { parseCalendars } from "../../desk/requests/calendars";
import { type RunningDesk, startDesk } from "../../desk/start";
import { openFolderStore } from "../../desk/store/pglite";
import { openPostgresStore } from "../../desk/store/postgres";
import type { Store } from "../../desk/store/store";
import type { OffboardingRequest } from "../../provider/generated/types";
import { armourzeroPeople } from "../../sandbox/armourzero/people";
import type { PlatformPeople } from "../../sandbox/people/people";
import { clpPeople } from "../../sandbox/trend-micro/people";
import { type Caller, caller } from "../desk/support/desk";
import { TemporaryFolder } from "../support/folder";
import { askAll, lost, timeless } from "./desk-answers";
import { type Fixture, fixtures } from "./fixture";
import { PHASES } from "./scene";
import { ADMIN_TOKEN, ARMOURZERO, CLP, PATIENT_CALENDARS } from "./stage";

for (const fixture of fixtures()) {
  describe(`the desk's store of ${fixture.version}`, function () {
    this.timeout(120_000);
    let folder: TemporaryFolder;
    before(() => {
      folder = new TemporaryFolder();
    });
    after(() => folder.remove());

    describe("on PostgreSQL", () => {
      goesOn(fixture, async () => openPostgresStore(await fixture.inDatabase(), () => undefined));
    });

    describe("on PGlite", () => {
      let opened: Store;
      goesOn(fixture, async () => {
        await fixture.inFolder(folder.at("pglite"));
        // Or the desk would make a new one beside it.
        expect(existsSync(folder.at("pglite/PG_VERSION"))).to.equal(true);
        opened = await openFolderStore(folder.path);
        return opened;
      });

      it("is in a folder that the PGlite of today can open", async () => {
        const { rows } = await opened.read((tx) =>
          sql`select pg_control_version as control, catalog_version_no as catalog from pg_control_system()`.execute(tx),
        );
        const why = `a desk's folder of ${fixture.version} would no longer open: its records must be carried over first`;
        expect(rows[0], why).to.deep.equal(fixture.about.pglite);
      });
    });
  });
}

/** One story, in order: what was told, then what comes of it. */
function goesOn(fixture: Fixture, open: () => Promise<Store>): void {
  let store: Store;
  let desk: RunningDesk;
  let admin: Caller;
  let requester: Caller;
  let armourzero: PlatformPeople;
  let clp: PlatformPeople;

  before(async () => {
    store = await open();
    desk = await startDesk({ store, calendars: parseCalendars(PATIENT_CALENDARS, "calendars.yaml") });
    // By what the fixture's desk has kept of it.
    admin = caller(desk.url, ADMIN_TOKEN);
    requester = caller(desk.url, await desk.token("account-manager@msp.example", ["requester"]));
    const tokens = {
      verifier: await desk.token("service-lead@msp.example", ["verifier"]),
      operator: await desk.token("operations@msp.example", ["operator"]),
    };
    armourzero = armourzeroPeople({ deskUrl: desk.url, tokens, account: ARMOURZERO });
    clp = clpPeople({ deskUrl: desk.url, tokens, account: CLP });
    armourzero.world.addRows(fixture.rows("armourzero"));
    clp.world.addRows(fixture.rows("clp"));
  });
  after(async () => {
    await desk?.close();
    await store?.close();
  });

  const read = (id: string) => admin.get<OffboardingRequest>(`/v1/requests/${id}`);

  it("tells all that it told", async () => {
    const now = await askAll(admin);
    const known = new Set(fixture.answers.tokens.map(({ id }) => id));
    const then = timeless({ ...now, head: fixture.answers.head, tokens: now.tokens.filter(({ id }) => known.has(id)) });
    expect(lost(timeless(fixture.answers), then)).to.deep.equal([]);
    expect(now.requests.map(({ state }) => state)).to.include.members([
      "Held",
      "Pending",
      "In Progress",
      "Completed",
      "Rejected",
      "Withdrawn",
    ]);
  });

  it("has its hash chain whole, through the head that was noted then", async () => {
    const { seq, hash } = fixture.answers.head;
    const verdict = await admin.get<{ readonly ok: boolean; readonly count: number }>(
      `/v1/audit/verify?seq=${seq}&hash=${hash}`,
    );
    expect(verdict).to.deep.include({ ok: true });
    expect(verdict.count).to.be.above(seq);
  });

  it("keeps out whom it kept out", async () => {
    expect((await caller(desk.url, "a-token-that-nobody-has").call("GET", "/v1/me")).status).to.equal(401);
    const revoked = fixture.answers.tokens.filter((token) => token.revokedAt !== undefined);
    expect(revoked).to.have.length(1);
    const now = await admin.get<{ readonly items: typeof revoked }>("/v1/tokens");
    expect(now.items.filter((token) => token.revokedAt !== undefined)).to.deep.equal(revoked);
  });

  it("files nothing a second time that it has open", async () => {
    const open = fixture.answers.requests.filter(({ state }) => /Held|Pending|In Progress/.test(state));
    expect(open).to.have.length.above(PHASES.length / 2);
    for (const request of open) {
      const items = request.items.map(({ kind, name, id, mode }) => ({ kind, name, id, mode }));
      const { account, platform, kind, subject, reason, requesters, resource } = request;
      const filing = { account, platform, kind, subject, items, reason, requesters, resource };
      const again = await requester.call<OffboardingRequest>("POST", "/v1/requests", filing);
      expect([again.status, again.body.id], request.id).to.deep.equal([200, request.id]);
    }
  });

  it("carries each open leaving that people do on to its end, from where it was", async () => {
    const before = (await askAll(admin)).requests;
    // A customer waits for its products: it comes when they are done.
    for (const { id, account } of before) {
      const people = { [ARMOURZERO]: armourzero, [CLP]: clp }[account];
      const request = await read(id);
      if (people === undefined || request.allowed.length === 0) continue;
      if (request.allowed.includes("verify")) await people.verifier.verify(id);
      if (request.vendor?.submittedAt === undefined) await people.operator.submit(id);
      expect(await people.vendor.handle(id), id).to.deep.include({ state: "Completed" });
    }
    const open = (await askAll(admin)).requests.filter(({ allowed }) => allowed.length > 0);
    expect(open.map(({ account }) => account.startsWith("trend-micro:") && account !== CLP)).to.deep.equal([true]);
    expect(clp.world.has("Birch Legal")).to.equal(false);
    expect(await admin.get("/v1/audit/verify")).to.deep.include({ ok: true });
  });

  it("takes a new export of the platform, and finds what is not as it was attested", async () => {
    const { contradictions } = await armourzero.operator.importInventory({ voucher: "export after the update" });
    // Said of it already, by the import of then.
    expect(contradictions.filter((line) => !line.includes("contradicted@oak.example"))).to.deep.equal([]);
    armourzero.world.assign("completed@oak.example", "ShieldOne", 1);
    const next = await armourzero.operator.importInventory({ voucher: "export of the day after" });
    expect(next.added + next.changed).to.equal(1);
    expect(next.unexpected.join()).to.contain("completed@oak.example");
  });
}
