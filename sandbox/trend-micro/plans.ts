/** A service plan of the MSP's account. */
export interface ServicePlan {
  readonly id: string;
  readonly name: string;
  readonly product: string;
  readonly productCode: string;
  readonly version: "trial" | "full";
  readonly initialPeriodMonths: number;
  readonly autoRenewal: boolean;
  readonly dataCenterCode: string;
  readonly dataCenter: string;
  /** For a suite: codes of the products that it covers, whose licences a cross grade takes. */
  readonly covers?: readonly string[];
}

/** The plans that a sandbox has unless it is given others. */
export const DEFAULT_PLANS: readonly ServicePlan[] = [
  plan("6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b101", "WFBS-S Yearly", "Worry-Free Business Security Services", "WF", "full"),
  plan("6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b102", "Email Security Yearly", "Email Security", "ES", "full"),
  plan("6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b103", "Cloud App Security Monthly", "Cloud App Security", "CA", "full", 1),
  {
    ...plan(
      "6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b104",
      "Worry-Free Suite Yearly",
      "Worry-Free Services Suite",
      "WS",
      "full",
    ),
    covers: ["WF", "CA"],
  },
  {
    ...plan("6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b105", "Cloud Edge Fixed Term", "Cloud Edge", "CE", "full"),
    autoRenewal: false,
  },
  {
    ...plan(
      "6f0c8a54-1d0b-4b9f-8a57-0a51d2f6b106",
      "WFBS-S Trial",
      "Worry-Free Business Security Services",
      "WF",
      "trial",
      1,
    ),
    autoRenewal: false,
  },
];

function plan(
  id: string,
  name: string,
  product: string,
  productCode: string,
  version: ServicePlan["version"],
  initialPeriodMonths = 12,
): ServicePlan {
  return {
    id,
    name,
    product,
    productCode,
    version,
    initialPeriodMonths,
    autoRenewal: true,
    dataCenterCode: "EU",
    dataCenter: "Europe",
  };
}
