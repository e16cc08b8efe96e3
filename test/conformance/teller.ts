/** Plays a story on one host, and writes down what anybody outside could see of it. */
import { expect } from "chai";
import type { Intent } from "../../provider/generated/types";
import type { Attempt, Outcome, Transport } from "../../provider/http/transport";
import { createTransport } from "../../provider/http/transport";
import type { Line } from "../provider/hosts/plugin/engine";
import { expectReadable } from "../support/thrown";
import type { MspWorld } from "../provider/lifecycle/msp-world";
import { type Declared, type Held, type Host, Refused, type Run } from "./host";

/** A call to a platform or to the desk. */
export interface Call {
  readonly to: string;
  readonly body: unknown;
}

/** What the engine asked, and what came of it. */
export interface Entry {
  readonly step: string;
  readonly answer?: unknown;
  readonly refused?: { readonly words: string; readonly code: number | undefined; readonly held: unknown };
  readonly calls: readonly Call[];
  readonly lines: readonly Line[];
}

/** What a call fails with where check refuses: the engine then asks no further. */
class CheckFailed extends Error {}

export class Teller {
  readonly world: MspWorld;
  readonly entries: Entry[] = [];
  private readonly host: Host;
  private readonly calls: Call[];

  constructor(world: MspWorld, host: Host, calls: Call[]) {
    this.world = world;
    this.host = host;
    this.calls = calls;
  }

  /** A run of the engine for several previews or refusals: each other step has one of its own. */
  open(): Promise<Run> {
    return this.host.open();
  }

  /** What a preview tells. Where the engine asks the host at all, it is refused as told, and else not; and it does nothing. */
  async preview(declared: Declared, held?: Held, refusal?: RegExp, given?: Run): Promise<void> {
    const run = given ?? (await this.open());
    const { inputs } = await this.check(run, declared, held);
    if (held !== undefined) await this.diff(run, held, inputs);
    const entries = this.entries.length;
    try {
      await this.told("preview", () => run.preview(declared, inputs, held));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    const entry = this.entries[entries] as Entry;
    if (this.host.name === "plugin" && refusal !== undefined) expect(entry.refused?.words).to.match(refusal);
    else expect(entry.refused, "the preview is not refused").to.equal(undefined);
    expect(
      entry.calls.filter((call) => !isRead(call)),
      "a preview only reads",
    ).to.deep.equal([]);
  }

  /** As `pulumi up` does: what is replaced is deleted first. */
  async up(declared: Declared, held?: Held, given?: Run): Promise<Held> {
    const run = given ?? (await this.open());
    const { inputs } = await this.check(run, declared, held);
    if (held === undefined) return this.told("create", () => run.create(declared, inputs));
    const { changes, replaces, deleteBeforeReplace } = await this.diff(run, held, inputs);
    if (replaces.length > 0) {
      expect(deleteBeforeReplace, "what is replaced is deleted first").to.equal(true);
      await this.told("delete", () => run.delete(held));
      return this.told("create", () => run.create(declared, inputs));
    }
    return changes ? this.told("update", () => run.update(held, declared, inputs)) : { ...held, declared, inputs };
  }

  /** The next run goes on from what was made in part: it updates it, whatever differs. */
  async resume(held: Held): Promise<Held> {
    const run = await this.open();
    const { inputs } = await this.check(run, held.declared, held);
    return this.told("update", () => run.update(held, held.declared, inputs));
  }

  /** As `pulumi refresh` does; undefined when it is gone. */
  async refresh(held: Held): Promise<Held | undefined> {
    const run = await this.open();
    const seen = await this.told("read", () => run.read(held));
    // The engine shows what a refresh has found by the difference to what the program had declared.
    if (seen !== undefined) await this.diff(run, { ...seen, declared: held.declared }, held.inputs);
    return seen;
  }

  /** A refresh that must find it. */
  async seen(held: Held): Promise<Held> {
    const seen = await this.refresh(held);
    if (seen === undefined) throw new Error(`${held.declared.name} is gone.`);
    return seen;
  }

  /** A refresh that must not find it. */
  async gone(held: Held): Promise<void> {
    expect(await this.refresh(held), "it is gone").to.equal(undefined);
  }

  /** As a program without it does. */
  async delete(held: Held): Promise<void> {
    const run = await this.open();
    await this.told("delete", () => run.delete(held));
  }

  /** An up or a preview that does this and nothing else. */
  async does(step: "create" | "update" | "delete, create" | "nothing", declared: Declared, held?: Held): Promise<Held> {
    const before = this.entries.length;
    const next = await this.up(declared, held);
    const steps = this.entries.slice(before).map((entry) => entry.step);
    expect(steps.filter((one) => !["check", "diff"].includes(one)).join(", ") || "nothing").to.equal(step);
    return next;
  }

  /** A call that may be refused; what it comes to is told like everything. */
  async tried(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }

  /** A call that fails in these words; answers what was made of it in part. */
  async refused(words: RegExp, call: () => Promise<unknown>): Promise<Held | undefined> {
    try {
      await call();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      expect(error.message).to.match(words);
      return error instanceof Refused ? error.held : undefined;
    }
    throw new Error(`It should have been refused: ${words}.`);
  }

  private async check(run: Run, declared: Declared, held?: Held) {
    const checked = await this.told("check", () => run.check(declared, held));
    const { calls } = this.entries.at(-1) as Entry;
    expect(calls, "check calls nobody").to.deep.equal([]);
    if (checked.failures.length > 0) throw new CheckFailed(checked.failures.join("\n"));
    return checked;
  }

  private async diff(run: Run, held: Held, inputs: Held["inputs"]) {
    const difference = await this.told("diff", () => run.diff(held, inputs));
    const { calls } = this.entries.at(-1) as Entry;
    expect(calls, "diff calls nobody").to.deep.equal([]);
    return difference;
  }

  private async told<T>(step: string, call: () => Promise<T>): Promise<T> {
    const [calls, lines] = [this.calls.length, this.host.lines.length];
    const keep = (outcome: Pick<Entry, "answer" | "refused">) =>
      this.entries.push({
        step,
        ...outcome,
        calls: this.calls.slice(calls),
        lines: this.host.lines.slice(lines),
      });
    try {
      const answer = await call();
      keep({ answer: withoutProgram(answer) });
      return answer;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { message: words, code, held } = error;
      expectReadable(words);
      keep({ refused: { words, code, held: withoutProgram(held) } });
      throw error;
    }
  }
}

function isRefusal(error: unknown): error is Error {
  return error instanceof Refused || error instanceof CheckFailed;
}

/** What both hosts play. */
export interface Story {
  readonly title: string;
  tell(t: Teller): Promise<void>;
}

/** What a story was in full: every step, the world as it left it, and what was told in previews besides. */
export interface Told {
  readonly entries: readonly Entry[];
  readonly world: unknown;
  readonly previews: readonly Entry[];
}

/** A call that changes nothing, but for which accounts and lists a desk has seen. */
export function isRead({ to }: Call): boolean {
  return /^GET |^\w+ desk \/v1\/accounts\b/.test(to);
}

/** A transport that writes down what is sent, in order, without headers: those hold the credentials. */
export function recording(world: MspWorld, calls: Call[]): Transport {
  const wire = createTransport();
  return {
    attempt: (attempt: Attempt): Promise<Outcome> => {
      const { method, url, body } = attempt;
      calls.push({ to: `${method} ${addressed(world, url)}`, body: body === undefined ? undefined : JSON.parse(body) });
      return wire.attempt(attempt);
    },
    close: () => wire.close(),
  };
}

function addressed(world: MspWorld, url: string): string {
  const { pathname, search } = new URL(url);
  return `${url.startsWith(world.lmpi.url) ? "LMPI" : "desk"} ${decodeURIComponent(pathname + search)}`;
}

/** What anybody can see of a world from outside: what the platform holds, what is filed, who has claimed what. */
export async function worldAsLeft(world: MspWorld): Promise<unknown> {
  const { customers, subscriptions } = world.lmpi.store;
  const inventory = (account: string) =>
    world.desk.as("operator").get(`/v1/inventory?${new URLSearchParams({ account })}`);
  const requests = await world.requests();
  const { items } = await world.desk.as("operator").get<{ items: Intent[] }>("/v1/intents");
  const { clp, armourzero } = world.accounts;
  return {
    lmpi: { customers: [...customers.values()], subscriptions: [...subscriptions.values()] },
    // The numbers of events are the desk's for all of its accounts.
    requests: requests.map(({ events, ...request }) => ({
      ...request,
      events: events.map(({ seq: _, ...event }) => event),
    })),
    inventory: [await inventory(clp), await inventory(armourzero)],
    claims: items.filter(({ resource }) => resource.startsWith(`${world.program}::`)),
    now: world.clock.now(),
  };
}

/** Held things as state has them; the program's own words are the story's. */
function withoutProgram(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null || !("declared" in answer)) return answer;
  const { declared: _, ...rest } = answer;
  return rest;
}
