/** The fleet that every contender runs: customers with some products each, all of the same size. */

/** Service plans, as the sandbox names them. */
export const PLANS = [
  { id: "6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b101", name: "WFBS-S Yearly" },
  { id: "6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b102", name: "Email Security Yearly" },
  { id: "6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b103", name: "Cloud App Security Monthly" },
] as const;

/** A customer and its products are so many resources. */
export const PER_CUSTOMER = 1 + PLANS.length;

/** One customer, as inputs of any contender. */
export interface Entry {
  readonly key: string;
  readonly name: string;
  readonly company: { readonly city: string; readonly state: string; readonly country: string };
  readonly firstUser: {
    readonly loginName: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly email: string;
  };
  readonly products: readonly string[];
}

/** As many customers as come to `MSP_BENCH_SIZE` resources. */
export function entries(): readonly Entry[] {
  return Array.from({ length: Number(process.env.MSP_BENCH_SIZE) / PER_CUSTOMER }, (_, at) => {
    const key = `customer-${String(at + 1).padStart(4, "0")}`;
    return {
      key,
      name: `Customer ${at + 1} of the fleet`,
      company: { city: "Springfield", state: "Illinois", country: "US" },
      firstUser: { loginName: `${key}-admin`, firstName: "Jane", lastName: "Doe", email: `jane@${key}.example` },
      products: PLANS.map(({ name }) => name),
    };
  });
}

/** The connection that each resource names. */
export const PLATFORM = "remote-manager";
/** What each product is assigned with. */
export const UNITS = 5;
