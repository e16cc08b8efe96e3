import { HTML_FOR_JSON, NO_CONTENT, NULL_FIELD, REDIRECT, SAME_PAGE, UNDECODABLE } from "../origins";
import type { BadCase } from "../support/case";
import type { Answer, Truth } from "../support/front";
import { RAW } from "../support/messages";
import { facts, own, report } from "../support/origin";

/** What the desk, or something in its place, answers wrongly. */
export interface WrongDeskAnswer extends BadCase {
  readonly call: RegExp;
  readonly answer: (truth: Truth) => Answer;
}

type Body = Record<string, unknown>;

const HANDSHAKE = /^GET \/v1\/handshake/;
const INVENTORY = /^GET \/v1\/inventory/;
const REQUESTS = /^GET \/v1\/requests/;
/** A refresh asks for no requests: these answers matter where something leaves. */
export const ONLY_LEAVING = REQUESTS;
const FILE = /^POST \/v1\/requests$/;
const RESOLVE = /^POST \/v1\/accounts\/resolve/;
const HTML = `<!DOCTYPE html><html><body>${RAW}</body></html>`;
const PROXY = report(
  "hashicorp/terraform-provider-google/issues/6328",
  "what stands before an API answers in its place",
);
const UPDATED = own("the desk was updated before pulumi-msp");
const STATES = facts(
  "3. Seed 000 = **ArmourZero** (help.armourzero.com) — identified",
  "**statuses Pending → In Progress → Completed**",
);

const json = (body: unknown) => (): Answer => ({ body: JSON.stringify(body) });
const page =
  (status: number, headers: Readonly<Record<string, string>> = {}) =>
  (): Answer => ({
    status,
    headers: { "content-type": "text/html", ...headers },
    body: HTML,
  });
const changed =
  (change: (body: Body) => unknown) =>
  ({ text }: Truth): Answer => ({
    body: JSON.stringify(change(JSON.parse(text) as Body)),
  });
const everyItem = (change: (item: Body) => unknown) =>
  changed((body) => ({ ...body, items: (body.items as Body[]).map(change) }));
const refused = (
  name: string,
  origin: BadCase["origin"],
  call: RegExp,
  answer: WrongDeskAnswer["answer"],
): WrongDeskAnswer => ({
  name,
  origin,
  expects: "refused",
  call,
  answer,
});

export const DESK_ANSWERS: readonly WrongDeskAnswer[] = [
  refused(
    "a desk of a newer version",
    UPDATED,
    HANDSHAKE,
    changed((body) => ({ ...body, api: 2 })),
  ),
  refused("a desk that refuses our version", UPDATED, HANDSHAKE, () => ({
    status: 409,
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify({
      kind: "unsupported",
      detail:
        "The client 0.1.0 speaks version 1 of the desk's API; this desk (9.0.0) speaks version 2.\nUpdate pulumi-msp where it runs, so that both speak the same.",
    }),
  })),
  refused(
    "a version as a text",
    UPDATED,
    HANDSHAKE,
    changed((body) => ({ ...body, api: "1" })),
  ),
  refused("a page in place of the desk", HTML_FOR_JSON, HANDSHAKE, page(200)),
  refused(
    "a page that says it is the desk's JSON",
    HTML_FOR_JSON,
    HANDSHAKE,
    page(200, { "content-type": "application/json" }),
  ),
  refused("nothing in place of the desk", NO_CONTENT, HANDSHAKE, () => ({ status: 204, body: "" })),
  refused("null in place of the desk", UNDECODABLE, HANDSHAKE, json(null)),
  refused(
    "another service's JSON",
    own("a port that somebody else took"),
    HANDSHAKE,
    json({ status: "ok", version: "7.17.0" }),
  ),
  refused(
    "a login page before the desk",
    REDIRECT,
    HANDSHAKE,
    page(302, { location: "https://sso.msp.example/login" }),
  ),
  refused("a firewall before the desk", PROXY, HANDSHAKE, page(403)),
  refused("a gateway without a desk behind it", PROXY, HANDSHAKE, page(502)),
  refused("an address that is not the desk's", PROXY, HANDSHAKE, page(404)),
  refused(
    "a desk that gives too much to do",
    own("a proxy's limit that counts all who share it"),
    HANDSHAKE,
    page(429, { "retry-after": "600" }),
  ),
  refused("an inventory that is null", UNDECODABLE, INVENTORY, json(null)),
  refused("an inventory without entries", NULL_FIELD, INVENTORY, json({})),
  refused(
    "an inventory as a bare list",
    UPDATED,
    INVENTORY,
    changed((body) => body.items),
  ),
  refused("an inventory of a page for people", HTML_FOR_JSON, INVENTORY, page(200)),
  refused(
    "an inventory whose entries are null",
    NULL_FIELD,
    INVENTORY,
    everyItem(() => null),
  ),
  refused(
    "an inventory whose entries have no subject",
    NULL_FIELD,
    INVENTORY,
    everyItem((item) => ({ ...item, subject: null })),
  ),
  refused("requests that are null", UNDECODABLE, REQUESTS, json(null)),
  refused("requests without a list", NULL_FIELD, REQUESTS, json({ items: null })),
  refused(
    "requests that begin again and again",
    SAME_PAGE,
    REQUESTS,
    changed((body) => ({ ...body, nextCursor: "1" })),
  ),
  refused("requests of a page for people", HTML_FOR_JSON, REQUESTS, page(200)),
  refused(
    "a request without items",
    STATES,
    REQUESTS,
    json({
      items: [
        {
          id: "R-9",
          kind: "leaving",
          state: "Pending",
          subject: { kind: "owner", key: "jane@acme.example", name: "Front Desk" },
        },
      ],
    }),
  ),
  refused("an account that is null", UNDECODABLE, RESOLVE, json(null)),
  refused(
    "an account without an id",
    NULL_FIELD,
    RESOLVE,
    changed(({ id: _, ...body }) => body),
  ),
  refused("an account of a page for people", HTML_FOR_JSON, RESOLVE, page(200)),
  refused("a problem that is none", own("a proxy that rewrites errors"), REQUESTS, () => ({
    status: 500,
    body: JSON.stringify({ kind: "explosion", detail: RAW }),
  })),
  refused("a problem with a detail that is null", NULL_FIELD, REQUESTS, () => ({
    status: 409,
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify({ kind: "blocked", detail: null }),
  })),
];

/** Answers to a filing that was kept: what was answered otherwise must file nothing else. */
export const FILING_ANSWERS: readonly WrongDeskAnswer[] = [
  {
    name: "a filing answered by nothing",
    origin: NO_CONTENT,
    expects: "refused",
    call: FILE,
    answer: () => ({ status: 204, body: "" }),
  },
  { name: "a filing answered by a page", origin: HTML_FOR_JSON, expects: "refused", call: FILE, answer: page(200) },
  { name: "a filing answered by null", origin: UNDECODABLE, expects: "refused", call: FILE, answer: json(null) },
  { name: "a filing answered by 502", origin: PROXY, expects: "refused", call: FILE, answer: page(502) },
  {
    name: "a filing answered by a state that nobody knows",
    origin: STATES,
    expects: "tolerated",
    call: FILE,
    answer: changed((body) => ({ ...body, state: "Archived" })),
  },
];
