/**
 * The resource classes of the dynamic host. Nothing is serialized: each passes one constant string that requires the installed package's
 * `./runtime` when it is called, so state holds no code, token or path. The string's text, its require path and `provider(type)` are frozen:
 * it lives in state for ever.
 */
import * as pulumi from "@pulumi/pulumi";
import { FLAGS } from "../generated/flags";
import type {
  AssignmentFactsState,
  AssignmentStatus,
  CustomerInputs,
  DeviceOwnerInputs,
  Known,
  ProductAssignmentInputs,
} from "../generated/types";
import type { ResourceType } from "../platforms/platform";
import { dynamicType, shim } from "./state";

/** Any value of the inputs may be an output of another resource. */
export type Args<T> = { readonly [K in keyof T]: pulumi.Input<Deep<T[K]>> };
type Deep<T> = T extends readonly (infer E)[]
  ? readonly pulumi.Input<E>[]
  : T extends object
    ? { readonly [K in keyof T]: pulumi.Input<Deep<T[K]>> }
    : T;

export type CustomerArgs = Args<CustomerInputs>;
export type DeviceOwnerArgs = Args<DeviceOwnerInputs>;
export type ProductAssignmentArgs = Args<ProductAssignmentInputs>;

export { dynamicType, shim };

function properties(type: ResourceType, name: string, args: object): pulumi.Inputs {
  const outputs = Object.fromEntries(FLAGS[type].outputs.map((key) => [key, undefined]));
  return {
    ...outputs,
    ...args,
    __provider: shim(type),
    __resource: resourceNamed(name),
  };
}

/** What a resource of this program is called wherever programs are told apart. */
export function resourceNamed(name: string): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}::${name}`;
}

/**
 * For while a resource registers itself. The SDK then keeps a stack for each of four promises of each property, to name one that never ends;
 * where programs are TypeScript, each frame of each is looked up in a source map: half of what a program costs. Where the resource is
 * declared it looks up apart from these, in full. In each class and not in one above them, as the SDK counts the constructors up to there.
 */
function withoutStacks() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const restore = () => {
    Error.stackTraceLimit = limit;
  };
  return {
    restore,
    /** An error of this while, with a stack after all. */
    traced: (error: unknown) => {
      restore();
      if (error instanceof Error) Error.captureStackTrace(error);
      return error;
    },
  };
}

/** A customer of the MSP on a platform that has customers. */
export class Customer extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly products: pulumi.Output<readonly string[]>;
  declare readonly customerId: pulumi.Output<string>;
  declare readonly account: pulumi.Output<string>;
  declare readonly accountType: pulumi.Output<string | undefined>;
  declare readonly status: pulumi.Output<string | undefined>;
  declare readonly userId: pulumi.Output<string | undefined>;
  declare readonly undeclaredProducts: pulumi.Output<readonly string[] | undefined>;
  declare readonly known: pulumi.Output<Known>;

  constructor(name: string, args: CustomerArgs, opts?: pulumi.CustomResourceOptions) {
    const stacks = withoutStacks();
    try {
      super(dynamicType("Customer"), name, properties("Customer", name, args), opts);
    } catch (error) {
      throw stacks.traced(error);
    } finally {
      stacks.restore();
    }
    // In the preview of an update the engine knows the id and no other output: what the customer has would look replaced, and off-boarded.
    this.customerId = this.id;
  }
}

/** An end user whose devices are protected; found by e-mail address. */
export class DeviceOwner extends pulumi.CustomResource {
  declare readonly email: pulumi.Output<string>;
  declare readonly products: pulumi.Output<readonly string[]>;
  declare readonly account: pulumi.Output<string>;
  declare readonly undeclaredProducts: pulumi.Output<readonly string[] | undefined>;
  declare readonly known: pulumi.Output<Known>;

  constructor(name: string, args: DeviceOwnerArgs, opts?: pulumi.CustomResourceOptions) {
    const stacks = withoutStacks();
    try {
      super(dynamicType("DeviceOwner"), name, properties("DeviceOwner", name, args), opts);
    } catch (error) {
      throw stacks.traced(error);
    } finally {
      stacks.restore();
    }
  }
}

/** A product of a device owner or a customer; deleting it files a verified off-boarding request. */
export class ProductAssignment extends pulumi.CustomResource {
  declare readonly product: pulumi.Output<string>;
  declare readonly units: pulumi.Output<number | undefined>;
  declare readonly assignmentId: pulumi.Output<string>;
  declare readonly account: pulumi.Output<string>;
  declare readonly status: pulumi.Output<AssignmentStatus>;
  declare readonly requestId: pulumi.Output<string | undefined>;
  declare readonly facts: pulumi.Output<AssignmentFactsState | undefined>;
  declare readonly known: pulumi.Output<Known>;

  constructor(name: string, args: ProductAssignmentArgs, opts?: pulumi.CustomResourceOptions) {
    const stacks = withoutStacks();
    try {
      super(dynamicType("ProductAssignment"), name, properties("ProductAssignment", name, args), opts);
    } catch (error) {
      throw stacks.traced(error);
    } finally {
      stacks.restore();
    }
  }
}
