/** What is done to one item: removed (or assigned), then proven. When all are proven the request is Completed. */
import type {
  ConfirmAction,
  Evidence,
  OffboardingRequest,
  Person,
  RemovedAction,
  RequestItem,
} from "../../provider/generated/types";
import { endIntents, TYPE_OF_ITEM } from "../accounts/intents";
import { expectOneLess } from "../accounts/resolve";
import { findEntry, recordOutcome, statementOf } from "../inventory/entries";
import { DeskRefusal } from "../problems";
import type { RequestItemRow } from "../store/tables";
import type { Work } from "../work";
import { close, hasAsked, settled } from "./acts";
import { nothingBeneath } from "./beneath";
import { instantOf } from "./instants";
import { provenAt, subjectOf } from "./proof";
import { auditSubject, factsOf, loadRequest, type StoredRequest } from "./records";
import { nextState } from "./transitions";

/** Records that an item was removed, or assigned. */
export async function recordRemoved(
  work: Work,
  id: string,
  n: number,
  action: RemovedAction,
): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  const state = nextState(factsOf(stored), "removed");
  const item = itemOf(stored, n);
  inState(stored, item, "open");
  const { row } = stored;
  const { actor } = work;
  const isByApi = item.mode === "api";
  const isDelivery = isByApi && actor.kind === "bot";
  if (row.state === "Pending" && !isDelivery) {
    const who = isByApi ? "the bot that removes it by API" : "a person, once the vendor holds the request";
    throw new DeskRefusal(
      "blocked",
      `${id} is Pending (verified): ${item.name} can be removed only by ${who}.\nSubmit the request first.`,
      { allowed: ["submit"] },
    );
  }
  if (!isByApi && row.vendor?.submittedAt === undefined) {
    throw new DeskRefusal(
      "blocked",
      `The vendor does not hold ${id} yet, so nobody can have removed ${item.name}.\nSubmit the request first.`,
      { allowed: ["submit"] },
    );
  }
  if (!isDelivery && !actor.roles.includes("operator")) {
    throw new DeskRefusal(
      "forbidden",
      `Only an operator records the removal of ${item.name}: a bot does so for what it removes by API.`,
    );
  }
  await nothingBeneath(work, stored, "remove it");
  const at = instantOf(
    {
      at: action.at,
      what: "The removal",
      notBefore: row.vendor?.submittedAt ?? row.verification?.at,
      after: row.vendor?.submittedAt === undefined ? "the verification" : "the submission",
    },
    work.now,
  );
  const removed = { at, by: actor.person, ...(action.note === undefined ? {} : { note: action.note }) };
  await setItem(work, id, n, { state: "removed", removed: JSON.stringify(removed) });
  await work.tx.updateTable("request").set({ state }).where("id", "=", id).execute();
  const verb = row.kind === "leaving" ? "removed" : "assigned";
  await work.record(verb, auditSubject(id), { note: noteOf(item, action.note), item: n, removed });
  return settled(work, stored);
}

/** Records the proof that an item is gone, or assigned. */
export async function confirmItem(
  work: Work,
  id: string,
  n: number,
  action: ConfirmAction,
): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  nextState(factsOf(stored), "confirm");
  const item = itemOf(stored, n);
  inState(stored, item, "removed");
  maySay(work, stored, item, action.evidence);
  const at = await provenAt(work, stored, item, action.evidence.at);
  const evidence: Evidence = { ...action.evidence, at };
  const confirmed = { at: work.now, by: work.actor.person, evidence };
  await setItem(work, id, n, { state: "confirmed", confirmed: JSON.stringify(confirmed) });
  await work.record("confirmed", auditSubject(id), {
    note: noteOf(item, `${evidence.kind}: ${evidence.text}`),
    item: n,
    confirmed,
  });
  await intoInventory(work, stored, item, evidence, at);
  if (stored.items.every((other) => other.n === n || other.state === "confirmed")) await complete(work, stored);
  return settled(work, stored);
}

/** A reading is a machine's or an operator's word, and only where the platform can be read; an attestation is a person's who did not ask. */
function maySay(work: Work, { row }: StoredRequest, item: RequestItem, { kind }: Evidence): void {
  const { person, kind: tokenKind, roles } = work.actor;
  if (kind === "read") {
    if (item.mode === "request") {
      throw new DeskRefusal(
        "validation",
        `Nobody can read ${item.name} on ${row.platform}, so it takes evidence of kind attested from somebody who did not ask for ${row.id}.`,
      );
    }
    if (tokenKind === "person") refuseAsker(person, row);
    return;
  }
  if (tokenKind === "bot")
    throw new DeskRefusal(
      "forbidden",
      `${person.email} is a bot and can't attest; a person who did not ask for ${row.id} can.`,
    );
  if (!roles.includes("operator"))
    throw new DeskRefusal("forbidden", `Attesting takes the role operator; ${person.email} has ${roles.join(", ")}.`);
  refuseAsker(person, row);
}

function refuseAsker(person: Person, row: StoredRequest["row"]): void {
  if (hasAsked(person, row))
    throw new DeskRefusal(
      "forbidden",
      `${person.email} has asked for ${row.id} and can't attest that it was done; somebody else must.`,
    );
}

/** What a proof says is what the inventory knows from now, where the inventory is how the platform is known. */
async function intoInventory(
  work: Work,
  { row }: StoredRequest,
  item: RequestItem,
  evidence: Evidence,
  at: string,
): Promise<void> {
  const about = statementOf(subjectOf(row), item);
  const isKnownByInventory = item.mode === "request" || (await findEntry(work.tx, row.account, about)) !== undefined;
  if (!isKnownByInventory) return;
  const voucher = evidence.reference ?? evidence.text;
  await recordOutcome(
    work,
    about,
    { account: row.account, asOf: at, source: `request:${row.id}`, voucher, newId: work.newId },
    row.kind === "joining",
  );
}

async function complete(work: Work, stored: StoredRequest): Promise<void> {
  const { row, items } = stored;
  await close(work, stored, "Completed", undefined);
  await work.record("completed", auditSubject(row.id), { note: items.map((item) => item.name).join(", ") });
  if (row.kind !== "leaving") return;
  for (const item of items) {
    await endIntents(work, row, item);
    // A licence that was ended by API is listed on, as one that is not in force.
    if (item.mode === "request") await expectOneLess(work, row.account, TYPE_OF_ITEM[item.kind]);
  }
}

function itemOf({ row, items }: StoredRequest, n: number): RequestItem {
  const item = items.find((candidate) => candidate.n === n);
  if (item === undefined)
    throw new DeskRefusal(
      "notFound",
      `${row.id} has no item ${n}; it has ${items.map((i) => `${i.n} (${i.name})`).join(", ")}.`,
    );
  return item;
}

/** What an item's own state allows; the rest of the table is for whole requests. */
const ITEM_ACTION = { open: ["removed"], removed: ["confirm"], confirmed: [] } as const;

function inState({ row }: StoredRequest, item: RequestItem, wanted: RequestItem["state"]): void {
  if (item.state === wanted) return;
  const allowed = ITEM_ACTION[item.state];
  const now = allowed.length === 0 ? "Nothing changes it any more." : `Allowed now: ${allowed.join(", ")}.`;
  throw new DeskRefusal("blocked", `Item ${item.n} (${item.name}) of ${row.id} is ${item.state}.\n${now}`, { allowed });
}

async function setItem(
  work: Work,
  id: string,
  n: number,
  values: { state: RequestItemRow["state"]; removed?: string; confirmed?: string },
): Promise<void> {
  await work.tx.updateTable("request_item").set(values).where("request", "=", id).where("n", "=", n).execute();
}

function noteOf(item: RequestItem, note: string | undefined): string {
  return note === undefined ? item.name : `${item.name}: ${note}`;
}
