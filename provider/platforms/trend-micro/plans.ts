import type { Clock } from "../../clock";
import { ProviderError } from "../../errors";
import { visible } from "../../names";
import { nearest } from "../../nearest";
import type { Lmpi } from "./api";
import { createListing } from "./listing";
import type { ServicePlanWire } from "./wire";

/** The service plans of the account: what LMPI calls a product that can be assigned. */
export interface Plans {
  /** By name or id. Throws `validation` with the near matches, or with the ids where several have that name. */
  resolve(nameOrId: string): Promise<ServicePlanWire>;
  /** The product's name for a plan id: the plan's own, its id where another plan has the same name, and undefined for an unknown id. */
  nameOf(servicePlanId: string): Promise<string | undefined>;
}

/** Plans change by contract, not by the minute. */
const FRESH_FOR_MS = 5 * 60_000;

export function createPlans({ api, clock }: { readonly api: Lmpi; readonly clock: Clock }): Plans {
  const listing = createListing<ServicePlanWire>({
    load: api.servicePlans,
    idOf: (plan) => plan.service_plan_id,
    same: (a, b) => a.name === b.name,
    clock,
    freshForMs: FRESH_FOR_MS,
    visibilityMs: 0,
  });
  const match = (plans: readonly ServicePlanWire[], nameOrId: string) => {
    const byId = plans.filter((plan) => plan.service_plan_id === nameOrId);
    return byId.length > 0 ? byId : plans.filter((plan) => plan.name === nameOrId);
  };

  return {
    resolve: async (nameOrId) => {
      const served = await listing.rows();
      let matches = match(served, nameOrId);
      let plans = served;
      if (matches.length === 0) {
        // It may have been added since.
        plans = await listing.rows({ fresh: true });
        matches = match(plans, nameOrId);
      }
      const [plan, another] = matches;
      if (plan === undefined) {
        const near = nearest(nameOrId, new Set(plans.map((candidate) => candidate.name)));
        const hint =
          near.length > 0
            ? `Did you mean ${near.map(visible).join(", or ")}?`
            : plans.length === 0
              ? "It has none at all: look at the credentials of the connection, and at the contract of the account."
              : `There are: ${[...new Set(plans.map((p) => visible(p.name)))].sort().join(", ")}.`;
        throw refused(`product: this account has no service plan ${nameOrId}.\n${hint}`);
      }
      if (another !== undefined) {
        const ids = matches.map((candidate) => candidate.service_plan_id).join(", ");
        throw refused(
          `product: ${matches.length} service plans are named ${nameOrId}: ${ids}.\nWrite the id of the one that is meant.`,
        );
      }
      return plan;
    },
    nameOf: async (servicePlanId) => {
      const plans = await listing.rows();
      const plan = plans.find((candidate) => candidate.service_plan_id === servicePlanId);
      if (plan === undefined) return undefined;
      return plans.some((other) => other !== plan && other.name === plan.name) ? plan.service_plan_id : plan.name;
    },
  };
}

function refused(message: string): ProviderError {
  return new ProviderError("validation", message, { platform: "trend-micro", operation: "find service plan" });
}
