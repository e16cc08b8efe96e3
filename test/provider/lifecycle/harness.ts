/**
 * Drives resources as the engine's dynamic host does, with the same shapes of objects: each step previews first, and after each step what must
 * always hold is looked at.
 */
import { expect } from "chai";
import { shim } from "../../../provider/hosts/dynamic";
import { STATE_VERSION } from "../../../provider/hosts/runtime";
import type { ResourceType } from "../../../provider/platforms/platform";
import { expectReadable } from "../../support/thrown";
import type { EngineRun, MspWorld } from "./msp-world";

type Properties = Record<string, unknown>;

/** A resource as a program declares it. */
export interface Declared {
  readonly type: ResourceType;
  readonly name: string;
  readonly args: Properties;
}

/** A resource as state holds it. */
export interface Held {
  readonly declared: Declared;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export type Step = "create" | "same" | "update" | "replace";

export class Harness {
  private readonly world: MspWorld;

  constructor(world: MspWorld) {
    this.world = world;
  }

  /** Checks and compares, as a preview does: without a call to anybody. */
  async preview(
    declared: Declared,
    held?: Held,
    run: EngineRun = this.world.run(),
  ): Promise<{ readonly step: Step; readonly inputs: Properties }> {
    const [calls, writes] = [this.world.lmpi.log.entries.length, await this.world.writes()];
    const news = deepFreeze(wire({ ...declared.args, ...this.hidden(declared) }));
    const olds = held === undefined ? {} : deepFreeze(wire(held.inputs));
    const provider = run.provider(declared.type);
    const checked = await provider.check(olds, news);
    expect(wire(await provider.check(olds, news)), "check answers the same again").to.deep.equal(wire(checked));
    for (const failure of checked.failures) {
      expect(failure.property, "a failure names no property, for the engine would print its value").to.equal("");
      expect(this.leaks(failure.reason), failure.reason).to.deep.equal([]);
    }
    if (checked.failures.length > 0) throw new CheckFailed(checked.failures.map(({ reason }) => reason));
    const inputs = wire(checked.inputs);
    const difference = held === undefined ? undefined : await provider.diff(held.id, wire(held.outputs), inputs);
    if ((difference?.replaces.length ?? 0) > 0)
      expect(difference?.deleteBeforeReplace, "what is replaced is deleted first").to.equal(true);
    expect([this.world.lmpi.log.entries.length, await this.world.writes()], "a preview calls nobody").to.deep.equal([
      calls,
      writes,
    ]);
    const step =
      difference === undefined
        ? "create"
        : difference.replaces.length > 0
          ? "replace"
          : difference.changes
            ? "update"
            : "same";
    return { step, inputs };
  }

  /** Previews, does what the preview says, and looks at what came of it. */
  async up(declared: Declared, held?: Held, run: EngineRun = this.world.run()): Promise<Held> {
    const { step, inputs } = await this.preview(declared, held, run);
    if (step === "same" && held !== undefined) return { ...held, declared, inputs };
    if (step === "replace" && held !== undefined) await this.delete(held, run);
    const provider = run.provider(declared.type);
    const next =
      step === "update" && held !== undefined
        ? {
            declared,
            id: held.id,
            inputs,
            outputs: this.hosted((await provider.update(held.id, wire(held.outputs), inputs)).outs, inputs),
          }
        : await this.create(declared, inputs, run);
    await this.expectSettled(next);
    return next;
  }

  /** Up, where the preview must say this. */
  async expectUp(step: Step, declared: Declared, held?: Held): Promise<Held> {
    expect((await this.preview(declared, held)).step).to.equal(step);
    return this.up(declared, held);
  }

  /** As `pulumi refresh` does; undefined when it is gone. */
  async refresh(held: Held, run: EngineRun = this.world.run()): Promise<Held | undefined> {
    const answer = await run.provider(held.declared.type).read(held.id, wire(held.outputs));
    if (answer.id === "") return undefined;
    const { props, inputs } = answer as { props: Properties; inputs: Properties };
    const next = {
      declared: held.declared,
      id: answer.id,
      inputs: this.hosted(inputs, held.outputs),
      outputs: this.hosted(props, held.outputs),
    };
    this.expectClean(next);
    return next;
  }

  async delete(held: Held, run: EngineRun = this.world.run()): Promise<void> {
    await run.provider(held.declared.type).delete(held.id, wire(held.outputs));
  }

  /** A call that fails, and has neither written to the platform nor filed anything. Answers what a user reads. */
  async refused(call: () => Promise<unknown>, { changes = false } = {}): Promise<string> {
    const before = await this.world.deeds();
    let error: unknown;
    try {
      await call();
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof Error)) throw new Error("It should have been refused.");
    const { message } = error;
    if (!(error instanceof CheckFailed)) {
      expect(error.stack, "no stack reaches the engine").to.equal("");
      expectReadable(message);
    }
    expect(this.leaks(message), message).to.deep.equal([]);
    expect(message).to.not.contain("failed in a way that it should not");
    if (!changes) expect(await this.world.deeds(), `a refusal changes nothing: ${message}`).to.equal(before);
    return message;
  }

  /** What holds after every step: a second run finds nothing to do, a refresh finds the same, and state is clean. */
  private async expectSettled(held: Held): Promise<void> {
    this.expectClean(held);
    expect((await this.preview(held.declared, held)).step, "a second run has nothing to do").to.equal("same");
    const writes = this.world.lmpi.log.writes().length;
    const seen = await this.refresh(held);
    const again = seen === undefined ? undefined : await this.refresh(seen);
    expect(this.world.lmpi.log.writes().length, "a refresh writes nothing").to.equal(writes);
    if (seen === undefined || again === undefined) throw new Error("What was made a moment ago is gone in a refresh.");
    // A platform may tell in a list what it did not tell when something was made.
    const { known: _, ...written } = visible(held.outputs);
    expect(visible(seen.outputs), "a refresh finds what was written").to.deep.include(written);
    expect(visible(again.outputs), "another refresh finds the same").to.deep.equal(visible(seen.outputs));
    expect(seen.inputs, "a refresh keeps the inputs").to.deep.equal(held.inputs);
    expect(seen.id).to.equal(held.id);
    expect((await this.preview(held.declared, seen)).step, "after a refresh there is nothing to do").to.equal("same");
  }

  private expectClean(held: Held): void {
    const text = JSON.stringify(held);
    expect(this.leaks(text), "state holds no secret and no path").to.deep.equal([]);
    expect(String(held.outputs.__provider).length).to.be.below(200);
    expect(held.outputs).to.include({
      __provider: shim(held.declared.type),
      __stateVersion: STATE_VERSION,
      ...this.hidden(held.declared),
    });
    expect(Object.keys(held.outputs)).to.include.members(Object.keys(held.inputs));
  }

  private leaks(text: string): readonly string[] {
    return this.world.secrets.filter((secret) => text.includes(secret));
  }

  private async create(declared: Declared, inputs: Properties, run: EngineRun): Promise<Held> {
    const { id, outs } = await run.provider(declared.type).create(inputs);
    return { declared, id, inputs, outputs: this.hosted(outs, inputs) };
  }

  private hidden({ type, name }: Declared): Properties {
    return { __provider: shim(type), __resource: `${this.world.program}::${name}` };
  }

  /** The host puts the provider's string into what it hands on to the engine. */
  private hosted(properties: object, source: Properties): Properties {
    return { ...wire(properties), __provider: source.__provider };
  }
}

/** The engine stops a preview at what check refuses. */
export class CheckFailed extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(reasons.join("\n"));
  }
}

/** What is left of an object on its way through the engine. */
function wire(properties: object): Properties {
  return JSON.parse(JSON.stringify(properties)) as Properties;
}

/** What the engine shows: keys with two underscores are kept and not shown. */
function visible(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null)
    for (const inner of Object.values(Object.freeze(value))) deepFreeze(inner);
  return value;
}
