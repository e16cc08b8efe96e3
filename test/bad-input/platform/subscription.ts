import {
  DATE_EMPTY,
  DATE_ONLY,
  DATE_WORDS,
  DATE_ZERO,
  ERROR_IN_BODY,
  FRACTION,
  NULL_FIELD,
  REPLY_DATES,
  TEXT_FOR_NUMBER,
  UNDECODABLE,
} from "../origins";
import { facts, own } from "../support/origin";
import { type AnswerGroup, changed, type Body, json, type Row, without } from "./answers";

const LMPI = "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)";
const licence = (change: (licence: Row) => unknown) =>
  changed((body) => ({ ...body, licenses: (body.licenses as Row[]).map(change) }));
const facted = (change: (facts: Row) => Row) => (state: Row) => ({ ...state, facts: change(state.facts as Row) });
const expires = (expiresOn: string) => facted((known) => ({ ...known, expiresOn }));
const undated = facted((known) => without(known, "expiresOn"));
const expiring = (license_expiration_date: unknown) => licence((one) => ({ ...one, license_expiration_date }));
const unitless = (units: unknown) => licence((one) => ({ ...one, units }));

/** One subscription: its licences, units and dates. */
export const SUBSCRIPTION: AnswerGroup = {
  name: "platform-subscription",
  title: "Wrong answers: a single subscription",
  call: /^GET \/LMPI\/v2\/customers\/[^/]+\/subscriptions\/[^/]+$/,
  place: /subscription.*00000000-0000-4000-8000-000000000004|WFBS-S Yearly of Acme Dental/,
  refresh: "subscription",
  changes: ["units"],
  cases: [
    {
      name: "another subscription than was asked for",
      origin: own("an answer that a cache or a gateway mixed up with another"),
      expects: "refused",
      answer: changed((body) => ({ ...body, id: "00000000-0000-4000-8000-00000000beef" })),
    },
    {
      name: "no licences at all",
      origin: facts(
        LMPI,
        "licenses[{ac_code,product_id,license_start_date,license_expiration_date,start_charge_date,grace_period,units,enabled}]",
      ),
      expects: "refused",
      answer: changed((body) => without(body, "licenses")),
    },
    {
      name: "licences that are null",
      origin: NULL_FIELD,
      expects: "refused",
      answer: changed((body) => ({ ...body, licenses: null })),
    },
    {
      name: "one licence instead of a list",
      origin: own("XML that was turned into JSON has one instead of a list of one"),
      expects: "refused",
      answer: changed((body) => ({ ...body, licenses: (body.licenses as Row[])[0] })),
    },
    { name: "null for the subscription", origin: UNDECODABLE, expects: "refused", answer: json(null) },
    {
      name: "the subscription in a list",
      origin: own("a look-up by id that answers as a search does"),
      expects: "refused",
      answer: changed((body) => [body]),
    },
    {
      name: "an error inside a 200 for one subscription",
      origin: ERROR_IN_BODY,
      expects: "refused",
      answer: json({ error_subject: "SYSTEM_ERROR", error_message: "The system is busy" }),
    },
    {
      name: "unknown when read, though it is listed",
      origin: own("two systems of one vendor that disagree must not read as gone"),
      expects: "refused",
      answer: () => ({ status: 404, body: '{"error_message":"Subscription not found"}' }),
    },
    {
      name: "units below zero",
      origin: own("negative seats: a credit, or an overflow"),
      expects: "refused",
      answer: unitless(-5),
    },
    { name: "units that are a fraction", origin: FRACTION, expects: "refused", answer: unitless(5.5) },
    {
      name: "units in words",
      origin: own("five is five for people only"),
      expects: "refused",
      answer: unitless("five"),
    },
    {
      name: "units that overflow",
      origin: own("1e400 is Infinity after JSON.parse"),
      expects: "refused",
      answer: ({ text }) => ({ body: text.replace('"units":5', '"units":1e400') }),
    },
    { name: "units as text", origin: TEXT_FOR_NUMBER, expects: "tolerated", answer: unitless("5") },
    {
      name: "units as 5.0",
      origin: TEXT_FOR_NUMBER,
      expects: "tolerated",
      answer: ({ text }) => ({ body: text.replace('"units":5', '"units":5.0') }),
    },
    {
      name: "no id in the answer",
      origin: NULL_FIELD,
      expects: "tolerated",
      answer: changed((body) => without(body, "id")),
    },
    {
      name: "enabled that is null on the subscription",
      origin: NULL_FIELD,
      expects: "tolerated",
      answer: changed((body) => ({ ...body, enabled: null })),
    },
    {
      name: "auto-renewal that nobody can read",
      origin: facts(LMPI, "is_auto_renewal, auto_renewal_month"),
      expects: "tolerated",
      answer: changed((body) => ({ ...body, is_auto_renewal: "on request" })),
    },
    { name: "a date alone", origin: DATE_ONLY, expects: "tolerated", answer: expiring("2027-03-02") },
    { name: "a date with slashes", origin: REPLY_DATES, expects: "tolerated", answer: expiring("2027/03/02 00:00:00") },
    {
      name: "a date in a zone that is ahead",
      origin: REPLY_DATES,
      expects: "tolerated",
      answer: expiring("2027-03-02T00:30:00+14:00"),
    },
    { name: "a date in seconds", origin: REPLY_DATES, expects: "tolerated", answer: expiring(1_803_945_600) },
    {
      name: "a date in milliseconds, as text",
      origin: REPLY_DATES,
      expects: "tolerated",
      answer: expiring("1803945600000"),
    },
    {
      name: "a date in the words of a country",
      origin: DATE_WORDS,
      expects: "tolerated",
      answer: expiring("Tue Mar 02 00:00:00 UTC 2027"),
      shows: undated,
    },
    {
      name: "a date with the day or the month first",
      origin: own("03/02 is a day in March or in February"),
      expects: "tolerated",
      answer: expiring("03/02/2027"),
      shows: undated,
    },
    { name: "a date that is empty", origin: DATE_EMPTY, expects: "tolerated", answer: expiring(""), shows: undated },
    { name: "a date that is null", origin: NULL_FIELD, expects: "tolerated", answer: expiring(null), shows: undated },
    {
      name: "a date of zeros",
      origin: DATE_ZERO,
      expects: "tolerated",
      answer: expiring("0000-00-00T00:00:00Z"),
      shows: undated,
    },
    {
      name: "a date that is in no calendar",
      origin: DATE_ZERO,
      expects: "tolerated",
      answer: expiring("2027-02-30T00:00:00Z"),
      shows: undated,
    },
    {
      name: "a date beyond the year 9999",
      origin: own("for ever, as some systems write it"),
      expects: "tolerated",
      answer: expiring(8e15),
      shows: undated,
    },
    {
      name: "an expiry at the end of time",
      origin: own("for ever, as other systems write it"),
      expects: "tolerated",
      answer: expiring("9999-12-31T23:59:59Z"),
      shows: expires("9999-12-31"),
    },
    {
      name: "an expiry before the start",
      origin: own("licences that were moved or merged; the platform's dates are shown, not judged"),
      expects: "tolerated",
      answer: expiring("2020-01-01T00:00:00Z"),
      shows: expires("2020-01-01"),
    },
    {
      name: "a licence that is null beside a right one",
      origin: NULL_FIELD,
      expects: "tolerated",
      answer: changed((body: Body) => ({ ...body, licenses: [null, ...(body.licenses as Row[])] })),
    },
    {
      name: "an activation code that is huge",
      origin: own("what is secret is not read at all"),
      expects: "tolerated",
      answer: licence((one) => ({ ...one, ac_code: "X".repeat(100_000) })),
    },
  ],
};
