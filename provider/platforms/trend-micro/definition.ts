import { createAttestedDriver } from "../attested/driver";
import type { PlatformDefinition } from "../platform";
import { clpCapabilities, lmpCapabilities } from "./capabilities";
import { createLmpDriver } from "./driver";

const TITLE = "Trend Micro Remote Manager";

/** Trend Micro Remote Manager: LMP accounts by LMPI, CLP accounts in request mode on the attested inventory. */
export const trendMicro: PlatformDefinition = {
  name: "trend-micro",
  title: TITLE,
  credentials: (connection) => (connection.accountType === "lmp" ? ["accessToken", "secretKey"] : []),
  allowedHosts: [".trendmicro.com"],
  requestsPerSecond: 5,
  capabilities: (connection) => (connection.accountType === "lmp" ? lmpCapabilities : clpCapabilities),
  driver: (options) =>
    options.connection.accountType === "lmp"
      ? createLmpDriver(options, TITLE)
      : createAttestedDriver(
          {
            platform: "trend-micro",
            title: TITLE,
            capabilities: clpCapabilities,
            visibilityWindowMs: 0,
            holds: { customers: true, owners: false },
          },
          options,
        ),
};
