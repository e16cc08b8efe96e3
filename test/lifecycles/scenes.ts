/** What seldom comes together by chance: a few operations in their order, and whatever else happens in between. */
import fc from "fast-check";
import type { Fault, FaultTarget } from "../../sandbox/trend-micro/faults";
import type { ActName, Operation } from "./operation";

const fault = (fault: Fault, target: FaultTarget, skip = 0, times = 1) =>
  ({ kind: "fault", fault, target, skip, times }) as const;

const run = (stack: number) => ({ kind: "run", run: "up", stack, previews: false, continuesOnError: true }) as const;

const declare = (stack: number, subject: string, products: readonly number[]): Operation => ({
  kind: "edit",
  stack,
  edit: { kind: "declare", subject, products, adopt: true, isProtected: false, wait: "submitted" },
});
const drop = (stack: number, subject: string): Operation => ({ kind: "edit", stack, edit: { kind: "drop", subject } });
const rename = (stack: number, subject: string, to: number): Operation => ({
  kind: "edit",
  stack,
  edit: { kind: "rename", subject, to },
});
const callOtherwise = (stack: number, subject: string): Operation => ({
  kind: "edit",
  stack,
  edit: { kind: "call otherwise", subject },
});

const indexOf = (subject: string) => Number(subject.split("/")[1]);

/** Dies once the last step is done, before it is written down. */
const diesLate = (stack: number): Operation => ({
  kind: "crash",
  run: "up",
  stack,
  death: { atCall: 999, when: "after" },
  previews: false,
});

/** Nobody can give a claim back for longer than anybody tries. */
const CLAIMS_STAY: Operation = { kind: "desk fault", fault: "unavailable", target: "deletes", skip: 0, times: 6 };

/** Which request people act on, by how it is chosen (`desk-people.ts`). */
const HELD = 4;
const UNSUBMITTED = 5;
const LAST_BUT_ONE = 1;

const stack = fc.nat({ max: 1 });
const product = fc.nat({ max: 2 });

const act = (act: ActName, which: number): Operation => ({ kind: "act", act, which, choice: 0, conduct: "right" });

/** A customer on CLP that has a product, and its program. */
const onClp = (who: number, stack: number, product: number): readonly Operation[] => [
  ...(["add", "assign", "import"] as const).map(
    (does): Operation => ({ kind: "platform people", place: "clp", does, who, product }),
  ),
  declare(stack, `clp/${who}`, [0, 1, 2]),
  run(stack),
];

/** A customer on CLP is dropped with its products, and people act on what waits for them. */
const customerWaits = (who: number): fc.Arbitrary<Operation[]> =>
  fc
    .record({ stack, product, last: fc.constantFrom<ActName>("withdraw", "withdraw", "through") })
    .map(({ stack, product, last }) => [
      ...onClp(who, stack, product),
      drop(stack, `clp/${who}`),
      run(stack),
      act("impossible", HELD),
      act(last, HELD),
    ]);

/** The vendor's clock runs and stands, and people do each thing once more than is right. */
const vendorIsAtWork = (who: number): fc.Arbitrary<Operation[]> =>
  fc
    .record({
      stack,
      product,
      acts: fc.shuffledSubarray<ActName>(
        ["impossible", "pause", "resume", "pause", "resume", "vendor accepts", "contact"],
        { minLength: 5 },
      ),
    })
    .map(({ stack, product, acts }) => [
      ...onClp(who, stack, product),
      drop(stack, `clp/${who}`),
      run(stack),
      // The leaving of the customer waits; that of a product is next to it.
      ...(
        ["verify", "submit", "pause", "resume", ...acts, "removed", "removed", "vendor refuses", "confirm"] as const
      ).map((name) => act(name, LAST_BUT_ONE)),
    ]);

/** What people asked for by hand is half done by API before the vendor has it. */
const halfIsDone = (subject: string): fc.Arbitrary<Operation[]> =>
  fc
    .record({ stack, which: fc.nat({ max: 5 }), acts: fc.shuffledSubarray<ActName>(["submit", "contact", "removed"]) })
    .map(({ stack, which, acts }) => [
      declare(stack, subject, [0, 1]),
      run(stack),
      { kind: "file by hand", which, goes: "settled" },
      act("impossible", UNSUBMITTED),
      ...["vendor refuses" as const, ...acts].map((name) => act(name, UNSUBMITTED)),
    ]);

/** What is sent to LMP is refused there, or its answer is lost; then what would make it good goes wrong too, and somebody is at it again at once. */
const creationFails = (subject: string): fc.Arbitrary<Operation[]> =>
  fc
    .record({
      stack,
      target: fc.constantFrom<FaultTarget>("createCustomer", "createSubscription"),
      how: fc.constantFrom("refused, and the claim stays", "lost, and looks fail", "lost, and no time"),
      looks: fc.constantFrom<Fault>({ kind: "serverError", isCommitted: false, status: 503 }, { kind: "garbage" }),
      skip: fc.nat({ max: 20 }),
      again: stack,
    })
    .map(({ stack, target, how, looks, skip, again }): Operation[] => {
      // Under its other name nobody has it yet.
      const makesIn = (one: number) => [declare(one, subject, [0, 1, 2]), rename(one, subject, 1), run(one)];
      const makes = [...makesIn(stack), ...makesIn(again)];
      if (how === "refused, and the claim stays")
        return [fault({ kind: "refused" }, target, 0, 2), CLAIMS_STAY, ...makes];
      const lost = [
        fault({ kind: "hiddenFor", ms: 55_000 }, target),
        fault({ kind: "droppedReply", isCommitted: true }, target),
        // Else it is found at once, whatever the lists show.
        fault({ kind: "serverError", isCommitted: false, status: 503 }, "getSubscriptionId", 0, 9),
      ];
      if (how === "lost, and looks fail") return [...lost, fault(looks, "lists", skip, 7), ...makes];
      const otherwise = [rename(stack, subject, 0), run(stack)];
      return [
        { kind: "set", what: "little time" },
        ...lost,
        ...makesIn(stack),
        // Nobody knows yet what became of the first name.
        ...otherwise,
        ...makesIn(again),
        { kind: "set", what: "enough time" },
      ];
    });

/** A company on LMP is to take another name, which a colleague's company has, or which LMP refuses; then its resource gets another name, too. */
const nameIsNotTaken = (subject: string): fc.Arbitrary<Operation[]> =>
  fc
    .record({ stack, how: fc.constantFrom("namesake", "refused, and the claim stays") })
    .map(({ stack, how }): Operation[] => {
      const refused = fault({ kind: "refused" }, "updateCustomer", 0, 2);
      const before: Operation[] = [rename(stack, subject, 0), declare(stack, subject, [0]), run(stack)];
      const after: Operation[] = [rename(stack, subject, 1), run(stack)];
      if (how === "namesake")
        return [...before, { kind: "colleague", deed: "add customer", which: indexOf(subject), value: 9 }, ...after];
      return [...before, refused, CLAIMS_STAY, ...after, callOtherwise(stack, subject), run(stack)];
    });

/** One program has let go of something and died before that was written down; the other one takes it over, and the first may want it back. */
const takenOver = (subject: string): fc.Arbitrary<Operation[]> =>
  fc
    .record({ stack, product, wantsItBack: fc.boolean() })
    .map(({ stack, product, wantsItBack }) => [
      declare(stack, subject, [product]),
      { kind: "edit", stack, edit: { kind: "on delete", subject, how: "forget" } },
      run(stack),
      drop(stack, subject),
      diesLate(stack),
      declare(1 - stack, subject, [product]),
      run(1 - stack),
      ...(wantsItBack
        ? [declare(stack, subject, [product]), rename(stack, subject, 1), run(stack)]
        : [{ kind: "look", stack } as const]),
    ]);

/** Somebody declares what is there already and says nothing of taking it over. */
const notAdopted = (subject: string): fc.Arbitrary<Operation[]> =>
  fc.record({ stack, product }).map(({ stack, product }) => [
    { kind: "colleague", deed: "add customer", which: indexOf(subject), value: 1 },
    {
      kind: "edit",
      stack,
      edit: { kind: "declare", subject, products: [product], adopt: false, isProtected: false, wait: "submitted" },
    },
    run(stack),
  ]);

/** A resource is given another name, with `aliases`, and something of it changes. */
const calledOtherwise = (subject: string): fc.Arbitrary<Operation[]> =>
  fc
    .record({ stack, product })
    .map(({ stack, product }) => [
      declare(stack, subject, [product]),
      run(stack),
      callOtherwise(stack, subject),
      rename(stack, subject, 1),
      run(stack),
      drop(stack, subject),
      run(stack),
    ]);

/** One of these, of somebody whom the programs have in mind, or who has stood by. */
export function scene(of: {
  readonly onLmp: readonly string[];
  readonly elsewhere: readonly string[];
}): fc.Arbitrary<Operation[]> {
  const onLmp = fc.constantFrom(...of.onLmp);
  return fc.oneof(
    { weight: 2, arbitrary: fc.nat({ max: 1 }).chain(customerWaits) },
    fc.nat({ max: 1 }).chain(vendorIsAtWork),
    onLmp.chain(halfIsDone),
    { weight: 4, arbitrary: onLmp.chain(creationFails) },
    { weight: 2, arbitrary: onLmp.chain(nameIsNotTaken) },
    { weight: 2, arbitrary: fc.constantFrom(...of.onLmp, ...of.elsewhere).chain(takenOver) },
    onLmp.chain(notAdopted),
    onLmp.chain(calledOtherwise),
  );
}
