import { createAttestedDriver } from "../attested/driver";
import type { PlatformDefinition } from "../platform";
import { armourzeroCapabilities } from "./capabilities";

/** ArmourZero: request mode on the attested inventory; device owners and their products. */
export const armourzero: PlatformDefinition = {
  name: "armourzero",
  title: "ArmourZero",
  credentials: () => [],
  allowedHosts: [],
  requestsPerSecond: 1,
  capabilities: () => armourzeroCapabilities,
  driver: (options) =>
    createAttestedDriver(
      {
        platform: "armourzero",
        title: "ArmourZero",
        capabilities: armourzeroCapabilities,
        visibilityWindowMs: 0,
        holds: { customers: false, owners: true },
      },
      options,
    ),
};
