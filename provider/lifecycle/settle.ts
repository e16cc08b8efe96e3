/** What our own API calls can do of a verified request, and how a `delete` that waits for it ends. */
import { ProviderError } from "../errors";
import type { OffboardingRequest, RequestItem, Wait } from "../generated/types";
import { canWriteAssignments } from "../platforms/platform";
import type { ReadContext, WriteContext } from "./handler";
import { folded } from "../names";
import { holdings, openRequestFor } from "./holdings";
import { type Decision, file, takeBackJoining } from "./leaving";

/** Carries out what dropping something means, as its preview said it. */
export async function leave(ctx: WriteContext, decision: Decision, wait: Wait, label: string): Promise<void> {
  if (decision.kind === "joining") await takeBackJoining(ctx, decision.request, label);
  if (decision.kind === "open") await finish(ctx, decision.request, wait, label);
  if (decision.kind === "planned") await finish(ctx, await file(ctx, decision.plan), wait, label);
}

/** Ends a `delete`: with `submitted` once the request is filed, with `completed` only once it is Completed. */
async function finish(ctx: WriteContext, request: OffboardingRequest, wait: Wait, label: string): Promise<void> {
  if (wait === "submitted") return;
  const now = await settle(ctx, request);
  if (now.state === "Completed") return;
  const left = now.clock.workingSecondsLeft;
  throw new ProviderError(
    "pending",
    `${label} is leaving: request ${now.id} is ${now.state}${left === undefined ? "" : `, ${Math.max(0, Math.round(left / 360) / 10)} working hours left to first contact`}; next there: ${now.allowed.join(", ") || "nothing to do"}.\nIt stays in state until that is Completed; run \`pulumi up --continue-on-error\` again then. To keep it, put it back into the program, or withdraw ${now.id} at the desk.`,
    { platform: ctx.platform.platform, operation: "delete", resource: label },
  );
}

/** Does what our own API calls can do of a verified request, reads it back and confirms it. Everything else is people's. */
export async function settle(ctx: WriteContext, { id }: Pick<OffboardingRequest, "id">): Promise<OffboardingRequest> {
  // As it is now: a request that was read a while ago may have been withdrawn since.
  let current = await ctx.desk.request(id);
  const port = ctx.platform.assignments;
  const verified =
    current.verification?.outcome === "accepted" && (current.state === "Pending" || current.state === "In Progress");
  if (current.kind !== "leaving" || !verified || !canWriteAssignments(port)) return current;
  for (const item of current.items) {
    if (item.mode !== "api" || item.kind !== "product" || item.state === "confirmed") continue;
    const record = await port.find({ id: item.id, subject: current.subject, product: item.name }, { fresh: true });
    if (record === undefined && item.state === "open")
      await ctx.losses.check("ProductAssignment", async () => (await port.list()).length);
    // Nothing is sent for what somebody has taken back in the meantime.
    current = await ctx.desk.request(id);
    if (current.state !== "Pending" && current.state !== "In Progress") return current;
    // One that is not in force when its turn comes may be suspended only, and would come back: it is ended all the same.
    // One that no listing shows is read by its id, and ended where it is there: a listing may lie, and the evidence must not.
    const target = record ?? {
      id: item.id,
      subject: current.subject,
      product: item.name,
      facts: {},
      known: { how: "unknown" },
    };
    if (target.id === item.id && (item.state === "open" || target.facts.enabled !== false)) await port.end(target);
    if (itemOf(current, item.n).state === "open")
      current = await ctx.desk.removed(current.id, item.n, { note: `ended by API at ${ctx.platform.title}` });
    const after = await port.find({ id: item.id, subject: current.subject, product: item.name }, { fresh: true });
    if (after !== undefined && after.id === item.id && after.facts.enabled !== false) continue;
    const missing = await missingOf(ctx, current);
    if (missing.length > 0) {
      throw new ProviderError(
        "blocked",
        `${item.name} of ${current.subject.name} is ended, but ${missing.join(", ")} should have stayed and ${missing.length === 1 ? "is" : "are"} gone.\nPut back on ${ctx.platform.title} what is missed, and it is confirmed by the next run; where it is right that ${missing.length === 1 ? "it is" : "they are"} gone, an operator who had not asked confirms it at the desk: POST /v1/requests/${current.id}/items/${item.n}/confirm.`,
        {
          platform: ctx.platform.platform,
          operation: "confirm",
        },
      );
    }
    current = await ctx.desk.confirm(current.id, item.n, {
      // Without an instant: the desk's own clock dates it, and would refuse one that is ahead of it.
      evidence: { kind: "read", text: after === undefined ? "not listed any more" : "read back: not in force" },
    });
  }
  return current;
}

/** What should have stayed and is not there. What has a leaving of its own is not missed, nor is a licence that has expired or is suspended. */
async function missingOf(ctx: ReadContext, request: OffboardingRequest): Promise<readonly string[]> {
  const { assigned } = await holdings(ctx, request.subject, request.stays, true);
  const missing = request.stays.filter(
    (product) => !assigned.some((record) => folded(record.product) === folded(product)),
  );
  if (missing.length === 0) return [];
  const others = await ctx.desk.requests({ account: ctx.account, kind: "leaving", subject: request.subject.key });
  const asked = others.filter(
    (other) => other.id !== request.id && other.state !== "Rejected" && other.state !== "Withdrawn",
  );
  return missing.filter((product) => openRequestFor(asked, "leaving", product) === undefined);
}

function itemOf(request: OffboardingRequest, n: number): RequestItem {
  const item = request.items.find((candidate) => candidate.n === n);
  if (item === undefined) throw new ProviderError("internal", `Request ${request.id} has no item ${n}.`);
  return item;
}
