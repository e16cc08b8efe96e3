import { ProviderError } from "../errors";
import type { FilingItem, ProductAssignmentInputs, ProductAssignmentState } from "../generated/types";
import type { CheckContext, CheckFailure, ReadContext, Ref, ResourceHandler, WriteContext } from "../lifecycle/handler";
import { provenGone } from "../lifecycle/gone";
import { hasFiled, hasLeft, holdings, openRequestFor, openRequests } from "../lifecycle/holdings";
import {
  askersOf,
  clickPath,
  fileJoining,
  type LeavingPlan,
  permitted,
  reasonFor,
  refuseAskedBefore,
  takeBack,
  type Decision,
  describeLeaving,
} from "../lifecycle/leaving";
import { leave } from "../lifecycle/settle";
import { isUnknown } from "../lifecycle/unknowns";
import { nearest } from "../nearest";
import { type AssignmentRecord, canWriteAssignments, type SubjectRef } from "../platforms/platform";
import { folded } from "../names";

type Inputs = ProductAssignmentInputs;
type State = ProductAssignmentState & {
  /** When the platform was last read for it; the engine keeps it and never shows it. */
  readonly __readAt?: string;
};

/** A product of a device owner or a customer. Deleting it files a verified off-boarding request (seed 000). */
export const productAssignment: ResourceHandler<Inputs, State> = {
  type: "ProductAssignment",
  idOf: (state) => state.assignmentId,
  labelOf: (inputs) => `${inputs.product} of ${inputs.subjectName ?? inputs.owner ?? `customer ${inputs.customer}`}`,
  naturalKeyOf: (inputs) => folded(`${inputs.owner ?? inputs.customer}|${inputs.product}`),
  importHint: () => "Set `adopt: true` on it (or in the fleet file's `defaults`) to take it over as it is.",

  check(ctx: CheckContext, inputs: Inputs): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    const needs = inputs.owner === undefined ? "Customer" : "DeviceOwner";
    if (ctx.capability(needs, "read") === undefined) {
      failures.push({
        property: "",
        reason: `${ctx.title} assigns products to ${needs === "Customer" ? "device owners; set `owner`" : "customers; set `customer`"}`,
      });
    }
    const update = ctx.capability("ProductAssignment", "update");
    if (inputs.units !== undefined && update?.mode === "refused")
      failures.push({ property: "", reason: `units: ${update.why} ${update.wayOut}` });
    return failures;
  },

  async observe(ctx: ReadContext, ref: Ref<Inputs, State>): Promise<State | undefined> {
    const subject = subjectOf(ref.inputs);
    const id = ref.state?.assignmentId ?? ref.id;
    const product = ref.inputs.product;
    const previous =
      ref.state !== undefined ? previousOf(ref.state) : id === undefined ? undefined : onceSeen(id, subject, product);
    const record = await port(ctx).find(
      { ...(id === undefined ? {} : { id }), subject, product },
      { fresh: ref.fresh === true, ...(previous === undefined ? {} : { previous }) },
    );
    // By natural key alone, only a licence in force counts: an ended one is history, and the next is a new incarnation.
    if (record !== undefined && (record.facts.enabled !== false || record.id === id))
      return toState(ctx, ref.inputs, record);
    const requests = await openRequests(ctx, subject);
    // A list may lie: what people have a request to end is there for as long as its own id is known.
    const leaving = id === undefined ? openRequestFor(requests, "leaving", product) : undefined;
    const item = leaving?.items.find(({ kind, name }) => kind === "product" && folded(name) === folded(product));
    const leaver =
      item === undefined
        ? undefined
        : await port(ctx).find(
            { id: item.id, subject, product },
            { fresh: true, previous: onceSeen(item.id, subject, product) },
          );
    if (leaver !== undefined && leaver.facts.enabled !== false) return toState(ctx, ref.inputs, leaver);
    const joining = openRequestFor(requests, "joining", product);
    return joining === undefined
      ? undefined
      : {
          ...ref.inputs,
          assignmentId: joining.id,
          account: ctx.account,
          status: "requested",
          requestId: joining.id,
          known: { how: "unknown" },
        };
  },

  size: async (ctx: ReadContext) => (await port(ctx).list()).length,

  wasOurs: (ctx: ReadContext, observed: State) => hasFiled(ctx, subjectOf(observed), observed.assignmentId),

  async leavingOf(ctx: ReadContext, observed: State, filedBy?: readonly string[]) {
    const requests = await openRequests(ctx, subjectOf(observed));
    const leaving = openRequestFor(requests, "leaving", observed.product, observed.assignmentId);
    return filedBy === undefined || filedBy.includes(leaving?.resource ?? "") ? leaving : undefined;
  },

  async reclaim(ctx: WriteContext, observed: State, filedBy?: readonly string[]): Promise<void> {
    const leaving = await productAssignment.leavingOf?.(ctx, observed, filedBy);
    if (leaving !== undefined) await takeBack(ctx, leaving, productAssignment.labelOf(observed));
  },

  async foresee(ctx: ReadContext, desired: Inputs): Promise<Partial<State>> {
    const capability = permitted(ctx, "ProductAssignment", "create", productAssignment.labelOf(desired));
    if (!isUnknown(desired.product)) await port(ctx).resolveProduct(desired.product);
    if (capability.mode === "api") return { account: ctx.account, status: "assigned" };
    const subject = subjectOf(desired);
    if (!isUnknown(desired.owner)) await refuseUnknownOwner(ctx, subject);
    askersOf(ctx, subject, desired.product);
    return { account: ctx.account, status: "requested", known: { how: "unknown" } };
  },

  stable: (state) => (state.status === "assigned" ? ["assignmentId", "account"] : ["account"]),

  async foreseeUpdate(ctx: ReadContext, observed: State, desired: Inputs, changed: readonly string[]): Promise<void> {
    if (!changed.includes("units") || isUnknown(desired.units)) return;
    permitted(ctx, "ProductAssignment", "update", productAssignment.labelOf(desired));
    if (observed.status !== "assigned" || !canWriteAssignments(ctx.platform.assignments))
      throw unchangeableUnits(ctx, desired);
  },

  async create(ctx: WriteContext, desired: Inputs): Promise<State> {
    const capability = permitted(ctx, "ProductAssignment", "create", productAssignment.labelOf(desired));
    const subject = subjectOf(desired);
    const product = (await port(ctx).resolveProduct(desired.product)).name;
    const assignments = ctx.platform.assignments;
    if (capability.mode === "api" && canWriteAssignments(assignments)) {
      const record = await assignments.create({
        subject,
        product,
        ...(desired.units === undefined ? {} : { units: desired.units }),
        ...(desired.startsOn === undefined ? {} : { startsOn: desired.startsOn }),
      });
      return toState(ctx, desired, record);
    }
    await refuseUnknownOwner(ctx, subject);
    const request = await fileJoining(ctx, subject, {
      kind: "product",
      name: product,
      id: `new:${folded(`${subject.key}|${product}`)}`,
      mode: "request",
      clickPath: clickPath(capability, subject, product),
      ...(desired.units === undefined ? {} : { units: desired.units }),
    });
    return {
      ...desired,
      assignmentId: request.id,
      account: ctx.account,
      status: "requested",
      requestId: request.id,
      known: { how: "unknown" },
    };
  },

  async update(ctx: WriteContext, observed: State, desired: Inputs): Promise<State> {
    if (desired.units === undefined || observed.units === desired.units) return { ...observed, ...desired };
    permitted(ctx, "ProductAssignment", "update", productAssignment.labelOf(desired));
    const assignments = ctx.platform.assignments;
    const record = await port(ctx).find(
      { id: observed.assignmentId, subject: subjectOf(desired), product: desired.product },
      { fresh: true },
    );
    if (!canWriteAssignments(assignments) || record === undefined) throw unchangeableUnits(ctx, desired);
    return toState(ctx, desired, await assignments.setUnits(record, desired.units));
  },

  async delete(ctx: WriteContext, state: State): Promise<void> {
    await leave(ctx, await whatLeaves(ctx, state), state.wait ?? "submitted", productAssignment.labelOf(state));
  },

  async describeDelete(ctx: ReadContext, state: State): Promise<string> {
    const decision = await whatLeaves(ctx, state);
    return describeLeaving(ctx, decision, state.wait ?? "submitted", productAssignment.labelOf(state));
  },
};

function unchangeableUnits(ctx: ReadContext, desired: Inputs): ProviderError {
  return new ProviderError(
    "unsupported",
    `The units of ${productAssignment.labelOf(desired)} can't be changed by us.\nHave it changed on ${ctx.platform.title}, then import the inventory.`,
    { operation: "update" },
  );
}

async function whatLeaves(ctx: ReadContext, state: State): Promise<Decision> {
  const subject = subjectOf(state);
  const requests = await openRequests(ctx, subject);
  const joining = openRequestFor(requests, "joining", state.product);
  if (joining !== undefined) return { kind: "joining", request: joining };
  const open = openRequestFor(requests, "leaving", state.product, state.assignmentId);
  if (open !== undefined) return { kind: "open", request: open };
  const label = productAssignment.labelOf(state);
  const record = await port(ctx).find({ id: state.assignmentId, subject, product: state.product }, { fresh: true });
  if (record === undefined) {
    await provenGone(ctx, productAssignment, state, label);
    return { kind: "gone" };
  }
  if (record.facts.enabled === false && (await isDoneWith(ctx, state, record))) return { kind: "gone" };
  const planned = await plan(ctx, state, record);
  if (state.wait === "completed") await refuseAskedBefore(ctx, planned, label);
  return { kind: "planned", plan: planned };
}

/**
 * One that is not in force may be suspended only, and come back. It is done with where its leaving was completed, or where nobody asks for
 * one: then it was ended by hand, and the product is taken at the platform's word. Where somebody asks, it leaves like any other.
 */
async function isDoneWith(ctx: ReadContext, state: State, record: AssignmentRecord): Promise<boolean> {
  const subject = subjectOf(state);
  if (await hasLeft(ctx, subject, record.id)) return true;
  return ctx.notes.find(subject, [state.product, record.product], ctx.connectionName) === undefined;
}

async function plan(ctx: ReadContext, state: State, record: AssignmentRecord): Promise<LeavingPlan> {
  const label = productAssignment.labelOf(state);
  const capability = permitted(ctx, "ProductAssignment", "delete", label);
  const subject = subjectOf(state);
  const why = reasonFor(ctx, subject, [state.product, record.product], label);
  const { products } = await holdings(ctx, subject, []);
  const item: FilingItem = {
    kind: "product",
    name: record.product,
    id: record.id,
    mode: capability.mode === "api" || capability.mode === "observe" ? capability.mode : "request",
    clickPath: clickPath(capability, subject, record.product),
    ...(record.units === undefined ? {} : { units: record.units }),
  };
  return {
    subject,
    item,
    why,
    licence: why.licence ?? state.licence ?? "keep",
    stays: products.filter((product) => folded(product) !== folded(record.product)),
  };
}

async function refuseUnknownOwner(ctx: ReadContext, subject: SubjectRef): Promise<void> {
  if (subject.kind !== "owner" || ctx.platform.owners === undefined) return;
  if ((await ctx.platform.owners.find(subject.key)) === undefined) throw await unknownOwner(ctx, subject.key);
}

/** Names the owners that were most likely meant; nothing has been filed. */
export async function unknownOwner(ctx: ReadContext, email: string): Promise<ProviderError> {
  const near = nearest(
    email,
    ((await ctx.platform.owners?.list()) ?? []).map((owner) => owner.email),
  );
  return new ProviderError(
    "notFound",
    `${ctx.platform.title} has no device owner ${email} in the attested inventory; nothing was filed.\n${near.length === 0 ? "Add the end user in the console, then import the inventory at the desk." : `Did you mean ${near.join(" or ")}? Else add the end user in the console and import the inventory.`}`,
    { platform: ctx.platform.platform, resource: email },
  );
}

function subjectOf(inputs: Inputs): SubjectRef {
  return inputs.owner === undefined
    ? { kind: "customer", key: inputs.customer ?? "", name: inputs.subjectName ?? inputs.customer ?? "" }
    : { kind: "owner", key: folded(inputs.owner), name: inputs.subjectName ?? folded(inputs.owner) };
}

function port(ctx: ReadContext) {
  if (ctx.platform.assignments === undefined)
    throw new ProviderError("unsupported", `${ctx.platform.title} has no products to assign.`);
  return ctx.platform.assignments;
}

function previousOf(state: State): AssignmentRecord | undefined {
  if (state.status !== "assigned") return undefined;
  const asOf = state.__readAt ?? state.known.asOf;
  return {
    id: state.assignmentId,
    subject: subjectOf(state),
    product: state.product,
    ...(state.units === undefined ? {} : { units: state.units }),
    facts: state.facts ?? {},
    known: { ...state.known, ...(asOf === undefined ? {} : { asOf }) },
  };
}

/** What is known of no more than its id: a list that lacks it does not prove it gone. */
function onceSeen(id: string, subject: SubjectRef, product: string): AssignmentRecord {
  return { id, subject, product, facts: {}, known: { how: "unknown" } };
}

function toState(ctx: ReadContext, inputs: Inputs, record: AssignmentRecord): State {
  // A refresh gives the whole prior state as inputs: the request that it may tell of is over.
  const { requestId: _, ...kept } = inputs as Inputs & Partial<State>;
  // The product stays as the program writes it, by name or id: what a cross grade makes of it is the platform's own.
  return {
    ...kept,
    ...(record.units === undefined ? {} : { units: record.units }),
    assignmentId: record.id,
    account: ctx.account,
    status: "assigned",
    facts: record.facts,
    known: record.known,
    // By the platform's own clock.
    ...(record.known.asOf === undefined ? {} : { __readAt: record.known.asOf }),
  };
}
