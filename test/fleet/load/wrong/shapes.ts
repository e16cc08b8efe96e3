import { own } from "../../../bad-input/support/origin";
import { NULLS, PRODUCTS } from "./origins";
import type { WrongFile } from "./wrong-file";

/** A list, a block or a text where another of them is meant. */
export const MISTAKES_OF_SHAPES: readonly WrongFile[] = [
  {
    title: "a block without a value",
    reason: "a key followed by nothing is null, not an empty block",
    origin: NULLS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    company:
`,
    problems: ["6:5 customers[0].company: has no value; write a block of keys, or take the line out"],
  },
  {
    title: "a list without a value",
    reason: "[] is how to say none",
    origin: NULLS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
`,
    problems: [
      "6:5 customers[0].owners: has no value; write a list, each entry on a line that begins with a dash, or [] for none, or take the line out",
    ],
  },
  {
    title: "a text where a list is meant",
    reason: "one product is a list of one",
    origin: PRODUCTS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products: ShieldOne
`,
    problems: [
      "6:15 customers[0].products: is text; write a list, each entry on a line that begins with a dash, or [] for none",
    ],
  },
  {
    title: "a block where a list is meant",
    reason: "customers are a list, so that their order is theirs",
    origin: own("one thing where several are meant, or the other way round"),
    text: `version: 1
customers:
  acme:
    name: Acme Dental
`,
    problems: [
      "3:3 customers: is a block of keys; write a list, each entry on a line that begins with a dash, or [] for none",
    ],
  },
  {
    title: "a text where a block is meant",
    reason: "the keys that it needs are named",
    origin: own("one thing where several are meant, or the other way round"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    company: Acme Dental
`,
    problems: ["6:14 customers[0].company: is text; write a block of keys: city, state, country"],
  },
  {
    title: "a text where a customer is meant",
    reason: "the same in a list",
    origin: own("one thing where several are meant, or the other way round"),
    text: `version: 1
customers:
  - acme
`,
    problems: ["3:5 customers[0]: is text; write a block of keys: key, name, platform"],
  },
  {
    title: "a list where text is meant",
    reason: "a name is one text",
    origin: own("one thing where several are meant, or the other way round"),
    text: `version: 1
customers:
  - key: acme
    name: [Acme, Dental]
    platform: shield
`,
    problems: ["4:11 customers[0].name: is a list; write text"],
  },
];
