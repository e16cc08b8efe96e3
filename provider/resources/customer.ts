import { ProviderError } from "../errors";
import type { CustomerInputs, CustomerState, FilingItem, OffboardingRequest } from "../generated/types";
import type { CheckContext, CheckFailure, ReadContext, Ref, ResourceHandler, WriteContext } from "../lifecycle/handler";
import { provenGone } from "../lifecycle/gone";
import { declaredProducts, hasFiled, type Holdings, holdings } from "../lifecycle/holdings";
import {
  askersOf,
  clickPath,
  declaredLeavings,
  fileJoining,
  type LeavingPlan,
  permitted,
  reasonFor,
  refuseAskedBefore,
  refuseInProgress,
  takeBack,
  takeBackDeclared,
  type Decision,
  describeLeaving,
} from "../lifecycle/leaving";
import { leave } from "../lifecycle/settle";
import { holdsUnknown, isUnknown } from "../lifecycle/unknowns";
import { canWriteCustomers, type CustomerRecord, type SubjectRef } from "../platforms/platform";
import { folded } from "../names";

/**
 * A customer of the MSP (seed 002). "All products must be removed from the selected customer before the customer can be deleted"; "once
 * customer accounts are deleted, they cannot be recovered", so deletion protection is on until a program turns it off.
 */
export const customer: ResourceHandler<CustomerInputs, CustomerState> = {
  type: "Customer",
  listedOnly: true,
  idOf: (state) => state.customerId,
  labelOf: (inputs) => `customer ${inputs.name}`,
  naturalKeyOf: (inputs) => folded(`${inputs.name}|${inputs.company.country}`),
  importHint: () => "Set `adopt: true` on it (or in the fleet file's `defaults`) to take it over as it is.",

  check(ctx: CheckContext, inputs: CustomerInputs): readonly CheckFailure[] {
    const create = ctx.capability("Customer", "create");
    return create?.mode === "api" && inputs.firstUser === undefined && inputs.adopt !== true && !isUnknown(inputs.adopt)
      ? [
          {
            property: "",
            reason: `firstUser is missing: ${ctx.title} creates a customer with its first user account; or set \`adopt: true\` if the customer exists`,
          },
        ]
      : [];
  },

  async observe(ctx: ReadContext, ref: Ref<CustomerInputs, CustomerState>): Promise<CustomerState | undefined> {
    const customers = port(ctx);
    const id = ref.state === undefined ? ref.id : idThere(ref.state);
    const record = await customers.find(
      { ...(id === undefined ? {} : { id }), name: ref.inputs.name, country: ref.inputs.company.country },
      { fresh: ref.fresh === true },
    );
    if (record !== undefined) {
      const held = await holdings(ctx, { kind: "customer", key: record.id }, [
        ...declaredProducts(ref.inputs),
        ...declaredProducts(ref.state),
      ]);
      const userId = record.userId ?? ref.state?.userId;
      return toState(ctx, ref.inputs, { ...record, ...(userId === undefined ? {} : { userId }) }, held);
    }
    const joining = await joiningOf(ctx, ref.inputs);
    return joining === undefined
      ? undefined
      : { ...ref.inputs, ...requested(ctx, joining.subject), undeclaredProducts: [] };
  },

  wasOurs: (ctx: ReadContext, observed: CustomerState) =>
    hasFiled(ctx, { kind: "customer", key: observed.customerId }, observed.customerId),

  size: async (ctx: ReadContext) => (await port(ctx).list()).length,

  async leavingOf(ctx: ReadContext, observed: CustomerState, filedBy?: readonly string[]) {
    const leaving = await leavingOf(ctx, observed);
    return filedBy === undefined || filedBy.includes(leaving?.resource ?? "") ? leaving : undefined;
  },

  async reclaim(ctx: WriteContext, observed: CustomerState, filedBy?: readonly string[]): Promise<void> {
    const leaving = await customer.leavingOf?.(ctx, observed, filedBy);
    if (leaving !== undefined) await takeBack(ctx, leaving, customer.labelOf(observed));
  },

  async foresee(ctx: ReadContext, desired: CustomerInputs): Promise<Partial<CustomerState>> {
    const capability = permitted(ctx, "Customer", "create", customer.labelOf(desired));
    const { accountType } = ctx.connection;
    if (capability.mode === "api") {
      if (desired.firstUser === undefined) throw withoutFirstUser(ctx, desired);
      return { account: ctx.account, ...(accountType === undefined ? {} : { accountType }) };
    }
    const subject = newSubject(desired);
    askersOf(ctx, subject, desired.name);
    return { ...requested(ctx, subject), undeclaredProducts: [] };
  },

  stable: (state) => (state.status === "requested" ? ["account"] : ["customerId", "account", "accountType", "userId"]),

  async create(ctx: WriteContext, desired: CustomerInputs): Promise<CustomerState> {
    const capability = permitted(ctx, "Customer", "create", customer.labelOf(desired));
    const customers = ctx.platform.customers;
    if (capability.mode === "api" && canWriteCustomers(customers)) {
      if (desired.firstUser === undefined) throw withoutFirstUser(ctx, desired);
      const record = await customers.create({
        name: desired.name,
        company: desired.company,
        firstUser: desired.firstUser,
      });
      return { ...toState(ctx, desired, record, undefined), products: desired.products ?? [], undeclaredProducts: [] };
    }
    const subject = newSubject(desired);
    await fileJoining(ctx, subject, {
      kind: "customer",
      name: desired.name,
      id: newId(desired),
      mode: "request",
      clickPath: clickPath(capability, subject, ""),
    });
    return { ...desired, ...requested(ctx, subject), undeclaredProducts: [] };
  },

  async foreseeUpdate(
    ctx: ReadContext,
    observed: CustomerState,
    desired: CustomerInputs,
    changed: readonly string[],
  ): Promise<void> {
    if (changed.includes("name") || changed.includes("company"))
      permitted(ctx, "Customer", "update", `the profile of ${customer.labelOf(observed)}`);
    if (holdsUnknown(desired.products)) return;
    const subject = { kind: "customer", key: observed.customerId } as const;
    for (const { leaving, label } of await declaredLeavings(ctx, subject, desired.products ?? []))
      refuseInProgress(ctx, leaving, label);
  },

  async update(
    ctx: WriteContext,
    observed: CustomerState,
    desired: CustomerInputs,
    changed: readonly string[],
  ): Promise<CustomerState> {
    const declared = { products: desired.products ?? [] };
    const profileDiffers = changed.includes("name") || changed.includes("company");
    if (profileDiffers) permitted(ctx, "Customer", "update", `the profile of ${customer.labelOf(observed)}`);
    await takeBackDeclared(ctx, { kind: "customer", key: observed.customerId }, declared.products);
    // Products join and leave by their own resources.
    if (!profileDiffers) return { ...observed, ...declared };
    const customers = port(ctx);
    if (!canWriteCustomers(customers))
      throw new ProviderError(
        "internal",
        `${ctx.platform.title} says that it updates customers by API, and its driver does not.`,
      );
    const record = await customers.update(observed.customerId, { name: desired.name, company: desired.company });
    return { ...observed, ...toState(ctx, desired, record, undefined), ...declared };
  },

  async delete(ctx: WriteContext, state: CustomerState): Promise<void> {
    const label = customer.labelOf(state);
    const decision = await whatLeaves(ctx, state);
    if (decision.kind !== "forgotten") return leave(ctx, decision, state.wait ?? "submitted", label);
    ctx.log(`${label} leaves this program only; it stays on ${ctx.platform.title}`);
  },

  async describeDelete(ctx: ReadContext, state: CustomerState): Promise<string> {
    const label = customer.labelOf(state);
    const decision = await whatLeaves(ctx, state);
    if (decision.kind !== "forgotten") return describeLeaving(ctx, decision, state.wait ?? "submitted", label);
    const { products } = await holdings(ctx, { kind: "customer", key: state.customerId }, state.products ?? []);
    return `leaves this program only: ${label} stays on ${ctx.platform.title}${products.length === 0 ? "" : `, and is still billed for ${products.join(", ")}`}`;
  },
};

function withoutFirstUser(ctx: ReadContext, desired: CustomerInputs): ProviderError {
  return new ProviderError(
    "validation",
    `${customer.labelOf(desired)} does not exist on ${ctx.platform.title}, and is made with its first user account.\nSet \`firstUser\`.`,
    { operation: "create" },
  );
}

/** The platform tells nobody its ids: name and country stand for one. */
function newSubject(desired: CustomerInputs): SubjectRef {
  return { kind: "customer", key: customer.naturalKeyOf(desired), name: desired.name };
}

function requested(ctx: ReadContext, { key }: Pick<SubjectRef, "key">) {
  return { customerId: key, account: ctx.account, status: "requested", known: { how: "unknown" } } as const;
}

async function whatLeaves(ctx: ReadContext, state: CustomerState): Promise<Decision | { readonly kind: "forgotten" }> {
  const open = await leavingOf(ctx, state);
  if (open !== undefined) return { kind: "open", request: open };
  const joining = await joiningOf(ctx, state);
  if (joining !== undefined) return { kind: "joining", request: joining };
  refuseDelete(ctx, state);
  if (state.onDelete === "forget") return { kind: "forgotten" };
  const id = idThere(state);
  const record = await port(ctx).find(
    { ...(id === undefined ? {} : { id }), name: state.name, country: state.company.country },
    { fresh: true },
  );
  if (record === undefined) {
    await provenGone(ctx, customer, state, customer.labelOf(state));
    return { kind: "gone" };
  }
  const planned = await plan(ctx, state, record);
  if (state.wait === "completed") await refuseAskedBefore(ctx, planned, customer.labelOf(state));
  return { kind: "planned", plan: planned };
}

/** What people were asked for is found by name and country: the inventory gives it an id of its own. */
function idThere(state: CustomerState): string | undefined {
  return state.status === "requested" ? undefined : state.customerId;
}

/** The open request to create it: of that name in that country. */
async function joiningOf(ctx: ReadContext, inputs: CustomerInputs): Promise<OffboardingRequest | undefined> {
  const open = await ctx.desk.requests({ account: ctx.account, open: true, kind: "joining" });
  return open.find((request) => request.items.some((item) => item.kind === "customer" && item.id === newId(inputs)));
}

function newId(inputs: CustomerInputs): string {
  return `new:${customer.naturalKeyOf(inputs)}`;
}

async function plan(ctx: ReadContext, state: CustomerState, record: CustomerRecord): Promise<LeavingPlan> {
  const label = customer.labelOf(state);
  const capability = permitted(ctx, "Customer", "delete", label);
  const subject: SubjectRef = { kind: "customer", key: record.id, name: record.name };
  const why = reasonFor(ctx, subject, [], label);
  const held = await holdings(ctx, subject, declaredProducts(state), true);
  refuseStale(ctx, label, record, held);
  // Declared products have deletes of their own in this run; what nobody declared has none.
  if (held.undeclared.length > 0) throw inTheWay(ctx, label, held.undeclared);
  const item: FilingItem = {
    kind: "customer",
    name: record.name,
    id: record.id,
    mode: capability.mode === "api" ? "api" : "request",
    clickPath: clickPath(capability, subject, ""),
  };
  return {
    subject,
    item,
    why,
    licence: why.licence ?? "reduce",
    stays: [],
    parts: held.assigned,
    ...(capability.irrecoverable === undefined ? {} : { warning: capability.irrecoverable }),
  };
}

async function leavingOf(ctx: ReadContext, state: CustomerState) {
  const open = await ctx.desk.requests({ account: ctx.account, open: true, kind: "leaving" });
  return open.find(
    (request) =>
      request.subject.kind === "customer" &&
      request.subject.key === state.customerId &&
      request.items.some((item) => item.kind === "customer"),
  );
}

/** What the platform can't do is told before what the program protects: taking off the protection would lead nowhere. */
function refuseDelete(ctx: ReadContext, state: CustomerState): void {
  if (state.onDelete !== "forget") permitted(ctx, "Customer", "delete", customer.labelOf(state));
  if (state.deletionProtection === false) return;
  throw new ProviderError(
    "blocked",
    `Customer ${state.name} is protected from deletion, as deleted customers can't be recovered.\nTo delete it: put it back with \`deletionProtection: false\`, run \`pulumi up\`, take it out, and run \`pulumi up\` again.`,
    { platform: ctx.platform.platform, operation: "delete", resource: state.name },
  );
}

/** Deletion can't be undone, so it does not rest on what was attested long ago. */
function refuseStale(ctx: ReadContext, label: string, record: CustomerRecord, { assigned }: Holdings): void {
  const old =
    record.stale === true
      ? { what: label, known: record.known }
      : assigned.flatMap((part) => (part.stale === true ? { what: part.product, known: part.known } : []))[0];
  if (old === undefined) return;
  throw new ProviderError(
    "stale",
    `${label[0]?.toUpperCase()}${label.slice(1)} can't be deleted on what is known: ${old.what} was attested as of ${old.known.asOf} (${old.known.source}), which is too old.\nImport a newer inventory of ${ctx.account} at the desk, then run this again.`,
    { platform: ctx.platform.platform, operation: "delete", resource: label },
  );
}

function inTheWay(ctx: ReadContext, label: string, undeclared: readonly string[]): ProviderError {
  return new ProviderError(
    "blocked",
    `${label[0]?.toUpperCase()}${label.slice(1)} can't be deleted: ${undeclared.join(", ")} ${undeclared.length === 1 ? "is" : "are"} attached, declared by no program and on no request.\nAll products must be removed from the selected customer before the customer can be deleted. Declare ${undeclared.length === 1 ? "it" : "them"} with \`adopt: true\`, then drop ${undeclared.length === 1 ? "it" : "them"} with the customer.`,
    { platform: ctx.platform.platform, operation: "delete", resource: label },
  );
}

function port(ctx: ReadContext) {
  if (ctx.platform.customers === undefined)
    throw new ProviderError("unsupported", `${ctx.platform.title} has no customers.`);
  return ctx.platform.customers;
}

function toState(
  ctx: ReadContext,
  inputs: CustomerInputs,
  record: CustomerRecord,
  held: Holdings | undefined,
): CustomerState {
  // A refresh gives the whole prior state as inputs: the platform's word in it is an old one.
  const { status: _, ...kept } = inputs as CustomerInputs & Partial<CustomerState>;
  return {
    ...kept,
    name: record.name,
    company: record.company ?? inputs.company,
    ...(held === undefined ? {} : { products: held.products, undeclaredProducts: held.undeclared }),
    customerId: record.id,
    account: ctx.account,
    ...(ctx.connection.accountType === undefined ? {} : { accountType: ctx.connection.accountType }),
    ...(record.status === undefined ? {} : { status: record.status }),
    ...(record.userId === undefined ? {} : { userId: record.userId }),
    known: record.known,
  };
}
