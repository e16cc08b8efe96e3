/**
 * A stack as Pulumi's engine runs it: what it keeps in state, what it previews, the order of its steps, and what it still knows after its process
 * has died. A create that was under way when it died has no entry; everything else is as it was before the step.
 */
import { shim } from "../../provider/hosts/dynamic";
import { providerOver } from "../../provider/hosts/runtime";
import type { Session } from "../../provider/hosts/session";
import { describeRemove } from "../../provider/lifecycle/converge";
import { UNKNOWN } from "../../provider/lifecycle/unknowns";
import type { ResourceType } from "../../provider/platforms/platform";
import { managed } from "../../provider/resources/registry";
import { Died, type Life } from "./life";
import type { Declared } from "./program";

type Properties = Record<string, unknown>;

/** A resource as state holds it. */
export interface Held {
  readonly type: ResourceType;
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
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

/** One process of the engine, with all that it starts. */
export interface Process {
  readonly life: Life;
  /** A session of its own: the provider's, or the program's. */
  session(): Session;
}

type Provider = ReturnType<typeof providerOver>;

export class Stack {
  /** In the order in which the resources came to be. */
  readonly state = new Map<string, Held>();
  readonly stackName: string;
  private readonly watcher: Watcher;

  constructor(stackName: string, watcher: Watcher) {
    this.stackName = stackName;
    this.watcher = watcher;
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
    const leaving = announces ? await this.openLeavings(process, program) : new Map<string, readonly string[]>();
    const provider = providers(process);
    const steps: PlannedStep[] = [];
    const ids = (name: string) => this.state.get(name)?.id ?? UNKNOWN;
    for (const resource of declared) {
      const { step } = await this.compare(process, provider, resource, this.inputsOf(resource, ids, leaving));
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
      const leaving = options.announces ? await this.openLeavings(process, process.session()) : new Map();
      const provider = providers(process);
      const failed = new Set<string>();
      for (const resource of declared) {
        if (resource.dependsOn.some((name) => failed.has(name))) {
          failed.add(resource.name);
          continue;
        }
        try {
          const ids = (name: string) => this.state.get(name)?.id ?? UNKNOWN;
          await this.apply(process, provider, resource, this.inputsOf(resource, ids, leaving));
        } catch (error) {
          this.fail(error, errors);
          failed.add(resource.name);
          if (!options.continuesOnError) return;
        }
      }
      await this.deleteAll(process, provider, this.notIn(declared), options, errors);
    });
  }

  /** `pulumi refresh`: a resource whose look fails stays as it is. */
  async refresh(process: Process): Promise<RunEnd> {
    return this.ended(async (errors) => {
      const provider = providers(process);
      for (const held of [...this.state.values()]) {
        try {
          const answer = await process.life.run(() => provider(held.type).read(held.id, wire(held.outputs)));
          if (answer.id === "") this.set(held.name, undefined);
          else {
            const { props, inputs } = answer as { props: Properties; inputs: Properties };
            this.set(held.name, {
              ...held,
              id: answer.id,
              inputs: hosted(inputs, held.outputs),
              outputs: hosted(props, held.outputs),
            });
          }
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
      await this.deleteAll(process, providers(process), all, options, errors);
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

  private async apply(
    process: Process,
    provider: (type: ResourceType) => Provider,
    resource: Declared,
    news: Properties,
  ): Promise<void> {
    const { type, name, dependsOn } = resource;
    const held = this.state.get(name);
    const { step, inputs } = await this.compare(process, provider, resource, news);
    const entry = { type, name, dependsOn, isPartial: false };
    if (held !== undefined && step === "same") {
      this.state.set(name, { ...held, dependsOn, inputs });
      return;
    }
    if (held !== undefined && step === "update") {
      const { outs } = await process.life.run(() => provider(type).update(held.id, wire(held.outputs), inputs));
      this.set(name, { ...entry, id: held.id, inputs, outputs: hosted(outs, inputs) });
      return;
    }
    if (held !== undefined) await this.remove(process, provider, held);
    try {
      const { id, outs } = await process.life.run(() => provider(type).create(inputs));
      this.set(name, { ...entry, id, inputs, outputs: hosted(outs, inputs) });
    } catch (error) {
      const kept = error as { readonly id?: unknown; readonly properties?: Properties };
      if (typeof kept.id === "string" && kept.properties !== undefined) {
        const outputs = hosted(kept.properties, inputs);
        this.set(name, { ...entry, id: kept.id, inputs, outputs, isPartial: true });
      }
      throw error;
    }
  }

  private async compare(
    process: Process,
    provider: (type: ResourceType) => Provider,
    { type, name }: Declared,
    news: Properties,
  ): Promise<{ readonly step: Step; readonly inputs: Properties }> {
    const held = this.state.get(name);
    const checked = await process.life.run(() => provider(type).check(wire(held?.inputs ?? {}), wire(news)));
    if (checked.failures.length > 0) throw new CheckFailed(checked.failures.map(({ reason }) => reason).join("\n"));
    const inputs = wire(checked.inputs);
    if (held === undefined) return { step: "create", inputs };
    const difference = await process.life.run(() => provider(type).diff(held.id, wire(held.outputs), inputs));
    if (difference.replaces.length > 0) return { step: "replace", inputs };
    return { step: difference.changes || held.isPartial ? "update" : "same", inputs };
  }

  private async deleteAll(
    process: Process,
    provider: (type: ResourceType) => Provider,
    going: readonly Held[],
    options: RunOptions,
    errors: string[],
  ): Promise<void> {
    for (const held of going) {
      if ([...this.state.values()].some(({ dependsOn }) => dependsOn.includes(held.name))) continue;
      try {
        await this.remove(process, provider, held);
      } catch (error) {
        this.fail(error, errors);
        if (!options.continuesOnError) return;
      }
    }
  }

  private async remove(process: Process, provider: (type: ResourceType) => Provider, held: Held): Promise<void> {
    this.watcher.deleting(held);
    await process.life.run(() => provider(held.type).delete(held.id, wire(held.outputs)));
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
    const __resource = `${this.stackName}::${resource.label}`;
    const __leaving = leaving.get(__resource);
    return {
      ...resource.args(ids),
      __provider: shim(resource.type),
      __resource,
      ...(__leaving === undefined ? {} : { __leaving }),
    };
  }

  /** As `announceLeavings()` reads them: what this program still declares and is about to leave. */
  private async openLeavings(process: Process, program: Session): Promise<ReadonlyMap<string, readonly string[]>> {
    try {
      const requests = await process.life.run(() => program.desk.requests({ kind: "leaving", open: true }));
      const leaving = new Map<string, readonly string[]>();
      for (const { resource, items } of requests)
        leaving.set(resource, [...(leaving.get(resource) ?? []), ...items.map((item) => item.id)]);
      return leaving;
    } catch (error) {
      if (error instanceof Died) throw error;
      return new Map();
    }
  }
}

/** The engine stops a preview at what check refuses. */
export class CheckFailed extends Error {}

function providers(process: Process): (type: ResourceType) => Provider {
  const session = process.session();
  const known = new Map<ResourceType, Provider>();
  return (type) => {
    const provider = known.get(type) ?? providerOver(type, () => session);
    if (!known.has(type)) provider.configure({ config: { get: () => undefined } });
    known.set(type, provider);
    return provider;
  };
}

/** As the hook of `announceLeavings()` asks it. */
async function describe(program: Session, { type, outputs }: Held): Promise<string> {
  return program.within(async () => {
    const context = await program.write(String(outputs.platform), String(outputs.__resource));
    return describeRemove(managed(type), context, wire(outputs));
  });
}

/** What is left of an object on its way through the engine. */
function wire(properties: object): Properties {
  return JSON.parse(JSON.stringify(properties)) as Properties;
}

/** The host puts the provider's string into what it hands on to the engine. */
function hosted(properties: object, source: Properties): Properties {
  return { ...wire(properties), __provider: source.__provider };
}
