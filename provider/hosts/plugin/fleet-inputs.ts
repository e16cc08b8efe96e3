/**
 * The inputs of the component: an entry of a fleet, whose shape is told at once. Names, edges and the number of resources hang on it, so that
 * it must be known and in the open; what is only handed on to a resource may be unknown or secret, and stays as it was sent.
 */
import { ProviderError } from "../../errors";
import type { FleetCustomerEntry, FleetDefaults } from "../../generated/types";
import { fleetCustomerEntry } from "../../generated/validators";
import { mistakes } from "../../lifecycle/check";
import { isRecord } from "../../lifecycle/diff";
import type { Properties } from "../state";
import { opened, unwrapped } from "./values";

export interface FleetInputs {
  readonly entry: Omit<FleetCustomerEntry, "key">;
  readonly defaults: FleetDefaults;
  /** Whether its leavings are said in previews. */
  readonly announces: boolean;
}

const OWN = ["defaults", "announceLeavings"];

/** What was sent, by its shape; throws `validation` with every place that is wrong. */
export function fleetInputs(sent: Properties): FleetInputs {
  const given = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null));
  const [plain] = unwrapped(given) as readonly [Properties, unknown];
  const entry = Object.fromEntries(Object.entries(plain).filter(([key]) => !OWN.includes(key)));
  // The resource's own name is the key.
  const wrong = mistakes(fleetCustomerEntry, { key: "name", ...entry });
  if (wrong.length > 0) throw new ProviderError("validation", wrong.join("; "));
  const { defaults, announceLeavings, ...parts } = given;
  return {
    entry: shaped("", parts, {
      platform: told,
      products: listOf(product),
      owners: listOf(owner),
      firstUser,
    }) as unknown as FleetInputs["entry"],
    defaults: (told("defaults", defaults) ?? {}) as FleetDefaults,
    announces: told("announceLeavings", announceLeavings) === true,
  };
}

type Reader = (at: string, value: unknown) => unknown;

/** The value, which must be there to be seen. */
function told(at: string, value: unknown): unknown {
  const seen = opened(value);
  if (typeof seen !== "string") return seen.value;
  throw new ProviderError(
    "validation",
    seen === "secret"
      ? `${at} can't be secret here: names and edges of resources are made of it, and Pulumi shows them; pass it as it is`
      : `${at} isn't known before something else is made, and names and edges of resources are made of it; write it out`,
  );
}

/** Members by their readers; what has none stays as it was sent. */
function shaped(at: string, value: unknown, readers: Readonly<Record<string, Reader>>): unknown {
  const seen = told(at, value);
  if (!isRecord(seen)) return seen;
  return Object.fromEntries(
    Object.entries(seen).map(([key, member]) => {
      const reader = readers[key];
      return [key, reader === undefined ? member : reader(at === "" ? key : `${at}.${key}`, member)];
    }),
  );
}

function listOf(reader: Reader): Reader {
  return (at, value) => (told(at, value) as readonly unknown[]).map((item, index) => reader(`${at}.${index}`, item));
}

function product(at: string, value: unknown): unknown {
  return shaped(at, value, { product: told });
}

function owner(at: string, value: unknown): unknown {
  return shaped(at, value, { key: told, platform: told, products: listOf(product) });
}

/** A login name that is to be generated is a resource of its own. */
function firstUser(at: string, value: unknown): unknown {
  const seen = opened(value);
  if (typeof seen === "string" || !isRecord(seen.value)) return value;
  return shaped(at, value, { loginName });
}

function loginName(at: string, value: unknown): unknown {
  const seen = opened(value);
  return typeof seen === "string" || !isRecord(seen.value)
    ? value
    : shaped(at, value, { generate: told, prefix: told });
}
