/** A small resource on a platform in memory, with a desk that keeps intents: what the lifecycle's own sequence is tested with. */
import { type Desk, refusingDesk } from "../../../provider/desk/client";
import { ProviderError } from "../../../provider/errors";
import type { Intent, Known } from "../../../provider/generated/types";
import type { Managed } from "../../../provider/lifecycle/converge";
import type { Flags } from "../../../provider/lifecycle/diff";
import type { ReadContext, ResourceHandler, WriteContext } from "../../../provider/lifecycle/handler";
import { manualClock } from "../http/manual-clock";

export interface ThingInputs {
  readonly platform: string;
  readonly name: string;
  readonly note?: string;
  readonly adopt?: boolean;
}

export interface ThingState extends ThingInputs {
  readonly thingId: string;
  readonly account: string;
  readonly known: Known;
  readonly __readAt?: string;
}

const FLAGS = {
  properties: { platform: { replaceOnChange: true }, name: {}, note: {}, adopt: { local: true, default: false } },
  required: ["platform", "name"],
  caseInsensitivePaths: [],
  outputs: ["thingId", "account", "known"],
} as unknown as Flags;

interface Stored {
  readonly id: string;
  name: string;
  note: string | undefined;
  visibleFromMs: number;
}

/** How the next create ends, if not well. */
export type NextCreate = "refused" | "lostBefore" | "lostAfter" | "bug";

/** The world of one test. */
export class ThingWorld {
  /** Whoever sleeps wakes at once, later. */
  readonly clock = manualClock({ flowsBelowMs: Number.POSITIVE_INFINITY });
  readonly intents = new Map<string, Intent>();
  readonly log: string[] = [];
  account = "platform:one";
  visibilityWindowMs = 300_000;
  listedAfterMs = 0;
  nextCreate: NextCreate | undefined;
  /** Happens while a create is on its way. */
  meanwhile: () => void = () => undefined;
  /** Whether a listing has lost too much at once to be believed. */
  loses = false;
  /** Names of desk calls that fail from now on. */
  readonly deskFailures = new Set<keyof Desk>();
  private readonly things = new Map<string, Stored>();
  private lastId = 0;

  /** Someone else makes a thing. */
  add(name: string, note?: string): string {
    return this.store(name, note, 0);
  }

  remove(id: string): void {
    this.things.delete(id);
  }

  now(): string {
    return new Date(this.clock.now()).toISOString();
  }

  get names(): readonly string[] {
    return [...this.things.values()].map(({ name }) => name);
  }

  noteOf(id: string): string | undefined {
    return this.things.get(id)?.note;
  }

  get writes(): readonly string[] {
    return this.log.filter((line) => line.startsWith("platform "));
  }

  /** The context of a resource of this program, or of another. */
  context(resource = "msp/prod::thing", signal: AbortSignal = new AbortController().signal): WriteContext {
    return {
      connectionName: "one",
      connection: { platform: "trend-micro" },
      platform: {
        platform: "trend-micro",
        title: "The platform",
        capabilities: { Customer: undefined, DeviceOwner: undefined, ProductAssignment: undefined },
        visibilityWindowMs: this.visibilityWindowMs,
        identity: async () => ({ kind: "overlap", ids: [] }),
      },
      desk: this.desk(),
      clock: this.clock,
      signal,
      account: this.account,
      resource,
      notes: { find: () => undefined, askers: () => [] },
      losses: {
        check: async () => {
          if (this.loses) throw new ProviderError("stale", "The platform lists far less than it did.");
        },
      },
      log: (line) => this.log.push(`log ${line}`),
    };
  }

  get managed(): Managed<ThingInputs, ThingState> {
    return { handler: this.handler, flags: FLAGS };
  }

  private readonly handler: ResourceHandler<ThingInputs, ThingState> = {
    type: "Customer",
    idOf: (state) => state.thingId,
    labelOf: (inputs) => `thing ${inputs.name}`,
    naturalKeyOf: (inputs) => inputs.name.toLowerCase(),
    importHint: () => "Set `adopt: true` on it.",
    size: async () => this.things.size,
    observe: async (ctx, ref) => {
      this.log.push(`observe ${ref.id ?? ref.inputs.name}`);
      const seen = [...this.things.values()].filter((thing) => thing.visibleFromMs <= this.clock.now());
      const found = seen.find((thing) => (ref.id === undefined ? thing.name === ref.inputs.name : thing.id === ref.id));
      return found === undefined ? undefined : this.state(ctx, ref.inputs, found);
    },
    create: async (ctx, desired) => {
      const how = this.nextCreate;
      this.nextCreate = undefined;
      this.meanwhile();
      if (how === "bug") throw new TypeError("undefined is not a function");
      if (how === "refused") throw new ProviderError("validation", "The platform says that the name is too odd.");
      this.log.push(`platform create ${desired.name}`);
      if (how === "lostBefore") throw new ProviderError("ambiguous", "No answer came.");
      const id = this.store(desired.name, desired.note, this.listedAfterMs);
      if (how === "lostAfter") throw new ProviderError("ambiguous", "No answer came.");
      return this.state(ctx, desired, this.stored(id));
    },
    update: async (ctx, observed, desired) => {
      this.log.push(`platform update ${observed.thingId}`);
      const thing = this.stored(observed.thingId);
      thing.name = desired.name;
      thing.note = desired.note ?? thing.note;
      return this.state(ctx, desired, thing);
    },
    delete: async (_ctx, state) => {
      this.log.push(`platform delete ${state.thingId}`);
      this.things.delete(state.thingId);
    },
    describeDelete: async (_ctx, state) => `deletes ${state.name}`,
  };

  private store(name: string, note: string | undefined, listedAfterMs: number): string {
    this.lastId += 1;
    const id = `T-${this.lastId}`;
    this.things.set(id, { id, name, note, visibleFromMs: this.clock.now() + listedAfterMs });
    return id;
  }

  private stored(id: string): Stored {
    const thing = this.things.get(id);
    if (thing === undefined) throw new Error(`There is no thing ${id}.`);
    return thing;
  }

  private state(ctx: ReadContext, inputs: ThingInputs, { id, name, note }: Stored): ThingState {
    const now = this.now();
    return {
      ...inputs,
      name,
      ...(note === undefined ? {} : { note }),
      thingId: id,
      account: ctx.account,
      known: { how: "read", asOf: now },
      __readAt: now,
    };
  }

  private desk(): Desk {
    const kept: Partial<Desk> = {
      intent: async (_account, _type, naturalKey) => this.intents.get(naturalKey),
      intents: async () => [...this.intents.values()],
      claimIntent: async ({ account, type, naturalKey, resource }) => {
        const known = this.intents.get(naturalKey);
        if (known !== undefined) return { intent: known, ours: known.resource === resource };
        const id = `I-${this.intents.size + 1}`;
        const intent: Intent = { id, account, type, naturalKey, resource, recordedAt: this.now(), outcome: "recorded" };
        this.intents.set(naturalKey, intent);
        return { intent, ours: true };
      },
      changeIntent: async (id, { outcome, objectId }) => {
        const [key, known] = [...this.intents].find(([, intent]) => intent.id === id) ?? [];
        if (key === undefined || known === undefined) throw new Error(`There is no intent ${id}.`);
        const { sentAt: _, ...rest } = known;
        const sentAt = outcome === "sent" ? this.now() : outcome === "done" ? known.sentAt : undefined;
        const next: Intent = { ...rest, outcome, ...(sentAt && { sentAt }), ...(objectId && { objectId }) };
        this.intents.set(key, next);
        this.log.push(`intent ${outcome}`);
        return next;
      },
      releaseIntent: async (id) => {
        for (const [key, intent] of this.intents) if (intent.id === id) this.intents.delete(key);
      },
    };
    const down = refusingDesk(
      new ProviderError("unavailable", "The off-boarding desk does not answer.", { platform: "desk" }),
    );
    return new Proxy(
      { ...down, ...kept },
      {
        get: (desk, call: keyof Desk) => (this.deskFailures.has(call) ? down[call] : desk[call]),
      },
    );
  }
}
