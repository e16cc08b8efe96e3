/**
 * What a preview says before anything is written: the refusals of {@link create} and {@link update} that take a read, and what is certain of
 * the state that they would come to. It is given no more than a reading context: it can change nothing on a platform, and claims nothing. That of
 * a create serves a replacement too, whose old object is still there and gives its claims back before the create is run.
 */
import { exists, namedAlike, otherClaim, otherOwner, ownedElsewhere } from "./claims";
import { changesOf, type Managed, notToBeSeen, type Pinned, refuseOtherAccount } from "./converge";
import type { Flags } from "./diff";
import { isOver } from "./gone";
import type { ReadContext } from "./handler";
import { refuseInProgress } from "./leaving";
import { holdsUnknown, isUnknown, UNKNOWN } from "./unknowns";

/** What is certain: the id, and the outputs; everything else is told by the run itself. */
export interface Foreseen {
  readonly id: string | undefined;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Looks at what a create would meet. Throws what would refuse it, as far as that is certain. */
export async function foreseeCreate<I extends object, S extends I & Pinned>(
  { handler, flags }: Managed<I, S>,
  ctx: ReadContext,
  inputs: I,
): Promise<Foreseen> {
  const label = handler.labelOf(inputs);
  if (!isFound(flags, inputs)) {
    // Nobody can tell yet what it will meet: only what holds for any.
    const outputs = handler.recognises ? { account: ctx.account } : ((await handler.foresee?.(ctx, inputs)) ?? {});
    return { id: undefined, outputs: certain(outputs) };
  }
  const key = handler.naturalKeyOf(inputs);
  const before = await ctx.desk.intent(ctx.account, handler.type, key);
  const known = before?.objectId;
  const told = withoutUnknown(inputs);
  let observed = await handler.observe(ctx, { id: known, inputs: told, state: undefined });
  if (observed === undefined && known !== undefined)
    observed = await handler.observe(ctx, { id: undefined, inputs: told, state: undefined });

  if (observed !== undefined) {
    const id = handler.idOf(observed);
    const other = await otherClaim(handler, ctx, id, before);
    if (other !== undefined) throw ownedElsewhere(ctx, label, other);
    const { adopt } = inputs as { readonly adopt?: unknown };
    const ours =
      (before !== undefined && before.outcome !== "recorded") ||
      handler.recognises ||
      adopt === true ||
      holdsUnknown(adopt) ||
      (await handler.wasOurs?.(ctx, observed)) === true;
    if (!ours) throw exists(handler, ctx, inputs);
    const leaving = await handler.leavingOf?.(ctx, observed);
    if (leaving !== undefined) refuseInProgress(ctx, leaving, label);
    const changed = changesOf(flags, observed, inputs);
    await handler.foreseeUpdate?.(ctx, observed, inputs, changed);
    return { id, outputs: outputsOf(flags, observed, handler.stable?.(observed) ?? []) };
  }

  if (handler.recognises) return { id: undefined, outputs: certain((await handler.foresee?.(ctx, inputs)) ?? {}) };
  const isFree = before === undefined || (before.outcome === "done" && (await isOver(ctx, handler, before)));
  if (!isFree && before.resource !== ctx.resource) throw ownedElsewhere(ctx, label, before);
  return { id: undefined, outputs: certain((await handler.foresee?.(ctx, inputs)) ?? {}) };
}

/** Looks at what an update would meet. Throws what would refuse it, as far as that is certain. */
export async function foreseeUpdate<I extends object, S extends I & Pinned>(
  { handler, flags }: Managed<I, S>,
  ctx: ReadContext,
  id: string,
  state: S,
  inputs: I,
  formerly = ctx.resource,
): Promise<Foreseen["outputs"]> {
  refuseOtherAccount(handler, ctx, state);
  const other = await otherOwner(handler, ctx, state, formerly);
  if (other !== undefined) throw ownedElsewhere(ctx, handler.labelOf(state), other, "update");
  if (!isFound(flags, inputs)) return outputsOf(flags, state, handler.stable?.(state) ?? []);
  const told = withoutUnknown(inputs);
  const observed = await handler.observe(ctx, { id, inputs: told, state });
  if (observed === undefined) throw notToBeSeen(handler, ctx, state, inputs);
  const leaving = await handler.leavingOf?.(ctx, observed, [ctx.resource, formerly]);
  if (leaving !== undefined) refuseInProgress(ctx, leaving, handler.labelOf(observed));
  const key = handler.naturalKeyOf(inputs);
  if (key !== handler.naturalKeyOf(state)) {
    const label = handler.labelOf(inputs);
    const namesake = await handler.observe(ctx, { id: undefined, inputs: told, state: undefined });
    if (namesake !== undefined && handler.idOf(namesake) !== handler.idOf(observed))
      throw namedAlike(ctx, handler.labelOf(state), label);
    const claim = await ctx.desk.intent(ctx.account, handler.type, key);
    if (claim !== undefined && claim.resource !== ctx.resource) throw ownedElsewhere(ctx, label, claim);
  }
  await handler.foreseeUpdate?.(ctx, observed, inputs, changesOf(flags, observed, inputs));
  return outputsOf(flags, observed, handler.stable?.(observed) ?? []);
}

/** Whether all is known that an object is found by. */
function isFound(flags: Flags, inputs: object): boolean {
  const given = inputs as Readonly<Record<string, unknown>>;
  const keys = Object.entries(flags.properties).filter(
    ([key, flag]) => flag.replaceOnChange || flags.required.includes(key),
  );
  return keys.every(([key]) => !holdsUnknown(given[key]));
}

/** A handler that reads takes a list for a list. */
function withoutUnknown<I extends object>(inputs: I): I {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => !isUnknown(value))) as I;
}

function outputsOf(flags: Flags, state: object, stable: readonly string[]): Foreseen["outputs"] {
  const seen = state as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    flags.outputs.flatMap((key) => (stable.includes(key) && seen[key] !== undefined ? [[key, seen[key]]] : [])),
  );
}

/** Without what was made of something that is not known yet. */
function certain(outputs: object): Foreseen["outputs"] {
  return Object.fromEntries(
    Object.entries(outputs).filter(([, value]) => !JSON.stringify(value ?? null).includes(UNKNOWN)),
  );
}
