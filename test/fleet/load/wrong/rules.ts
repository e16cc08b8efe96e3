import { own } from "../../../bad-input/support/origin";
import { ADDRESS, COMPANY, COMPOSED, LOGIN, PRODUCTS, REASON, STAYS } from "./origins";
import type { WrongFile } from "./wrong-file";

/** What the schema can't say. */
export const MISTAKES_OF_RULES: readonly WrongFile[] = [
  {
    title: "two customers of one key",
    reason: "the key makes the logical name",
    origin: own("what makes the logical name must be there once"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
  - key: acme
    name: Beta Dental
    platform: shield
`,
    problems: [
      '6:10 customers[1].key: "acme" is a customer\'s key already, on line 3; give each customer a key of its own; it makes the logical name',
    ],
  },
  {
    title: "two customers of one name on one platform",
    reason: "case does not tell them apart",
    origin: COMPANY,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
  - key: beta
    name: ACME dental
    platform: shield
`,
    problems: [
      '7:11 customers[1].name: "ACME dental" is a customer on shield already, on line 4; keep one of the two, or name them apart as the platform does',
    ],
  },
  {
    title: "two customers whose names differ in how an accent is composed",
    reason: "nobody can see the difference, and platforms make none",
    origin: COMPOSED,
    text: `version: 1
customers:
  - key: cafe
    name: "Caf\\u00e9 Nord"
    platform: shield
  - key: cafe-two
    name: "Cafe\\u0301 Nord"
    platform: shield
`,
    problems: [
      '7:11 customers[1].name: "Cafe\u0301 Nord" is a customer on shield already, on line 4; keep one of the two, or name them apart as the platform does',
    ],
  },
  {
    title: "two customers whose names differ in a blank",
    reason: "it is at the end, and platforms cut it off",
    origin: COMPOSED,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
  - key: acme-two
    name: "Acme Dental "
    platform: shield
`,
    problems: [
      '7:11 customers[1].name: "Acme Dental " is a customer on shield already, on line 4; keep one of the two, or name them apart as the platform does',
    ],
  },
  {
    title: "a product twice, with an accent composed otherwise",
    reason: "the same, for products",
    origin: COMPOSED,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products: ["S\\u00e9curit\\u00e9", "Se\\u0301curite\\u0301"]
`,
    problems: [
      '6:38 customers[0].products[1]: "Se\u0301curite\u0301" is in the list already, on line 6; keep one of the two',
    ],
  },
  {
    title: "a note for what is still declared, with an accent composed otherwise",
    reason: "the note would be a reason at hand for a leaving that nobody meant",
    origin: COMPOSED,
    text: `version: 1
customers:
  - key: cafe
    name: "Caf\\u00e9 Nord"
    platform: shield
    products: [Backup]
leaving:
  - customer: "Cafe\\u0301 Nord"
    product: Backup
    reason: No longer needed.
    requester: boss@example.com
`,
    problems: [
      '9:14 leaving[0].product: "Backup" is said to leave, but is still declared for "Cafe\u0301 Nord" on line 6; take it out there if it is to leave, or else this note',
    ],
  },
  {
    title: "two owners of one key",
    reason: "owners are told apart within their customer",
    origin: own("what makes the logical name must be there once"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
      - key: jane
        email: jane@example.com
      - key: jane
        email: joe@example.com
`,
    problems: [
      '9:14 customers[0].owners[1].key: "jane" is an owner\'s key already, on line 7; give each owner of a customer a key of its own; it makes the logical name',
    ],
  },
  {
    title: "two owners of one address",
    reason: "case does not tell them apart",
    origin: ADDRESS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
      - key: jane
        email: jane@example.com
      - key: janet
        email: Jane@Example.com
`,
    problems: [
      '10:16 customers[0].owners[1].email: "Jane@Example.com" is an owner on shield already, on line 8; put all products of an owner into one entry',
    ],
  },
  {
    title: "one owner under two customers",
    reason: "both would speak for the same owner of the platform",
    origin: ADDRESS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
      - key: jane
        email: jane@example.com
  - key: beta
    name: Beta Dental
    platform: shield
    owners:
      - key: jane
        email: jane@example.com
`,
    problems: [
      '14:16 customers[1].owners[0].email: "jane@example.com" is an owner on shield already, on line 8; put all products of an owner into one entry',
    ],
  },
  {
    title: "a product twice",
    reason: "case does not tell them apart, nor the longer form",
    origin: PRODUCTS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
      - key: jane
        email: jane@example.com
        products:
          - ShieldOne
          - product: shieldone
`,
    problems: [
      '11:22 customers[0].owners[0].products[1].product: "shieldone" is in the list already, on line 10; keep one of the two',
    ],
  },
  {
    title: "two first users of one login name",
    reason: "it is unique on the platform",
    origin: LOGIN,
    text: `version: 1
customers:
  - key: acme
    name: acme Dental
    platform: shield
    firstUser: { loginName: jane, firstName: Jane, lastName: Doe, email: jane@example.com }
  - key: beta
    name: beta Dental
    platform: shield
    firstUser: { loginName: jane, firstName: Jane, lastName: Doe, email: jane@example.com }
`,
    problems: [
      "10:29 customers[1].firstUser.loginName: is a login name on shield already, on line 6; choose another, or write `generate: true`; it is unique on the platform",
    ],
  },
  {
    title: "a note for a product that is still declared",
    reason: "one of the two is wrong",
    origin: STAYS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
      - key: jane
        email: jane@example.com
        products: [ShieldOne, ScoutTwo]
leaving:
  - owner: JANE@example.com
    product: scouttwo
    reason: No longer needed.
    requester: boss@example.com
`,
    problems: [
      '12:14 leaving[0].product: "scouttwo" is said to leave, but is still declared for "JANE@example.com" on line 9; take it out there if it is to leave, or else this note',
    ],
  },
  {
    title: "a note for all of an owner who keeps a product",
    reason: "such a note would give a reason to whatever is dropped by accident",
    origin: STAYS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
      - key: jane
        email: jane@example.com
        products: [ShieldOne]
leaving:
  - owner: jane@example.com
    reason: Jane left.
    requester: boss@example.com
`,
    problems: [
      '11:12 leaving[0].owner: the note speaks of everything that "jane@example.com" has, but "ShieldOne" is still declared on line 9; name the `product:` that leaves, or take the others out there',
    ],
  },
  {
    title: "a note for a customer's product that is still declared",
    reason: "the same for customers",
    origin: STAYS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products: [Backup]
leaving:
  - customer: acme dental
    product: Backup
    reason: No longer needed.
    requester: boss@example.com
`,
    problems: [
      '9:14 leaving[0].product: "Backup" is said to leave, but is still declared for "acme dental" on line 6; take it out there if it is to leave, or else this note',
    ],
  },
  {
    title: "two notes for one leaving",
    reason: "only one reason can go into the request",
    origin: REASON,
    text: `version: 1
customers:
  []
leaving:
  - { owner: jane@example.com, product: ShieldOne, reason: Jane left., requester: boss@example.com }
  - { owner: jane@example.com, product: ShieldOne, reason: Jane left., requester: boss@example.com }
`,
    problems: [
      "6:5 leaving[1]: is a second note on the same leaving, the first being on line 5; keep the note that holds",
    ],
  },
  {
    title: "an owner list used twice by alias",
    reason: "the alias makes the owner an owner of two customers",
    origin: ADDRESS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners: &owners
      - key: jane
        email: jane@example.com
  - key: beta
    name: Beta Dental
    platform: shield
    owners: *owners
`,
    problems: [
      '8:16 customers[1].owners[0].email: "jane@example.com" is an owner on shield already, by another alias of these lines; put all products of an owner into one entry',
    ],
  },
  {
    title: "mistakes of all sorts",
    reason: "what the schema says and what it can't are reported together, in the order of the file",
    origin: own("what makes the logical name must be there once"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    wiat: completed
  - key: acme
    name: Beta Dental
    platform: shield
    company: { city: Berlin, state: Berlin, country: de }
leaving: none
`,
    problems: [
      "6:5 customers[0].wiat: is no key of a customer; did you mean wait?",
      '7:10 customers[1].key: "acme" is a customer\'s key already, on line 3; give each customer a key of its own; it makes the logical name',
      '10:54 customers[1].company.country: "de" can\'t stand here; write the two capital letters of ISO 3166, as in DE; perhaps DE',
      "11:10 leaving: is text; write a list, each entry on a line that begins with a dash, or [] for none",
    ],
  },
];
