/** One story with every resource and every verb: programs in their order, and what people do in between. */
import type { OffboardingRequest } from "../../../provider/generated/types";
import type { PlatformPeople } from "../../../sandbox/people/people";
import type { Declared, Program } from "./engine";

export const NAMES = { lmp: "lmp", clp: "clp", armourzero: "armourzero" } as const;
export const ACCOUNTS = { clp: "trend-micro:clp-1", armourzero: "armourzero:az-1" } as const;
export const PROGRAM = "msp/faults";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const YEARLY = "WFBS-S Yearly";
const EMAIL = "Email Security Yearly";
export const JANE = "jane@example.com";
const BIRCH = "birch-legal";

/** Who acts between the programs. */
export interface Cast {
  readonly clp: PlatformPeople;
  readonly armourzero: PlatformPeople;
  requests(): Promise<readonly OffboardingRequest[]>;
}

export type StageName = "assign by API" | "ask people" | "change" | "drop" | "settle" | "put back" | "end";

/** A run, which can be killed, and what people do before it. */
export interface Stage {
  readonly name: StageName;
  readonly before?: (cast: Cast) => Promise<void>;
  /** Without one it is `msp settle`. */
  readonly program?: Program;
}

const acme = (args: object = {}): Declared => ({
  type: "Customer",
  name: "acme",
  args: () => ({
    platform: NAMES.lmp,
    name: "Acme Dental",
    company: COMPANY,
    firstUser: { loginName: "acme-admin", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" },
    products: [YEARLY, EMAIL],
    onDelete: "forget",
    deletionProtection: false,
    ...args,
  }),
});
const licence = (name: string, product: string, args: object = {}): Declared => ({
  type: "ProductAssignment",
  name,
  args: (idOf) => ({
    platform: NAMES.lmp,
    customer: idOf("acme"),
    subjectName: "Acme Dental",
    product,
    units: 5,
    ...args,
  }),
});
const yearly = (args: object = {}) => licence("acme/yearly", YEARLY, args);
const email = licence("acme/email", EMAIL, { wait: "completed" });

const birch = (products: readonly string[]): Declared => ({
  type: "Customer",
  name: "birch",
  args: () => ({
    platform: NAMES.clp,
    name: "Birch Legal",
    company: COMPANY,
    products,
    adopt: true,
    deletionProtection: false,
  }),
});
const ofBirch = (name: string, product: string, args: object): Declared => ({
  type: "ProductAssignment",
  name,
  args: () => ({ platform: NAMES.clp, customer: BIRCH, subjectName: "Birch Legal", product, ...args }),
});
const wfbs = ofBirch("birch/wfbs", "WFBS-S", { adopt: true });
const edge = ofBirch("birch/edge", "Cloud Edge", {});
const cedar: Declared = {
  type: "Customer",
  name: "cedar",
  args: () => ({ platform: NAMES.clp, name: "Cedar Logistics", company: COMPANY, products: [] }),
};

const jane = (products: readonly string[]): Declared => ({
  type: "DeviceOwner",
  name: "jane",
  args: () => ({ platform: NAMES.armourzero, email: JANE, products }),
});
const ofJane = (name: string, product: string, args: object = {}): Declared => ({
  type: "ProductAssignment",
  name,
  args: () => ({ platform: NAMES.armourzero, owner: JANE, product, ...args }),
});
const shield = ofJane("jane/shield", "ShieldOne", { adopt: true });
const scout = ofJane("jane/scout", "ScoutTwo", { adopt: true });

const byApi = [acme(), yearly(), email];
const ofPeople = [birch(["WFBS-S"]), wfbs, cedar, jane(["ShieldOne", "ScoutTwo"]), shield, scout];
const changed = [
  acme({ company: { ...COMPANY, note: "VIP" } }),
  yearly({ units: 9 }),
  email,
  birch(["WFBS-S", "Cloud Edge"]),
  wfbs,
  edge,
  cedar,
  jane(["ShieldOne", "ScoutTwo"]),
  shield,
  scout,
];
const dropped = [acme({ company: { ...COMPANY, note: "VIP" }, products: [] }), cedar, jane(["ShieldOne"]), shield];
const putBack = [...dropped.slice(0, 2), jane(["ShieldOne", "ScoutTwo"]), shield, scout];

/** The story, in order. */
export const STORY: readonly Stage[] = [
  { name: "assign by API", program: byApi },
  { name: "ask people", program: [...byApi, ...ofPeople] },
  {
    name: "change",
    before: async (cast) => {
      await carryOut(cast, "Cedar Logistics");
      await carryOut(cast, "ScoutTwo");
    },
    program: changed,
  },
  { name: "drop", before: (cast) => carryOut(cast, "Cloud Edge"), program: dropped },
  { name: "settle", before: (cast) => verify(cast, YEARLY) },
  {
    name: "put back",
    before: (cast) => verify(cast, EMAIL),
    program: putBack,
  },
  {
    name: "end",
    before: async (cast) => {
      for (const what of ["WFBS-S", "Cloud Edge", "Birch Legal"]) await carryOut(cast, what);
      await cast.clp.operator.importInventory();
    },
    program: [cedar],
  },
];

/** What the platforms hold before the story. */
export async function beginning({ clp, armourzero }: Cast): Promise<void> {
  clp.world.add(BIRCH, "Birch Legal", { "WFBS-S": 25 }, COMPANY);
  await clp.operator.importInventory();
  armourzero.world.add(JANE, "Jane Roe", { ShieldOne: 1 });
  await armourzero.operator.importInventory();
}

async function open(cast: Cast, item: string): Promise<OffboardingRequest | undefined> {
  return (await cast.requests()).find(
    ({ items, state }) => items[0]?.name === item && (state === "Pending" || state === "In Progress"),
  );
}

/** Verifies the open request for a thing, unless somebody has. */
async function verify(cast: Cast, item: string): Promise<void> {
  const request = await open(cast, item);
  if (request !== undefined && request.verification === undefined) await cast.clp.verifier.verify(request.id);
}

/** Takes the open request for a thing to its end, from wherever it is. */
async function carryOut(cast: Cast, item: string): Promise<void> {
  await verify(cast, item);
  const request = await open(cast, item);
  if (request === undefined) return;
  const people = request.platform === "armourzero" ? cast.armourzero : cast.clp;
  if (request.vendor?.submittedAt === undefined) await people.operator.submit(request.id);
  if (request.vendor?.contact === undefined) await people.vendor.contact(request.id);
  if (request.vendor?.verification === undefined) await people.vendor.accept(request.id);
  await people.vendor.remove(request.id);
  await people.vendor.confirm(request.id);
}
