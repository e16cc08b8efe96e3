/** What a subject has, as the platform shows it and the desk's open requests change it. */
import { hasKind } from "../errors";
import type { OffboardingRequest } from "../generated/types";
import { folded } from "../names";
import type { AssignmentRecord, SubjectRef } from "../platforms/platform";
import type { ReadContext } from "./handler";

/** What a subject has, what is on its way, and what no program declares. */
export interface Holdings {
  /** As the platform or the inventory shows it. */
  readonly assigned: readonly AssignmentRecord[];
  /** Products that it has or is about to have, less those that are leaving; a declared one as the program writes it. */
  readonly products: readonly string[];
  readonly undeclared: readonly string[];
  /** Open requests about this subject. */
  readonly requests: readonly OffboardingRequest[];
}

/** Reads what a subject has. A licence that is not in force counts only where the program declares it: suspension and expiry are the platform's own. */
export async function holdings(
  ctx: ReadContext,
  subject: Pick<SubjectRef, "kind" | "key">,
  declared: readonly string[],
  fresh = false,
): Promise<Holdings> {
  const listed = await underOurNames(ctx, (await ctx.platform.assignments?.list({ subject, fresh })) ?? [], declared);
  const requests = await openRequests(ctx, subject);
  const leaving = productsOf(requests, "leaving");
  const joining = productsOf(requests, "joining");
  const wanted = await byPlatformName(
    ctx,
    declared,
    new Set([...listed.map((record) => folded(record.product)), ...leaving.keys(), ...joining.keys()]),
  );
  const assigned = listed.filter((record) => record.facts.enabled !== false || wanted.has(folded(record.product)));
  const products = new Map<string, string>();
  for (const record of assigned)
    if (!leaving.has(folded(record.product))) products.set(folded(record.product), record.product);
  for (const [key, product] of joining) products.set(key, product);
  const undeclared = [...products].filter(([key]) => !wanted.has(key)).map(([, product]) => product);
  return {
    assigned,
    products: [...products].map(([key, product]) => wanted.get(key) ?? product).sort(),
    undeclared: undeclared.sort(),
    requests,
  };
}

/**
 * A cross grade makes another product of a licence; for the program that declares it, it stays what it was. Which licence that is, is told by
 * the claim of its assignment.
 */
async function underOurNames(
  ctx: ReadContext,
  listed: readonly AssignmentRecord[],
  declared: readonly string[],
): Promise<readonly AssignmentRecord[]> {
  const shown = new Set(listed.map((record) => folded(record.product)));
  const missing = declared.filter((product) => !shown.has(folded(product)));
  if (missing.length === 0 || listed.length === 0) return listed;
  const claims = new Map(
    (await ctx.desk.intents(ctx.account, "ProductAssignment")).map((intent) => [intent.objectId, intent.naturalKey]),
  );
  return listed.map((record) => {
    const ours = missing.find((product) => claims.get(record.id) === folded(`${record.subject.key}|${product}`));
    return ours === undefined ? record : { ...record, product: ours };
  });
}

/** The products that a program declares. A refresh writes what it found beyond them into `products` too, and says so beside it. */
export function declaredProducts(
  of: { readonly products?: readonly string[]; readonly undeclaredProducts?: readonly string[] } | undefined,
): readonly string[] {
  const undeclared = new Set((of?.undeclaredProducts ?? []).map(folded));
  return (of?.products ?? []).filter((product) => !undeclared.has(folded(product)));
}

/** Declared products by the platform's own name for them, folded: a program may write a plan's id instead. */
async function byPlatformName(
  ctx: ReadContext,
  declared: readonly string[],
  shown: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const product of declared)
    names.set(shown.has(folded(product)) ? folded(product) : folded(await platformName(ctx, product)), product);
  return names;
}

/** As it is written where the platform does not know it: whoever assigns it is told. */
async function platformName(ctx: ReadContext, product: string): Promise<string> {
  try {
    return (await ctx.platform.assignments?.resolveProduct(product))?.name ?? product;
  } catch (error) {
    if (hasKind(error, "validation")) return product;
    throw error;
  }
}

export async function openRequests(
  ctx: ReadContext,
  subject: Pick<SubjectRef, "kind" | "key">,
): Promise<readonly OffboardingRequest[]> {
  const open = await ctx.desk.requests({ account: ctx.account, open: true });
  const key = folded(subject.key);
  return open.filter((request) => request.subject.kind === subject.kind && keyOf(request) === key);
}

/** Among thousands that are open, each delete looks for its own: a key is folded once. */
const keys = new WeakMap<OffboardingRequest, string>();

function keyOf(request: OffboardingRequest): string {
  const key = keys.get(request) ?? folded(request.subject.key);
  keys.set(request, key);
  return key;
}

function productsOf(requests: readonly OffboardingRequest[], kind: OffboardingRequest["kind"]): Map<string, string> {
  const items = requests.filter((request) => request.kind === kind).flatMap((request) => request.items);
  return new Map(items.filter((item) => item.kind === "product").map((item) => [folded(item.name), item.name]));
}

/** Whether this resource has filed a leaving of it that was rejected or withdrawn: then it is still ours. */
export async function hasFiled(
  ctx: ReadContext,
  subject: Pick<SubjectRef, "kind" | "key">,
  id: string,
): Promise<boolean> {
  const filed = await leavingsOf(ctx, subject, id);
  return filed.some((request) => request.resource === ctx.resource && request.state !== "Completed");
}

/** Whether a leaving of it was completed, whoever filed that. */
export async function hasLeft(
  ctx: ReadContext,
  subject: Pick<SubjectRef, "kind" | "key">,
  id: string,
): Promise<boolean> {
  return (await leavingsOf(ctx, subject, id)).some((request) => request.state === "Completed");
}

/** Every leaving of one incarnation, also those that are over. */
export async function leavingsOf(
  ctx: ReadContext,
  subject: Pick<SubjectRef, "kind" | "key">,
  id: string,
): Promise<readonly OffboardingRequest[]> {
  const filed = await ctx.desk.requests({ account: ctx.account, subject: subject.key, kind: "leaving" });
  return filed.filter(
    (request) => request.subject.kind === subject.kind && request.items.some((item) => item.id === id),
  );
}

/** The open request of that kind for a product of the subject, by its incarnation or its name. */
export function openRequestFor(
  requests: readonly OffboardingRequest[],
  kind: OffboardingRequest["kind"],
  product: string,
  id?: string,
): OffboardingRequest | undefined {
  return requests.find(
    (request) =>
      request.kind === kind &&
      request.items.some(
        (item) => item.kind === "product" && (item.id === id || folded(item.name) === folded(product)),
      ),
  );
}
