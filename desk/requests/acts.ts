/** What people do to a whole request: verify, withdraw, submit, record the vendor's words, stop and start the clock. */
import type {
  ContactAction,
  Instant,
  OffboardingRequest,
  PauseAction,
  Person,
  RequestState,
  SubmitAction,
  VendorSide,
  VendorVerifyAction,
  VerifyAction,
  WithdrawAction,
} from "../../provider/generated/types";
import { samePerson } from "../access/roles";
import { DeskRefusal } from "../problems";
import type { RequestRow } from "../store/tables";
import type { Work } from "../work";
import { nothingBeneath } from "./beneath";
import { reviewHeld } from "./held";
import { instantOf } from "./instants";
import { auditSubject, factsOf, loadRequest, readRequest, type StoredRequest } from "./records";
import { FINAL_STATES, nextState } from "./transitions";

/** Our own verification. The verifier is nobody who counts as having asked. */
export async function verifyRequest(work: Work, id: string, action: VerifyAction): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  const state = nextState(factsOf(stored), "verify", action.outcome);
  const { person } = work.actor;
  if (hasAsked(person, stored.row)) {
    throw new DeskRefusal(
      "forbidden",
      `${person.email} has asked for ${id} and can't verify it.\nSomebody else with the role verifier must: ${askers(stored.row)} all count as having asked.`,
    );
  }
  if (action.outcome === "accepted") await nothingBeneath(work, stored, "verify it");
  const verification = { at: work.now, by: person, ...action };
  await work.tx
    .updateTable("request")
    .set({ verification: JSON.stringify(verification) })
    .where("id", "=", id)
    .execute();
  if (state === "Rejected") await close(work, stored, state, action.necessity);
  const note = `${action.outcome}: ${action.necessity}`;
  await work.record(state === "Rejected" ? "rejected" : "verified", auditSubject(id), { note, verification });
  return settled(work, stored);
}

export async function withdrawRequest(work: Work, id: string, { reason }: WithdrawAction): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  const state = nextState(factsOf(stored), "withdraw");
  await close(work, stored, state, reason);
  await work.record("withdrawn", auditSubject(id), { note: reason });
  return settled(work, stored);
}

/** From now, or from `at`, the vendor holds the request, and the clock runs. */
export async function submitRequest(work: Work, id: string, action: SubmitAction): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  const state = nextState(factsOf(stored), "submit");
  await nothingBeneath(work, stored, "submit it");
  const submittedAt = instantOf(
    {
      at: action.at,
      what: "The submission",
      notBefore: stored.row.verification?.at,
      after: "our own verification",
    },
    work.now,
  );
  const vendor: VendorSide = {
    submittedAt,
    submittedBy: work.actor.person,
    ...(action.reference === undefined ? {} : { reference: action.reference }),
  };
  await setVendor(work, stored, vendor, state);
  await work.record("submitted", auditSubject(id), {
    note: action.reference ?? `to the vendor at ${submittedAt}`,
    vendor,
  });
  return settled(work, stored);
}

/** The first contact stops the clock; what the vendor says later is kept in the timeline alone. */
export async function recordContact(work: Work, id: string, action: ContactAction): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  const state = nextState(factsOf(stored), "contact");
  const at = sinceSubmission(stored, action.at, "The contact", work.now);
  const note = `${action.who}, by ${action.how}`;
  const isFirst = stored.row.vendor?.contact === undefined;
  if (isFirst) {
    await setVendor(work, stored, { ...stored.row.vendor, contact: { at, by: work.actor.person, note } }, state);
    await work.tx
      .updateTable("request")
      .set({ pauses: JSON.stringify(pausesUntil(stored.row, at)) })
      .where("id", "=", id)
      .execute();
  }
  const { clock } = await readRequest(work, id);
  const verdict = isFirst ? { clock: clock.state, workingSecondsLeft: clock.workingSecondsLeft } : {};
  await work.record(isFirst ? "first contact" : "contact", auditSubject(id), {
    note,
    at,
    who: action.who,
    how: action.how,
    ...verdict,
  });
  return settled(work, stored);
}

/** The vendor's own verification; refused, the product stays. */
export async function recordVendorVerification(
  work: Work,
  id: string,
  action: VendorVerifyAction,
): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  const state = nextState(factsOf(stored), "vendor-verification", action.outcome);
  const at = sinceSubmission(stored, action.at, "The vendor's verification", work.now);
  const verification = { ...action, at };
  await setVendor(work, stored, { ...stored.row.vendor, verification }, state);
  const why = action.note ?? action.reference;
  if (state === "Rejected")
    await close(work, stored, state, `refused by the vendor${why === undefined ? "" : `: ${why}`}`);
  const note = why === undefined ? action.outcome : `${action.outcome}: ${why}`;
  await work.record(state === "Rejected" ? "refused by the vendor" : "vendor verified", auditSubject(id), {
    note,
    verification,
  });
  return settled(work, stored);
}

/** The clock stands while the vendor waits for the requester. */
export async function pauseClock(work: Work, id: string, { reason }: PauseAction): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  nextState(factsOf(stored), "pause");
  const pauses = [...stored.row.pauses, { from: work.now }];
  await work.tx
    .updateTable("request")
    .set({ pauses: JSON.stringify(pauses) })
    .where("id", "=", id)
    .execute();
  await work.record("clock paused", auditSubject(id), { note: reason });
  return readRequest(work, id);
}

export async function resumeClock(work: Work, id: string): Promise<OffboardingRequest> {
  const stored = await loadRequest(work, id);
  nextState(factsOf(stored), "resume");
  await work.tx
    .updateTable("request")
    .set({ pauses: JSON.stringify(pausesUntil(stored.row, work.now)) })
    .where("id", "=", id)
    .execute();
  await work.record("clock resumed", auditSubject(id), {});
  return readRequest(work, id);
}

/** Whether this person counts as having asked for the request. */
export function hasAsked(person: Person, row: Pick<RequestRow, "requesters" | "filed_by">): boolean {
  return (
    samePerson(person.email, row.filed_by.email) ||
    row.requesters.some((requester) => samePerson(person.email, requester.email))
  );
}

function askers(row: RequestRow): string {
  return [...new Set([...row.requesters.map((requester) => requester.email), row.filed_by.email])].join(", ");
}

/** Ends a request: its items no longer stand in the way of a new one, and nothing runs on. */
export async function close(
  work: Work,
  { row }: StoredRequest,
  state: RequestState,
  reason: string | undefined,
): Promise<void> {
  await work.tx
    .updateTable("request")
    .set({
      state,
      closed_at: work.now,
      outcome_reason: reason ?? null,
      blocked_by: "[]",
      pauses: JSON.stringify(pausesUntil(row, work.now)),
    })
    .where("id", "=", row.id)
    .execute();
  await work.tx.updateTable("request_item").set({ open: false }).where("request", "=", row.id).execute();
}

/** The request as it is now, after what its end may release or block. */
export async function settled(work: Work, { row }: StoredRequest): Promise<OffboardingRequest> {
  const request = await readRequest(work, row.id);
  if (FINAL_STATES.includes(request.state)) await reviewHeld(work, row.account);
  return request;
}

async function setVendor(work: Work, { row }: StoredRequest, vendor: VendorSide, state: RequestState): Promise<void> {
  await work.tx
    .updateTable("request")
    .set({ vendor: JSON.stringify(vendor), state })
    .where("id", "=", row.id)
    .execute();
}

function pausesUntil(row: RequestRow, at: Instant): RequestRow["pauses"] {
  return row.pauses.map((pause) =>
    pause.to === undefined ? { ...pause, to: at > pause.from ? at : pause.from } : pause,
  );
}

function sinceSubmission({ row }: StoredRequest, at: Instant | undefined, what: string, now: Instant): Instant {
  return instantOf({ at, what, notBefore: row.vendor?.submittedAt, after: "the submission" }, now);
}
