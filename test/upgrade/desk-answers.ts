import type { Account, InventoryEntry, Intent, OffboardingRequest, TokenRecord } from "../../provider/generated/types";
import type { Caller } from "../desk/support/desk";

/** All that a desk tells of itself over its API. */
export interface DeskAnswers {
  readonly requests: readonly OffboardingRequest[];
  readonly inventory: readonly InventoryEntry[];
  readonly intents: readonly Intent[];
  readonly tokens: readonly TokenRecord[];
  readonly accounts: readonly Account[];
  readonly head: { readonly seq: number; readonly hash: string };
}

/** What the passing of time alone changes. */
const TIME_TELLS = ["clock", "stale"];

/** Asks a desk for everything, as its admin. */
export async function askAll(admin: Caller): Promise<DeskAnswers> {
  const items = async <T>(path: string) => (await admin.get<{ readonly items: readonly T[] }>(path)).items;
  const requests = (await items<OffboardingRequest>("/v1/requests?limit=200")).toReversed();
  const inventory = await items<InventoryEntry>("/v1/inventory");
  const intents = await items<Intent>("/v1/intents");
  const ids = [...new Set([...requests, ...inventory, ...intents].map(({ account }) => account))].sort();
  const accounts: Account[] = [];
  for (const id of ids) accounts.push(await admin.get<Account>(`/v1/accounts/${encodeURIComponent(id)}`));
  return {
    requests,
    inventory,
    intents,
    tokens: await items<TokenRecord>("/v1/tokens"),
    accounts,
    head: await admin.get("/v1/audit/head"),
  };
}

/** Answers without what the passing of time alone changes. */
export function timeless<T>(value: T): T {
  const text = JSON.stringify(value, (key, member) => (TIME_TELLS.includes(key) ? undefined : member));
  return JSON.parse(text) as T;
}

/** Where `now` no longer says what `before` said; whatever it says besides is a later version's to add. */
export function lost(before: unknown, now: unknown, path = ""): readonly string[] {
  if (typeof before !== "object" || before === null) return Object.is(before, now) ? [] : [`${path}: ${String(now)}`];
  if (typeof now !== "object" || now === null) return [`${path}: ${String(now)}`];
  if (Array.isArray(before) && (!Array.isArray(now) || now.length !== before.length))
    return [`${path}: another number`];
  return Object.entries(before).flatMap(([key, member]) =>
    lost(member, (now as Readonly<Record<string, unknown>>)[key], `${path}/${key}`),
  );
}
