import type { ResourceType } from "../../../provider/platforms/platform";
import { NFC_NFD } from "../origins";
import type { BadCase } from "../support/case";
import { facts, own, report, seed } from "../support/origin";
import type { Properties } from "../support/world";

/** Arguments of a resource in a program, as they come to `check`. */
export interface WrongArguments extends BadCase {
  readonly type: ResourceType;
  /** What differs from right arguments; an undefined value takes the argument away. */
  readonly args: Properties;
  /** What state had before; none for a new resource. */
  readonly before?: Properties;
}

const LMPI = "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)";
const CREATE = facts(LMPI, "company{name*1-128,address,city*,state*");
const COUNTRY = facts(LMPI, "country* ISO2");
const UNITS = facts(LMPI, "{units_per_license 1-999999, license_expiration_date, service_plan_id}");
const OUTPUT_TEXT = report(
  "pulumi/pulumi/issues/17934",
  "an output in a template text becomes the text of its own error",
);
const NO_TYPES = own("a JavaScript program, or one with `as any`, has no compiler between it and check");
const ON_DELETE = own("`delete` is what people would look for, and there is no such thing on LMP");

const OUTPUT = `Calling [toString] on an [Output<T>] is not supported.

To get the value of an Output<T> as an Output<string> consider either:
1: o.apply(v => \`prefix\${v}suffix\`)
2: pulumi.interpolate \`prefix\${v}suffix\`

See https://www.pulumi.com/docs/concepts/inputs-outputs for more details.`;

export const RIGHT: Readonly<Record<ResourceType, Properties>> = {
  Customer: {
    platform: "lmp",
    name: "Delta Foods",
    company: { city: "Bonn", state: "NRW", country: "DE" },
    adopt: true,
  },
  DeviceOwner: { platform: "shield", email: "jane@acme.example", products: ["ShieldOne"] },
  ProductAssignment: { platform: "shield", owner: "jane@acme.example", product: "ShieldOne" },
};

const OF_CUSTOMER = { customer: "4711", owner: undefined, platform: "lmp" };
const company = (change: Properties) => ({ company: { ...(RIGHT.Customer.company as Properties), ...change } });
const FIRST_USER = { loginName: "ada", firstName: "Ada", lastName: "Byron", email: "ada@example.com" };

const customer = (name: string, origin: BadCase["origin"], args: Properties): WrongArguments => ({
  name,
  origin,
  expects: "refused",
  type: "Customer",
  args,
});
const assignment = (name: string, origin: BadCase["origin"], args: Properties): WrongArguments => ({
  name,
  origin,
  expects: "refused",
  type: "ProductAssignment",
  args,
});
const owner = (name: string, origin: BadCase["origin"], args: Properties): WrongArguments => ({
  name,
  origin,
  expects: "refused",
  type: "DeviceOwner",
  args,
});

export const ARGUMENTS: readonly WrongArguments[] = [
  customer("a customer argument that is missing", CREATE, { name: undefined }),
  customer("a customer argument that is misspelt", NO_TYPES, { name: undefined, nmae: "Delta Foods" }),
  customer("a name that is a number", NO_TYPES, { name: 4711 }),
  customer("a name that is empty", CREATE, { name: "" }),
  customer("a name that is null", NO_TYPES, { name: null }),
  customer("a name of 129 characters", CREATE, { name: "D".repeat(129) }),
  customer("a name with an output in it", OUTPUT_TEXT, { name: `Delta ${OUTPUT}` }),
  assignment("an id with an output in it", OUTPUT_TEXT, { ...OF_CUSTOMER, customer: OUTPUT }),
  customer("a company that is missing", CREATE, { company: undefined }),
  customer("a company that is a text", NO_TYPES, { company: "Bonn, DE" }),
  customer("a company without its state", CREATE, company({ state: undefined })),
  customer("a company argument of the API's spelling", CREATE, company({ postal_code: "53111" })),
  customer("a country in small letters, in a program", COUNTRY, company({ country: "de" })),
  customer("a country by its name", COUNTRY, company({ country: "Germany" })),
  customer("a postal code that is a number", NO_TYPES, company({ postalCode: 53111 })),
  customer("an emergency address that is none", CREATE, company({ emergencyEmail: "call me" })),
  customer("products as one text", NO_TYPES, { products: "WFBS-S Yearly" }),
  customer("a product twice in a list", own("a licence would be billed once, and leave twice"), {
    products: ["WFBS-S Yearly", "WFBS-S Yearly"],
  }),
  customer("an empty product", NO_TYPES, { products: [""] }),
  customer("a product that is an object", NO_TYPES, { products: [{ name: "WFBS-S Yearly", units: 5 }] }),
  customer("a word that wait does not know", own("the other of two words that sound right"), { wait: "done" }),
  customer("a deletion that does not exist", ON_DELETE, { onDelete: "delete" }),
  customer(
    "protection as a word",
    report("helm/helm/issues/8294", "a `no` that became something else than was meant"),
    { deletionProtection: "no" },
  ),
  customer(
    "no first user for a customer that is to be made",
    seed("002", 21, "set up a company profile and user account"),
    { adopt: false },
  ),
  customer("a first user without an address", facts(LMPI, "contact{first_name*,last_name*,email*}"), {
    firstUser: { ...FIRST_USER, email: undefined },
  }),
  customer("a telephone number that is a number", NO_TYPES, {
    firstUser: { ...FIRST_USER, phone: { number: 228123456 } },
  }),
  customer(
    "a password among the arguments",
    report("pulumi/pulumi-azuread/issues/1197", "a client secret was printed in clear"),
    { password: "canary-secret-in-arguments" },
  ),
  customer("credentials in the place of a connection's name", own("a connection is named, not passed"), {
    platform: { accessToken: "canary-secret-in-arguments" },
  }),
  customer("a connection that is nearly one", own("a slip of the finger"), { platform: "lmpp" }),
  customer("a connection that nobody configured", own("the configuration of another stack"), {
    platform: "production-eu",
  }),
  customer("no connection", NO_TYPES, { platform: undefined }),
  customer(
    "a customer on a platform that has none",
    facts("3. Seed 000 = **ArmourZero** (help.armourzero.com) — identified", "**API: none found**"),
    { platform: "shield" },
  ),
  {
    ...customer(
      "a first user who changes later",
      facts(LMPI, "PUT  /LMPI/v2/customers/{customer_id}/users/{user_id}"),
      { firstUser: { ...FIRST_USER, loginName: "eve" } },
    ),
    before: { ...RIGHT.Customer, firstUser: FIRST_USER },
  },
  assignment("no units at all", UNITS, { ...OF_CUSTOMER, units: 0 }),
  assignment("units as a text", NO_TYPES, { ...OF_CUSTOMER, units: "5" }),
  assignment("half a seat", UNITS, { ...OF_CUSTOMER, units: 5.5 }),
  assignment("a million seats", UNITS, { ...OF_CUSTOMER, units: 1_000_000 }),
  assignment("seats below zero", UNITS, { ...OF_CUSTOMER, units: -5 }),
  assignment(
    "seats where nobody can set them",
    facts("3. Seed 000 = **ArmourZero** (help.armourzero.com) — identified", "**API: none found**"),
    { units: 5 },
  ),
  assignment("a start in the words of a country", own("03/02 is a day in March or in February"), {
    ...OF_CUSTOMER,
    startsOn: "03/02/2026",
  }),
  assignment(
    "a start with a time",
    report("elastic/terraform-provider-elasticstack/issues/629", "a date and a point in time are not the same"),
    { ...OF_CUSTOMER, startsOn: "2026-03-02T00:00:00.000Z" },
  ),
  assignment("a start that is in no calendar", own("the thirtieth of February"), {
    ...OF_CUSTOMER,
    startsOn: "2026-02-30",
  }),
  assignment("an owner and a customer", seed("000", 1, "assigned them to the same device owner"), { customer: "4711" }),
  assignment("neither owner nor customer", NO_TYPES, { owner: undefined }),
  assignment("an owner where customers have products", seed("000", 16, "Devices > End User > Action > Off-board"), {
    platform: "lmp",
  }),
  assignment(
    "a customer where owners have products",
    seed("000", 6, "Check the security products assigned to the device owner"),
    { owner: undefined, customer: "4711" },
  ),
  assignment("an owner who is no address", seed("000", 20, "typing in their email in the search bar"), {
    owner: "Jane Doe",
  }),
  assignment("an owner with a name before the address", own("as mail programs copy it"), {
    owner: "Jane Doe <jane@acme.example>",
  }),
  assignment("a product of 201 characters", NO_TYPES, { product: "S".repeat(201) }),
  assignment(
    "a licence that is neither kept nor reduced",
    facts(
      "3. Seed 000 = **ArmourZero** (help.armourzero.com) — identified",
      "an off-boarding request has **two purposes**",
    ),
    { licence: "cancel" },
  ),
  assignment("no product", NO_TYPES, { product: undefined }),
  owner(
    "a device owner on a platform that has none",
    seed("002", 3, "The Customers screen provides a list of all previously configured customers"),
    { platform: "lmp" },
  ),
  owner("two addresses of one owner", own("a list where one is meant"), {
    email: "jane@acme.example, jane@home.example",
  }),
  owner("an address with a blank", own("a blank that was copied along"), { email: "jane @acme.example" }),
  owner("a list that holds null", NO_TYPES, { products: ["ShieldOne", null] }),
  owner("adopting what is never made", NO_TYPES, { adopt: true }),
  {
    name: "an address in capitals",
    origin: seed("000", 20, "typing in their email in the search bar"),
    expects: "tolerated",
    type: "DeviceOwner",
    args: { email: "Jane@ACME.example" },
  },
  {
    name: "optional arguments that are null",
    origin: NO_TYPES,
    expects: "tolerated",
    type: "Customer",
    args: { wait: null, products: undefined },
  },
  {
    name: "a name with letters composed otherwise, in a program",
    origin: NFC_NFD,
    expects: "tolerated",
    type: "Customer",
    args: { name: "Cafe\u0301 Delta" },
  },
];
