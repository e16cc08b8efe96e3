import { BIG_ID, ERROR_IN_BODY, NULL_FIELD, SAME_PAGE, UNDECODABLE } from "../origins";
import { facts, own } from "../support/origin";
import { type AnswerGroup, json, type Row, without, type WrongAnswer } from "./answers";

const LMPI = "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)";
const LISTED = facts(LMPI, "[{service_plan_id,name,product,product_code,version trial|full");
const plans =
  (change: (plans: readonly Row[]) => unknown): WrongAnswer["answer"] =>
  ({ text }) => ({ body: JSON.stringify(change(JSON.parse(text) as Row[])) });
const each = (change: (plan: Row) => unknown) => plans((all) => all.map(change));

/** The service plans: what can be assigned, and how it is called. */
export const PLANS: AnswerGroup = {
  name: "platform-plans",
  title: "Wrong answers: the list of service plans",
  call: /^GET \/LMPI\/v3\/me\/serviceplans/,
  place: /service plan/,
  refresh: "subscription",
  changes: ["assignment"],
  cases: [
    {
      name: "a plan without an id",
      origin: LISTED,
      expects: "refused",
      answer: each((plan) => without(plan, "service_plan_id")),
    },
    {
      name: "a plan whose id is null",
      origin: NULL_FIELD,
      expects: "refused",
      answer: each((plan) => ({ ...plan, service_plan_id: null })),
    },
    {
      name: "a plan whose id is a number beyond what is exact",
      origin: BIG_ID,
      expects: "refused",
      answer: ({ text }) => ({ body: text.replace(/"service_plan_id":"[^"]*"/, '"service_plan_id":9007199254740993') }),
    },
    {
      name: "a plan without a name",
      origin: LISTED,
      expects: "refused",
      answer: each((plan) => without(plan, "name")),
    },
    {
      name: "a plan whose name is empty",
      origin: own("nobody can write the name of such a plan"),
      expects: "refused",
      answer: each((plan) => ({ ...plan, name: "" })),
    },
    {
      name: "a plan that is text",
      origin: own("names alone are not enough to order by"),
      expects: "refused",
      answer: each((plan) => plan.name),
    },
    { name: "null for all plans", origin: UNDECODABLE, expects: "refused", answer: json(null) },
    {
      name: "an object without plans",
      origin: facts(
        "8. Where the facts can be read in two ways",
        "plan `version` is 0|1 on create and trial|full in lists",
      ),
      expects: "refused",
      answer: json({ count: 6 }),
    },
    {
      name: "an error inside a 200 for plans",
      origin: ERROR_IN_BODY,
      expects: "refused",
      answer: json({ error_message: "Access denied for this role" }),
    },
    {
      name: "plans in an object",
      origin: LISTED,
      expects: "tolerated",
      answer: plans((all) => ({ service_plans: all })),
    },
    {
      name: "a version as a number",
      origin: facts(
        "8. Where the facts can be read in two ways",
        "plan `version` is 0|1 on create and trial|full in lists",
      ),
      expects: "tolerated",
      answer: each((plan) => ({ ...plan, version: 1 })),
    },
    {
      name: "an unknown version and months below zero",
      origin: own("neither is used"),
      expects: "tolerated",
      answer: each((plan) => ({ ...plan, version: "beta", initial_license_period_month: -1 })),
    },
    { name: "one plan twice", origin: SAME_PAGE, expects: "tolerated", answer: plans((all) => [...all, ...all]) },
  ],
};

/** What only a new assignment asks of the list of plans. */
export const PLANS_FOR_NEW: AnswerGroup = {
  ...PLANS,
  name: "platform-plans-for-new",
  title: "Wrong answers: the list of service plans, for a new assignment",
  refresh: "nothing",
  apart: "the record of a claim",
  cases: [
    {
      name: "no plan at all",
      origin: own("the catalogue of an account that is being set up, or an outage"),
      expects: "refused",
      answer: json([]),
    },
    {
      name: "plans of another account only",
      origin: own("credentials with another catalogue"),
      expects: "refused",
      answer: each((plan) => ({
        ...plan,
        name: `Other ${String(plan.name)}`,
        service_plan_id: `other-${String(plan.service_plan_id)}`,
      })),
    },
    {
      name: "two plans of one name",
      origin: own("the same name sold for another data centre"),
      expects: "refused",
      answer: plans((all) => [...all, { ...all[1], service_plan_id: "6f0c8a54-1d0b-4b9f-8a57-0a51d2f6bfff" }]),
    },
    {
      name: "the plan with a zero-width space in its name",
      origin: own("a name that looks like what the program says, and is another"),
      expects: "refused",
      answer: each((plan) => ({ ...plan, name: String(plan.name).replace(" ", "\u200b ") })),
    },
  ],
};
