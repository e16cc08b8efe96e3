/** Between the vendor's shapes and the port's words. Pure. */
import type { CompanyProfile, FirstUser, Known, LmpiReadings } from "../../generated/types";
import type { AssignmentFacts, AssignmentRecord, CustomerRecord } from "../platform";
import { toDay } from "./dates";
import type { CustomerWire, LicenceWire, SubscriptionDetailWire, SubscriptionWire } from "./wire";

export function toCustomer(row: CustomerWire, known: Known): CustomerRecord {
  return {
    id: row.customer_id,
    name: row.name,
    company: toCompany(row),
    ...(row.status === undefined ? {} : { status: row.status }),
    known,
  };
}

/** The profile as the platform keeps it; undefined where the row has none, for then nothing is known of it. */
function toCompany(row: CustomerWire): CompanyProfile | undefined {
  if (!row.profiled) return undefined;
  return {
    ...(row.address === undefined ? {} : { address: row.address }),
    city: row.city ?? "",
    state: row.state ?? "",
    ...(row.postal_code === undefined ? {} : { postalCode: row.postal_code }),
    country: (row.country ?? "").toUpperCase(),
    ...(row.note === undefined ? {} : { note: row.note }),
    ...(row.emergency_email === undefined ? {} : { emergencyEmail: row.emergency_email }),
  };
}

/** A row as a profile that was just sent will be listed. */
export function sentRow(id: string, name: string, company: CompanyProfile, before?: CustomerWire): CustomerWire {
  return {
    customer_id: id,
    name,
    profiled: true,
    address: company.address,
    city: company.city,
    state: company.state,
    postal_code: company.postalCode,
    country: company.country,
    note: company.note,
    emergency_email: company.emergencyEmail,
    status: before?.status,
  };
}

/** Whether two rows say the same of what a program can set; the status is the platform's own. */
export function sameProfile(a: CustomerWire, b: CustomerWire): boolean {
  return PROFILE.every((field) => (a[field] ?? "") === (b[field] ?? ""));
}

const PROFILE = [
  "name",
  "address",
  "city",
  "state",
  "postal_code",
  "country",
  "note",
  "emergency_email",
] as const satisfies readonly (keyof CustomerWire)[];

function companyBody(name: string, company: CompanyProfile): object {
  return {
    name,
    address: company.address,
    city: company.city,
    state: company.state,
    postal_code: company.postalCode,
    country: company.country,
    note: company.note,
    emergency_email: company.emergencyEmail,
  };
}

export function createCustomerBody(name: string, company: CompanyProfile, user: FirstUser): string {
  const { phone } = user;
  return JSON.stringify({
    company: companyBody(name, company),
    user: {
      login_name: user.loginName,
      first_name: user.firstName,
      last_name: user.lastName,
      ...(phone === undefined
        ? {}
        : { phone: { area_code: phone.areaCode, number: phone.number, extension: phone.extension } }),
      email: user.email,
      time_zone: user.timeZone,
      language: user.language,
    },
  });
}

/** The whole profile, so that merging and replacing come to the same. */
export function updateCustomerBody(name: string, company: CompanyProfile, reading: LmpiReadings["updateBody"]): string {
  const whole = companyBody(name, company);
  return JSON.stringify(reading === "flat" ? whole : { company: whole });
}

/** What only a single read tells of a subscription. */
export interface Details {
  readonly units: number | undefined;
  readonly startsOn: string | undefined;
  readonly expiresOn: string | undefined;
  readonly enabled: boolean | undefined;
  readonly autoRenewal: boolean | undefined;
  /** As the platform wrote it, to send it back unchanged. */
  readonly expirationAsSent: unknown;
}

export function toDetails(detail: SubscriptionDetailWire): Details {
  return { ...toLicenceDetails(detail.licenses), enabled: detail.enabled, autoRenewal: detail.is_auto_renewal };
}

/**
 * A suite has several licences. Units are those of its greatest licence, for that is what is billed; it starts with its first licence and
 * expires with the first that does. Licences that are switched off count only where no other is left.
 */
export function toLicenceDetails(licenses: readonly LicenceWire[]): Details {
  const live = licenses.filter((licence) => licence.enabled !== false);
  const counted = live.length > 0 ? live : licenses;
  const units = counted.flatMap((licence) => licence.units ?? []);
  const first = (field: "license_start_date" | "license_expiration_date") =>
    counted
      .map((licence) => ({ day: toDay(licence[field]), asSent: licence[field] }))
      .filter((date) => date.day !== undefined)
      .sort((a, b) => (a.day ?? "").localeCompare(b.day ?? ""))[0];
  const expires = first("license_expiration_date");
  return {
    units: units.length === 0 ? undefined : Math.max(...units),
    startsOn: first("license_start_date")?.day,
    expiresOn: expires?.day,
    enabled: undefined,
    autoRenewal: undefined,
    expirationAsSent: expires?.asSent,
  };
}

export interface Named {
  readonly product: string;
  readonly customerName: string;
  readonly known: Known;
}

/** A subscription as listed, without what only a single read tells. */
export function toListedAssignment(row: SubscriptionWire, named: Named): AssignmentRecord {
  return {
    id: row.subscription_id,
    subject: { kind: "customer", key: row.customer_id, name: named.customerName },
    product: named.product,
    facts: facts(row.enabled, row.is_auto_renewal),
    known: named.known,
  };
}

export function toAssignment(row: SubscriptionWire, details: Details, named: Named): AssignmentRecord {
  return {
    ...toListedAssignment(row, named),
    ...(details.units === undefined ? {} : { units: details.units }),
    facts: facts(details.enabled ?? row.enabled, details.autoRenewal ?? row.is_auto_renewal, details),
  };
}

function facts(
  enabled: boolean | undefined,
  autoRenewal: boolean | undefined,
  dates: Partial<Pick<Details, "startsOn" | "expiresOn">> = {},
): AssignmentFacts {
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(autoRenewal === undefined ? {} : { autoRenewal }),
    ...(dates.startsOn === undefined ? {} : { startsOn: dates.startsOn }),
    ...(dates.expiresOn === undefined ? {} : { expiresOn: dates.expiresOn }),
  };
}
