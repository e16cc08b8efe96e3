/** What a resource author writes: verbs only. The lifecycle owns their sequence, hosts only translate. */
import type { Clock } from "../clock";
import type { Desk, DeskReader } from "../desk/client";
import type { Connection, OffboardingRequest } from "../generated/types";
import type { Capability, Driver, Operation, ReadDriver, ResourceType } from "../platforms/platform";
import type { LossGuard } from "./losses";
import type { LeavingNotes } from "./notes";

/** Where to find an object: its id from state, and what the program or state says of it (the natural key). */
export interface Ref<I, S> {
  readonly id: string | undefined;
  readonly inputs: I;
  /** The prior state; undefined before a create. */
  readonly state: S | undefined;
  /** Bypass what this run has read before: the look that proves what became of a write. */
  readonly fresh?: true;
}

export interface ReadContext {
  /** The connection's name and settings. */
  readonly connectionName: string;
  readonly connection: Connection;
  readonly platform: ReadDriver;
  readonly desk: DeskReader;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The pinned identity of the account behind these credentials. */
  readonly account: string;
  /** Accounts that were merged into it: what state says was written to them was written to it. */
  readonly formerly?: readonly string[];
  /** `project/stack::name` of the resource in whose name this runs. */
  readonly resource: string;
  readonly notes: LeavingNotes;
  readonly losses: LossGuard;
  /** A line for the person who runs this; never a secret. */
  readonly log: (line: string) => void;
}

export interface WriteContext extends ReadContext {
  readonly platform: Driver;
  readonly desk: Desk;
}

/** What the lifecycle, `check` and docs ask of a type without a network. */
export interface CheckContext {
  readonly connectionName: string;
  readonly connection: Connection;
  readonly title: string;
  capability(type: ResourceType, operation: Operation): Capability | undefined;
}

export interface CheckFailure {
  /** Empty where the value must not be printed. */
  readonly property: string;
  readonly reason: string;
}

export interface ResourceHandler<I extends object, S extends I> {
  readonly type: ResourceType;
  /** Never made by us: what exists is taken as it is, and what does not exist is refused by `create`, before anything is recorded. */
  readonly recognises?: true;
  idOf(state: S): string;
  /** "customer Acme Dental": for every message. */
  labelOf(inputs: I): string;
  /** The natural key within the account; what an intent is recorded under. */
  naturalKeyOf(inputs: I): string;
  /** Rules that the schema can't say. Pure. */
  check?(ctx: CheckContext, inputs: I): readonly CheckFailure[];
  /** By id, else by natural key; undefined means absent. Cannot write, by type. */
  observe(ctx: ReadContext, ref: Ref<I, S>): Promise<S | undefined>;
  /**
   * Before something that exists is taken over: settles what is under way for it (an open leaving is withdrawn), or throws `blocked`. Only
   * what one of these resources filed, where they are given.
   */
  reclaim?(ctx: WriteContext, observed: S, filedBy?: readonly string[]): Promise<void>;
  /** Nothing reads one by itself: it is known by lists alone. */
  readonly listedOnly?: boolean;
  /** How many of its kind the whole account lists. */
  size(ctx: ReadContext): Promise<number>;
  /** Whether this resource had it before, by what it filed: a leaving that was rejected or withdrawn leaves it ours. */
  wasOurs?(ctx: ReadContext, observed: S): Promise<boolean>;
  /** May throw `ambiguous`: the lifecycle then looks the object up and never sends again blindly. */
  create(ctx: WriteContext, desired: I): Promise<S>;
  /** The baseline is what was observed, never prior state; `changed` are the properties that differ from it. */
  update(ctx: WriteContext, observed: S, desired: I, changed: readonly string[]): Promise<S>;
  /** Already gone is success. A leaving is filed here. */
  delete(ctx: WriteContext, observed: S): Promise<void>;
  /** How to take over what exists already: the hint of a refusal. */
  importHint(inputs: I): string;
  /** What a preview says of a create of what is not there: throws what would refuse it, and answers what is certain of its state. */
  foresee?(ctx: ReadContext, desired: I): Promise<Partial<S>>;
  /** Throws what would refuse that update, before anything is written. What is not known yet is told by `holdsUnknown`. */
  foreseeUpdate?(ctx: ReadContext, observed: S, desired: I, changed: readonly string[]): Promise<void>;
  /** Outputs that stay as they are for as long as the object does. */
  stable?(state: S): readonly (keyof S & string)[];
  /** The open leaving that {@link reclaim} would take back. */
  leavingOf?(ctx: ReadContext, observed: S, filedBy?: readonly string[]): Promise<OffboardingRequest | undefined>;
  /** What a preview of this delete says, in full words; throws what would refuse it. */
  describeDelete(ctx: ReadContext, state: S): Promise<string>;
}
