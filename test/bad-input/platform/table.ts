import type { AnswerGroup } from "./answers";
import { CUSTOMERS } from "./customers";
import { PLANS, PLANS_FOR_NEW } from "./plans";
import { SUBSCRIPTION } from "./subscription";
import { SUBSCRIPTIONS } from "./subscriptions";
import { TRANSPORT } from "./transport";

/** Every wrong answer of LMPI to a read. */
export const ANSWERS: readonly AnswerGroup[] = [
  CUSTOMERS,
  SUBSCRIPTIONS,
  SUBSCRIPTION,
  PLANS,
  PLANS_FOR_NEW,
  TRANSPORT,
];
