import { NFC_NFD } from "../origins";
import type { BadCase } from "../support/case";
import { facts, own, report, seed } from "../support/origin";

/** What is said, and by whom, where a product is dropped from a program. */
export interface WrongNotes extends BadCase {
  readonly config?: Readonly<Record<string, string | undefined>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The fleet file; undefined for none. */
  readonly fleet?: string | undefined;
}

const REASON = seed("000", 10, "the reason for the request");
const WHO = seed("000", 12, "confirming your identity");
const WHICH = seed("000", 10, "the specific security product you want to offboard");

const fleet = (...notes: readonly string[]) => ({
  fleet: `version: 1\ncustomers: []\nleaving:\n${notes.map((note) => `  - ${note}\n`).join("")}`,
});
const refused = (name: string, origin: BadCase["origin"], rest: Omit<WrongNotes, keyof BadCase>): WrongNotes => ({
  name,
  origin,
  expects: "refused",
  ...rest,
});

export const NOTES: readonly WrongNotes[] = [
  refused(
    "a leaving for which nobody gives a reason",
    REASON,
    fleet("{ owner: june@acme.example, reason: She has left, requester: boss@msp.example }"),
  ),
  refused("a reason without anybody who asks", WHO, { config: { requester: undefined, reason: "She has left" } }),
  refused("somebody who asks without a reason", REASON, {
    config: { requester: "boss@msp.example", reason: undefined },
  }),
  refused("a fleet file that is not there", own("a path that was right on another machine"), { fleet: undefined }),
  refused(
    "a fleet file that is no YAML",
    report("docker/compose/issues/5267", "a mistake in YAML that nobody was told of"),
    { fleet: "leaving:\n  - owner: [jane\n" },
  ),
  refused("notes that are a text", REASON, { fleet: "version: 1\ncustomers: []\nleaving: jane has left\n" }),
  refused(
    "a note without a reason",
    REASON,
    fleet("{ owner: jane@acme.example, product: ScoutTwo, requester: boss@msp.example }"),
  ),
  refused(
    "a note without anybody who asks",
    WHO,
    fleet("{ owner: jane@acme.example, product: ScoutTwo, reason: She has left }"),
  ),
  refused(
    "a note for an owner and a customer",
    WHICH,
    fleet("{ owner: jane@acme.example, customer: Acme Dental, reason: She has left, requester: boss@msp.example }"),
  ),
  refused("a note of nobody", WHICH, fleet("{ product: ScoutTwo, reason: She has left, requester: boss@msp.example }")),
  refused(
    "a note with a word for a reason that is too short",
    REASON,
    fleet("{ owner: jane@acme.example, reason: no, requester: boss@msp.example }"),
  ),
  refused(
    "a note whose requester is no address",
    WHO,
    fleet("{ owner: jane@acme.example, reason: She has left, requester: the boss }"),
  ),
  refused(
    "a note whose requester is a bot",
    WHO,
    fleet('{ owner: jane@acme.example, reason: She has left, requester: "renovate[bot]@users.noreply.github.com" }'),
  ),
  refused(
    "a note on another product",
    WHICH,
    fleet("{ owner: jane@acme.example, product: ShieldTwo, reason: She has left, requester: boss@msp.example }"),
  ),
  refused(
    "a note on another platform",
    WHICH,
    fleet(
      "{ owner: jane@acme.example, platform: clp, product: ScoutTwo, reason: She has left, requester: boss@msp.example }",
    ),
  ),
  refused(
    "a licence that is neither kept nor reduced, in a note",
    facts(
      "3. Seed 000 = **ArmourZero** (help.armourzero.com) — identified",
      "an off-boarding request has **two purposes**",
    ),
    fleet("{ owner: jane@acme.example, reason: She has left, requester: boss@msp.example, licence: refund }"),
  ),
  refused(
    "a note with a key that is misspelt",
    REASON,
    fleet("{ owner: jane@acme.example, reson: She has left, requester: boss@msp.example }"),
  ),
  refused(
    "a note whose product has an invisible character",
    NFC_NFD,
    fleet(
      '{ owner: jane@acme.example, product: "Scout\\u200bTwo", reason: She has left, requester: boss@msp.example }',
    ),
  ),
];
