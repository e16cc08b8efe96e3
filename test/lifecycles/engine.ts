/**
 * A stack as Pulumi's engine runs it: what it keeps in state, what it previews, the order of its steps, and what it still knows after its process
 * has died. A create that was under way when it died has no entry; everything else is as it was before the step.
 */
import { describeLeaving, openLeavings } from "../../provider/hosts/leavings";
import type { Session } from "../../provider/hosts/session";
import type { Properties } from "../../provider/hosts/state";
import { UNKNOWN } from "../../provider/lifecycle/unknowns";
import type { ResourceType } from "../../provider/platforms/platform";
import type { Target } from "../../provider/hosts/plugin/operations";
import { alive, type Host, type Kept, MadeInPart, wire } from "./hosts";
import { Died, type Process } from "./life";
import type { Declared } from "./program";

/** A resource as state holds it. */
export interface Held extends Kept {
  readonly type: ResourceType;
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** A create that was made only in part: the next run updates it, whatever differs. */
  readonly isPartial: boolean;
}

export type Step = "create" | "same" | "update" | "replace" | "delete";

export interface PlannedStep {
  readonly step: Step;
  readonly name: string;
}

export interface RunOptions {
  readonly previews: boolean;
  readonly continuesOnError: boolean;
  /** Whether the program says its leavings: `announceLeavings()` as its first line. */
  readonly announces: boolean;
}

/** What a run tells whoever watches it. */
export interface Watcher {
  /** Just before the engine asks the provider to delete it. */
  deleting(held: Held): void;
  refused(message: string, error: unknown): void;
}

export interface RunEnd {
  readonly died: boolean;
  /** What it failed with; empty where it came to its end. */
  readonly errors: readonly string[];
}

export class Stack {
  /** In the order in which the resources came to be. */
  readonly state = new Map<string, Held>();
  readonly stackName: string;
  private readonly watcher: Watcher;
  private readonly openHost: (process: Process) => Host;

  constructor(stackName: string, watcher: Watcher, openHost: (process: Process) => Host) {
    this.stackName = stackName;
    this.watcher = watcher;
    this.openHost = openHost;
  }

  /** How state was before each step of the last runs; the engine writes it down after every one. */
  private written: ReadonlyMap<string, Held> | undefined;

  /** As if the process had died before the outcome of its last step was written down. */
  forgetLast(): void {
    if (this.written === undefined) return;
    this.state.clear();
    for (const [name, held] of this.written) this.state.set(name, held);
  }

  /** `pulumi preview`; throws what refuses it. */
  async preview(process: Process, declared: readonly Declared[], announces: boolean): Promise<readonly PlannedStep[]> {
    const program = process.session();
    const leaving = announces
      ? await process.life.run(() => openLeavings(program))
      : new Map<string, readonly string[]>();
    const host = this.host(process);
    const steps: PlannedStep[] = [];
    const ids = (name: string) => this.state.get(name)?.id ?? UNKNOWN;
    for (const resource of declared) {
      const { step, inputs } = await this.compare(host, resource, this.inputsOf(resource, ids, leaving));
      const held = step === "update" ? this.state.get(resource.name) : undefined;
      if (step !== "same") await host.foresee(this.targetOf(resource), held, inputs);
      steps.push({ step, name: resource.name });
    }
    const dropped = this.notIn(declared);
    for (const held of dropped) steps.push({ step: "delete", name: held.name });
    if (!announces) return steps;
    const going = [...dropped, ...this.heldOf(steps.filter(({ step }) => step === "replace"))];
    for (const held of going) await process.life.run(() => describe(program, held));
    return steps;
  }

  /** `pulumi up`. */
  async up(process: Process, declared: readonly Declared[], options: RunOptions): Promise<RunEnd> {
    return this.ended(async (errors) => {
      if (options.previews) await this.preview(process, declared, options.announces);
      const leaving = options.announces ? await process.life.run(() => openLeavings(process.session())) : new Map();
      const host = this.host(process);
      const failed = new Set<string>();
      for (const resource of declared) {
        if (resource.dependsOn.some((name) => failed.has(name))) {
          failed.add(resource.name);
          continue;
        }
        try {
          const ids = (name: string) => this.state.get(name)?.id ?? UNKNOWN;
          await this.apply(host, resource, this.inputsOf(resource, ids, leaving));
        } catch (error) {
          this.fail(error, errors);
          failed.add(resource.name);
          if (!options.continuesOnError) return;
        }
      }
      await this.deleteAll(host, this.notIn(declared), options, errors);
    });
  }

  /** `pulumi refresh`: a resource whose look fails stays as it is. */
  async refresh(process: Process): Promise<RunEnd> {
    return this.ended(async (errors) => {
      const host = this.host(process);
      for (const held of [...this.state.values()]) {
        try {
          const seen = await host.read(heldTarget(held), held);
          this.set(held.name, seen === undefined ? undefined : { ...held, ...seen });
        } catch (error) {
          this.fail(error, errors);
          return;
        }
      }
    });
  }

  /** `pulumi destroy`, with `--run-program` where the program says its leavings. */
  async destroy(process: Process, options: RunOptions): Promise<RunEnd> {
    return this.ended(async (errors) => {
      const all = this.notIn([]);
      if (options.previews && options.announces) {
        const program = process.session();
        for (const held of all) await process.life.run(() => describe(program, held));
      }
      await this.deleteAll(this.host(process), all, options, errors);
    });
  }

  private set(name: string, held: Held | undefined): void {
    this.written = new Map(this.state);
    if (held === undefined) this.state.delete(name);
    else this.state.set(name, held);
  }

  private async ended(run: (errors: string[]) => Promise<void>): Promise<RunEnd> {
    const errors: string[] = [];
    this.written = undefined;
    try {
      await run(errors);
      return { died: false, errors };
    } catch (error) {
      if (error instanceof Died) return { died: true, errors };
      this.fail(error, errors);
      return { died: false, errors };
    }
  }

  private host(process: Process): Host {
    return alive(process.life, this.openHost(process));
  }

  private async apply(host: Host, resource: Declared, news: Properties): Promise<void> {
    const { type, name, dependsOn } = resource;
    const target = this.targetOf(resource);
    const held = this.state.get(name);
    const { step, inputs } = await this.compare(host, resource, news);
    const entry = { type, name, dependsOn, inputs, isPartial: false };
    if (held !== undefined && step === "same") {
      this.state.set(name, { ...held, dependsOn, inputs });
      return;
    }
    if (held !== undefined && step === "update") {
      this.set(name, { ...entry, id: held.id, outputs: await host.update(target, held, inputs) });
      return;
    }
    if (held !== undefined) await this.remove(host, held);
    try {
      this.set(name, { ...entry, ...(await host.create(target, inputs)) });
    } catch (error) {
      if (error instanceof MadeInPart) this.set(name, { ...entry, ...error.kept, isPartial: true });
      throw error;
    }
  }

  private async compare(
    host: Host,
    resource: Declared,
    news: Properties,
  ): Promise<{ readonly step: Step; readonly inputs: Properties }> {
    const target = this.targetOf(resource);
    const held = this.state.get(resource.name);
    const inputs = await host.check(target, held?.inputs ?? {}, news);
    if (held === undefined) return { step: "create", inputs };
    const step = await host.compare(target, held, inputs);
    return { step: step === "same" && held.isPartial ? "update" : step, inputs };
  }

  private async deleteAll(host: Host, going: readonly Held[], options: RunOptions, errors: string[]): Promise<void> {
    for (const held of going) {
      if ([...this.state.values()].some(({ dependsOn }) => dependsOn.includes(held.name))) continue;
      try {
        await this.remove(host, held);
      } catch (error) {
        this.fail(error, errors);
        if (!options.continuesOnError) return;
      }
    }
  }

  private async remove(host: Host, held: Held): Promise<void> {
    this.watcher.deleting(held);
    await host.delete(heldTarget(held), held);
    this.set(held.name, undefined);
  }

  private fail(error: unknown, errors: string[]): void {
    if (error instanceof Died) throw error;
    const message = error instanceof Error ? error.message : String(error);
    this.watcher.refused(message, error);
    errors.push(message);
  }

  /** What the engine deletes, dependents first. */
  private notIn(declared: readonly Declared[]): readonly Held[] {
    const names = new Set(declared.map(({ name }) => name));
    const going = [...this.state.values()].filter(({ name }) => !names.has(name)).reverse();
    return [...going.filter(({ dependsOn }) => dependsOn.length > 0), ...going.filter((h) => h.dependsOn.length === 0)];
  }

  private heldOf(steps: readonly PlannedStep[]): readonly Held[] {
    return steps.flatMap(({ name }) => this.state.get(name) ?? []);
  }

  private inputsOf(
    resource: Declared,
    ids: (name: string) => string,
    leaving: ReadonlyMap<string, readonly string[]>,
  ): Properties {
    const __leaving = leaving.get(this.targetOf(resource).resource);
    return { ...resource.args(ids), ...(__leaving === undefined ? {} : { __leaving }) };
  }

  private targetOf({ type, label }: Declared): Target {
    return { type, resource: `${this.stackName}::${label}` };
  }
}

/** By the name that state was written under; `aliases` may have given it another since, which only its program says. */
function heldTarget({ type, outputs }: Held): Target {
  return { type, resource: String(outputs.__resource) };
}

/** As the hook of `announceLeavings()` asks it. */
function describe(program: Session, { type, outputs }: Held): Promise<string> {
  return program.within(() => describeLeaving(program, type, wire(outputs)));
}
