import { own } from "../../../bad-input/support/origin";
import { ADDRESS, COMPANY, COUNTRY, DATES, NORWAY, NULLS, REASON, UNITS, ZEROS } from "./origins";
import type { WrongFile } from "./wrong-file";

/** Values that can't stand where they stand. */
export const MISTAKES_OF_VALUES: readonly WrongFile[] = [
  {
    title: "another version",
    reason: "the format is version 1",
    origin: own("a value that a person would try, and that the schema has no place for"),
    text: `version: 2
customers: []
`,
    problems: ["1:10 version: 2 can't stand here; write 1"],
  },
  {
    title: "a version in quotes",
    reason: "a text is no number",
    origin: ZEROS,
    text: `version: "1"
customers: []
`,
    problems: ['1:10 version: "1" can\'t stand here; write 1 without quotes'],
  },
  {
    title: "a word that is nearly one of the choices",
    reason: "the one meant is named",
    origin: own("a value that a person would try, and that the schema has no place for"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    onDelete: forgett
`,
    problems: [
      '6:15 customers[0].onDelete: "forgett" is not one of the words that can stand here; write offboard or forget; did you mean forget?',
    ],
  },
  {
    title: "a word that is none of the choices",
    reason: "all are named",
    origin: own("a value that a person would try, and that the schema has no place for"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    wait: never
`,
    problems: [
      '6:11 customers[0].wait: "never" is not one of the words that can stand here; write submitted or completed',
    ],
  },
  {
    title: "a choice without a value",
    reason: "an empty value is not one of them",
    origin: NULLS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    wait:
`,
    problems: ["6:5 customers[0].wait: has no value; write submitted or completed"],
  },
  {
    title: "yes for true",
    reason: "YAML 1.2 takes yes for text",
    origin: NORWAY,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    deletionProtection: yes
`,
    problems: ['6:25 customers[0].deletionProtection: "yes" is text; write true without quotes'],
  },
  {
    title: "a word for a boolean",
    reason: "nobody can say which is meant",
    origin: NORWAY,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    adopt: sometimes
`,
    problems: ['6:12 customers[0].adopt: "sometimes" is text; write true or false'],
  },
  {
    title: "a postal code as a number",
    reason: "YAML would drop its leading zero; the file's own spelling is kept",
    origin: ZEROS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    company:
      city: Berlin
      state: Berlin
      country: DE
      postalCode: 01234
`,
    problems: ['10:19 customers[0].company.postalCode: is the number 01234; put it in quotes, as text: "01234"'],
  },
  {
    title: "a boolean for text",
    reason: "a company may be called so",
    origin: NORWAY,
    text: `version: 1
customers:
  - key: acme
    name: true
    platform: shield
`,
    problems: ['4:11 customers[0].name: is true; put it in quotes, as text: "true"'],
  },
  {
    title: "a key with capitals and spaces",
    reason: "a spelling that is allowed is suggested",
    origin: own("a value that a person would try, and that the schema has no place for"),
    text: `version: 1
customers:
  - key: Acme Dental
    name: Acme Dental
    platform: shield
`,
    problems: [
      '3:10 customers[0].key: "Acme Dental" can\'t stand here; use small letters, digits and dashes, at most 63; perhaps acme-dental',
    ],
  },
  {
    title: "a connection name with underscores",
    reason: "the same, for connections",
    origin: own("a value that a person would try, and that the schema has no place for"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: remote_manager
`,
    problems: [
      '5:15 customers[0].platform: "remote_manager" can\'t stand here; use small letters, digits and dashes, at most 63; perhaps remote-manager',
    ],
  },
  {
    title: "a country in small letters",
    reason: "the capitals are suggested",
    origin: COUNTRY,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    company:
      city: Berlin
      state: Berlin
      country: de
`,
    problems: [
      '9:16 customers[0].company.country: "de" can\'t stand here; write the two capital letters of ISO 3166, as in DE; perhaps DE',
    ],
  },
  {
    title: "a country by name",
    reason: "no code is guessed from a name",
    origin: COUNTRY,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    company:
      city: Berlin
      state: Berlin
      country: Germany
`,
    problems: [
      '9:16 customers[0].company.country: "Germany" can\'t stand here; write the two capital letters of ISO 3166, as in DE',
    ],
  },
  {
    title: "a tag with a capital and one that is there twice",
    reason: "each is its own mistake",
    origin: own("a value that a person would try, and that the schema has no place for"),
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    tags: [Dental, north, north]
`,
    problems: [
      '6:12 customers[0].tags[0]: "Dental" can\'t stand here; use small letters, digits and dashes; perhaps dental',
      "6:27 customers[0].tags[2]: is in the list already; keep one of the two",
    ],
  },
  {
    title: "an address that is none",
    reason: "the form is shown",
    origin: ADDRESS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    owners:
      - key: jane
        email: jane at example.com
`,
    problems: [
      '8:16 customers[0].owners[0].email: "jane at example.com" is not an e-mail address; write it as name@example.com',
    ],
  },
  {
    title: "no units",
    reason: "a licence has at least one",
    origin: UNITS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products:
      - product: ShieldOne
        units: 0
`,
    problems: ["8:16 customers[0].products[0].units: 0 is too small; write 1 or more"],
  },
  {
    title: "units in quotes",
    reason: "the number is shown without",
    origin: UNITS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products:
      - product: ShieldOne
        units: "25"
`,
    problems: ['8:16 customers[0].products[0].units: "25" is text; write 25 without quotes'],
  },
  {
    title: "half a unit",
    reason: "units are whole",
    origin: UNITS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products:
      - product: ShieldOne
        units: 2.5
`,
    problems: ["8:16 customers[0].products[0].units: is the number 2.5; write a whole number"],
  },
  {
    title: "too many units",
    reason: "the limit is the platform's",
    origin: UNITS,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products:
      - product: ShieldOne
        units: 1000000
`,
    problems: ["8:16 customers[0].products[0].units: 1000000 is too large; write 999999 or less"],
  },
  {
    title: "a date in the words of a country",
    reason: "only one form is the same everywhere",
    origin: DATES,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products:
      - product: ShieldOne
        startsOn: 03/02/2026
`,
    problems: ['8:19 customers[0].products[0].startsOn: "03/02/2026" is not a date; write it as 2026-03-02'],
  },
  {
    title: "a date that does not exist",
    reason: "the calendar counts, not only the form",
    origin: DATES,
    text: `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: shield
    products:
      - product: ShieldOne
        startsOn: 2026-02-30
`,
    problems: ['8:19 customers[0].products[0].startsOn: "2026-02-30" is not a date; write it as 2026-03-02'],
  },
  {
    title: "an empty name",
    reason: "empty is not absent",
    origin: COMPANY,
    text: `version: 1
customers:
  - key: acme
    name: ""
    platform: shield
`,
    problems: ["4:5 customers[0].name: is empty; write something, or take it out"],
  },
  {
    title: "a reason too short to be one",
    reason: "the vendor asks for it",
    origin: REASON,
    text: `version: 1
customers:
  []
leaving:
  - owner: jane@example.com
    reason: no
    requester: boss@example.com
`,
    problems: ["6:13 leaving[0].reason: is too short; write at least 3 characters"],
  },
  {
    title: "a name beyond the platform's limit",
    reason: "the length is told, not the name",
    origin: COMPANY,
    text: `version: 1
customers:
  - key: acme
    name: ${"a".repeat(129)}
    platform: shield
`,
    problems: ["4:11 customers[0].name: is 129 characters long; write at most 128"],
  },
];
