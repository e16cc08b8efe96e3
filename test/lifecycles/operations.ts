/**
 * How lifecycles are made of what can happen: in each, and in whatever it shrinks to, there are at least 20 operations, of
 * which at least 3 are faults, one is a crash and one is a clock jump.
 */
import fc from "fast-check";
import { CONDUCTS } from "../../sandbox/people/people";
import { crash, fault, jump } from "./faults";
import { ACTS, type ActName, DEEDS, type Run, type Operation } from "./operation";
import type { Edit } from "./program";
import { scene } from "./scenes";
import type { Beginning } from "./world";

export interface Lifecycle {
  readonly beginning: Beginning;
  /** What each stack's program declares before it first runs. */
  readonly programs: readonly (readonly Edit[])[];
  readonly operations: readonly Operation[];
  /** What becomes of everything in the end. */
  readonly ending: "keep" | "leave";
}

const stack = fc.nat({ max: 1 });
const which = fc.nat({ max: 5 });
const product = fc.nat({ max: 2 });

const run = (which: fc.Arbitrary<Run>) =>
  fc.record({
    kind: fc.constant("run" as const),
    run: which,
    stack,
    previews: fc.boolean(),
    continuesOnError: fc.boolean(),
  });

const wait = fc.constantFrom<"submitted" | "completed">("submitted", "completed");
const declaration = {
  products: fc.subarray([0, 1, 2], { minLength: 1, maxLength: 2 }),
  adopt: fc.constantFrom(true, true, false),
  isProtected: fc.constantFrom(false, false, true),
  wait,
};

function edit(subject: fc.Arbitrary<string>): fc.Arbitrary<Operation> {
  const one = <K extends Edit["kind"], R extends object>(kind: K, rest: { [P in keyof R]: fc.Arbitrary<R[P]> }) =>
    fc.record({ kind: fc.constant(kind), subject, ...rest });
  const edits = fc.oneof(
    { weight: 4, arbitrary: one("declare", declaration) },
    { weight: 2, arbitrary: one("drop", {}) },
    { weight: 2, arbitrary: one("add product", { product }) },
    { weight: 4, arbitrary: one("drop product", { product }) },
    { weight: 2, arbitrary: one("rename", { to: fc.nat({ max: 1 }) }) },
    { weight: 1, arbitrary: one("call otherwise", {}) },
    { weight: 1, arbitrary: one("units", { product, units: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 1, arbitrary: one("adopt", { isOn: fc.boolean() }) },
    { weight: 2, arbitrary: one("wait", { wait }) },
    { weight: 2, arbitrary: one("protection", { isOn: fc.constantFrom(false, false, true) }) },
    { weight: 1, arbitrary: one("on delete", { how: fc.constantFrom<"forget" | "offboard">("forget", "offboard") }) },
    { weight: 3, arbitrary: one("put back", {}) },
  ) as fc.Arbitrary<Edit>;
  return fc.record({ kind: fc.constant("edit" as const), stack, edit: edits });
}

const act = fc.record({
  kind: fc.constant("act" as const),
  act: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<ActName>("next", "impossible", "through") },
    { weight: 4, arbitrary: fc.constant<ActName>("allowed") },
    { weight: 3, arbitrary: fc.constantFrom(...ACTS) },
  ),
  which,
  choice: fc.nat({ max: 6 }),
  conduct: fc.constantFrom(...CONDUCTS),
});

const people: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant("platform people" as const),
  place: fc.constantFrom<"clp" | "armourzero">("clp", "armourzero"),
  does: fc.constantFrom(
    "import" as const,
    "assign" as const,
    "unassign" as const,
    "add" as const,
    "remove" as const,
    "import a part" as const,
  ),
  who: fc.nat({ max: 1 }),
  product,
});

/** Everything but faults, crashes and jumps, which a lifecycle has apart. What changes nothing comes first: it is what others shrink to. */
function ordinary(subject: fc.Arbitrary<string>): fc.Arbitrary<Operation> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("look" as const), stack }) },
    { weight: 11, arbitrary: edit(subject) },
    { weight: 10, arbitrary: run(fc.constant("up")) },
    { weight: 9, arbitrary: act },
    { weight: 2, arbitrary: run(fc.constant("settle")) },
    { weight: 2, arbitrary: run(fc.constant("refresh")) },
    { weight: 2, arbitrary: run(fc.constant("destroy")) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("other account" as const),
        run: fc.constantFrom("refresh" as const, "destroy" as const),
        stack,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("colleague" as const),
        deed: fc.constantFrom(...DEEDS),
        which,
        value: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 3, arbitrary: people },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("file by hand" as const),
        which,
        goes: fc.constantFrom<"filed" | "verified" | "settled">("filed", "verified", "settled", "settled"),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("set" as const),
        what: fc.constantFrom(
          "another reason" as const,
          "a reason" as const,
          "no reason" as const,
          "accept losses" as const,
          "believe no losses" as const,
          "be silent" as const,
          "announce" as const,
          "little time" as const,
          "enough time" as const,
        ),
      }),
    },
  );
}

/** Somebody on LMP is always among them: there alone our own calls make, change and end things. */
const ON_LMP = ["lmp/0", "lmp/1"];
const ELSEWHERE = ["clp/0", "clp/1", "armourzero/0", "armourzero/1"];

const held = fc.option(fc.subarray([0, 1, 2], { maxLength: 2 }), { nil: undefined });
const beginning: fc.Arbitrary<Beginning> = fc.record({
  lmp: fc.tuple(held, held),
  clp: fc.tuple(held, held),
  armourzero: fc.tuple(held, held),
  visibilityMs: fc.constantFrom(0, 0, 0, 15_000, 50_000),
});

/** A lifecycle in which two stacks have the same two to four subjects in mind. */
export const lifecycles: fc.Arbitrary<Lifecycle> = fc
  .tuple(fc.subarray(ON_LMP, { minLength: 1 }), fc.subarray(ELSEWHERE, { minLength: 1, maxLength: 2 }))
  .chain(([onLmp, elsewhere]) => {
    const subject = fc.constantFrom(...onLmp, ...elsewhere);
    const first = fc.array(fc.record({ kind: fc.constant("declare" as const), subject, ...declaration }), {
      minLength: 1,
      maxLength: 2,
    });
    return fc.record({
      beginning,
      programs: fc.tuple(first, first),
      ordinary: fc.array(ordinary(subject), { minLength: 15, maxLength: 19 }),
      scenes: fc.array(scene({ onLmp, elsewhere }), { minLength: 1, maxLength: 1 }),
      acts: fc.array(act, { minLength: 1, maxLength: 4 }),
      faults: fc.array(fault, { minLength: 3, maxLength: 5 }),
      crashes: fc.array(crash, { minLength: 1, maxLength: 2 }),
      jumps: fc.array(jump, { minLength: 1, maxLength: 3 }),
      places: fc.array(fc.nat({ max: 999 }), { minLength: 10, maxLength: 10 }),
      ending: fc.constantFrom<Lifecycle["ending"]>("keep", "leave"),
    });
  })
  .map(({ beginning, programs, ordinary, scenes, acts, faults, crashes, jumps, places, ending }) => {
    const operations: Operation[] = [...ordinary];
    // What belongs together keeps its order; anything may happen in between.
    for (const scene of scenes) operations.splice((places[0] ?? 0) % (operations.length + 1), 0, ...scene);
    for (const [i, operation] of [...faults, ...crashes, ...jumps, ...acts].entries())
      operations.splice((places[i % places.length] ?? 0) % (operations.length + 1), 0, operation);
    return { beginning, programs, operations, ending };
  });

/** What every lifecycle has, counted. */
export function countsOf({
  operations,
}: Lifecycle): Readonly<Record<"operations" | "faults" | "crashes" | "jumps", number>> {
  const of = (...kinds: readonly Operation["kind"][]) => operations.filter(({ kind }) => kinds.includes(kind)).length;
  return { operations: operations.length, faults: of("fault", "desk fault"), crashes: of("crash"), jumps: of("jump") };
}
