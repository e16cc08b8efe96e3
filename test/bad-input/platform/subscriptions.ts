import {
  BIG_ID,
  EMPTY_LIST,
  ERROR_IN_BODY,
  NULL_FIELD,
  PAGING,
  SAME_PAGE,
  TEXT_FOR_NUMBER,
  UNDECODABLE,
  WRONG_TOTAL,
} from "../origins";
import { facts, own } from "../support/origin";
import { type AnswerGroup, changed, firstRow, json, paging, type Row, without } from "./answers";

const LMPI = "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)";
const READINGS = "8. Where the facts can be read in two ways";
const LISTED = facts(
  LMPI,
  "subscriptions[{subscription_id,name,enabled,is_auto_renewal,auto_renewal_month,service_plan_id,customer_id}]",
);
const row = (change: (row: Row) => unknown) => firstRow("subscriptions", change);

/** The list of subscriptions: what is assigned to whom. */
export const SUBSCRIPTIONS: AnswerGroup = {
  name: "platform-subscriptions",
  title: "Wrong answers: the list of subscriptions",
  call: /^GET \/LMPI\/v2\.5\/customers\/subscriptions\?/,
  place: /subscription/,
  refresh: "subscription",
  changes: ["units", "assignment"],
  cases: [
    {
      name: "a subscription without an id",
      origin: LISTED,
      expects: "refused",
      answer: row((s) => without(s, "subscription_id")),
    },
    {
      name: "a subscription whose id is null",
      origin: NULL_FIELD,
      expects: "refused",
      answer: row((s) => ({ ...s, subscription_id: null })),
    },
    {
      name: "a subscription whose id is a number beyond what is exact",
      origin: BIG_ID,
      expects: "refused",
      answer: ({ text }) => ({
        body: text.replace(/"subscription_id":"[^"]*"/, '"subscription_id":12345678901234567890'),
      }),
    },
    {
      name: "a subscription of nobody",
      origin: LISTED,
      expects: "refused",
      answer: row((s) => ({ ...s, customer_id: null })),
    },
    {
      name: "a subscription of an empty customer",
      origin: own("an empty customer id, in a path, would name all customers"),
      expects: "refused",
      answer: row((s) => ({ ...s, customer_id: " " })),
    },
    {
      name: "a subscription of several customers",
      origin: own("who is billed must be one"),
      expects: "refused",
      answer: row((s) => ({ ...s, customer_id: [s.customer_id, "other"] })),
    },
    { name: "a subscription that is null", origin: NULL_FIELD, expects: "refused", answer: row(() => null) },
    { name: "null for all subscriptions", origin: UNDECODABLE, expects: "refused", answer: json(null) },
    {
      name: "an error inside a 200 for subscriptions",
      origin: ERROR_IN_BODY,
      expects: "refused",
      answer: json({
        error_subject: "INVALID_PARAMETER",
        error_message: "created_end is not in the form that is asked for",
      }),
    },
    {
      name: "subscriptions with a total of zero",
      origin: WRONG_TOTAL,
      expects: "refused",
      answer: paging({ total: 0 }),
    },
    {
      name: "subscriptions with a greater total",
      origin: WRONG_TOTAL,
      expects: "refused",
      answer: paging({ total: 2 }),
    },
    {
      name: "one subscription twice in a page",
      origin: SAME_PAGE,
      expects: "refused",
      answer: changed((body) => ({
        paging: { total: 2 },
        subscriptions: [(body.subscriptions as Row[])[0], (body.subscriptions as Row[])[0]],
      })),
    },
    {
      name: "subscriptions under another name",
      origin: PAGING,
      expects: "refused",
      answer: changed((body) => ({ paging: body.paging, items: body.subscriptions })),
    },
    {
      name: "a single subscription instead of a list",
      origin: EMPTY_LIST,
      expects: "refused",
      answer: changed((body) => ({ ...body, subscriptions: (body.subscriptions as Row[])[0] })),
    },
    {
      name: "enabled as a number",
      origin: TEXT_FOR_NUMBER,
      expects: "tolerated",
      answer: row((s) => ({ ...s, enabled: 1 })),
    },
    {
      name: "enabled as text",
      origin: TEXT_FOR_NUMBER,
      expects: "tolerated",
      answer: row((s) => ({ ...s, enabled: "TRUE " })),
    },
    {
      name: "enabled that nobody can read",
      origin: facts(READINGS, "no field shows suspension, and what `enabled` says meanwhile is unknown"),
      expects: "tolerated",
      answer: row((s) => ({ ...s, enabled: "PENDING_ACTIVATION" })),
    },
    {
      name: "auto-renewal that is null",
      origin: NULL_FIELD,
      expects: "tolerated",
      answer: row((s) => ({ ...s, is_auto_renewal: null })),
    },
    {
      name: "a months count below zero",
      origin: own("it is not used, so it may say anything"),
      expects: "tolerated",
      answer: row((s) => ({ ...s, auto_renewal_month: -12 })),
    },
    {
      name: "a plan that is not in the list of plans",
      origin: own("a plan of another account, or one that is sold no more"),
      expects: "tolerated",
      answer: row((s) => ({ ...s, service_plan_id: "plan-of-another-account" })),
    },
    {
      name: "a plan id that is null",
      origin: NULL_FIELD,
      expects: "tolerated",
      answer: row((s) => ({ ...s, service_plan_id: null })),
    },
    {
      name: "a subscription whose name is null",
      origin: NULL_FIELD,
      expects: "tolerated",
      answer: row((s) => ({ ...s, name: null })),
    },
  ],
};
