import { expect } from "chai";
import { type RunningDesk, startDesk } from "../../../desk/start";
import { hasKind } from "../../../provider/errors";
import type { Account, Filing, InventoryEntry, OffboardingRequest } from "../../../provider/generated/types";
import { armourzeroPeople } from "../../../sandbox/armourzero/people";
import { DeskApi } from "../../../sandbox/people/desk-api";
import type { PlatformPeople } from "../../../sandbox/people/people";
import { clpPeople } from "../../../sandbox/trend-micro/people";
import { HandClock } from "../trend-micro/lmpi-client";

const JANE = "jane@example.com";

describe("sandbox people", () => {
  const clock = new HandClock("2026-03-02T09:00:00Z");
  let desk: RunningDesk;
  let requester: DeskApi;
  let tokens: { verifier: string; operator: string };
  let accounts = 0;

  before(async () => {
    desk = await startDesk({ memory: true, clock });
    requester = new DeskApi(desk.url, await desk.token("ann@example.org", ["requester"]));
    tokens = {
      verifier: await desk.token("vera@example.org", ["verifier"]),
      operator: await desk.token("otto@example.org", ["operator"]),
    };
  });
  after(() => desk.close());
  beforeEach(() => clock.advance(60_000));

  async function openAccount(platform: string): Promise<string> {
    accounts += 1;
    const account = await requester.post<Account>("/v1/accounts/resolve", {
      platform,
      connection: `${platform}-${accounts}`,
      evidence: { kind: "declared", ids: [`Account ${accounts}`] },
    });
    return account.id;
  }

  async function file(account: string, change: Partial<Filing> = {}): Promise<string> {
    const { items } = await requester.get<{ items: InventoryEntry[] }>(
      `/v1/inventory?account=${encodeURIComponent(account)}&kind=assignment&product=ShieldOne`,
    );
    const filing: Filing = {
      account,
      platform: "armourzero",
      kind: "leaving",
      subject: { kind: "owner", key: JANE, name: "Reception" },
      items: [{ kind: "product", name: "ShieldOne", id: items[0]?.id ?? "none", mode: "request" }],
      reason: "Jane has a new laptop that needs no ShieldOne.",
      requesters: [{ email: "ann@example.org", via: "author" }],
      resource: "fleet/acme::jane-shieldone",
      ...change,
    };
    return (await requester.post<OffboardingRequest>("/v1/requests", filing)).id;
  }

  async function present(account: string): Promise<readonly (string | undefined)[]> {
    const { items } = await requester.get<{ items: InventoryEntry[] }>(
      `/v1/inventory?account=${encodeURIComponent(account)}&kind=assignment&present=true`,
    );
    return items.map(({ product }) => product).sort();
  }

  describe("of ArmourZero", () => {
    let account: string;
    let people: PlatformPeople;
    beforeEach(async () => {
      account = await openAccount("armourzero");
      people = armourzeroPeople({ deskUrl: desk.url, account, tokens });
      people.world.add(JANE, "Reception", { ShieldOne: 1, ScoutTwo: 1 });
      await people.operator.importInventory();
    });

    async function submitted(): Promise<string> {
      const id = await file(account);
      await people.verifier.verify(id);
      await people.operator.submit(id, { reference: "AZ-1" });
      clock.advance(60_000);
      return id;
    }

    it("import what the platform holds", async () => {
      expect(await present(account)).to.deep.equal(["ScoutTwo", "ShieldOne"]);
    });

    it("carry a leaving through to Completed, and the next import agrees", async () => {
      const id = await submitted();
      const done = await people.vendor.handle(id);
      clock.advance(60_000);
      const imported = await people.operator.importInventory();
      expect(done).to.include({ state: "Completed" });
      expect(done.clock.state).to.equal("met");
      expect(people.world.productsOf(JANE)).to.deep.equal(["ScoutTwo"]);
      expect([imported.unexpected, imported.contradictions]).to.deep.equal([[], []]);
    });

    it("assign a product for a joining", async () => {
      const item = { kind: "product", name: "CloudThree", id: "new", mode: "request", units: 2 } as const;
      const id = await file(account, { kind: "joining", items: [item] });
      await people.verifier.verify(id);
      await people.operator.submit(id);
      const done = await people.vendor.handle(id);
      expect(done.state).to.equal("Completed");
      expect(people.world.has(JANE, "CloudThree")).to.equal(true);
    });

    it("refuse a request, which leaves the product where it is", async () => {
      const id = await submitted();
      const refused = await people.vendor.refuse(id, "The owner still uses it.");
      expect(refused.state).to.equal("Rejected");
      expect(people.world.has(JANE, "ShieldOne")).to.equal(true);
    });

    it("stop the clock while they wait for the requester", async () => {
      const id = await submitted();
      const paused = await people.operator.pause(id, "Which of two laptops?");
      const resumed = await people.operator.resume(id);
      expect([paused.clock.state, resumed.clock.state]).to.deep.equal(["paused", "running"]);
    });

    it("removing another product are found out by the next import", async () => {
      const id = await submitted();
      const said = await people.vendor.handle(id, "removesAnother");
      clock.advance(60_000);
      const imported = await people.operator.importInventory();
      expect(said.state).to.equal("Completed");
      expect(people.world.productsOf(JANE)).to.deep.equal(["ShieldOne"]);
      expect(imported.unexpected.join("\n")).to.match(/ScoutTwo/);
      expect(imported.contradictions.join("\n")).to.match(/ShieldOne/);
    });

    it("attesting what they did not do are found out by the next import", async () => {
      const id = await submitted();
      const said = await people.vendor.handle(id, "attestsUndone");
      clock.advance(60_000);
      const imported = await people.operator.importInventory();
      expect(said.state).to.equal("Completed");
      expect(people.world.has(JANE, "ShieldOne")).to.equal(true);
      expect(imported.contradictions.join("\n")).to.match(/ShieldOne/);
    });

    it("never answering leave the request in progress, and its clock breaks", async () => {
      const id = await submitted();
      await people.vendor.handle(id, "neverAnswers");
      clock.advance(7 * 86_400_000);
      const left = await requester.get<OffboardingRequest>(`/v1/requests/${id}`);
      expect([left.state, left.clock.state]).to.deep.equal(["In Progress", "breached"]);
      expect(people.world.has(JANE, "ShieldOne")).to.equal(true);
    });

    it("answering twice don't move the first contact", async () => {
      const id = await submitted();
      const [first] = await people.vendor.contactTwice(id);
      const read = await requester.get<OffboardingRequest>(`/v1/requests/${id}`);
      expect(first).to.have.property("request");
      expect("request" in first && first.request.clock.firstContactAt).to.equal(read.clock.firstContactAt);
    });

    it("answering twice still carry it through", async () => {
      const done = await people.vendor.handle(await submitted(), "answersTwice");
      expect(done.state).to.equal("Completed");
    });

    it("pass on what the desk refuses, by its kind", async () => {
      const id = await file(account);
      const error = await people.operator.submit(id).catch((thrown: unknown) => thrown);
      expect(hasKind(error, "blocked")).to.equal(true);
    });
  });

  describe("of a CLP account", () => {
    it("delete a customer once its products are removed", async () => {
      const account = await openAccount("trend-micro");
      const people = clpPeople({ deskUrl: desk.url, account, tokens });
      people.world.add("C-1", "Acme Dental", {}, { city: "Berlin", state: "Berlin", country: "DE" });
      people.world.assign("C-1", "WFBS-S Yearly", 5);
      await people.operator.importInventory();
      const subject = { kind: "customer", key: "C-1", name: "Acme Dental" } as const;
      const product = await file(account, {
        platform: "trend-micro",
        subject,
        items: [{ kind: "product", name: "WFBS-S Yearly", id: await idOf(account, "assignment"), mode: "request" }],
      });
      const customer = await file(account, {
        platform: "trend-micro",
        subject,
        items: [{ kind: "customer", name: "Acme Dental", id: await idOf(account, "customer"), mode: "request" }],
      });
      for (const id of [product, customer]) {
        await people.verifier.verify(id);
        await people.operator.submit(id);
        expect((await people.vendor.handle(id)).state).to.equal("Completed");
      }
      expect(people.world.rows()).to.deep.equal([]);
    });
  });

  async function idOf(account: string, kind: string): Promise<string> {
    const query = `account=${encodeURIComponent(account)}&kind=${kind}&present=true`;
    const { items } = await requester.get<{ items: InventoryEntry[] }>(`/v1/inventory?${query}`);
    return items[0]?.id ?? "none";
  }
});
