import { own } from "../../../bad-input/support/origin";
import { DEPTH, NORWAY, TWICE } from "./origins";
import type { WrongFile } from "./wrong-file";

/** What YAML itself, or the file as a whole, has against it. */
export const MISTAKES_OF_SYNTAX: readonly WrongFile[] = [
  {
    title: "a key that is there three times",
    reason: "one mistake, not two",
    origin: TWICE,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    wait: submitted
    wait: completed
    wait: submitted
`,
    problems: ["8:5 customers[0].wait: is given more than once; keep one"],
  },
  {
    title: "a tab as indentation",
    reason: "tabs have no width that all agree on",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
\t- key: acme
`,
    problems: ["3:1: the line is indented with a tab; indent with spaces"],
  },
  {
    title: "tabs on several lines",
    reason: "each line is told",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - key: acme
\tname: Acme Dental
\tplatform: shield
`,
    problems: [
      "4:1: the line is indented with a tab; indent with spaces",
      "5:1: the line is indented with a tab; indent with spaces",
    ],
  },
  {
    title: "a key that is there twice",
    reason: "YAML parsers keep one or the other in silence",
    origin: TWICE,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    platform: other
`,
    problems: ["6:5 customers[0].platform: is given more than once; keep one"],
  },
  {
    title: "a list that is there twice, with a mistake elsewhere",
    reason: "both are reported together",
    origin: TWICE,
    text: `version: 1
customers: []
customers: []
leving: []
`,
    problems: [
      "3:1 customers: is given more than once; keep one",
      "4:1 leving: is no key of a fleet file; did you mean leaving?",
    ],
  },
  {
    title: "a text with a colon",
    reason: "the commonest trap of YAML",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - key: acme
    name: Acme: Dental
    platform: shield
`,
    problems: [
      "4:11: the text has a second colon, or the next line is indented deeper than it; put a text that holds a colon in quotes, and begin keys of one entry at the same column",
    ],
  },
  {
    title: "a line indented too deep",
    reason: "it would belong to the value above",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - key: acme
      name: Acme Dental
    platform: shield
`,
    problems: [
      "3:10: the text has a second colon, or the next line is indented deeper than it; put a text that holds a colon in quotes, and begin keys of one entry at the same column",
    ],
  },
  {
    title: "a line indented too little",
    reason: "it stands between two entries",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - key: acme
   name: Acme Dental
`,
    problems: [
      "4:1: the line stands between the entries of a list; begin it with a dash, or indent it like the keys above",
    ],
  },
  {
    title: "a quoted text without an end",
    reason: "the beginning is shown, not the end of the file",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - key: acme
    name: "Acme Dental
    platform: shield
`,
    problems: ["4:11: the quoted text has no end; add the closing quote"],
  },
  {
    title: "a bracket without its other",
    reason: "the same",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers: [
leaving: []
`,
    problems: ["2:12: the bracket is never closed; add the closing bracket"],
  },
  {
    title: "a key without a colon",
    reason: "YAML takes it for a text where a key is due",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers
`,
    problems: ["2:1: the key has no colon; write a colon and a space after it"],
  },
  {
    title: "a key without a space after the colon",
    reason: "YAML takes it for one word",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:[]
`,
    problems: ["2:1: the key has no colon; write a colon and a space after it"],
  },
  {
    title: "a text that begins with an at sign",
    reason: "it is reserved",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - key: acme
    name: @cme
    platform: shield
`,
    problems: ["4:11: the text begins with a character of YAML's own; put the text in quotes"],
  },
  {
    title: "a path with backslashes in double quotes",
    reason: "they begin escapes",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - key: acme
    name: "C:\\qmail"
    platform: shield
`,
    problems: [
      "4:14: the backslash begins an escape that YAML does not know; write the backslash twice, or use single quotes",
    ],
  },
  {
    title: "a tag",
    reason: "a fleet file includes and computes nothing",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - !include acme.yaml
`,
    problems: [
      "3:5: the value has a tag, and a fleet file knows none; take the word with the ! out, or put the text in quotes",
    ],
  },
  {
    title: "a block as key",
    reason: "keys are words",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers:
  - ? { a: 1 }
    : x
`,
    problems: ["3:5 customers[0]: has a key that is no word; write `key: value`"],
  },
  {
    title: "two documents",
    reason: "which one would count?",
    origin: own("what editors and people do to YAML"),
    text: `version: 1
customers: []
---
version: 1
customers: []
`,
    problems: ["3:1: a second document begins; a fleet file is one document; take the line with --- out"],
  },
  {
    title: "YAML 1.1",
    reason: "there yes is true and 08 is no number",
    origin: NORWAY,
    text: `%YAML 1.1
---
version: 1
customers: []
`,
    problems: ["1:1: the file asks for YAML 1.1; take the line with %YAML out; a fleet file is YAML 1.2"],
  },
  {
    title: "an unknown directive",
    reason: "nothing in the file depends on one",
    origin: own("what editors and people do to YAML"),
    text: `%FLEET 1
---
version: 1
customers: []
`,
    problems: ["1:1: the line is a directive, and a fleet file knows none; take the line with the % out"],
  },
  {
    title: "brackets a hundred deep",
    reason: "no fleet is so deep",
    origin: DEPTH,
    text: `version: 1
customers: ${"[".repeat(100)}${"]".repeat(100)}
`,
    problems: [
      "2:28 customers[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: is nested too deeply; take the inner brackets or levels out",
    ],
  },
  {
    title: "an empty file",
    reason: "no customers is written as an empty list; nothing at all is an accident",
    origin: own("what editors and people do to YAML"),
    text: ``,
    problems: ["1:1: the file is empty; begin the file with `version: 1` and `customers:`"],
  },
  {
    title: "a file of comments",
    reason: "the same",
    origin: own("what editors and people do to YAML"),
    text: `# the fleet
`,
    problems: ["1:1: the file is empty; begin the file with `version: 1` and `customers:`"],
  },
  {
    title: "a file that is a list",
    reason: "the customers alone say no version",
    origin: own("what editors and people do to YAML"),
    text: `- key: acme
`,
    problems: ["1:1: the file is a list; put it under `customers:`; begin the file with `version: 1` and `customers:`"],
  },
  {
    title: "a file that is one text",
    reason: "another file was named",
    origin: own("what editors and people do to YAML"),
    text: `hello
`,
    problems: ["1:1: the file is one single text; begin the file with `version: 1` and `customers:`"],
  },
  {
    title: "a JSON file with a mistake",
    reason: "JSON is YAML",
    origin: own("what editors and people do to YAML"),
    text: `{
  "version": 1,
  "customers": [{ "key": "acme", "name": "Acme Dental" }]
}
`,
    problems: [
      "3:17 customers[0].platform: is missing; a customer needs it: add `platform:` (the platform connection that the customer and its products are on)",
    ],
  },
];
