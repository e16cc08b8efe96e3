import { gzipSync } from "node:zlib";
import {
  BYTE_ORDER_MARK,
  EMPTY_LIST,
  GZIP_BOMB,
  HEADER_CONTROL,
  HTML_FOR_JSON,
  HTML_WRONG_PATH,
  INCOMPLETE_OUTAGE,
  NO_CONTENT,
  REDIRECT,
  REDIRECT_POST,
  RETRY_AFTER,
  RETRY_AFTER_FRACTION,
  RETRY_AFTER_YEAR,
  UNDECODABLE,
} from "../origins";
import { RAW } from "../support/messages";
import { facts, own, type Origin, report } from "../support/origin";
import type { AnswerGroup, WrongAnswer } from "./answers";

const LMPI = "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)";
const HTML = `<!DOCTYPE html><html><head><title>Sign in</title></head><body>${RAW}</body></html>`;
const BROKEN_TEXT = report(
  "Mastercard/terraform-provider-restapi/issues/178",
  "a body that was not whole ended as: unexpected end of JSON input",
);
const NO_RETRY_RULE = facts(LMPI, "they retry only 5xx (5 × 10 s)");

const page =
  (status: number, headers: Readonly<Record<string, string>> = {}): WrongAnswer["answer"] =>
  () => ({
    status,
    headers: { "content-type": "text/html", ...headers },
    body: HTML,
  });
const refusedAs = (name: string, status: number, origin: Origin, headers: Readonly<Record<string, string>> = {}) =>
  ({ name, origin, expects: "refused", answer: page(status, headers) }) as const;
const bytes =
  (text: string): WrongAnswer["answer"] =>
  () => ({ bytes: Buffer.from(text, "latin1") });
const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const recoded =
  (encoding: BufferEncoding, type: string): WrongAnswer["answer"] =>
  ({ text }) => ({ headers: { "content-type": type }, body: Buffer.from(text.replace("Acme", "Ácme"), encoding) });

/** What lies below any meaning: HTTP, encodings, and who it is that answers. */
export const TRANSPORT: AnswerGroup = {
  name: "platform-transport",
  title: "Wrong answers: HTTP, encodings, and somebody else who answers",
  call: /^GET \/LMPI\/v3\/customers\?/,
  place: /customers/,
  refresh: "customer",
  changes: ["profile"],
  cases: [
    { name: "a login page with 200", origin: HTML_FOR_JSON, expects: "refused", answer: page(200) },
    {
      name: "a page that says it is JSON",
      origin: HTML_WRONG_PATH,
      expects: "refused",
      answer: page(200, { "content-type": "application/json" }),
    },
    {
      name: "204 where a list is due",
      origin: NO_CONTENT,
      expects: "refused",
      answer: () => ({ status: 204, body: "" }),
    },
    { name: "200 with nothing", origin: EMPTY_LIST, expects: "refused", answer: () => ({ body: "" }) },
    { name: "200 with blanks", origin: EMPTY_LIST, expects: "refused", answer: () => ({ body: " \r\n\t " }) },
    {
      name: "JSON that is cut",
      origin: BROKEN_TEXT,
      expects: "refused",
      answer: ({ text }) => ({ body: text.slice(0, 90) }),
    },
    {
      name: "JSON with something after it",
      origin: BROKEN_TEXT,
      expects: "refused",
      answer: ({ text }) => ({ body: `${text}<!-- ${RAW} -->` }),
    },
    {
      name: "JSON in a call of a function",
      origin: own("JSONP, as old gateways serve it"),
      expects: "refused",
      answer: ({ text }) => ({ body: `callback(${text});` }),
    },
    {
      name: "JSON behind a guard",
      origin: own("a prefix against scripts that include it, as some gateways add"),
      expects: "refused",
      answer: ({ text }) => ({ body: `)]}',\n${text}` }),
    },
    {
      name: "XML",
      origin: own("the other form that gateways speak"),
      expects: "refused",
      answer: () => ({
        headers: { "content-type": "application/xml" },
        body: `<customers><customer>${RAW}</customer></customers>`,
      }),
    },
    {
      name: "JSON in UTF-16",
      origin: own("JSON is UTF-8 between systems; what a Windows service writes may not be"),
      expects: "refused",
      answer: recoded("utf16le", "application/json; charset=utf-16"),
    },
    {
      name: "JSON in Latin-1",
      origin: own("a letter that is lost would show as a changed name, and be written back"),
      expects: "refused",
      answer: recoded("latin1", "application/json; charset=iso-8859-1"),
    },
    {
      name: "gzip that is none",
      origin: own("a header that a proxy forgot to take away"),
      expects: "refused",
      answer: () => ({ headers: { "content-encoding": "gzip" } }),
    },
    {
      name: "a gzip bomb",
      origin: GZIP_BOMB,
      expects: "refused",
      answer: () => ({ headers: { "content-encoding": "gzip" }, body: bomb() }),
    },
    {
      name: "a body of 33 MiB",
      origin: own("a body without end must not fill the memory"),
      expects: "refused",
      answer: () => ({ body: Buffer.alloc(33 * 1024 * 1024, " ") }),
    },
    {
      name: "a body that is shorter than said",
      origin: BROKEN_TEXT,
      expects: "refused",
      answer: bytes(`${HEAD}content-length: 9000\r\n\r\n{"paging":`),
    },
    {
      name: "a header with a control character",
      origin: HEADER_CONTROL,
      expects: "refused",
      answer: bytes(`${HEAD}x-note: a\u0001b\r\ncontent-length: 2\r\n\r\n{}`),
    },
    {
      name: "an answer that is no HTTP",
      origin: own("another service on that port"),
      expects: "refused",
      answer: bytes("SSH-2.0-OpenSSH_9.7\r\n"),
    },
    {
      name: "no answer at all",
      origin: own("the connection ends before anything came"),
      expects: "refused",
      answer: bytes(""),
    },
    refusedAs("a redirect to another host", 302, REDIRECT, {
      location: "https://login.elsewhere.example/?next=secret",
    }),
    refusedAs("a permanent redirect to https of the same host", 301, REDIRECT_POST, {
      location: "https://127.0.0.1/LMPI",
    }),
    refusedAs("a redirect to nowhere", 307, REDIRECT, { location: "::not an address::" }),
    refusedAs("304 to a call that has nothing cached", 304, own("a cache in between that believes to know us")),
    refusedAs("400 with a page", 400, facts(LMPI, "General error codes")),
    refusedAs("401 with a page", 401, HTML_FOR_JSON),
    refusedAs("402", 402, own("the MSP's own contract has ended")),
    refusedAs(
      "403 of a firewall",
      403,
      report("hashicorp/terraform-provider-google/issues/6328", "what stands before an API answers in its place"),
    ),
    refusedAs("404 for a whole list", 404, HTML_WRONG_PATH),
    refusedAs("405", 405, HTML_WRONG_PATH),
    refusedAs("409 to a reading", 409, own("a status that means nothing for a reading")),
    refusedAs("418", 418, own("a status that nobody expects")),
    refusedAs("500 with a page", 500, NO_RETRY_RULE),
    refusedAs("502 of a gateway", 502, INCOMPLETE_OUTAGE),
    refusedAs("503 that names no time", 503, NO_RETRY_RULE),
    refusedAs("599", 599, own("a status beyond all that are defined")),
    refusedAs("429 with a time in words", 429, RETRY_AFTER, { "retry-after": "soon" }),
    refusedAs("429 with a time below zero", 429, RETRY_AFTER_YEAR, { "retry-after": "-3" }),
    refusedAs("429 with a fraction of a second", 429, RETRY_AFTER_FRACTION, { "retry-after": "0.493" }),
    refusedAs("429 with NaN", 429, RETRY_AFTER, { "retry-after": "NaN" }),
    refusedAs("429 with a date long ago", 429, RETRY_AFTER_YEAR, { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }),
    refusedAs("429 with a century", 429, own("a lock, written as a pause"), { "retry-after": "3155760000" }),
    refusedAs("503 with a century", 503, own("a maintenance page that was copied"), {
      "retry-after": "Fri, 31 Dec 2199 23:59:59 GMT",
    }),
    {
      name: "a byte order mark",
      origin: BYTE_ORDER_MARK,
      expects: "tolerated",
      answer: ({ text }) => ({ body: `\ufeff${text}` }),
    },
    {
      name: "JSON as plain text",
      origin: own("many gateways call everything plain text"),
      expects: "tolerated",
      answer: () => ({ headers: { "content-type": "text/plain" } }),
    },
    {
      name: "JSON of no type",
      origin: own("a header that got lost"),
      expects: "tolerated",
      answer: () => ({ headers: { "content-type": undefined } }),
    },
    {
      name: "JSON of a type that is none",
      origin: own("what the body is, is seen in the body"),
      expects: "tolerated",
      answer: () => ({ headers: { "content-type": ";;;json" } }),
    },
    {
      name: "JSON in gzip",
      origin: GZIP_BOMB,
      expects: "tolerated",
      answer: ({ text }) => ({ headers: { "content-encoding": "gzip" }, body: gzipSync(text) }),
    },
    {
      name: "letters as escapes",
      origin: UNDECODABLE,
      expects: "tolerated",
      answer: ({ text }) => ({ body: text.replace("Acme", "\\u0041cme") }),
    },
    {
      name: "201 for a reading",
      origin: report(
        "hashicorp/terraform-provider-azurerm/issues/1012",
        "a 201 where a 200 was expected failed what had been done",
      ),
      expects: "tolerated",
      answer: () => ({ status: 201 }),
    },
    {
      name: "no date",
      origin: facts(LMPI, "rejected if >15 min off"),
      expects: "tolerated",
      answer: () => ({ headers: { date: undefined } }),
    },
    {
      name: "a date in words",
      origin: facts(LMPI, "rejected if >15 min off"),
      expects: "tolerated",
      answer: () => ({ headers: { date: "yesterday" } }),
    },
  ],
};

let packed: Buffer | undefined;

/** 64 MiB of blanks in 64 KiB. */
function bomb(): Buffer {
  packed ??= gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
  return packed;
}
