/**
 * Leaving: what a delete files at the desk, what a preview says of it, and what is in the way. The desk owns a request from its filing on;
 * what the platform's API can do of a verified one is done in `settle.ts`.
 */
import { ProviderError } from "../errors";
import type { FilingItem, LicenceDisposition, OffboardingRequest, Requester, Wait } from "../generated/types";
import type { AssignmentRecord, Capability, ResourceType, SubjectRef } from "../platforms/platform";
import type { ReadContext, WriteContext } from "./handler";
import { leavingsOf, openRequestFor, openRequests } from "./holdings";
import type { LeavingReason } from "./notes";

/** How a withdrawal by a program is told from a person's. */
const DECLARED_AGAIN = "declared again by";

/** Throws `blocked` where people are at a leaving already, so that it can't be taken back. */
export function refuseInProgress(ctx: ReadContext, leaving: OffboardingRequest, label: string): void {
  if (leaving.state !== "In Progress") return;
  throw new ProviderError(
    "blocked",
    `${label} is leaving: request ${leaving.id} is In Progress with ${ctx.platform.title}.\nWithdraw it at the desk if nothing is removed yet, or leave ${leaving.items[0]?.kind === "customer" ? "the customer" : "the product"} out until it is Completed.`,
    { platform: ctx.platform.platform, operation: "create", resource: label },
  );
}

/** Takes an open leaving back, since what it is about is declared again; throws `blocked` where people are at it already. */
export async function takeBack(ctx: WriteContext, leaving: OffboardingRequest, label: string): Promise<void> {
  refuseInProgress(ctx, leaving, label);
  await ctx.desk.withdraw(leaving.id, `${DECLARED_AGAIN} ${ctx.resource}`);
  ctx.log(`withdrew off-boarding request ${leaving.id}: ${label} is declared again`);
}

/** Takes back what people were asked to assign or create; throws `blocked` where they are at it already. */
export async function takeBackJoining(ctx: WriteContext, joining: OffboardingRequest, label: string): Promise<void> {
  if (joining.state === "In Progress") throw joiningInProgress(ctx, joining, label);
  await ctx.desk.withdraw(joining.id, `no longer declared by ${ctx.resource}`);
  ctx.log(`withdrew request ${joining.id}: ${label} is no longer declared`);
}

/** What a preview says of that. */
function describeTakeBack(ctx: ReadContext, joining: OffboardingRequest, label: string): string {
  if (joining.state === "In Progress") throw joiningInProgress(ctx, joining, label);
  return `withdraws request ${joining.id}: ${label} is not there yet`;
}

function joiningInProgress(ctx: ReadContext, joining: OffboardingRequest, label: string): ProviderError {
  return new ProviderError(
    "blocked",
    `${label} can't be dropped now: people are at making it (request ${joining.id} is In Progress with ${ctx.platform.title}).\nDrop it once that is Completed, or withdraw it at the desk if nothing is done yet.`,
    { platform: ctx.platform.platform, operation: "delete", resource: label },
  );
}

/** The same for products that an owner or customer declares while this program's own request to off-board them is open: with `wait: completed` no create comes. */
export async function takeBackDeclared(
  ctx: WriteContext,
  subject: Pick<SubjectRef, "kind" | "key">,
  declared: readonly string[],
): Promise<void> {
  for (const { leaving, label } of await declaredLeavings(ctx, subject, declared)) await takeBack(ctx, leaving, label);
}

/** This program's own open leavings of what it declares. */
export async function declaredLeavings(
  ctx: ReadContext,
  subject: Pick<SubjectRef, "kind" | "key">,
  declared: readonly string[],
): Promise<readonly { readonly leaving: OffboardingRequest; readonly label: string }[]> {
  const program = (resource: string) => resource.split("::", 1)[0];
  const requests = (await openRequests(ctx, subject)).filter(
    (request) => program(request.resource) === program(ctx.resource),
  );
  return declared.flatMap((product) => {
    const leaving = openRequestFor(requests, "leaving", product);
    return leaving === undefined ? [] : [{ leaving, label: `${product} of ${leaving.subject.name}` }];
  });
}

/** How an operation is done here; throws `unsupported` with the vendor's words and the way out where it is refused. */
export function permitted(
  ctx: ReadContext,
  type: ResourceType,
  operation: "create" | "update" | "delete",
  label: string,
): Capability {
  const capability = ctx.platform.capabilities[type]?.[operation];
  if (capability !== undefined && capability.mode !== "refused") return capability;
  const why = capability?.why ?? `${ctx.platform.title} has no such operation.`;
  throw new ProviderError(
    "unsupported",
    `${label} can't be ${operation === "delete" ? "deleted" : `${operation}d`}: ${why}${capability?.wayOut === undefined ? "" : `\n${capability.wayOut}`}`,
    {
      platform: ctx.platform.platform,
      operation,
      resource: label,
    },
  );
}

/** Why it leaves; throws `blocked` where nobody says so. */
export function reasonFor(
  ctx: ReadContext,
  subject: SubjectRef,
  products: readonly string[],
  label: string,
): LeavingReason {
  const found = ctx.notes.find(subject, products, ctx.connectionName);
  if (found !== undefined) return found;
  const [product] = products;
  const who = subject.kind === "owner" ? `owner: ${subject.key}` : `customer: ${subject.name}`;
  throw new ProviderError(
    "blocked",
    `${label} can't leave: nobody says why, and who asks.\nAdd to the fleet file, under \`leaving:\`, {${who}${product === undefined ? "" : `, product: ${product}`}, reason: ..., requester: <e-mail>}, or set msp:reason and msp:requester.`,
    { platform: ctx.platform.platform, operation: "delete", resource: label },
  );
}

export interface LeavingPlan {
  readonly subject: SubjectRef;
  readonly item: FilingItem;
  readonly why: LeavingReason;
  readonly licence: LicenceDisposition;
  readonly stays: readonly string[];
  /** For a customer: what is still under it. */
  readonly parts?: readonly AssignmentRecord[];
  /** The vendor's word on a step that can't be taken back. */
  readonly warning?: string;
}

/** What dropping something means now; decided once, for the preview and for the run. */
export type Decision =
  | { readonly kind: "joining" | "open"; readonly request: OffboardingRequest }
  | { readonly kind: "planned"; readonly plan: LeavingPlan }
  | { readonly kind: "gone" };

/** What a preview says of a decision; `leave` in `settle.ts` carries it out. */
export function describeLeaving(ctx: ReadContext, decision: Decision, wait: Wait, label: string): string {
  switch (decision.kind) {
    case "joining":
      return describeTakeBack(ctx, decision.request, label);
    case "open":
      return describeOpen(decision.request, wait);
    case "planned":
      return describe(decision.plan, wait);
    case "gone":
      return "is gone from the platform already; nothing is filed";
  }
}

/** Files it at the desk, or finds the one that is open. */
export async function file(ctx: WriteContext, plan: LeavingPlan): Promise<OffboardingRequest> {
  const { request, existed } = await ctx.desk.file({
    account: ctx.account,
    platform: ctx.platform.platform,
    kind: "leaving",
    subject: plan.subject,
    items: [plan.item],
    reason: plan.why.reason,
    requesters: plan.why.requesters,
    licence: plan.licence,
    stays: plan.stays,
    ...(plan.parts === undefined
      ? {}
      : { parts: plan.parts.map((part) => ({ subjectKey: part.subject.key, product: part.product, id: part.id })) }),
    resource: ctx.resource,
  });
  ctx.log(
    `${existed ? "is on" : "filed"} off-boarding request ${request.id} (${request.state}): ${subjectOfPlan(plan)}`,
  );
  return request;
}

/** Who asks people to assign or create something; throws `blocked` where nobody says so. */
export function askersOf(ctx: ReadContext, subject: SubjectRef, name: string): readonly Requester[] {
  const requesters = ctx.notes.askers();
  if (requesters.length > 0) return requesters;
  throw new ProviderError(
    "blocked",
    `${name} of ${subject.name} is done by people, and nobody says who asks for it.\nSet msp:requester or MSP_REQUESTER to the e-mail address of whoever asks.`,
    { platform: ctx.platform.platform, operation: "create" },
  );
}

/** Files that people are to assign or create something; throws `blocked` where nobody says who asks. */
export async function fileJoining(
  ctx: WriteContext,
  subject: SubjectRef,
  item: FilingItem,
): Promise<OffboardingRequest> {
  const requesters = askersOf(ctx, subject, item.name);
  const { request, existed } = await ctx.desk.file({
    account: ctx.account,
    platform: ctx.platform.platform,
    kind: "joining",
    subject,
    items: [item],
    reason: `declared by ${ctx.resource}`,
    requesters,
    resource: ctx.resource,
  });
  ctx.log(
    `${existed ? "is on" : "filed"} request ${request.id}: ${item.kind === "customer" ? `create customer ${subject.name}` : `assign ${item.name} to ${subject.name}`}`,
  );
  return request;
}

function subjectOfPlan({ item, subject }: LeavingPlan): string {
  if (item.kind === "customer") return `customer ${subject.name}`;
  return `${item.name} of ${subject.name}${subject.kind === "customer" || subject.name === subject.key ? "" : ` (${subject.key})`}`;
}

/** What a preview says of a leaving, in full words; the first line stands alone. */
function describe(plan: LeavingPlan, wait: Wait): string {
  const waitsFor = (plan.parts ?? []).map((part) => part.product);
  const held = waitsFor.length > 0;
  return [
    `files ${held ? "a held" : "an"} off-boarding request: ${subjectOfPlan(plan)} leaves${held ? `, released when ${waitsFor.join(", ")} ${waitsFor.length === 1 ? "is" : "are"} gone` : ""}`,
    `  reason: ${plan.why.reason}; asked by ${plan.why.requesters.map((requester) => requester.email).join(", ")}; licence: ${plan.licence === "keep" ? "the count stays" : "the count is reduced"}`,
    ...(plan.warning === undefined ? [] : [`  ${plan.warning}`]),
    ...(plan.item.kind === "customer"
      ? []
      : [`  stays: ${plan.stays.length === 0 ? "nothing else" : plan.stays.join(", ")}`]),
    `  someone else verifies it, then ${plan.item.mode === "api" ? "it is ended by API and read back" : "people remove it and attest it"}; ${wait === "submitted" ? "this program is done once it is filed" : "the resource stays until it is proven gone"}`,
  ].join("\n");
}

/** Click-path steps with the names as the platform spells them. */
export function clickPath(capability: Capability, subject: SubjectRef, product: string): string[] {
  return (capability.clickPath ?? []).map((step) =>
    step
      .replaceAll("{subject}", subject.name === subject.key ? subject.key : `${subject.name} (${subject.key})`)
      .replaceAll("{product}", product),
  );
}

/** With `wait: completed` the resource stays after a rejection, and each further run would ask for the same again. */
export async function refuseAskedBefore(
  ctx: ReadContext,
  { subject, item, why }: LeavingPlan,
  label: string,
): Promise<void> {
  const ended = await leavingsOf(ctx, subject, item.id);
  const kept = ended.find(
    (request) =>
      request.reason === why.reason &&
      (request.state === "Rejected" ||
        (request.state === "Withdrawn" && !request.outcomeReason?.startsWith(DECLARED_AGAIN))),
  );
  if (kept === undefined) return;
  throw new ProviderError(
    "blocked",
    `${label} stays: request ${kept.id} was ${kept.state.toLowerCase()}${kept.outcomeReason === undefined ? "" : ` (${kept.outcomeReason.replaceAll(/\s+/g, " ")})`}.\nPut it back into the program; or, to ask again, give another reason than "${why.reason}".`,
    { platform: ctx.platform.platform, operation: "delete", resource: label },
  );
}

/** What a preview says of something that is on a request already. */
function describeOpen(request: OffboardingRequest, wait: Wait): string {
  const byApi =
    wait === "completed" &&
    request.verification?.outcome === "accepted" &&
    request.items.some((item) => item.mode === "api" && item.state !== "confirmed");
  return byApi
    ? `is on off-boarding request ${request.id}, which is verified: this run ends it by API, reads it back and confirms it`
    : `is on off-boarding request ${request.id} already (${request.state}); nothing new is filed`;
}
