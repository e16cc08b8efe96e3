/** What goes wrong in a lifecycle, and when: faults of LMPI and of the way to the desk, processes that die, time that passes. */
import fc from "fast-check";
import type { Fault, FaultTarget } from "../../sandbox/trend-micro/faults";
import { type ArmedDeskFault, DESK_FAULTS } from "./desk-wire";
import type { Death } from "./life";
import type { Operation, Run } from "./operation";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const jump = fc.record({
  kind: fc.constant("jump" as const),
  ms: fc.constantFrom(10 * SECOND, 59 * SECOND, 61 * SECOND, 10 * MINUTE, HOUR, 9 * HOUR, 3 * DAY, 40 * DAY, 400 * DAY),
});

const skip = fc.oneof(fc.constant(0), fc.nat({ max: 4 }));
const times = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 7 }));
const isCommitted = fc.boolean();
const anywhere = fc.constantFrom<FaultTarget>(
  "writes",
  "reads",
  "lists",
  "*",
  "createCustomer",
  "createSubscription",
  "updateCustomer",
  "updateSubscription",
  "disableSubscription",
  "listCustomers",
  "listSubscriptions",
  "getSubscription",
  "listServicePlans",
  "getSubscriptionId",
);
const lists = fc.constantFrom<FaultTarget>("lists", "listCustomers", "listSubscriptions");
const creations = fc.constantFrom<FaultTarget>("createCustomer", "createSubscription");

function lmpiFault(fault: fc.Arbitrary<Fault>, target: fc.Arbitrary<FaultTarget>) {
  return fc.record({ kind: fc.constant("fault" as const), fault, target, skip, times });
}

/** Every kind of the sandbox's menu, and of the way to the desk. */
export const fault: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: lmpiFault(
      fc.oneof(
        fc.record({ kind: fc.constant("droppedReply" as const), isCommitted }),
        fc.record({
          kind: fc.constant("serverError" as const),
          isCommitted,
          status: fc.constantFrom<500 | 502 | 503 | 504>(500, 502, 503, 504),
        }),
        fc.record({ kind: fc.constant("errorInOk" as const), isCommitted }),
        fc.constant<Fault>({ kind: "refused" }),
        fc.record({
          kind: fc.constant("tooManyRequests" as const),
          retryAfter: fc.constantFrom<"seconds" | "date" | "none">("seconds", "date", "none"),
          seconds: fc.constantFrom(1, 20),
        }),
        fc.record({ kind: fc.constant("slow" as const), delayMs: fc.constantFrom(5 * SECOND, 45 * SECOND) }),
        fc.constantFrom<Fault>(
          { kind: "garbage" },
          { kind: "hugeBody", bytes: 33_000_000 },
          { kind: "addedFields" },
          { kind: "reordered" },
        ),
      ),
      anywhere,
    ),
  },
  {
    weight: 2,
    arbitrary: lmpiFault(
      fc.constantFrom<Fault>(
        { kind: "cutPage" },
        { kind: "cutPage", keep: 1 },
        { kind: "repeatedPage" },
        { kind: "emptyList" },
      ),
      lists,
    ),
  },
  {
    weight: 2,
    arbitrary: lmpiFault(
      fc.constantFrom<Fault>(
        { kind: "hiddenFor", ms: 20 * SECOND },
        { kind: "hiddenFor", ms: 55 * SECOND },
        { kind: "duplicateName" },
      ),
      creations,
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("desk fault" as const),
      fault: fc.constantFrom(...DESK_FAULTS),
      target: fc.constantFrom<ArmedDeskFault["target"]>("writes", "reads", "*", "deletes"),
      skip: fc.nat({ max: 8 }),
      times,
    }),
  },
);

const death = fc.record({
  atCall: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 3, max: 45 })),
  when: fc.constantFrom<Death["when"]>("before", "after"),
});

export const crash: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant("crash" as const),
  run: fc.constantFrom<Run>("up", "up", "up", "up", "settle", "destroy", "refresh"),
  stack: fc.nat({ max: 1 }),
  death,
  previews: fc.boolean(),
});
