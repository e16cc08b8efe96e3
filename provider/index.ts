/** pulumi-msp: infrastructure as code for what managed service providers run on security platforms that they do not own. */
export { type ErrorKind, hasKind, ProviderError } from "./errors";
export { FleetCustomer, type FleetCustomerArgs } from "./fleet-customer";
export type {
  CompanyProfile,
  Connection,
  Connections,
  FirstUser,
  Fleet,
  FleetCustomerEntry,
  FleetDefaults,
  FleetOwner,
  FleetProduct,
  Known,
  LeavingNote,
  LicenceDisposition,
  OnDelete,
  Wait,
} from "./generated/types";
export { type AnnounceOptions, announceLeavings } from "./hosts/announce";
export {
  Customer,
  type CustomerArgs,
  DeviceOwner,
  type DeviceOwnerArgs,
  ProductAssignment,
  type ProductAssignmentArgs,
} from "./hosts/dynamic";
