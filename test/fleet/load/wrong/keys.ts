import { own } from "../../../bad-input/support/origin";
import { COMPANY, PRODUCTS, REASON } from "./origins";
import type { WrongFile } from "./wrong-file";

/** Keys that are wrong or missing. */
export const MISTAKES_OF_KEYS: readonly WrongFile[] = [
  {
    title: "a misspelt key of a customer",
    reason: "the key meant is named, and not reported as missing besides",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - key: acme
    nmae: Acme Dental
    platform: shield
`,
    problems: ["4:5 customers[0].nmae: is no key of a customer; did you mean name?"],
  },
  {
    title: "a misspelt key at the top",
    reason: "the list under it is not looked into, as nobody knows what it is",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
custmers: []
`,
    problems: ["2:1 custmers: is no key of a fleet file; did you mean customers?"],
  },
  {
    title: "a misspelt key of an owner",
    reason: "nested paths are named in full",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
      - key: jane
        emial: jane@example.com
`,
    problems: ["8:9 customers[0].owners[0].emial: is no key of an owner; did you mean email?"],
  },
  {
    title: "a misspelt key of a leaving note",
    reason: "owner or customer is not asked for besides",
    origin: REASON,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
leaving:
  - onwer: jane@example.com
    product: ShieldOne
    reason: Jane left.
    requester: boss@example.com
`,
    problems: ["7:5 leaving[0].onwer: is no key of a leaving note; did you mean owner?"],
  },
  {
    title: "a key that is like no other",
    reason: "the keys that there are are listed",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    colour: red
`,
    problems: [
      "6:5 customers[0].colour: is no key of a customer; the keys are key, name, platform, company, firstUser, products, owners, deletionProtection, onDelete, adopt, wait, tags",
    ],
  },
  {
    title: "a key that is right elsewhere only",
    reason: "the keys of this place are listed",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    city: Berlin
`,
    problems: [
      "6:5 customers[0].city: is no key of a customer; the keys are key, name, platform, company, firstUser, products, owners, deletionProtection, onDelete, adopt, wait, tags",
    ],
  },
  {
    title: "two misspelt keys that look alike",
    reason: "each candidate is suggested once",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - key: acme
    nam: Acme Dental
    nme: Acme Dental
    platform: shield
`,
    problems: [
      "4:5 customers[0].nam: is no key of a customer; did you mean name?",
      "5:5 customers[0].nme: is no key of a customer; the keys are key, name, platform, company, firstUser, products, owners, deletionProtection, onDelete, adopt, wait, tags",
    ],
  },
  {
    title: "a key in other letters",
    reason: "case counts",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - Key: acme
    name: Acme Dental
    platform: shield
`,
    problems: ["3:5 customers[0].Key: is no key of a customer; did you mean key?"],
  },
  {
    title: "a missing key",
    reason: "which, and where",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - key: acme
    platform: shield
`,
    problems: ["3:5 customers[0].name: is missing; a customer needs it: add `name:` (the company's name)"],
  },
  {
    title: "several missing keys",
    reason: "each is a mistake of its own",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - owners: []
`,
    problems: [
      "3:5 customers[0].key: is missing; a customer needs it: add `key:` (a stable name of this customer in the file)",
      "3:5 customers[0].name: is missing; a customer needs it: add `name:` (the company's name)",
      "3:5 customers[0].platform: is missing; a customer needs it: add `platform:` (the platform connection that the customer and its products are on)",
    ],
  },
  {
    title: "a missing version",
    reason: "nothing else says how to read the file",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `customers: []
`,
    problems: ["1:1 version: is missing; a fleet file needs it: add `version:` (the version of this format)"],
  },
  {
    title: "a key missing in a nested block",
    reason: "the place is the key that holds the block",
    origin: COMPANY,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    company:
      city: Berlin
      country: DE
`,
    problems: [
      "6:5 customers[0].company.state: is missing; a company profile needs it: add `state:` (state, province or region)",
    ],
  },
  {
    title: "a number as key",
    reason: "YAML takes it for a number; it is still an unknown key",
    origin: own("slips of the finger, and keys that are right somewhere else"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    1: one
`,
    problems: [
      "6:5 customers[0].1: is no key of a customer; the keys are key, name, platform, company, firstUser, products, owners, deletionProtection, onDelete, adopt, wait, tags",
    ],
  },
  {
    title: "a missing product in a block",
    reason: "a block of a product begins with it",
    origin: PRODUCTS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products:
      - units: 5
`,
    problems: [
      "7:9 customers[0].products[0].product: is missing; a product needs it: add `product:` (the product as the platform spells it)",
    ],
  },
  {
    title: "a key of Object's own",
    reason: "no property of JavaScript is a key of ours",
    origin: own("names that every object of JavaScript has must not pass for keys"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    __proto__: {}
    constructor: x
`,
    problems: [
      "6:5 customers[0].__proto__: is no key of a customer; the keys are key, name, platform, company, firstUser, products, owners, deletionProtection, onDelete, adopt, wait, tags",
      "7:5 customers[0].constructor: is no key of a customer; the keys are key, name, platform, company, firstUser, products, owners, deletionProtection, onDelete, adopt, wait, tags",
    ],
  },
  {
    title: "a key that holds a line break and an escape code",
    reason: "a message is one line, and no terminal obeys a file",
    origin: own("a terminal obeys codes that it is shown, wherever they come from"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    "a\\n\\e[31mb": 1
`,
    problems: [
      '6:5 customers[0]."a\\n\\u001b[31mb": is no key of a customer; the keys are key, name, platform, company, firstUser, products, owners, deletionProtection, onDelete, adopt, wait, tags',
    ],
  },
];
