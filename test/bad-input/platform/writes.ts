import {
  BIG_ID,
  HTML_FOR_JSON,
  ID_NAMES,
  LOST_2XX,
  NO_CONTENT,
  NULL_FIELD,
  REDIRECT_POST,
  REPLIES_EMPTY,
  UNDECODABLE,
} from "../origins";
import type { BadCase } from "../support/case";
import type { Answer, Truth } from "../support/front";
import { RAW } from "../support/messages";
import { own } from "../support/origin";

/** What the platform answers wrongly to a write that it has done. */
export interface WrongReply extends BadCase {
  readonly answer: (truth: Truth) => Answer;
}

const json = (body: unknown) => (): Answer => ({ body: JSON.stringify(body) });
const PAGE = (): Answer => ({ headers: { "content-type": "text/html" }, body: `<html>${RAW}</html>` });

/** Replies that any creation may have; an id in the answer is changed under each of its names. */
export function repliesTo(what: "subscription" | "customer", other: string): readonly WrongReply[] {
  const name = (text: string) => `a new ${what} answered by ${text}`;
  const id = `${what}_id`;
  return [
    { name: name("nothing"), origin: REPLIES_EMPTY, expects: "tolerated", answer: () => ({ body: "" }) },
    { name: name("204"), origin: NO_CONTENT, expects: "tolerated", answer: () => ({ status: 204, body: "" }) },
    { name: name("an empty object"), origin: REPLIES_EMPTY, expects: "tolerated", answer: json({}) },
    { name: name("null"), origin: UNDECODABLE, expects: "tolerated", answer: json(null) },
    { name: name("a list"), origin: UNDECODABLE, expects: "tolerated", answer: json([]) },
    {
      name: name("OK"),
      origin: REPLIES_EMPTY,
      expects: "tolerated",
      answer: () => ({ headers: { "content-type": "text/plain" }, body: "OK" }),
    },
    { name: name("201"), origin: LOST_2XX, expects: "tolerated", answer: () => ({ status: 201 }) },
    { name: name("202"), origin: LOST_2XX, expects: "tolerated", answer: () => ({ status: 202, body: "" }) },
    { name: name("a page"), origin: HTML_FOR_JSON, expects: "tolerated", answer: PAGE },
    { name: name("an id that is null"), origin: NULL_FIELD, expects: "tolerated", answer: json({ [id]: null }) },
    { name: name("an id of zero length"), origin: ID_NAMES, expects: "tolerated", answer: json({ [id]: "" }) },
    {
      name: name("an id beyond what is exact"),
      origin: BIG_ID,
      expects: "tolerated",
      answer: () => ({ body: `{"${id}":9007199254740993}` }),
    },
    {
      name: name("an id under another name"),
      origin: ID_NAMES,
      expects: "tolerated",
      answer: ({ text }) => ({ body: text.replace(`"${id}"`, '"id"') }),
    },
    {
      name: name("the id of another one"),
      origin: own("an answer that a gateway mixed up: taken at its word, the wrong one would be changed later"),
      expects: "tolerated",
      answer: json({ [id]: other }),
    },
    {
      name: name("500 though it was done"),
      origin: LOST_2XX,
      expects: "tolerated",
      answer: () => ({ status: 500, body: `<html>${RAW}</html>` }),
    },
    {
      name: name("502 though it was done"),
      origin: LOST_2XX,
      expects: "tolerated",
      answer: () => ({ status: 502, body: "" }),
    },
    {
      name: name("a redirect though it was done"),
      origin: REDIRECT_POST,
      expects: "tolerated",
      answer: () => ({ status: 302, headers: { location: "https://elsewhere.example/" }, body: "" }),
    },
    {
      name: name("bytes that are no HTTP"),
      origin: own("the connection is somebody else's after the request"),
      expects: "tolerated",
      answer: () => ({ bytes: Buffer.from("\u0000\u0001\u0002") }),
    },
  ];
}

/** Replies to a change of units that was done. */
export const REPLIES_TO_UNITS: readonly WrongReply[] = [
  { name: "new units answered by nothing", origin: REPLIES_EMPTY, expects: "tolerated", answer: () => ({ body: "" }) },
  { name: "new units answered by a page", origin: HTML_FOR_JSON, expects: "tolerated", answer: PAGE },
  {
    name: "new units answered by other units",
    origin: own("what a write answers proves less than what is read back"),
    expects: "tolerated",
    answer: json({ units: 1, licenses: [{ units: 1 }] }),
  },
  {
    name: "new units answered by 500 though they were set",
    origin: LOST_2XX,
    expects: "tolerated",
    answer: () => ({ status: 500, body: "" }),
  },
  { name: "new units answered by null", origin: UNDECODABLE, expects: "tolerated", answer: json(null) },
];
