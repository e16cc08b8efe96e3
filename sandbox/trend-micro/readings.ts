import { ProviderError } from "../../provider/errors";

/** How instants are written where the vendor's documentation does not say. */
export type DateFormat = "iso-z" | "iso-local" | "iso-millis" | "posix";

/**
 * Which reading of the vendor's documentation this sandbox serves, where it can be read in more ways than one. Mutable: a reading can be switched
 * while the sandbox runs. Each is explained in `sandbox/README.md`.
 */
export interface LmpiReadings {
  /** How the instants of date windows must be written. */
  dateFormat: DateFormat;
  /** How instants are written in replies. */
  replyDates: DateFormat;
  /** Whether an object stamped exactly at a window's end is inside it. */
  windowEnd: "inclusive" | "exclusive";
  /** Greatest width of a date window in days; 0 for none. */
  windowDays: number;
  /** Whether an error has a 4xx or 5xx status, or comes inside a 200 reply. */
  errors: "status" | "body";
  /** Whether the secret key signs as its text or as the bytes that it encodes. */
  secretKey: "text" | "base64";
  /** Whether the body's MD5 enters the signature as raw bytes or as hex text, before base64. */
  bodyDigest: "raw" | "hex";
  /** Whether a new user counts as modified in the v2 customer list. */
  creationCountsAsModified: boolean;
  /** Whether a change of the company profile counts as modified in the v2 customer list. */
  companyChangeCountsAsModified: boolean;
  /** Whether a new subscription counts as modified in the v2.5 subscription list. */
  subscriptionCreationCountsAsModified: boolean;
  /** Whether a change of a subscription's units, dates or state counts as modified in the v2.5 subscription list. */
  subscriptionChangeCountsAsModified: boolean;
  /** What a write answers: all that it could, nothing, or the ids alone. */
  writeReplies: "full" | "empty" | "ids";
  /** How the reply to a customer's creation names the ids. */
  createIds: "customer_id" | "id" | "companyId" | "nested";
  /** Whether v3 create makes a user of the contact. */
  v3CreateMakesUser: boolean;
  /** Whether the body of a customer or user update is nested under `company` or `user`, or flat. */
  updateBody: "nested" | "flat";
  /** Whether what an update leaves out stays or is cleared. */
  updateEffect: "replace" | "merge";
  /** Whether a subscription update leaves alone what it leaves out, or needs the units and resets the expiration date. */
  subscriptionUpdate: "changes" | "whole";
  /** Whether a subscription update may set a later expiration date. */
  expiryMayExtend: boolean;
  /** What becomes of a second customer of the same name. */
  sameName: "accept" | "refuse";
  /** What becomes of a second subscription of one plan while the first is enabled. */
  samePlan: "accept" | "refuse";
  /** What GetID answers when a customer has several subscriptions of the plan. */
  getId: "newest" | "oldest" | "refuse";
  /** Whether GetID finds disabled subscriptions too. */
  getIdFindsDisabled: boolean;
  /** What `enabled` says while a subscription is suspended. */
  enabledWhileSuspended: boolean;
  /** What becomes of disabling a disabled subscription. */
  disableTwice: "accept" | "refuse";
  /** Whether a plan's `version` is told in words (trial, full) or as numbers (0, 1). */
  planVersion: "words" | "numbers";
  /** Whether service plans come as a bare array or inside an object. */
  plansReply: "array" | "wrapped";
  /** What a new suite does to the customer's licences of the products in it. */
  crossGrade: "off" | "convert" | "absorb";
  /** How long after its creation or change an object is missing from lists. */
  visibilityMs: number;
  /** Whether GetID is as late as the lists. */
  getIdIsLate: boolean;
  /** Greatest number of requests in any `perMs` milliseconds; undefined for no limit. */
  rateLimit: { requests: number; perMs: number } | undefined;
}

/** The likeliest reading of each, or the one that forgives a client least where none is likelier. */
export function defaultReadings(): LmpiReadings {
  return {
    dateFormat: "iso-z",
    replyDates: "iso-z",
    windowEnd: "inclusive",
    windowDays: 0,
    errors: "status",
    secretKey: "text",
    bodyDigest: "raw",
    creationCountsAsModified: false,
    companyChangeCountsAsModified: false,
    subscriptionCreationCountsAsModified: false,
    subscriptionChangeCountsAsModified: true,
    writeReplies: "full",
    createIds: "customer_id",
    v3CreateMakesUser: false,
    updateBody: "nested",
    updateEffect: "replace",
    subscriptionUpdate: "changes",
    expiryMayExtend: false,
    sameName: "accept",
    samePlan: "accept",
    getId: "newest",
    getIdFindsDisabled: false,
    enabledWhileSuspended: true,
    disableTwice: "refuse",
    planVersion: "words",
    plansReply: "array",
    crossGrade: "off",
    visibilityMs: 0,
    getIdIsLate: false,
    rateLimit: undefined,
  };
}

const DATE_FORMATS = ["iso-z", "iso-local", "iso-millis", "posix"];
const YES_OR_NO = [true, false];
const REFUSE_OR_ACCEPT = ["refuse", "accept"];

const CHOICES: Readonly<Record<keyof LmpiReadings, readonly unknown[] | ((value: unknown) => boolean)>> = {
  dateFormat: DATE_FORMATS,
  replyDates: DATE_FORMATS,
  windowEnd: ["inclusive", "exclusive"],
  windowDays: isCount,
  errors: ["status", "body"],
  secretKey: ["text", "base64"],
  bodyDigest: ["raw", "hex"],
  creationCountsAsModified: YES_OR_NO,
  companyChangeCountsAsModified: YES_OR_NO,
  subscriptionCreationCountsAsModified: YES_OR_NO,
  subscriptionChangeCountsAsModified: YES_OR_NO,
  writeReplies: ["full", "empty", "ids"],
  createIds: ["customer_id", "id", "companyId", "nested"],
  v3CreateMakesUser: YES_OR_NO,
  updateBody: ["nested", "flat"],
  updateEffect: ["replace", "merge"],
  subscriptionUpdate: ["changes", "whole"],
  expiryMayExtend: YES_OR_NO,
  sameName: REFUSE_OR_ACCEPT,
  samePlan: REFUSE_OR_ACCEPT,
  getId: ["newest", "oldest", "refuse"],
  getIdFindsDisabled: YES_OR_NO,
  enabledWhileSuspended: YES_OR_NO,
  disableTwice: REFUSE_OR_ACCEPT,
  planVersion: ["words", "numbers"],
  plansReply: ["array", "wrapped"],
  crossGrade: ["off", "convert", "absorb"],
  visibilityMs: isCount,
  getIdIsLate: YES_OR_NO,
  rateLimit: (value) => value === undefined || isRateLimit(value),
};

/** Names of all readings. */
export const READING_NAMES = Object.keys(CHOICES) as readonly (keyof LmpiReadings)[];

/** Checks readings that come from outside; `rateLimit: null` takes the limit away. An unknown name or value is refused. */
export function checkReadings(given: Readonly<Record<string, unknown>>): Partial<LmpiReadings> {
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const choices = CHOICES[name as keyof LmpiReadings];
    if (choices === undefined) {
      throw new ProviderError("validation", `The sandbox has no reading ${name}; it has ${READING_NAMES.join(", ")}.`);
    }
    checked[name] = value ?? undefined;
    const isRight = typeof choices === "function" ? choices(checked[name]) : choices.includes(value);
    if (!isRight) {
      const hint = typeof choices === "function" ? "" : `; it can be ${choices.join(" or ")}`;
      throw new ProviderError("validation", `The reading ${name} can't be ${JSON.stringify(value)}${hint}.`);
    }
  }
  return checked;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function isRateLimit(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("requests" in value) || !("perMs" in value)) return false;
  return isCount(value.requests) && isCount(value.perMs) && Number(value.requests) > 0;
}
