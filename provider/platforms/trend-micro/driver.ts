import { ProviderError } from "../../errors";
import type { Driver, DriverOptions } from "../platform";
import { createLmpi } from "./api";
import { createAssignments } from "./assignments";
import { lmpCapabilities } from "./capabilities";
import { createCustomers } from "./customers";

/** How long one reading of a list serves a run. */
const FRESH_FOR_MS = 30_000;
/** "A few minutes" until a new customer or a changed licence shows. */
const VISIBILITY_SECONDS = 300;
/** Ids that name the account; a sample does, and a list of tens of thousands would not say more. */
const MOST_IDENTITY_IDS = 500;

/** The driver of a Licensing Management Platform account, by LMPI. */
export function createLmpDriver(options: DriverOptions, title: string): Driver {
  const { connection, credentials, http, clock, random, signal, name } = options;
  const { accessToken, secretKey } = credentials;
  if (!accessToken || !secretKey) {
    throw new ProviderError(
      "unauthenticated",
      `Connection ${name} lacks its credentials; nothing was sent.\nSet both, an access token and a secret key, in the environment or in its credentialsFile.`,
      { platform: "trend-micro" },
    );
  }
  const { pathname } = new URL(connection.endpoint ?? "https://invalid/none");
  if (pathname !== "/") {
    throw new ProviderError(
      "validation",
      `The endpoint of connection ${name} must be https://host alone: signatures cover the path.`,
      { platform: "trend-micro" },
    );
  }
  const readings = connection.readings ?? {};
  const api = createLmpi({ http, accessToken, secretKey, readings, clock, random });
  const visibilityWindowMs = (connection.visibilitySeconds ?? VISIBILITY_SECONDS) * 1000;
  const context = { api, readings, clock, signal, freshForMs: FRESH_FOR_MS, visibilityWindowMs };
  const customers = createCustomers(context);

  return {
    platform: "trend-micro",
    title,
    capabilities: lmpCapabilities,
    visibilityWindowMs,
    // LMPI names the partner nowhere. Its customers are its own, and they can't be deleted.
    identity: async () => ({
      kind: "overlap",
      ids: (await customers.list())
        .map((customer) => customer.id)
        .sort()
        .slice(0, MOST_IDENTITY_IDS),
    }),
    customers,
    assignments: createAssignments(context, customers),
  };
}
