/** Every resource on every platform that has it: how a program declares it, and what somebody else may do to it there. */
import type { Properties } from "../../provider/hosts/state";
import type { ResourceType } from "../../provider/platforms/platform";
import { applyEdit, type Edit } from "../../sandbox/trend-micro/edits";
import type { MspWorld } from "../provider/lifecycle/msp-world";
import type { Declared, Held } from "./host";

export interface Subject {
  readonly title: string;
  readonly type: ResourceType;
  readonly connection: keyof MspWorld["names"];
  /** What the account has before anything of it is there. */
  prepare(world: MspWorld): Promise<void>;
  /** What a program says, where it is to be made. */
  args(world: MspWorld): Properties;
  /** Somebody else makes it. */
  appear(world: MspWorld): Promise<void>;
  /** Somebody else changes it, so that a refresh shows it. */
  drift?(world: MspWorld, held: Held): Promise<void>;
  /** Somebody else takes it away. */
  vanish(world: MspWorld, held: Held): Promise<void>;
  /** A change that is made. */
  readonly change: Properties;
  /** A change that is refused, and why. */
  readonly refusedChange?: readonly [Properties, RegExp];
  /** A change that makes another thing of it. */
  readonly other?: Properties;
  /** The `leaving:` note that lets it go. */
  readonly note?: string;
  /** What check refuses, each with its words. */
  readonly wrong: readonly (readonly [Properties, RegExp])[];
}

export const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
export const FIRST_USER = { loginName: "acme-admin", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" };
export const JANE = "jane@acme.example";
export const YEARLY = "WFBS-S Yearly";
const BIRCH = "birch-legal";
const WINDOW_MS = 300_000;

const edit = (world: MspWorld, what: Edit) => applyEdit(world.lmpi.store, what).id;
const addCustomer = (world: MspWorld, name: string) =>
  edit(world, { kind: "addCustomer", company: { ...COMPANY, name } });
const customerId = (world: MspWorld, name: string) =>
  [...world.lmpi.store.customers.values()].find(({ company }) => company.name === name)?.id ?? "";
const importAll = async (people: MspWorld["clp"], world: MspWorld) => {
  // What is imported later is as of later.
  world.clock.advance(1_000);
  await people.operator.importInventory();
};
const WHO = "reason: No longer needed, requester: account-manager@msp.example";

const EVERYWHERE: Subject["wrong"] = [
  [{ platform: "nowhere" }, /^platform names connection nowhere, which msp:connections does not have/],
  [{ platform: 7 }, /^platform must be a text/],
  [{ adpot: true }, /^adpot is not a property/],
];
const AT_CUSTOMERS: Subject["wrong"] = [
  ...EVERYWHERE,
  [{ name: undefined, company: undefined }, /^name is missing\ncompany is missing/],
  [{ name: "" }, /^name is empty/],
  [
    { company: { city: "Bonn", state: "NRW", county: "DE" } },
    /company.county is not a property; did you mean country\?/,
  ],
  [{ company: [] }, /^company must be an object/],
  [{ products: ["A", "A"] }, /^products has the same item twice/],
  [{ wait: "soon" }, /^wait must be one of submitted, completed/],
  [{ onDelete: "drop", deletionProtection: "yes" }, /onDelete must be one of offboard, forget/],
  [{ firstUser: { ...FIRST_USER, email: "jo at acme" } }, /^firstUser.email must be of this form/],
  [{ note: "Calling [toString] on an [Output<T>] is not supported." }, /^note holds the text of an output/],
];
const AT_PRODUCTS: Subject["wrong"] = [
  ...EVERYWHERE,
  [{ owner: JANE, customer: "c-1" }, /needs exactly one of owner and customer/],
  [{ owner: undefined, customer: undefined }, /needs exactly one of owner and customer, and has none/],
  [{ product: undefined }, /^product is missing/],
  [{ product: [] }, /^product must be a text/],
  [{ units: 0 }, /^units must be at least 1/],
  [{ units: 1.5 }, /^units must be a whole number/],
  [{ startsOn: "soon" }, /^startsOn must be of this form/],
  [{ licence: "" }, /^licence must be one of keep, reduce/],
];

const lmpCustomer: Subject = {
  title: "a customer of an LMP account",
  type: "Customer",
  connection: "lmp",
  prepare: async (world) => void addCustomer(world, "Somebody Else"),
  args: () => ({ name: "Acme Dental", company: COMPANY, firstUser: FIRST_USER }),
  appear: async (world) => void addCustomer(world, "Acme Dental"),
  drift: async (world, { id }) => void edit(world, { kind: "rename", customerId: id, name: "Acme Denta" }),
  vanish: async (world, { id }) => {
    edit(world, { kind: "removeCustomer", customerId: id });
    world.clock.advance(WINDOW_MS);
  },
  change: { name: "Acme Dental Care", company: { ...COMPANY, note: "VIP" } },
  wrong: [
    ...AT_CUSTOMERS,
    [{ firstUser: undefined }, /^firstUser is missing: .* creates a customer with its first user account/],
  ],
};

const clpCustomer: Subject = {
  title: "a customer of a CLP account",
  type: "Customer",
  connection: "clp",
  prepare: async (world) => {
    world.clp.world.add("somebody", "Somebody Else");
    await importAll(world.clp, world);
  },
  args: () => ({ name: "Birch Legal", company: COMPANY }),
  appear: async (world) => {
    world.clp.world.add(BIRCH, "Birch Legal", {}, COMPANY);
    await importAll(world.clp, world);
  },
  drift: async (world) => {
    world.clp.world.assign(BIRCH, "Cloud Edge", 3);
    await importAll(world.clp, world);
  },
  vanish: async (world) => {
    world.clp.world.remove(BIRCH);
    await importAll(world.clp, world);
  },
  change: { wait: "completed" },
  refusedChange: [{ company: { ...COMPANY, city: "Köln" } }, /^the profile of customer Birch Legal can't be updated/],
  note: `{ customer: Birch Legal, ${WHO} }`,
  wrong: AT_CUSTOMERS,
};

const owner: Subject = {
  title: "a device owner",
  type: "DeviceOwner",
  connection: "armourzero",
  prepare: async (world) => {
    world.armourzero.world.add("june@acme.example", "Back Office", {});
    await importAll(world.armourzero, world);
  },
  args: () => ({ email: "Jane@Acme.example", products: [] }),
  appear: async (world) => {
    world.armourzero.world.add(JANE, "Front Desk", {});
    await importAll(world.armourzero, world);
  },
  drift: async (world) => {
    world.armourzero.world.assign(JANE, "CloudBackup", 1);
    await importAll(world.armourzero, world);
  },
  vanish: async (world) => {
    world.armourzero.world.remove(JANE);
    await importAll(world.armourzero, world);
  },
  change: { products: ["ShieldOne"], name: "Front Desk" },
  refusedChange: [{ name: "Jane" }, /^The name of device owner Jane@Acme.example is Front Desk there/],
  other: { email: "june@acme.example" },
  wrong: [
    ...EVERYWHERE,
    [{ email: "jane" }, /^email must be of this form/],
    [{ email: undefined }, /^email is missing/],
    [{ products: "ShieldOne" }, /^products must be a list/],
    [{ products: [""] }, /^products.0 is empty/],
  ],
};

const armourzeroProduct: Subject = {
  title: "a product of a device owner",
  type: "ProductAssignment",
  connection: "armourzero",
  prepare: async (world) => {
    world.armourzero.world.add(JANE, "Front Desk", { ScoutTwo: 1 });
    await importAll(world.armourzero, world);
  },
  args: () => ({ owner: JANE, subjectName: "Front Desk", product: "ShieldOne" }),
  appear: async (world) => {
    world.armourzero.world.assign(JANE, "ShieldOne", 1);
    await importAll(world.armourzero, world);
  },
  vanish: async (world) => {
    world.armourzero.world.unassign(JANE, "ShieldOne");
    await importAll(world.armourzero, world);
  },
  change: { licence: "reduce", wait: "completed" },
  other: { product: "ScoutTwo", adopt: true },
  note: `{ owner: ${JANE}, product: ShieldOne, ${WHO} }`,
  wrong: [
    ...AT_PRODUCTS,
    [{ units: 5 }, /^units: ArmourZero assigns a product to an owner as it is/],
    [{ owner: undefined, customer: "c-1" }, /^ArmourZero assigns products to device owners; set `owner`/],
  ],
};

const lmpProduct: Subject = {
  title: "a product of an LMP customer",
  type: "ProductAssignment",
  connection: "lmp",
  prepare: async (world) => {
    edit(world, {
      kind: "addSubscription",
      customerId: addCustomer(world, "Acme Dental"),
      plan: "Cloud Edge Fixed Term",
      units: 1,
    });
  },
  args: (world) => ({
    customer: customerId(world, "Acme Dental"),
    subjectName: "Acme Dental",
    product: YEARLY,
    units: 5,
    startsOn: "2026-04-01",
  }),
  appear: async (world) => {
    edit(world, { kind: "addSubscription", customerId: customerId(world, "Acme Dental"), plan: YEARLY, units: 5 });
  },
  drift: async (world, { id }) => {
    edit(world, { kind: "setUnits", subscriptionId: id, units: 50 });
    world.clock.advance(60_000);
  },
  vanish: async (world, { id }) => {
    edit(world, { kind: "removeSubscription", subscriptionId: id });
    world.clock.advance(WINDOW_MS);
  },
  change: { units: 8 },
  other: { product: "Email Security Yearly" },
  note: `{ customer: Acme Dental, product: ${YEARLY}, ${WHO} }`,
  wrong: [
    ...AT_PRODUCTS,
    [{ owner: JANE, customer: undefined }, /^Trend Micro Remote Manager assigns products to customers; set `customer`/],
  ],
};

const clpProduct: Subject = {
  title: "a product of a CLP customer",
  type: "ProductAssignment",
  connection: "clp",
  prepare: async (world) => {
    world.clp.world.add(BIRCH, "Birch Legal", { "Cloud Edge": 3 }, COMPANY);
    await importAll(world.clp, world);
  },
  args: () => ({ customer: BIRCH, subjectName: "Birch Legal", product: "WFBS-S" }),
  appear: async (world) => {
    world.clp.world.assign(BIRCH, "WFBS-S", 5);
    await importAll(world.clp, world);
  },
  vanish: async (world) => {
    world.clp.world.unassign(BIRCH, "WFBS-S");
    await importAll(world.clp, world);
  },
  change: { licence: "reduce", subjectName: "Birch Legal GmbH" },
  other: { product: "Cloud Edge", adopt: true },
  note: `{ customer: Birch Legal, product: WFBS-S, ${WHO} }`,
  wrong: [...AT_PRODUCTS, [{ units: 5 }, /^units: No API is known for Customer Licensing Portal accounts/]],
};

export const SUBJECTS: readonly Subject[] = [
  lmpCustomer,
  clpCustomer,
  owner,
  lmpProduct,
  clpProduct,
  armourzeroProduct,
];

/** As a program declares it. */
export function declared(subject: Subject, world: MspWorld, args: Properties = {}): Declared {
  const given = { platform: world.names[subject.connection], ...subject.args(world), ...args };
  return {
    type: subject.type,
    name: "subject",
    args: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** The same where it may be there already, and may go. */
export function taken(subject: Subject, world: MspWorld, args: Properties = {}): Declared {
  return declared(subject, world, {
    ...(subject.type === "DeviceOwner" ? {} : { adopt: true }),
    ...(subject.type === "Customer" ? { deletionProtection: false } : {}),
    ...args,
  });
}
