/** Faults that our own code could have, one at a time; lifecycles find each. */

export interface Mutant {
  /** What goes wrong with it, in a line. */
  readonly meaning: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly from: string;
  readonly to: string;
  /** Which of the lifecycles finds it, counted from 0. */
  readonly found: number;
}

/** The seed of the lifecycles that find them. */
export const FINDERS = 7_001;

const CONVERGE = "provider/lifecycle/converge.ts";
const CLAIMS = "provider/lifecycle/claims.ts";
const SETTLE = "provider/lifecycle/settle.ts";

export const MUTANTS: readonly Mutant[] = [
  {
    meaning: "what exists is taken over without being asked",
    file: CONVERGE,
    from: "if (!ours) throw exists(handler, ctx, inputs);",
    to: "",
    found: 10,
  },
  {
    meaning: "a creation whose answer was lost is sent again",
    file: CONVERGE,
    from: "const lost = sent && before.resource === ctx.resource;",
    to: "const lost = false;",
    found: 34,
  },
  {
    meaning: "what is not listed yet counts as never made",
    file: CONVERGE,
    from: "if (now >= windowEndsAt && cause === undefined) return undefined;",
    to: "if (cause === undefined) return undefined;",
    found: 34,
  },
  {
    meaning: "whoever has asked may verify",
    file: "desk/requests/acts.ts",
    from: "if (hasAsked(person, stored.row)) {",
    to: "if (false) {",
    found: 3,
  },
  {
    meaning: "what nobody has verified is ended by API",
    file: SETTLE,
    from: `current.verification?.outcome === "accepted" && (current.state`,
    to: `(current.state`,
    found: 19,
  },
  {
    meaning: "what is verified is never ended by API",
    file: SETTLE,
    from: `if (target.id === item.id && (item.state === "open" || target.facts.enabled !== false)) await port.end(target);`,
    to: "",
    found: 2,
  },
  {
    meaning: "a refresh drops what the platform does not list yet",
    file: CONVERGE,
    from: "return ctx.clock.now() < hiddenUntil(ctx, state) ? state : undefined;",
    to: "return undefined;",
    found: 26,
  },
  {
    meaning: "a claim is kept once its resource is gone",
    file: CLAIMS,
    from: "if (claim.id !== but && claim.resource === ctx.resource) await",
    to: "if (false) await",
    found: 2,
  },
  {
    meaning: "what has drifted is never put right",
    file: CONVERGE,
    from: "changed.length > 0 ? await handler.update(ctx, observed, inputs, changed) : observed",
    to: "observed",
    found: 3,
  },
  {
    meaning: "state forgets what the platform says",
    file: "provider/lifecycle/project.ts",
    from: "if (seen[key] !== undefined) state[key] = seen[key];",
    to: "",
    found: 0,
  },
  {
    meaning: "what is over stands in the way of a new request",
    file: "desk/requests/acts.ts",
    from: ".set({ open: false })",
    to: ".set({ open: true })",
    found: 3,
  },
  {
    meaning: "the hash chain does not carry what was before",
    file: "desk/audit/chain.ts",
    from: "const hash = hashOf(previous.hash, { ...entry, seq });",
    to: `const hash = hashOf("", { ...entry, seq });`,
    found: 0,
  },
  {
    meaning: "a verified request can't be acted upon",
    file: "desk/requests/transitions.ts",
    from: `return facts.isVerified ? "verified" : "unverified";`,
    to: `return "unverified";`,
    found: 0,
  },
  {
    meaning: "what is ended by API is never confirmed",
    file: SETTLE,
    from: "if (after !== undefined && after.id === item.id && after.facts.enabled !== false) continue;",
    to: "continue;",
    found: 2,
  },
  {
    meaning: "what a program changes is not seen",
    file: "provider/lifecycle/diff.ts",
    from: "    changed.push(key);",
    to: "",
    found: 2,
  },
  {
    meaning: "an error does not say what to do about it",
    file: "provider/http/messages.ts",
    from: "return ADVICE[kind];",
    to: `return "";`,
    found: 6,
  },
  {
    meaning: "a program does not know its own claim again",
    file: "desk/accounts/intents.ts",
    from: "ours: known.resource === claim.resource };",
    to: "ours: false };",
    found: 3,
  },
  {
    meaning: "the desk forgets which object a claim is on",
    file: "desk/accounts/intents.ts",
    from: "object_id: change.objectId ?? row.object_id,",
    to: "object_id: row.object_id,",
    found: 0,
  },
  {
    meaning: "a request stays open when all its items are confirmed",
    file: "desk/requests/items.ts",
    from: `if (stored.items.every((other) => other.n === n || other.state === "confirmed")) await`,
    to: "if (false) await",
    found: 0,
  },
  {
    meaning: "a request that is over counts as an open one",
    file: "desk/requests/doubles.ts",
    from: `    .where("open", "=", true)\n`,
    to: "",
    found: 3,
  },
  {
    meaning: "a program does not write down what it has made",
    file: CONVERGE,
    from: `await ctx.desk.changeIntent(intent.id, { outcome: "done", objectId: handler.idOf(made) });`,
    to: "",
    found: 1,
  },
  {
    meaning: "what is dropped leaves the state, and nobody is asked to end it",
    file: "provider/resources/product-assignment.ts",
    from: `return { kind: "planned", plan: planned };`,
    to: `return { kind: "gone" };`,
    found: 4,
  },
];
