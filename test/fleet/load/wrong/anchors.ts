import { own } from "../../../bad-input/support/origin";
import { LAUGHS, MERGES } from "./origins";
import type { WrongFile } from "./wrong-file";

/** Anchors, aliases and merge keys. */
export const MISTAKES_OF_ANCHORS: readonly WrongFile[] = [
  {
    title: "a mistake in an anchored block",
    reason: "it is where the block is written, once, however often the block is used",
    origin: own("blocks that are shared are wrong in many places at once"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    company: &berlin
      city: Berlin
      state: Berlin
      country: de
  - key: beta
    name: Beta Dental
    platform: shield
    company: *berlin
`,
    problems: [
      '9:16 customers[0].company.country: "de" can\'t stand here; write the two capital letters of ISO 3166, as in DE; perhaps DE (these lines are used 2 times)',
    ],
  },
  {
    title: "a key missing from an anchored block",
    reason: "the same for what is not there",
    origin: own("blocks that are shared are wrong in many places at once"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    company: &berlin
      city: Berlin
      state: Berlin
  - key: beta
    name: Beta Dental
    platform: shield
    company: *berlin
`,
    problems: [
      "7:7 customers[0].company.country: is missing; a company profile needs it: add `country:` (country, ISO 3166 with two letters) (these lines are used 2 times)",
    ],
  },
  {
    title: "a misspelt key that a merge brings",
    reason: "it is where the merged block is written",
    origin: MERGES,
    text: `version: 1
customers:
  - &base
    key: acme
    name: Acme Dental
    platform: shield
    tgas: [north]
  - <<: *base
    key: beta
    name: Beta Dental
`,
    problems: ["7:5 customers[0].tgas: is no key of a customer; did you mean tags? (these lines are used 2 times)"],
  },
  {
    title: "a value that a merged block overrides wrongly",
    reason: "the nearer value counts",
    origin: MERGES,
    text: `version: 1
customers:
  - &base
    key: acme
    name: Acme Dental
    platform: shield
    wait: completed
  - <<: *base
    key: beta
    name: Beta Dental
    wait: complete
`,
    problems: [
      '11:11 customers[1].wait: "complete" is not one of the words that can stand here; write submitted or completed; did you mean completed?',
    ],
  },
  {
    title: "an alias without an anchor",
    reason: "the anchor meant is named",
    origin: own("blocks that are shared are wrong in many places at once"),
    text: `version: 1
customers:
  - key: acme
    name: &name Acme Dental
    platform: *nmae
`,
    problems: [
      "5:15 customers[0].platform: is the alias *nmae, but no anchor &nmae comes before it; did you mean *name?",
    ],
  },
  {
    title: "an alias before its anchor",
    reason: "YAML reads from the top",
    origin: own("blocks that are shared are wrong in many places at once"),
    text: `version: 1
customers:
  - key: acme
    name: *name
    platform: shield
  - key: beta
    name: &name Beta Dental
    platform: shield
`,
    problems: [
      "4:11 customers[0].name: is the alias *name, but no anchor &name comes before it; put &name before what it stands for, above this line",
    ],
  },
  {
    title: "an alias inside its own anchor",
    reason: "nothing can hold itself",
    origin: own("blocks that are shared are wrong in many places at once"),
    text: `version: 1
customers:
  - &acme
    key: acme
    name: Acme Dental
    platform: shield
    company: *acme
`,
    problems: [
      "7:14 customers[0].company: is the alias *acme inside its own anchor; take it out; nothing can hold itself",
    ],
  },
  {
    title: "a merge of a text",
    reason: "only blocks merge",
    origin: MERGES,
    text: `version: 1
customers:
  - key: &key acme
    <<: *key
    name: Acme Dental
    platform: shield
`,
    problems: [
      "4:5 customers[0].<<: merges something that is not a block of keys; write `<<: *anchor` with the anchor of a block of keys",
    ],
  },
  {
    title: "two merges in one block",
    reason: "YAML has one, with a list",
    origin: MERGES,
    text: `version: 1
customers:
  - &a
    key: acme
    name: Acme Dental
    platform: shield
  - &b
    key: beta
    name: Beta Dental
    platform: shield
  - <<: *a
    <<: *b
    key: gamma
`,
    problems: [
      '5:11 customers[2].name: "Acme Dental" is a customer on shield already, by another alias of these lines; keep one of the two, or name them apart as the platform does',
      "12:5 customers[2].<<: merges more than once; write one `<<: [*first, *second]`",
    ],
  },
  {
    title: "a billion laughs",
    reason: "what aliases stand for is limited, before any memory is filled",
    origin: LAUGHS,
    text: `version: 1
customers:
  - &l0 [x, x, x, x, x, x, x, x, x, x]
  - &l1 [*l0, *l0, *l0, *l0, *l0, *l0, *l0, *l0, *l0, *l0]
  - &l2 [*l1, *l1, *l1, *l1, *l1, *l1, *l1, *l1, *l1, *l1]
  - &l3 [*l2, *l2, *l2, *l2, *l2, *l2, *l2, *l2, *l2, *l2]
  - &l4 [*l3, *l3, *l3, *l3, *l3, *l3, *l3, *l3, *l3, *l3]
  - &l5 [*l4, *l4, *l4, *l4, *l4, *l4, *l4, *l4, *l4, *l4]
  - &l6 [*l5, *l5, *l5, *l5, *l5, *l5, *l5, *l5, *l5, *l5]
  - &l7 [*l6, *l6, *l6, *l6, *l6, *l6, *l6, *l6, *l6, *l6]
  - &l8 [*l7, *l7, *l7, *l7, *l7, *l7, *l7, *l7, *l7, *l7]
  - &l9 [*l8, *l8, *l8, *l8, *l8, *l8, *l8, *l8, *l8, *l8]
  - &l10 [*l9, *l9, *l9, *l9, *l9, *l9, *l9, *l9, *l9, *l9]
  - &l11 [*l10, *l10, *l10, *l10, *l10, *l10, *l10, *l10, *l10, *l10]
`,
    problems: [
      "8:9 customers[6][3]: is an alias that makes the file stand for more than 5,000,000 entries; write the entries out, or split the fleet",
    ],
  },
];
