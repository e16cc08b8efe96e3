import { invalid } from "./refusal";
import type { Company, Contact, UserProfile } from "./world";

/** A JSON object, as read from a body. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses a body that must be a JSON object. */
export function readObject(body: Buffer | undefined): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse((body ?? Buffer.alloc(0)).toString("utf8"));
  } catch {
    throw invalid("The body is not valid JSON");
  }
  if (!isObject(parsed)) throw invalid("The body must be an object");
  return parsed;
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that must be an object. */
export function section(body: JsonObject, name: string): JsonObject {
  const value = body[name];
  if (!isObject(value)) throw invalid(`${name} is required`);
  return value;
}

/** A whole number in a range. */
export function wholeNumber(value: unknown, name: string, least: number, greatest: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > greatest) {
    throw invalid(`${name} must be ${least} to ${greatest}`);
  }
  return value;
}

/** A text that must be there. */
export function requiredText(from: JsonObject, name: string, greatest = 256): string {
  const value = optionalText(from, name, greatest);
  if (value === undefined || value === "") throw invalid(`${name} is required`);
  return value;
}

/** Reads a company; what `base` has and the body leaves out stays. */
export function readCompany(given: JsonObject, base: Partial<Company> = {}): Company {
  const from = { ...base, ...given };
  const country = requiredText(from, "country");
  if (!/^[A-Z]{2}$/.test(country)) throw invalid("country must be a code of two letters");
  return {
    name: requiredText(from, "name", 128),
    city: requiredText(from, "city"),
    state: requiredText(from, "state"),
    country,
    address: optionalText(from, "address"),
    postal_code: optionalText(from, "postal_code"),
    note: optionalText(from, "note", 1024),
    emergency_email: optionalText(from, "emergency_email"),
    industry: optionalText(from, "industry"),
  };
}

/** Reads a user; what `base` has and the body leaves out stays. */
export function readUser(given: JsonObject, base: Partial<UserProfile> = {}): UserProfile {
  const from = { ...base, ...given };
  return {
    login_name: requiredText(from, "login_name"),
    ...readContact(from),
    phone: from.phone === undefined ? undefined : readPhone(section(from, "phone")),
    time_zone: optionalText(from, "time_zone"),
    language: optionalText(from, "language"),
  };
}

/** Reads the contact of a v3 creation. */
export function readContact(from: JsonObject): Contact {
  return {
    first_name: requiredText(from, "first_name"),
    last_name: requiredText(from, "last_name"),
    email: requiredText(from, "email"),
  };
}

function readPhone(from: JsonObject): NonNullable<UserProfile["phone"]> {
  const phone: Record<string, string> = {};
  for (const name of ["area_code", "number", "extension"]) {
    const value = optionalText(from, name);
    if (value !== undefined) phone[name] = value;
  }
  return phone;
}

function optionalText(from: JsonObject, name: string, greatest = 256): string | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value.length > greatest) {
    throw invalid(`${name} must be a text of at most ${greatest} characters`);
  }
  return value;
}
