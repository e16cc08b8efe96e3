/**
 * The one sequence that every resource goes through: observe → adopt or refuse what exists → record the intent → create → look up what
 * became of an unknown outcome → update what drifted → project onto what the program set. Steps are idempotent: a lost run is taken up
 * where it was, and no write whose outcome is unknown is ever sent again blindly.
 */
import { hasKind, isProviderError, ProviderError } from "../errors";
import {
  claim,
  exists,
  leftTo,
  letGo,
  namedAlike,
  otherClaim,
  otherOwner,
  ownedElsewhere,
  refuseSentElsewhere,
  rename,
} from "./claims";
import type { Flags } from "./diff";
import type { Intent } from "../generated/types";
import { remoteChanges } from "./diff";
import { hiddenUntil, isOver, unknownUntil } from "./gone";
import type { ReadContext, ResourceHandler, WriteContext } from "./handler";
import { project } from "./project";

/** A resource as the lifecycle sees it: its verbs and its flags. */
export interface Managed<I extends object, S extends I> {
  readonly handler: ResourceHandler<I, S>;
  readonly flags: Flags;
}

/** What every state says: whose it is, and how it is known. */
export interface Pinned {
  readonly account: string;
  readonly known: { readonly how: string; readonly asOf?: string };
}

/** How often and how long an unknown outcome, or a new object, is looked for within one run. */
const LOOK_EVERY_MS = 2_000;
const LOOK_AT_MOST_MS = 60_000;

/** Brings the object into being, or takes over what a lost run or `adopt` makes ours. Throws `partial` with `state` where it exists but a later step failed. */
export async function create<I extends object, S extends I & Pinned>(
  { handler, flags }: Managed<I, S>,
  ctx: WriteContext,
  inputs: I,
): Promise<S> {
  const label = handler.labelOf(inputs);
  const key = handler.naturalKeyOf(inputs);

  // Observe
  const before = await ctx.desk.intent(ctx.account, handler.type, key);
  const known = before?.objectId;
  let observed = await handler.observe(ctx, { id: known, inputs, state: undefined });
  if (observed === undefined && known !== undefined)
    observed = await handler.observe(ctx, { id: undefined, inputs, state: undefined });
  // Recorded alone was never sent, or provably did nothing: what exists then is somebody else's.
  const sent = before !== undefined && before.outcome !== "recorded";
  const lost = sent && before.resource === ctx.resource;
  if (observed === undefined && lost) observed = await awaitOutcome(handler, ctx, inputs, before);

  if (observed !== undefined) {
    // Ours, adopted, or refused
    const id = handler.idOf(observed);
    const other = await otherClaim(handler, ctx, id, before);
    if (other !== undefined) throw ownedElsewhere(ctx, label, other);
    const ours =
      sent ||
      handler.recognises ||
      (inputs as { adopt?: boolean }).adopt === true ||
      (await handler.wasOurs?.(ctx, observed)) === true;
    if (!ours) throw exists(handler, ctx, inputs);
    await refuseSentElsewhere(handler, ctx, key, label);
    await handler.reclaim?.(ctx, observed);
    const intent = await claim(handler, ctx, key, label);
    await ctx.desk.changeIntent(intent.id, { outcome: "done", objectId: handler.idOf(observed) });
    return synced({ handler, flags }, ctx, observed, inputs);
  }

  // Create
  if (handler.recognises) return handler.create(ctx, inputs);
  if (before?.outcome === "done") {
    const isProven = await isOver(ctx, handler, before);
    // What another program made holds nobody back then.
    if (isProven && before.resource !== ctx.resource) await ctx.desk.releaseIntent(before.id);
  }
  await refuseSentElsewhere(handler, ctx, key, label);
  const intent = await claim(handler, ctx, key, label);
  await ctx.desk.changeIntent(intent.id, { outcome: "sent" });
  let made: S;
  try {
    made = await handler.create(ctx, inputs);
  } catch (error) {
    // The desk knows a filing again by itself; the claim stays, for what was filed would be nobody's without it.
    if (hasKind(error, "ambiguous") && error.platform === "desk") throw error;
    if (!hasKind(error, "ambiguous")) {
      // The platform refused it or was never reached: nothing exists, so the claim is given back. One that stays is looked up first: slower, as safe.
      if (isProviderError(error)) await ctx.desk.releaseIntent(intent.id).catch(() => undefined);
      throw error;
    }
    made = await awaitOutcome(
      handler,
      ctx,
      inputs,
      { ...intent, sentAt: new Date(ctx.clock.now()).toISOString() },
      error,
    );
  }
  const state = project(flags, inputs, made);
  try {
    await ctx.desk.changeIntent(intent.id, { outcome: "done", objectId: handler.idOf(made) });
  } catch (error) {
    throw partial(state, handler.idOf(made), label, error as Error);
  }
  return state;
}

/** What is there now; undefined means gone. Serves refresh and the preview of drift. */
export async function read<I extends object, S extends I & Pinned>(
  { handler, flags }: Managed<I, S>,
  ctx: ReadContext,
  id: string,
  state: S,
): Promise<S | undefined> {
  refuseOtherAccount(handler, ctx, state);
  await ctx.losses.check(handler.type, () => handler.size(ctx));
  const observed = await handler.observe(ctx, { id, inputs: state, state });
  if (observed !== undefined) return settled(project(flags, state, observed), state);
  // A platform may not list at once what it has just made: absence proves nothing until its window has passed.
  return ctx.clock.now() < hiddenUntil(ctx, state) ? state : undefined;
}

/**
 * Brings what is there to what the program says. The baseline is what is observed now, never prior state. `formerly` is the resource's name in
 * state, where `aliases` have given it another.
 */
export async function update<I extends object, S extends I & Pinned>(
  managed: Managed<I, S>,
  ctx: WriteContext,
  id: string,
  state: S,
  inputs: I,
  formerly = ctx.resource,
): Promise<S> {
  const { handler } = managed;
  refuseOtherAccount(handler, ctx, state);
  const other = await otherOwner(handler, ctx, state, formerly);
  if (other !== undefined) throw ownedElsewhere(ctx, handler.labelOf(state), other, "update");
  const observed = await handler.observe(ctx, { id, inputs, state });
  if (observed === undefined) throw notToBeSeen(handler, ctx, state, inputs);
  // With `wait: completed` what was dropped is still in state; put back into the program, it stays.
  await handler.reclaim?.(ctx, observed, [ctx.resource, formerly]);
  if (formerly !== ctx.resource) await rename(handler, ctx, state, formerly);
  const key = handler.naturalKeyOf(inputs);
  if (key === handler.naturalKeyOf(state)) {
    const synchronised = await synced(managed, ctx, observed, inputs);
    await remember(handler, ctx, key, synchronised);
    return synchronised;
  }
  // A changed name is an update: the object stays ours under its new one, if nobody else has that.
  const label = handler.labelOf(inputs);
  const namesake = await handler.observe(ctx, { id: undefined, inputs, state: undefined });
  if (namesake !== undefined && handler.idOf(namesake) !== handler.idOf(observed))
    throw namedAlike(ctx, handler.labelOf(state), label);
  const intent = await claim(handler, ctx, key, label);
  let updated: S;
  try {
    updated = await synced(managed, ctx, observed, inputs);
  } catch (error) {
    if (!hasKind(error, "ambiguous")) await ctx.desk.releaseIntent(intent.id).catch(() => undefined);
    throw error;
  }
  await ctx.desk.changeIntent(intent.id, { outcome: "done", objectId: handler.idOf(updated) });
  await letGo(handler, ctx, state, intent.id);
  return updated;
}

/**
 * What the desk does not know yet, it is told now. A claim that names no object guards none under another name: the desk could not be told what
 * a creation came to. Where there is no claim at all, the object was imported, by a reading that writes nothing.
 */
async function remember<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: WriteContext,
  naturalKey: string,
  state: S,
): Promise<void> {
  const known = (await ctx.desk.intents(ctx.account, handler.type)).find((intent) => intent.naturalKey === naturalKey);
  if (known !== undefined && (known.resource !== ctx.resource || known.outcome === "done")) return;
  const { id } = known ?? (await claim(handler, ctx, naturalKey, handler.labelOf(state)));
  await ctx.desk.changeIntent(id, { outcome: "done", objectId: handler.idOf(state) });
}

/** That what state knows is gone, or not to be seen yet. */
export function notToBeSeen<I extends object, S extends I & Pinned>(
  handler: ResourceHandler<I, S>,
  ctx: ReadContext,
  state: S,
  inputs: I,
): ProviderError {
  const label = handler.labelOf(inputs);
  const context = { platform: ctx.platform.platform, operation: "update", resource: label };
  const until = hiddenUntil(ctx, state);
  if (ctx.clock.now() >= until) {
    return new ProviderError(
      "notFound",
      `${label} is gone from ${ctx.platform.title}, so it can't be changed.\nRun \`pulumi refresh\`, then \`pulumi up\`: it is made anew.`,
      context,
    );
  }
  return new ProviderError(
    "unavailable",
    `${label} was seen a moment ago, and ${ctx.platform.title} does not show it now, so it can't be changed yet.\nRun \`pulumi up\` again after ${new Date(until).toISOString()}.`,
    context,
  );
}

/** What a preview of {@link remove} says; throws what would refuse it. */
export async function describeRemove<I extends object, S extends I & Pinned>(
  { handler }: Managed<I, S>,
  ctx: ReadContext,
  state: S,
): Promise<string> {
  refuseOtherAccount(handler, ctx, state);
  const other = await otherOwner(handler, ctx, state);
  return other === undefined ? handler.describeDelete(ctx, state) : leftTo(handler.labelOf(state), other);
}

/** Takes it away, or files its leaving. Already gone is success. */
export async function remove<I extends object, S extends I & Pinned>(
  { handler }: Managed<I, S>,
  ctx: WriteContext,
  state: S,
): Promise<void> {
  refuseOtherAccount(handler, ctx, state);
  const other = await otherOwner(handler, ctx, state);
  if (other !== undefined) return ctx.log(leftTo(handler.labelOf(state), other));
  await handler.delete(ctx, state);
  await letGo(handler, ctx, state);
}

/** A partial create carries the id and the state that must not be lost. */
export interface PartialState {
  readonly id: string;
  readonly state: object;
}

export function partialStateOf(error: unknown): PartialState | undefined {
  return hasKind(error, "partial") && "partialState" in error ? (error.partialState as PartialState) : undefined;
}

function partial(state: object, id: string, label: string, cause: Error): ProviderError {
  const error = new ProviderError("partial", `${label} was made, but not all of it: ${cause.message}`, {
    resource: label,
    cause,
  });
  return Object.assign(error, { partialState: { id, state } satisfies PartialState });
}

async function synced<I extends object, S extends I & Pinned>(
  { handler, flags }: Managed<I, S>,
  ctx: WriteContext,
  observed: S,
  inputs: I,
): Promise<S> {
  const changed = changesOf(flags, observed, inputs);
  return project(flags, inputs, changed.length > 0 ? await handler.update(ctx, observed, inputs, changed) : observed);
}

/** What of the inputs the platform has otherwise. */
export function changesOf(flags: Flags, observed: object, inputs: object): readonly string[] {
  return remoteChanges(
    flags,
    project(flags, inputs, observed) as Record<string, unknown>,
    inputs as Record<string, unknown>,
  );
}

/** Looks up by natural key what became of a create that was sent. Undefined only once the platform's window proves that nothing did. */
async function awaitOutcome<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: WriteContext,
  inputs: I,
  intent: Intent,
  cause: unknown,
): Promise<S>;
async function awaitOutcome<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: WriteContext,
  inputs: I,
  intent: Intent,
): Promise<S | undefined>;
async function awaitOutcome<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: WriteContext,
  inputs: I,
  intent: Intent,
  cause?: unknown,
): Promise<S | undefined> {
  const windowEndsAt = unknownUntil(ctx, intent);
  const giveUpAt = ctx.clock.now() + LOOK_AT_MOST_MS;
  for (;;) {
    let found: S | undefined;
    try {
      found = await handler.observe(ctx, { id: undefined, inputs, state: undefined, fresh: true });
    } catch (error) {
      // A look that failed says nothing of what was sent, and whoever reads this run must learn that it was.
      if (cause === undefined || !isProviderError(error) || !error.retryable) throw error;
    }
    if (found !== undefined) return found;
    const now = ctx.clock.now();
    if (now >= windowEndsAt && cause === undefined) return undefined;
    if (now >= windowEndsAt || now >= giveUpAt) break;
    try {
      await ctx.clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(1, windowEndsAt - now)), ctx.signal);
    } catch {
      // This run ends or has no time left: the next one looks.
      break;
    }
  }
  const label = handler.labelOf(inputs);
  throw new ProviderError(
    "ambiguous",
    `${label} was sent to ${ctx.platform.title}, ${whatCame(cause)}, and it is not to be seen yet; it is not sent again.\nRun \`pulumi up\` again after ${new Date(windowEndsAt).toISOString()}: it is looked up first, and made only if it is proven not to be there.`,
    { platform: ctx.platform.platform, operation: "create", resource: label, cause },
  );
}

/** What the platform said to a write whose outcome is unknown. */
function whatCame(cause: unknown): string {
  if (!isProviderError(cause) || cause.status === undefined) return "no answer came";
  const [said] = cause.message.split("\n", 1);
  return `the answer does not tell whether it was done (${said?.replace(/\.$/, "")})`;
}

/**
 * Keeps how an unchanged state is known: a refresh that finds the same must not show a change, also where a later import says it again (the
 * desk tells the latest). What is ours alone shows nowhere.
 */
function settled<S extends Pinned>(observed: S, state: S): S {
  const shown = ({ known: _, ...rest }: S) =>
    Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith("__")));
  return alike(shown(observed), shown(state)) && observed.known.how === state.known.how
    ? { ...observed, known: state.known }
    : observed;
}

/** Whether both are the same JSON of one shape, in whatever order of keys. */
function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [of, other] = [a, b] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  return Object.keys({ ...of, ...other }).every((key) => alike(of[key], other[key]));
}

/** Throws `forbidden` where the credentials are of another account than state was written to. */
export function refuseOtherAccount<I extends object, S extends I & Pinned>(
  handler: ResourceHandler<I, S>,
  ctx: ReadContext,
  state: S,
): void {
  if (state.account === ctx.account || ctx.formerly?.includes(state.account)) return;
  throw new ProviderError(
    "forbidden",
    `${handler.labelOf(state)} was written to account ${state.account}, and the credentials of ${ctx.connectionName} belong to ${ctx.account}; nothing was sent.\nUse the credentials of that account. If ${state.account} is no more and all of it is in ${ctx.account}, an admin or operator of the desk says so: npx msp account merge ${state.account} --into ${ctx.account}.`,
    { platform: ctx.platform.platform, resource: handler.labelOf(state) },
  );
}
