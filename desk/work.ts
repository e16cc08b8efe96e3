/** One change of the desk: who makes it, when, in which transaction, and the record that it leaves. */
import type { Clock, Random } from "../provider/clock";
import type { Instant, Person } from "../provider/generated/types";
import { type Actor, ensureLive } from "./access/roles";
import { append, type ChainHead } from "./audit/chain";
import { DeskRefusal } from "./problems";
import type { Calendars } from "./requests/calendars";
import type { Store, Tx } from "./store/store";

/** What the desk does by itself, it does under this name. */
export const DESK_PERSON: Person = { email: "desk@desk.invalid", name: "The desk" };

/** What every part of the desk works with. */
export interface Desk {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly calendars: Calendars;
}

/** What reading a record takes besides the transaction. */
export interface View {
  readonly tx: Tx;
  readonly now: Instant;
  readonly calendars: Calendars;
}

export interface Work extends View {
  readonly actor: Actor;
  /** An id that nothing else has. */
  newId(): string;
  /** Puts a record into the chain; a change without one is a bug. */
  record(action: string, subject: string, body: Readonly<Record<string, unknown>>, by?: Person): Promise<ChainHead>;
}

/** Reads on one unchanging view. */
export function look<T>(desk: Desk, looking: (view: View) => Promise<T>): Promise<T> {
  return desk.store.read((tx) => looking({ tx, now: nowOf(desk.clock), calendars: desk.calendars }));
}

/** Makes one change, whole or not at all; throws `unauthenticated` where the actor's token was revoked before its turn came. */
export function change<T>(desk: Desk, actor: Actor, changing: (work: Work) => Promise<T>): Promise<T> {
  return desk.store.write(async (tx) => {
    await ensureLive(tx, actor);
    const now = nowOf(desk.clock);
    return changing({
      tx,
      now,
      actor,
      newId: () => desk.random.uuid(),
      calendars: desk.calendars,
      record: (action, subject, body, by = actor.person) => append(tx, { at: now, by, action, subject, body }),
    });
  });
}

function nowOf(clock: Clock): Instant {
  return new Date(clock.now()).toISOString();
}

/** How far two machines' clocks may differ before what one of them saw counts as still to come. */
const SKEW_MS = 60_000;

/** An instant that somebody saw, as the desk writes it, in UTC; left out, it is now. One that is still to come is refused, and one before 1970. */
export function pastInstant(given: Instant | undefined, now: Instant, what: string): Instant {
  if (given === undefined) return now;
  const at = new Date(given);
  if (Number.isNaN(at.getTime())) throw new DeskRefusal("validation", `${what}: ${given} is no instant.`);
  if (at.getTime() < 0) throw new DeskRefusal("validation", `${what}: ${given} is before 1970.`);
  const aheadMs = at.getTime() - Date.parse(now);
  if (aheadMs <= 0) return at.toISOString();
  if (aheadMs <= SKEW_MS) return now;
  throw new DeskRefusal(
    "validation",
    `${what}: ${at.toISOString()} is still to come; at the desk it is ${now}. Correct it, or the clock that it was taken from.`,
  );
}
