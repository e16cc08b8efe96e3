import { expect } from "chai";
import type { Filing, OffboardingRequest } from "../../provider/generated/types";
import { leaving } from "../desk/support/desk";
import { ARMOURZERO, type UpgradeStage } from "./stage";

/** The stacks of a fixture. */
export const STACKS = ["settled", "leaving"] as const;

const ASKS = "requester: account-manager@msp.example";

interface Settled {
  readonly frontDesk: readonly string[];
  readonly birch?: { readonly deletionProtection: boolean };
  readonly leaving?: readonly string[];
}

/** Every resource type on every kind of account. */
export function settledFleet({ frontDesk, birch, leaving: notes = [] }: Settled): string {
  const birchLines =
    birch === undefined
      ? ""
      : `  - key: birch
    name: Birch Legal
    platform: licensing-portal
    company: { city: Leeds, state: West Yorkshire, country: GB }
    deletionProtection: ${birch.deletionProtection}
    products: [Worry-Free Services, Cloud Edge]
`;
  return `version: 1
defaults: { adopt: true }
customers:
  - key: acme
    name: Acme Dental
    platform: remote-manager
    company: { city: Portland, state: Oregon, country: US, postalCode: "97201" }
    firstUser: { loginName: acme-it, firstName: IT, lastName: Contact, email: it@acme.example }
    products:
      - { product: WFBS-S Yearly, units: 25 }
      - { product: Email Security Yearly, units: 25, licence: reduce }
${birchLines}  - key: elm
    name: Elm Books
    platform: licensing-portal
    company: { city: Bath, state: Somerset, country: GB }
    deletionProtection: false
    products: [Worry-Free Services]
  - key: cedar
    name: Cedar Logistics
    platform: armourzero
    owners:
      - { key: front-desk, email: front-desk@cedar.example, name: Front Desk, products: [${frontDesk.join(", ")}] }
      - { key: warehouse, email: warehouse@cedar.example, products: [ShieldOne, ScoutTwo] }
${notesOf(notes)}`;
}

/** What is dropped stays in state until it has left: a product that people end, and one that the API ends. */
export function leavingFleet(isWhole: boolean, notes: readonly string[] = []): string {
  return `version: 1
defaults: { adopt: true, wait: completed }
customers:
  - key: dale
    name: Dale Optics
    platform: armourzero
    owners:
      - { key: reception, email: reception@dale.example, products: [ShieldOne${isWhole ? ", ScoutTwo" : ""}] }
  - key: fir
    name: Fir Clinic
    platform: remote-manager
    company: { city: Salem, state: Oregon, country: US, postalCode: "97301" }
    firstUser: { loginName: fir-it, firstName: IT, lastName: Contact, email: it@fir.example }
    products:
      - { product: WFBS-S Yearly, units: 5 }
${isWhole ? "      - { product: Email Security Yearly, units: 5 }\n" : ""}${notesOf(notes)}`;
}

function notesOf(notes: readonly string[]): string {
  return notes.length === 0 ? "" : `leaving:\n${notes.map((note) => `  - { ${note}, ${ASKS} }\n`).join("")}`;
}

/** The programs as they stand at the moment of the fixture. */
export const PROGRAMS: Readonly<Record<(typeof STACKS)[number], string>> = {
  settled: settledFleet({
    frontDesk: ["ShieldOne"],
    leaving: [
      "customer: Birch Legal, reason: Birch Legal closes its business",
      "owner: front-desk@cedar.example, product: ScoutTwo, reason: The shared desk has no phone any more",
    ],
  }),
  leaving: leavingFleet(false, [
    "owner: reception@dale.example, product: ScoutTwo, reason: The reception has no phone any more",
    "customer: Fir Clinic, product: Email Security Yearly, reason: Another mail filter",
  ]),
};

/** What the platforms hold that nobody can read. */
export async function furnish({ armourzero, clp }: UpgradeStage): Promise<void> {
  const az = armourzero.world;
  az.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
  az.add("warehouse@cedar.example", "Warehouse", { ShieldOne: 1, ScoutTwo: 1 });
  az.add("reception@dale.example", "Reception", { ShieldOne: 1, ScoutTwo: 1 });
  for (const { owner } of PHASES) az.add(owner, owner, { ShieldOne: 1 });
  await armourzero.operator.importInventory();
  const company = { city: "Leeds", state: "West Yorkshire", country: "GB" };
  clp.world.add("Birch Legal", "Birch Legal", { "Worry-Free Services": 10, "Cloud Edge": 1 }, company);
  clp.world.add(
    "Elm Books",
    "Elm Books",
    { "Worry-Free Services": 3 },
    { city: "Bath", state: "Somerset", country: "GB" },
  );
  await clp.operator.importInventory();
}

interface PhaseOfRequest {
  readonly owner: string;
  readonly state: OffboardingRequest["state"];
  readonly filing?: Partial<Filing>;
  /** What becomes of it after it was filed. */
  go(stage: UpgradeStage, id: string): Promise<unknown>;
}

const verified = ({ armourzero }: UpgradeStage, id: string) => armourzero.verifier.verify(id);
const submitted = async (stage: UpgradeStage, id: string) => {
  await verified(stage, id);
  await stage.armourzero.operator.submit(id, { reference: "Offboarding Request tab" });
};
const contacted = async (stage: UpgradeStage, id: string) => {
  await submitted(stage, id);
  await stage.armourzero.vendor.contact(id);
};
const accepted = async (stage: UpgradeStage, id: string) => {
  await contacted(stage, id);
  await stage.armourzero.vendor.accept(id);
};

/** One request in each state and phase that the desk knows, each of somebody else. */
export const PHASES: readonly PhaseOfRequest[] = [
  { owner: "filed@oak.example", state: "Pending", go: async () => undefined },
  {
    // Whoever asks second counts as having asked.
    owner: "asked-twice@oak.example",
    state: "Pending",
    go: ({ requester }) =>
      requester.post("/v1/requests", {
        ...filingOf("asked-twice@oak.example"),
        requesters: [{ email: "second@msp.example", name: "The Second", via: "configuration" }],
      }),
  },
  { owner: "verified@oak.example", state: "Pending", go: verified },
  { owner: "submitted@oak.example", state: "In Progress", go: submitted },
  {
    owner: "paused@oak.example",
    state: "In Progress",
    go: async (stage, id) => {
      await submitted(stage, id);
      await stage.armourzero.operator.pause(id, "The vendor asks which of two phones is meant.");
    },
  },
  {
    owner: "resumed@oak.example",
    state: "In Progress",
    go: async (stage, id) => {
      await submitted(stage, id);
      await stage.armourzero.operator.pause(id, "The vendor asks which of two phones is meant.");
      await stage.armourzero.operator.resume(id);
    },
  },
  { owner: "contacted@oak.example", state: "In Progress", go: contacted },
  { owner: "accepted@oak.example", state: "In Progress", go: accepted },
  {
    owner: "removed@oak.example",
    state: "In Progress",
    go: async (stage, id) => {
      await accepted(stage, id);
      await stage.armourzero.vendor.remove(id);
    },
  },
  {
    owner: "completed@oak.example",
    state: "Completed",
    go: async (stage, id) => {
      await submitted(stage, id);
      await stage.armourzero.vendor.handle(id);
    },
  },
  {
    owner: "contradicted@oak.example",
    state: "Completed",
    go: async (stage, id) => {
      await submitted(stage, id);
      await stage.armourzero.vendor.handle(id, "attestsUndone");
    },
  },
  {
    owner: "doubted@oak.example",
    state: "Rejected",
    go: ({ armourzero }, id) =>
      armourzero.verifier.verify(id, { outcome: "refused", identity: "Nobody answers.", necessity: "Still in use." }),
  },
  {
    owner: "refused@oak.example",
    state: "Rejected",
    go: async (stage, id) => {
      await contacted(stage, id);
      await stage.armourzero.vendor.refuse(id, "The contract runs on.");
    },
  },
  {
    owner: "withdrawn@oak.example",
    state: "Withdrawn",
    go: ({ requester }, id) => requester.post(`/v1/requests/${id}/withdraw`, { reason: "Asked by mistake" }),
  },
  { owner: "joining@oak.example", state: "Pending", filing: joining("joining@oak.example"), go: async () => undefined },
  {
    owner: "joined@oak.example",
    state: "Completed",
    filing: joining("joined@oak.example"),
    go: async (stage, id) => {
      await submitted(stage, id);
      await stage.armourzero.vendor.handle(id);
    },
  },
];

function joining(owner: string): Partial<Filing> {
  return {
    kind: "joining",
    reason: "New phone",
    items: [{ kind: "product", name: "ScoutTwo", id: `${owner}|ScoutTwo`, mode: "request" }],
  };
}

export function filingOf(owner: string, changes: Partial<Filing> = {}): Filing {
  return leaving(owner, "ShieldOne", {
    account: ARMOURZERO,
    reason: "Left the company",
    requesters: [{ email: "account-manager@msp.example", via: "note" }],
    resource: `msp-fleet/desk::${owner}`,
    ...changes,
  });
}

/** Brings a request into each state and phase, and leaves at the desk whatever else it keeps. */
export async function fillDesk(stage: UpgradeStage): Promise<void> {
  const { admin, requester, operator, armourzero } = stage;
  for (const { owner, state, filing, go } of PHASES) {
    const { id } = await requester.post("/v1/requests", filingOf(owner, filing));
    await go(stage, id);
    const now = await requester.get<OffboardingRequest>(`/v1/requests/${id}`);
    expect(now.state, owner).to.equal(state);
  }
  // What was attested and is still there, and two sources that differ.
  await armourzero.operator.importInventory({ voucher: "export of the next morning" });
  const subject = { kind: "owner", key: "warehouse@cedar.example", name: "Warehouse" } as const;
  const row = { kind: "assignment", subject, product: "ShieldOne", units: 2 } as const;
  await operator.post("/v1/inventory/imports", {
    account: ARMOURZERO,
    voucher: "a colleague's list",
    complete: false,
    format: "rows",
    rows: [row],
  });
  await armourzero.operator.importInventory({ voucher: "export after that" });
  // A create of which nobody knows what became.
  const claim = { account: ARMOURZERO, type: "ProductAssignment", naturalKey: "lost@oak.example|ShieldOne" };
  const claimed = await requester.call<{ readonly intent: { readonly id: string } }>("PUT", "/v1/intents", {
    ...claim,
    resource: "msp-fleet/desk::lost",
  });
  expect(claimed.status).to.equal(200);
  await requester.call("PATCH", `/v1/intents/${claimed.body.intent.id}`, { outcome: "sent" });
  const { id } = await admin.post<{ readonly id: string }>("/v1/tokens", {
    person: { email: "left@msp.example", name: "Who Left" },
    kind: "person",
    roles: ["auditor"],
  });
  expect((await admin.call("DELETE", `/v1/tokens/${id}`)).status).to.equal(200);
}
