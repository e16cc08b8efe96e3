// Generated from schemas/ - run npm run generate
import type { CustomerInputs, CustomerOutputs, DeviceOwnerInputs, DeviceOwnerOutputs, ProductAssignmentInputs, ProductAssignmentOutputs } from "./types";

/** What a property's schema says beyond its shape. */
export interface PropertyFlags {
  /** Another value means another object: delete, then create. */
  readonly replaceOnChange?: true;
  /** Means something to this program only: never sent, never read. */
  readonly local?: true;
  /** Sent at creation; a later change does nothing on the platform. */
  readonly createOnly?: true;
  /** The platform never tells it again. */
  readonly writeOnly?: true;
  /** Kept as a secret in state. */
  readonly secret?: true;
  /** Told once, in the answer to the create. */
  readonly emitOnCreate?: true;
  /** An array whose order means nothing. */
  readonly unordered?: true;
  /** The platform fills it in when it is left out. */
  readonly serverDefault?: true;
  /** Compared without regard to case. */
  readonly caseInsensitive?: true;
  /** The value that it has when left out. */
  readonly default?: boolean | number | string | readonly string[];
}

/** The flags of one resource. */
export interface ResourceFlags<I extends object = object, O extends object = object> {
  readonly properties: Readonly<Record<keyof I & string, PropertyFlags>>;
  readonly required: readonly (keyof I & string)[];
  /** Where case means nothing, from the top: `["company", "emergencyEmail"]`. */
  readonly caseInsensitivePaths: readonly (readonly string[])[];
  /** Keys of state that no program sets. */
  readonly outputs: readonly (keyof O & string)[];
}

export interface FlagTable {
  readonly Customer: ResourceFlags<CustomerInputs, CustomerOutputs>;
  readonly DeviceOwner: ResourceFlags<DeviceOwnerInputs, DeviceOwnerOutputs>;
  readonly ProductAssignment: ResourceFlags<ProductAssignmentInputs, ProductAssignmentOutputs>;
}

export const FLAGS: FlagTable = {
  Customer: {
    properties: {
      platform: { replaceOnChange: true },
      name: {},
      company: {},
      firstUser: { createOnly: true, writeOnly: true },
      products: { unordered: true, default: [] },
      deletionProtection: { local: true, default: true },
      onDelete: { local: true, default: "offboard" },
      wait: { local: true, default: "submitted" },
      adopt: { local: true, default: false },
    },
    required: ["platform","name","company"],
    caseInsensitivePaths: [
      ["company","emergencyEmail"],
      ["firstUser","email"],
    ],
    outputs: ["customerId","account","accountType","status","userId","undeclaredProducts","known"],
  },
  DeviceOwner: {
    properties: {
      platform: { replaceOnChange: true },
      email: { replaceOnChange: true, caseInsensitive: true },
      name: {},
      products: { unordered: true, default: [] },
    },
    required: ["platform","email"],
    caseInsensitivePaths: [
      ["email"],
    ],
    outputs: ["account","undeclaredProducts","known"],
  },
  ProductAssignment: {
    properties: {
      platform: { replaceOnChange: true },
      owner: { replaceOnChange: true, caseInsensitive: true },
      customer: { replaceOnChange: true },
      subjectName: { local: true },
      product: { replaceOnChange: true },
      units: {},
      startsOn: { createOnly: true, writeOnly: true },
      licence: { local: true, default: "keep" },
      wait: { local: true, default: "submitted" },
      adopt: { local: true, default: false },
    },
    required: ["platform","product"],
    caseInsensitivePaths: [
      ["owner"],
    ],
    outputs: ["assignmentId","account","status","requestId","facts","known"],
  },
};
