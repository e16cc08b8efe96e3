/** When absence is proof: what a listing does not show may be hidden for a while, or the listing may lie. */
import { ProviderError } from "../errors";
import type { Intent } from "../generated/types";
import type { ReadContext } from "./handler";

/** Until when what state knows may be there though no listing shows it. */
export function hiddenUntil(ctx: ReadContext, state: { readonly known: { readonly asOf?: string } }): number {
  return (
    (state.known.asOf === undefined ? Number.NEGATIVE_INFINITY : Date.parse(state.known.asOf)) +
    ctx.platform.visibilityWindowMs
  );
}

/** Until when what a claim was sent for may come to be there; before its sending, never. */
export function unknownUntil(ctx: ReadContext, { sentAt }: Intent): number {
  return (sentAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(sentAt)) + ctx.platform.visibilityWindowMs;
}

/**
 * Whether what a claim names, and no listing shows, is proven gone. Throws `stale` where much has gone at once: what was there is not made anew
 * because a list lies.
 */
export async function isOver(
  ctx: ReadContext,
  kind: { readonly type: string; readonly listedOnly?: boolean; size(ctx: ReadContext): Promise<number> },
  claim: Intent,
): Promise<boolean> {
  const count = await kind.size(ctx);
  await ctx.losses.check(kind.type, async () => count);
  // A list of nothing at all proves nothing of what only lists show.
  return ctx.clock.now() >= unknownUntil(ctx, claim) && (count > 0 || kind.listedOnly !== true);
}

/** Throws where an object that is not to be seen is not proven gone: `unavailable` within the platform's window, `stale` where much has gone at once. */
export async function provenGone(
  ctx: ReadContext,
  kind: { readonly type: string; size(ctx: ReadContext): Promise<number> },
  state: { readonly known: { readonly asOf?: string } },
  label: string,
): Promise<void> {
  await ctx.losses.check(kind.type, () => kind.size(ctx));
  const until = hiddenUntil(ctx, state);
  if (ctx.clock.now() >= until) return;
  throw new ProviderError(
    "unavailable",
    `${label} was seen a moment ago, and ${ctx.platform.title} does not show it now: whether it is gone can't be told yet, and nothing was filed.\nRun this again after ${new Date(until).toISOString()}.`,
    { platform: ctx.platform.platform, operation: "delete", resource: label },
  );
}
