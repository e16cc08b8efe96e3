import { FLAGS } from "../generated/flags";
import { customerInputs, deviceOwnerInputs, productAssignmentInputs } from "../generated/validators";
import type { Validator } from "../lifecycle/check";
import type { Managed } from "../lifecycle/converge";
import type { Flags } from "../lifecycle/diff";
import type { ResourceHandler } from "../lifecycle/handler";
import type { ResourceType } from "../platforms/platform";
import { customer } from "./customer";
import { deviceOwner } from "./device-owner";
import { productAssignment } from "./product-assignment";

/** A handler whose shapes only its own file knows; hosts hand it what its validator has passed. */
// biome-ignore lint/suspicious/noExplicitAny: a table of handlers of different shapes has no common one
type AnyHandler = ResourceHandler<any, any>;

const handlers: Readonly<Record<ResourceType, AnyHandler>> = {
  Customer: customer,
  DeviceOwner: deviceOwner,
  ProductAssignment: productAssignment,
};

const validators: Readonly<Record<ResourceType, Validator>> = {
  Customer: customerInputs,
  DeviceOwner: deviceOwnerInputs,
  ProductAssignment: productAssignmentInputs,
};

export const resourceTypes = Object.keys(handlers) as readonly ResourceType[];

// biome-ignore lint/suspicious/noExplicitAny: as above
export function managed(type: ResourceType): Managed<any, any> {
  return { handler: handlers[type], flags: FLAGS[type] as unknown as Flags };
}

export function validatorOf(type: ResourceType): Validator {
  return validators[type];
}
