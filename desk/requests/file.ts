/** Filing: one open request per thing that leaves or joins, whoever asks and however often. */
import type { Filing, OffboardingRequest } from "../../provider/generated/types";
import type { Actor } from "../access/roles";
import { nextRun, refuseMerged } from "../accounts/resolve";
import { findEntry, nameKey, normalSubject, statementOf } from "../inventory/entries";
import { DeskRefusal } from "../problems";
import { change, type Desk, type Work } from "../work";
import { beneath, nameOf, tooOldToLeave } from "./beneath";
import { askAgain, openDouble, refuseOpposite } from "./doubles";
import { joinParts, type LeavingPart, partsOnLeavings } from "./held";
import { auditSubject, readRequest } from "./records";

export interface Filed {
  readonly request: OffboardingRequest;
  /** Whether it was filed before; then whoever asks now is one more who asked. */
  readonly existed: boolean;
}

/** Files a request, or answers the open one for the same things. */
export async function fileRequest(desk: Desk, actor: Actor, given: Filing): Promise<Filed> {
  const filing = { ...given, subject: normalSubject(given.subject) };
  const filingOnce = () => change(desk, actor, (work) => fileOnce(work, filing));
  try {
    return await filingOnce();
  } catch (error) {
    // The index is the last word on who was first; the loser finds the winner's request.
    if (isSecondOpenItem(error)) return filingOnce();
    throw error;
  }
}

/** The one unique index (SQLSTATE 23505) that says no to a second open item. */
function isSecondOpenItem(error: unknown): boolean {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown };
  return error instanceof Error && code === "23505" && constraint === "request_item_open";
}

async function fileOnce(work: Work, filing: Filing): Promise<Filed> {
  checkItems(filing);
  await refuseMerged(work.tx, filing.account, nextRun);
  const double = await openDouble(work.tx, filing);
  if (double !== undefined) {
    await askAgain(work, double, filing);
    return { request: await readRequest(work, double), existed: true };
  }
  await refuseOpposite(work, filing);
  await refuseUnread(work, filing);
  const parts = isCustomerLeaving(filing) ? await partsOf(work, filing) : [];
  const id = await insert(work, filing, parts);
  await joinParts(work, id, filing);
  return { request: await readRequest(work, id), existed: false };
}

function isCustomerLeaving(filing: Filing): boolean {
  return filing.kind === "leaving" && filing.items.some((item) => item.kind === "customer");
}

function checkItems({ items, subject }: Filing): void {
  const customer = items.find((item) => item.kind === "customer");
  if (customer !== undefined && subject.kind !== "customer") {
    throw new DeskRefusal(
      "validation",
      `The item ${customer.name} is a customer, but the subject ${subject.name} is a device owner; name the customer as the subject.`,
    );
  }
  if (customer !== undefined && items.length > 1) {
    throw new DeskRefusal(
      "validation",
      `A customer is on a request of its own; file ${subject.name}'s products apart from it.`,
    );
  }
  const seen = new Set<string>();
  for (const item of items) {
    const key = `${nameKey(item.name)} ${item.id}`;
    if (seen.has(key))
      throw new DeskRefusal("validation", `The item ${item.name} (${item.id}) is there twice; keep one of them.`);
    seen.add(key);
  }
}

/** What people attest, nobody reads or ends by API: its proof is an attestation too. */
async function refuseUnread(work: Work, { account, subject, items }: Filing): Promise<void> {
  for (const item of items) {
    if (item.mode === "request") continue;
    const entry = await findEntry(work.tx, account, statementOf(subject, item));
    if (entry === undefined || !(entry.present || entry.source.startsWith("import:"))) continue;
    throw new DeskRefusal(
      "validation",
      `${item.name} of ${subject.name} is known by attestation alone (${entry.source}, as of ${entry.as_of}), so it can't be filed as of the mode ${item.mode}.\nFile it as of the mode request: people do it, and attest it.`,
    );
  }
}

/** Everything under a customer that is to leave, each on its open leaving; throws `stale` or `blocked`. */
async function partsOf(work: Work, filing: Filing): Promise<readonly LeavingPart[]> {
  const { subject, account } = filing;
  const parts = [...(filing.parts ?? [])];
  const parent = { account, key: subject.key, name: subject.name, parts };
  const { present, tooOld } = await beneath(work, parent);
  if (tooOld !== undefined) throw tooOldToLeave(parent, tooOld, "file again");
  const isListed = (product: string) =>
    parts.some((part) => part.subjectKey === subject.key && nameKey(part.product) === nameKey(product));
  for (const entry of present) {
    if (entry.subject_key === subject.key && !isListed(entry.product))
      parts.push({ subjectKey: subject.key, product: entry.product, id: entry.id });
  }
  const { leaving, staying } = await partsOnLeavings(work.tx, account, parts);
  if (staying.length === 0) return leaving;
  const blockers = staying.map((part) => `${part.product} of ${nameOf(part.subjectKey, parent)}`);
  throw new DeskRefusal(
    "blocked",
    `${subject.name} can't leave: ${blockers.join(", ")} ${blockers.length === 1 ? "is" : "are"} still there and on no request.\nDrop ${blockers.length === 1 ? "it" : "them"} from the program first, or file ${blockers.length === 1 ? "its" : "their"} leaving.`,
    { blockers },
  );
}

async function insert(work: Work, filing: Filing, parts: readonly LeavingPart[]): Promise<string> {
  const { highest } = await work.tx
    .selectFrom("request")
    .select((e) => e.fn.coalesce(e.fn.max("number"), e.lit(0)).as("highest"))
    .executeTakeFirstOrThrow();
  const number = Number(highest) + 1;
  const id = `R-${number}`;
  const { account, subject, kind } = filing;
  const copied = { account, subject_kind: subject.kind, subject_key: subject.key, request_kind: kind };
  const licence = filing.licence ?? "keep";
  await work.tx
    .insertInto("request")
    .values({
      id,
      number,
      account,
      platform: filing.platform,
      kind,
      state: parts.length > 0 ? "Held" : "Pending",
      subject_kind: subject.kind,
      subject_key: subject.key,
      subject_name: subject.name,
      reason: filing.reason,
      requesters: JSON.stringify(filing.requesters),
      licence,
      stays: JSON.stringify(filing.stays ?? []),
      resource: filing.resource,
      filed_at: work.now,
      filed_by: JSON.stringify(work.actor.person),
      verification: null,
      vendor: null,
      pauses: "[]",
      closed_at: null,
      outcome_reason: null,
      blocked_by: "[]",
      contradictions: "[]",
    })
    .execute();
  await work.tx
    .insertInto("request_item")
    .values(
      filing.items.map((item, index) => ({
        ...copied,
        request: id,
        n: index + 1,
        kind: item.kind,
        name: item.name,
        name_key: nameKey(item.name),
        incarnation: item.id,
        mode: item.mode,
        click_path: JSON.stringify(item.clickPath ?? []),
        units: item.units ?? null,
        state: "open" as const,
        removed: null,
        confirmed: null,
        open: true,
      })),
    )
    .execute();
  for (const part of parts) {
    await work.tx
      .insertInto("held_part")
      .values({
        request: id,
        subject_key: part.subjectKey,
        product: part.product,
        incarnation: part.id,
        waits_for: part.request,
      })
      .execute();
  }
  const waitsFor = [...new Set(parts.map((part) => part.request))];
  const note =
    waitsFor.length === 0
      ? filing.reason
      : `${filing.reason} (held until ${waitsFor.join(", ")} ${waitsFor.length === 1 ? "is" : "are"} completed)`;
  await work.record("filed", auditSubject(id), { note, filing: { ...filing, licence }, waitsFor });
  return id;
}
