import { expect } from "chai";
import { type Desk, type InventoryQuery, refusingDesk } from "../../../../provider/desk/client";
import { ProviderError } from "../../../../provider/errors";
import type { InventoryEntry } from "../../../../provider/generated/types";
import { createAttestedDriver } from "../../../../provider/platforms/attested/driver";
import { armourzeroCapabilities } from "../../../../provider/platforms/armourzero/capabilities";
import type { Driver } from "../../../../provider/platforms/platform";
import { thrown } from "../../../support/thrown";
import { type ManualClock, manualClock, steadyRandom } from "../../http/manual-clock";

const JANE = { kind: "owner", key: "jane@example.com", name: "Front Desk" } as const;
const ACME = { kind: "customer", key: "c-1", name: "Acme" } as const;

function entry(id: string, change: Partial<InventoryEntry>): InventoryEntry {
  return {
    id,
    account: "armourzero:acme-msp",
    kind: "assignment",
    subject: JANE,
    present: true,
    asOf: "2026-03-01T08:00:00.000Z",
    source: "import:1",
    voucher: "export.csv",
    stale: false,
    conflicts: [],
    ...change,
  };
}

describe("the attested driver", () => {
  let clock: ManualClock;
  let entries: InventoryEntry[];
  let asked: InventoryQuery[];
  let failure: ProviderError | undefined;
  const http = {
    send: async () => Promise.reject(new Error("There is no network here.")),
    serverTimeOffsetMs: 0,
    close: () => undefined,
  };

  const driver = (): Driver => {
    const desk: Desk = {
      ...refusingDesk(new ProviderError("unavailable", "The desk is down.")),
      inventory: async (query) => {
        asked.push(query);
        if (failure !== undefined) throw failure;
        return entries.filter(({ kind }) => kind === query.kind);
      },
    };
    return createAttestedDriver(
      {
        platform: "armourzero",
        title: "ArmourZero",
        capabilities: armourzeroCapabilities,
        visibilityWindowMs: 0,
        holds: { customers: true, owners: true },
      },
      {
        name: "armourzero",
        connection: { platform: "armourzero", account: "acme-msp" },
        credentials: {},
        http,
        desk,
        clock,
        random: steadyRandom,
      },
    );
  };

  beforeEach(() => {
    clock = manualClock();
    asked = [];
    failure = undefined;
    entries = [
      entry("E-1", { kind: "owner" }),
      entry("E-2", { product: "ShieldOne" }),
      entry("E-3", { product: "ScoutTwo", present: false }),
      entry("E-4", { kind: "customer", subject: ACME, company: { city: "Bonn", state: "NRW", country: "DE" } }),
      entry("E-5", { subject: ACME, product: "ShieldOne", units: 25 }),
    ];
  });

  it("is pinned to the account that the connection declares", async () => {
    expect(await driver().identity()).to.deep.equal({ kind: "declared", ids: ["acme-msp"] });
  });

  it("says of everything that it is attested, by what, and as of when", async () => {
    const [jane] = (await driver().owners?.list()) ?? [];
    expect(jane).to.deep.equal({
      id: "jane@example.com",
      email: "jane@example.com",
      name: "Front Desk",
      known: { how: "attested", asOf: "2026-03-01T08:00:00.000Z", source: "import:1", voucher: "export.csv" },
    });
  });

  it("finds an owner by address without regard to case, and a customer by id or by name and country", async () => {
    const { owners, customers } = driver();
    expect((await owners?.find("Jane@Example.com"))?.id).to.equal("jane@example.com");
    expect(await owners?.find("june@example.com")).to.equal(undefined);
    expect((await customers?.find({ id: "c-1", name: "renamed" }))?.name).to.equal("Acme");
    expect(await customers?.find({ id: "c-2", name: "Acme" })).to.equal(undefined);
    expect((await customers?.find({ name: "ACME", country: "DE" }))?.id).to.equal("c-1");
    expect(await customers?.find({ name: "Acme", country: "FR" })).to.equal(undefined);
  });

  it("knows names however their accents are composed, and whatever blanks are around them", async () => {
    entries.push(
      entry("E-6", { kind: "customer", subject: { ...ACME, key: "c-2", name: "Caf\u00e9 Nord" } }),
      entry("E-7", { product: "S\u00e9curit\u00e9" }),
    );
    const { customers, assignments } = driver();
    expect((await customers?.find({ name: "Cafe\u0301 Nord " }))?.id).to.equal("c-2");
    expect((await assignments?.find({ subject: JANE, product: "Se\u0301curite\u0301" }))?.id).to.equal("E-7");
    expect((await assignments?.resolveProduct("Se\u0301curite\u0301"))?.name).to.equal("S\u00e9curit\u00e9");
  });

  it("refuses to choose between two customers of one name, and names both", async () => {
    entries.push(entry("E-6", { kind: "customer", subject: { ...ACME, key: "c-2" } }));
    const error = await thrown("validation", async () => driver().customers?.find({ name: "Acme" }));
    expect(error.message).to.contain("c-1, c-2");
  });

  it("does not list what is gone", async () => {
    const assignments = driver().assignments;
    expect((await assignments?.list({ subject: JANE }))?.map(({ product }) => product)).to.deep.equal(["ShieldOne"]);
    expect(await assignments?.find({ subject: JANE, product: "ScoutTwo" })).to.equal(undefined);
  });

  it("finds an assignment by its incarnation, else by subject and product", async () => {
    const assignments = driver().assignments;
    expect(await assignments?.find({ id: "E-5", subject: JANE, product: "?" })).to.include({ id: "E-5", units: 25 });
    expect(
      (await assignments?.find({ id: "gone", subject: { ...JANE, key: "JANE@example.com" }, product: "shieldone" }))
        ?.id,
    ).to.equal("E-2");
  });

  it("knows the spelling of a product that anybody has or had", async () => {
    const assignments = driver().assignments;
    expect((await assignments?.resolveProduct("scouttwo"))?.name).to.equal("ScoutTwo");
    expect((await assignments?.resolveProduct("Cloud Backup"))?.name).to.equal("Cloud Backup");
    const error = await thrown("validation", async () => assignments?.resolveProduct("SheildOne"));
    expect(error.message).to.contain("did you mean ShieldOne?").and.contain("If it is a new one");
  });

  it("reads each kind once in a while, anew before an irrecoverable step, and again after a failure", async () => {
    const { owners } = driver();
    await Promise.all([owners?.list(), owners?.find("jane@example.com")]);
    expect(asked).to.deep.equal([{ account: "armourzero:acme-msp", kind: "owner" }]);
    await owners?.list({ fresh: true });
    expect(asked).to.have.length(2);
    clock.advance(30_000);
    failure = new ProviderError("unavailable", "The desk is down.");
    await thrown("unavailable", async () => owners?.list());
    failure = undefined;
    expect(await owners?.list()).to.have.length(1);
    expect(asked).to.have.length(4);
  });

  it("can write nothing", () => {
    const { assignments, customers } = driver();
    expect(Object.keys(assignments ?? {})).to.have.members(["list", "find", "resolveProduct"]);
    expect(Object.keys(customers ?? {})).to.have.members(["list", "find"]);
  });
});
