import { ProviderError } from "../errors";
import type { DeviceOwnerInputs, DeviceOwnerState } from "../generated/types";
import type { ReadContext, Ref, ResourceHandler, WriteContext } from "../lifecycle/handler";
import { declaredProducts, holdings } from "../lifecycle/holdings";
import { declaredLeavings, refuseInProgress, takeBackDeclared } from "../lifecycle/leaving";
import { holdsUnknown } from "../lifecycle/unknowns";
import { unknownOwner } from "./product-assignment";
import { folded } from "../names";

/**
 * A device owner (seed 000: Devices > End User). Found by e-mail address and never made by us; it carries the declared list of its products,
 * so that a dropped or an undeclared one shows on it.
 */
export const deviceOwner: ResourceHandler<DeviceOwnerInputs, DeviceOwnerState> = {
  type: "DeviceOwner",
  recognises: true,
  idOf: (state) => folded(state.email),
  labelOf: (inputs) => `device owner ${inputs.email}`,
  naturalKeyOf: (inputs) => folded(inputs.email),
  importHint: () => "Declare the owner in one program only.",

  async observe(
    ctx: ReadContext,
    ref: Ref<DeviceOwnerInputs, DeviceOwnerState>,
  ): Promise<DeviceOwnerState | undefined> {
    const owners = ctx.platform.owners;
    if (owners === undefined) throw new ProviderError("unsupported", `${ctx.platform.title} has no device owners.`);
    const record = await owners.find(ref.inputs.email, { fresh: ref.fresh === true });
    if (record === undefined) return undefined;
    const { products, undeclared } = await holdings(ctx, { kind: "owner", key: record.id }, [
      ...declaredProducts(ref.inputs),
      ...declaredProducts(ref.state),
    ]);
    return {
      ...ref.inputs,
      email: record.email,
      ...(record.name === undefined ? {} : { name: record.name }),
      products,
      account: ctx.account,
      undeclaredProducts: undeclared,
      known: record.known,
    };
  },

  size: async (ctx: ReadContext) => ((await ctx.platform.owners?.list()) ?? []).length,

  async create(ctx: WriteContext, desired: DeviceOwnerInputs): Promise<DeviceOwnerState> {
    throw await unknownOwner(ctx, desired.email);
  },

  async foresee(ctx: ReadContext, desired: DeviceOwnerInputs): Promise<never> {
    throw await unknownOwner(ctx, desired.email);
  },

  stable: () => ["account"],

  async foreseeUpdate(ctx: ReadContext, observed: DeviceOwnerState, desired: DeviceOwnerInputs): Promise<void> {
    if (!holdsUnknown(desired.name)) refuseOtherName(observed, desired);
    if (holdsUnknown(desired.products)) return;
    const subject = { kind: "owner", key: folded(desired.email) } as const;
    for (const { leaving, label } of await declaredLeavings(ctx, subject, desired.products ?? []))
      refuseInProgress(ctx, leaving, label);
  },

  // Products join and leave by their own resources; a name is the platform's to change.
  async update(ctx: WriteContext, observed: DeviceOwnerState, desired: DeviceOwnerInputs): Promise<DeviceOwnerState> {
    refuseOtherName(observed, desired);
    const products = desired.products ?? [];
    await takeBackDeclared(ctx, { kind: "owner", key: folded(desired.email) }, products);
    return { ...observed, products };
  },

  async delete(ctx: WriteContext, state: DeviceOwnerState): Promise<void> {
    await refuseWhileSomethingStays(ctx, state, []);
    ctx.log(`device owner ${state.email} leaves this program; the end user itself stays on ${ctx.platform.title}`);
  },

  async describeDelete(ctx: ReadContext, state: DeviceOwnerState): Promise<string> {
    // Its declared products are deleted before it, each in words of its own.
    await refuseWhileSomethingStays(ctx, state, declaredProducts(state));
    return `leaves this program only, once each of its products is on a request: the end user ${state.email} stays on ${ctx.platform.title}`;
  },
};

function refuseOtherName(observed: DeviceOwnerState, desired: DeviceOwnerInputs): void {
  if (desired.name === undefined || observed.name === desired.name) return;
  throw new ProviderError(
    "unsupported",
    `The name of device owner ${desired.email} is ${observed.name ?? "unknown"} there, and we can't change it to ${desired.name}.\nChange it in the console and import the inventory, or correct the program.`,
    { operation: "update" },
  );
}

/** What is assigned and on no request blocks, by name. */
async function refuseWhileSomethingStays(
  ctx: ReadContext,
  state: DeviceOwnerState,
  leaveBefore: readonly string[],
): Promise<void> {
  const { undeclared } = await holdings(ctx, { kind: "owner", key: state.email }, leaveBefore, true);
  if (undeclared.length === 0) return;
  throw new ProviderError(
    "blocked",
    `Device owner ${state.email} can't be dropped: ${undeclared.join(", ")} ${undeclared.length === 1 ? "is" : "are"} assigned and on no request.\nDeclare ${undeclared.length === 1 ? "it" : "them"} with \`adopt: true\` to off-board ${undeclared.length === 1 ? "it" : "them"}, or keep the owner.`,
    { platform: ctx.platform.platform, operation: "delete", resource: state.email },
  );
}
