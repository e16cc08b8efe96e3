/** Whose an object is: the claim that a program has on it at the desk, under its name and its id. */
import { ProviderError } from "../errors";
import type { Intent } from "../generated/types";
import type { ReadContext, ResourceHandler, WriteContext } from "./handler";

/**
 * Another program's claim on what this state still has. A run that died once it had let go of something has it in state for all that; what
 * somebody else has taken over since is theirs.
 */
export async function otherOwner<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: ReadContext,
  state: S,
  formerly = ctx.resource,
): Promise<Intent | undefined> {
  const claims = await claimsOn(handler, ctx, state);
  return claims.some(({ resource }) => resource === ctx.resource || resource === formerly) ? undefined : claims[0];
}

/** Another program's claim on what was found, by whatever name it wrote it down: one object has one owner. `before` is the claim on its name. */
export async function otherClaim<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: ReadContext,
  id: string,
  before: Intent | undefined,
): Promise<Intent | undefined> {
  const onIt = (await ctx.desk.intents(ctx.account, handler.type)).filter(({ objectId }) => objectId === id);
  return [before, ...onIt].find((one) => one !== undefined && one.resource !== ctx.resource);
}

/** Under its name, and under the name that it had before somebody renamed it on the platform. */
async function claimsOn<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: ReadContext,
  state: S,
): Promise<readonly Intent[]> {
  const key = handler.naturalKeyOf(state);
  const id = handler.idOf(state);
  const claims = await ctx.desk.intents(ctx.account, handler.type);
  return claims.filter((claim) => claim.naturalKey === key || claim.objectId === id);
}

/** What becomes of something that another program has taken over. */
export function leftTo(label: string, { resource }: Intent): string {
  return `leaves this program only: ${label} belongs to ${resource} now; nothing is filed`;
}

/** This program has no more to do with that name: another one may take it. What it filed is remembered by the request. */
export async function letGo<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: WriteContext,
  state: S,
  but?: string,
): Promise<void> {
  for (const claim of await claimsOn(handler, ctx, state))
    if (claim.id !== but && claim.resource === ctx.resource) await ctx.desk.releaseIntent(claim.id);
}

/**
 * Claims of a resource that has another name now become claims under that name; one on a name that nothing was ever sent for is given back.
 * Where this dies in between, state has the former name still, and nobody else has a claim.
 */
export async function rename<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: WriteContext,
  state: S,
  formerly: string,
): Promise<void> {
  const its = await claimsOn(handler, ctx, state);
  for (const { id, naturalKey, resource, outcome } of await ctx.desk.intents(ctx.account, handler.type)) {
    const isItsOwn = its.some((claim) => claim.id === id);
    if (resource !== formerly || (!isItsOwn && outcome !== "recorded")) continue;
    await ctx.desk.releaseIntent(id);
    if (!isItsOwn) continue;
    const anew = await claim(handler, ctx, naturalKey, handler.labelOf(state));
    await ctx.desk.changeIntent(anew.id, { outcome: "done", objectId: handler.idOf(state) });
  }
}

/** Records that this is about to be ours; throws `alreadyExists` where it is another program's. */
export async function claim<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: WriteContext,
  naturalKey: string,
  label: string,
): Promise<Intent> {
  const { intent, ours } = await ctx.desk.claimIntent({
    account: ctx.account,
    type: handler.type,
    naturalKey,
    resource: ctx.resource,
  });
  if (ours) return intent;
  throw ownedElsewhere(ctx, label, intent);
}

/** That something exists which nobody declared to take over. */
export function exists<I extends object, S extends I>(
  handler: ResourceHandler<I, S>,
  ctx: ReadContext,
  inputs: I,
): ProviderError {
  const label = handler.labelOf(inputs);
  return new ProviderError(
    "alreadyExists",
    `${label} exists on ${ctx.platform.title} already, and this program did not make it.\n${handler.importHint(inputs)}`,
    { platform: ctx.platform.platform, operation: "create", resource: label },
  );
}

/** That a name is taken by another object. */
export function namedAlike(ctx: ReadContext, from: string, to: string): ProviderError {
  return new ProviderError(
    "alreadyExists",
    `${from} can't become ${to}: that exists on ${ctx.platform.title} already, and is another.\nChoose another name, or put the old one back.`,
    { platform: ctx.platform.platform, operation: "update", resource: to },
  );
}

/** Refuses where this resource was sent under another name and nobody knows what became of that: it may be there, and would be nobody's. */
export async function refuseSentElsewhere<I extends object, S extends I>(
  { type }: ResourceHandler<I, S>,
  ctx: ReadContext,
  key: string,
  label: string,
): Promise<void> {
  const elsewhere = (await ctx.desk.intents(ctx.account, type)).find(
    ({ resource, outcome, naturalKey }) => resource === ctx.resource && outcome === "sent" && naturalKey !== key,
  );
  if (elsewhere === undefined) return;
  throw new ProviderError(
    "blocked",
    `${label} is not made yet: this resource was sent to ${ctx.platform.title} as "${elsewhere.naturalKey}" before, and nobody knows what became of that.\nPut those values back and run \`pulumi up\`, which looks it up; then change them. If it was never made, or is gone with what it belonged to, give that claim back at the desk: DELETE /v1/intents/${elsewhere.id}.`,
    { platform: ctx.platform.platform, operation: "create", resource: label },
  );
}

/** That two programs want one object. */
export function ownedElsewhere(
  ctx: ReadContext,
  label: string,
  intent: Intent,
  operation: "create" | "update" = "create",
): ProviderError {
  return new ProviderError(
    "alreadyExists",
    `${label} belongs to ${intent.resource}; two programs can't both own it.\nTake it out of one of them. A renamed resource needs \`aliases\`; if that program is gone, give its claim back at the desk: DELETE /v1/intents/${intent.id}.`,
    { platform: ctx.platform.platform, operation, resource: label },
  );
}
