import { BYTE_ORDER_MARK, NFC_NFD } from "../origins";
import type { BadCase } from "../support/case";
import { facts, own, report, seed } from "../support/origin";

/** A call that a client sends to the desk. */
export interface WrongBody extends BadCase {
  readonly call: readonly [method: "POST" | "PUT" | "PATCH" | "GET", path: string];
  readonly who?: "requester" | "operator" | "verifier" | "stranger";
  /** As JSON, or as the text that is sent; none for a call without a body. */
  readonly body?: unknown;
  readonly type?: string;
}

const FILING = {
  account: "armourzero:acme",
  platform: "armourzero",
  kind: "leaving",
  subject: { kind: "owner", key: "jane@acme.example", name: "Front Desk" },
  items: [{ kind: "product", name: "ScoutTwo", id: "scout-1", mode: "request" }],
  reason: "She has left",
  requesters: [{ email: "boss@msp.example", via: "note" }],
  resource: "msp/bad::jane/scouttwo",
};
const CLIENT = own("a script of the MSP's own, without our client");
const WHICH = seed("000", 10, "the specific security product you want to offboard");
const REASON = seed("000", 10, "the reason for the request");
const IDENTITY = seed("000", 12, "confirming your identity and validating the necessity for offboarding");
const PURPOSE = facts(
  "3. Seed 000 = **ArmourZero** (help.armourzero.com) — identified",
  "an off-boarding request has **two purposes**",
);
const NO_JSON = report(
  "claranet/terraform-provider-zabbix/issues/57",
  "what was sent and what was expected were not the same thing",
);

const filing = (name: string, origin: BadCase["origin"], change: object): WrongBody => ({
  name,
  origin,
  expects: "refused",
  call: ["POST", "/v1/requests"],
  body: { ...FILING, ...change },
});
const call = (
  name: string,
  origin: BadCase["origin"],
  ...rest: readonly [WrongBody["call"], unknown?, Partial<WrongBody>?]
): WrongBody => ({
  name,
  origin,
  expects: "refused",
  call: rest[0],
  ...(rest[1] === undefined ? {} : { body: rest[1] }),
  ...rest[2],
});

export const BODIES: readonly WrongBody[] = [
  call("a body that is no JSON", NO_JSON, ["POST", "/v1/requests"], "{account: armourzero:acme}"),
  call("a body that is a form", NO_JSON, ["POST", "/v1/requests"], "account=armourzero%3Aacme", {
    type: "application/x-www-form-urlencoded",
  }),
  call("a body of no type", NO_JSON, ["POST", "/v1/requests"], JSON.stringify(FILING), { type: "text/plain" }),
  call("a body with a byte order mark", BYTE_ORDER_MARK, ["POST", "/v1/requests"], `\ufeff${JSON.stringify(FILING)}`),
  call("a body that is null", CLIENT, ["POST", "/v1/requests"], "null"),
  call("a body that is a list", CLIENT, ["POST", "/v1/requests"], [FILING]),
  call(
    "a body that is nested without end",
    own("depth is the cheapest way to fill a stack"),
    ["POST", "/v1/requests"],
    `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
  ),
  filing("a filing without items", WHICH, { items: [] }),
  filing("an item without a name", WHICH, { items: [{ ...FILING.items[0], name: undefined }] }),
  filing("an item of a kind that does not exist", WHICH, { items: [{ ...FILING.items[0], kind: "licence" }] }),
  filing("an item twice", WHICH, { items: [FILING.items[0], FILING.items[0]] }),
  filing("an item twice, its accent composed otherwise", NFC_NFD, {
    items: ["S\u00e9curit\u00e9", "Se\u0301curite\u0301 "].map((name) => ({ ...FILING.items[0], name })),
  }),
  filing(
    "a customer among an owner's things",
    seed("002", 35, "All products must be removed from the selected customer"),
    { items: [{ ...FILING.items[0], kind: "customer" }] },
  ),
  filing("a reason that is empty", REASON, { reason: "" }),
  filing("a reason that is a number", REASON, { reason: 42 }),
  filing("nobody who asks", IDENTITY, { requesters: [] }),
  filing("a requester who is no address", IDENTITY, { requesters: [{ email: "boss", via: "note" }] }),
  filing("a requester from nowhere", IDENTITY, { requesters: [{ email: "boss@msp.example", via: "telephone" }] }),
  filing("a licence that is neither kept nor reduced, in a filing", PURPOSE, { licence: "cancel" }),
  filing("units that are a text", CLIENT, { items: [{ ...FILING.items[0], units: "5" }] }),
  filing("a member that nobody knows", CLIENT, { urgent: true }),
  filing("a subject that is a text", CLIENT, { subject: "jane@acme.example" }),
  filing("a text with a NUL", own("PostgreSQL stores none"), { reason: "She has\u0000 left" }),
  call("a filing by nobody", IDENTITY, ["POST", "/v1/requests"], FILING, { who: "stranger" }),
  call("a filing by who may not file", IDENTITY, ["POST", "/v1/requests"], FILING, { who: "verifier" }),
  call(
    "a request that does not exist",
    CLIENT,
    ["POST", "/v1/requests/R-999999/verify"],
    { outcome: "accepted", identity: "called back", necessity: "has left" },
    { who: "verifier" },
  ),
  call(
    "a verification without a word on identity",
    IDENTITY,
    ["POST", "/v1/requests/R-1/verify"],
    { outcome: "accepted", necessity: "has left" },
    { who: "verifier" },
  ),
  call(
    "a verification with another outcome",
    IDENTITY,
    ["POST", "/v1/requests/R-1/verify"],
    { outcome: "maybe", identity: "called back", necessity: "has left" },
    { who: "verifier" },
  ),
  call(
    "a confirmation without evidence",
    seed("000", 14, "you will receive confirmation of the offboarding request"),
    ["POST", "/v1/requests/R-1/items/1/confirm"],
    {},
    { who: "operator" },
  ),
  call("an item that is no number", CLIENT, ["POST", "/v1/requests/R-1/items/first/removed"], {}, { who: "operator" }),
  call("an address that does not exist", CLIENT, ["GET", "/v1/request"], undefined, { who: "operator" }),
  call("a query that nobody knows", CLIENT, ["GET", "/v1/requests?status=open"], undefined, { who: "operator" }),
  call("a limit of all", CLIENT, ["GET", "/v1/requests?limit=all"], undefined, { who: "operator" }),
  call("a limit that is there twice", CLIENT, ["GET", "/v1/requests?limit=1&limit=2"], undefined, { who: "operator" }),
  call("open as a word", CLIENT, ["GET", "/v1/requests?open=yes"], undefined, { who: "operator" }),
  call("an address that can't be decoded", CLIENT, ["GET", "/v1/requests/%E0%A4%A"], undefined, { who: "operator" }),
  call(
    "a listing of fewer than none",
    own("a count that went below zero"),
    ["PUT", "/v1/accounts/armourzero%3Aacme/listings/owner"],
    { count: -1 },
  ),
  call(
    "a listing of half a thing",
    own("a count that was divided"),
    ["PUT", "/v1/accounts/armourzero%3Aacme/listings/owner"],
    { count: 2.5 },
  ),
  call("a claim of everything", own("a name that is empty would be everybody's"), ["PUT", "/v1/intents"], {
    account: "armourzero:acme",
    type: "ProductAssignment",
    naturalKey: "",
    resource: "msp/bad::x",
  }),
  call("an account without evidence", own("nobody can be known by nothing"), ["POST", "/v1/accounts/resolve"], {
    platform: "trend-micro",
    connection: "lmp",
  }),
  call(
    "an account by evidence that is none",
    own("a name is no proof where objects can be compared"),
    ["POST", "/v1/accounts/resolve"],
    { platform: "trend-micro", connection: "lmp", evidence: { kind: "name", ids: ["1"] } },
  ),
  call("a newer client", own("pulumi-msp was updated before its desk"), ["GET", "/v1/handshake?api=2&client=9.0.0"]),
  call("a client that does not say what it is", CLIENT, ["GET", "/v1/handshake"]),
];
