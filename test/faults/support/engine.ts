/**
 * What the engine does with a program and its state, as far as a kill can tell: steps one after the other, each kept as soon as its answer is
 * there, creations before deletions, and deletions in reverse. What was under way when a run died is in no state.
 */
import { settleAll } from "../../../fleet/settle";
import { shim } from "../../../provider/hosts/dynamic";
import { providerOver } from "../../../provider/hosts/runtime";
import { openLeavings } from "../../../provider/hosts/leavings";
import type { Session } from "../../../provider/hosts/session";
import type { ResourceType } from "../../../provider/platforms/platform";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource of a program; its arguments may name ids of those before it. */
export interface Declared {
  readonly type: ResourceType;
  readonly name: string;
  readonly args: (idOf: (name: string) => string) => Properties;
}

export type Program = readonly Declared[];

/** A resource as state holds it. */
export interface Held {
  readonly type: ResourceType;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** A step of its creation failed: the next run updates it whatever it compares. */
  readonly isPartial?: true;
}

/** In the order of creation. */
export type State = readonly Held[];

/** How a step of a run failed. */
export interface Failure {
  readonly name: string;
  readonly kind: string;
  readonly message: string;
}

/** What a run is made of. */
export interface Run {
  readonly session: Session;
  /** Project and stack. */
  readonly program: string;
  /** Comes back only to a run that is alive. */
  pulse(): Promise<void>;
  /** Keeps state, at once. */
  keep(state: State): void;
}

/** One `pulumi up --continue-on-error`; what failed. */
export async function up(run: Run, before: State, program: Program): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  let state = before;
  const keep = async (next: State) => {
    await run.pulse();
    state = next;
    run.keep(state);
  };
  const leavings = await openLeavings(run.session);
  for (const declared of program) {
    const failure = await attempt(declared.name, async () => {
      const next = await converge(run, state, declared, leavings);
      if (next !== undefined) await keep(put(state, next));
    });
    if (failure === undefined) continue;
    if ("partial" in failure) await keep(put(state, failure.partial(declared)));
    failures.push(failure);
  }
  if (failures.length > 0) return failures;
  const wanted = new Set(program.map(({ name }) => name));
  for (const held of before.toReversed().filter(({ name }) => !wanted.has(name))) {
    const failure = await attempt(held.name, async () => {
      await providerOf(run, held.type).delete(held.id, held.outputs);
      await keep(state.filter(({ name }) => name !== held.name));
    });
    if (failure !== undefined) failures.push(failure);
  }
  return failures;
}

/** The names of resources that a preview would do something to. */
export async function preview(run: Run, state: State, program: Program): Promise<readonly string[]> {
  const leavings = await openLeavings(run.session);
  const changes: string[] = [];
  for (const declared of program) {
    const held = state.find(({ name }) => name === declared.name);
    if (held === undefined || (await compared(run, state, declared, leavings, held)).step !== "same")
      changes.push(declared.name);
  }
  const wanted = new Set(program.map(({ name }) => name));
  return [...changes, ...state.filter(({ name }) => !wanted.has(name)).map(({ name }) => name)];
}

/** `pulumi refresh`: state as the platform shows it. */
export async function refresh(run: Run, state: State): Promise<State> {
  const seen: Held[] = [];
  for (const held of state) {
    const answer = await providerOf(run, held.type).read(held.id, held.outputs);
    if (answer.id === "") continue;
    const { props, inputs } = answer as { props: Properties; inputs: Properties };
    const __provider = held.outputs.__provider;
    seen.push({ ...held, id: answer.id, inputs: { ...inputs, __provider }, outputs: { ...wired(props), __provider } });
  }
  return seen;
}

/** `msp settle`. */
export async function settle(run: Run): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for await (const { request, failure } of settleAll(run.session)) {
    await run.pulse();
    if (failure !== undefined) failures.push({ name: request?.id ?? "", kind: "settle", message: failure });
  }
  return failures;
}

async function converge(run: Run, state: State, declared: Declared, leavings: Leavings): Promise<Held | undefined> {
  const { type, name } = declared;
  const held = state.find((candidate) => candidate.name === name);
  const { step, inputs } = await compared(run, state, declared, leavings, held);
  const provider = providerOf(run, type);
  const hosted = (outs: object) => ({ ...wired(outs), __provider: shim(type) });
  if (held === undefined) {
    const { id, outs } = await provider.create(inputs);
    return { type, name, id, inputs, outputs: hosted(outs) };
  }
  if (step === "same") return undefined;
  if (step === "replace") throw new Error(`The story replaces nothing, and ${name} would be.`);
  const { outs } = await provider.update(held.id, held.outputs, inputs);
  return { type, name, id: held.id, inputs, outputs: hosted(outs) };
}

async function compared(run: Run, state: State, declared: Declared, leavings: Leavings, held: Held | undefined) {
  const { type, name, args } = declared;
  const idOf = (other: string) => {
    const id = state.find((candidate) => candidate.name === other)?.id;
    if (id === undefined) throw new Unready(other);
    return id;
  };
  const resource = `${run.program}::${name}`;
  const leaving = leavings.get(resource);
  const news = wired({
    ...args(idOf),
    __provider: shim(type),
    __resource: resource,
    ...(leaving === undefined ? {} : { __leaving: leaving }),
  });
  const provider = providerOf(run, type);
  const { inputs, failures } = await provider.check(held?.inputs ?? {}, news);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
  if (held === undefined) return { step: "create", inputs: wired(inputs) } as const;
  const { changes, replaces } = await provider.diff(held.id, held.outputs, wired(inputs));
  const step = replaces.length > 0 ? "replace" : changes || held.isPartial ? "update" : "same";
  return { step, inputs: wired(inputs) } as const;
}

/** Its dependency is not there: the engine does not begin with it. */
class Unready extends Error {
  readonly kind = "unready";
}

type Leavings = ReadonlyMap<string, readonly string[]>;

type Attempt = Failure & { readonly partial?: (declared: Declared) => Held };

async function attempt(name: string, act: () => Promise<void>): Promise<Attempt | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    const {
      message,
      kind = "partial",
      id,
      properties,
    } = error as Error & {
      readonly kind?: string;
      readonly id?: string;
      readonly properties?: Properties;
    };
    const failure = { name, kind, message };
    if (id === undefined || properties === undefined) return failure;
    const outputs = wired(properties);
    return { ...failure, partial: ({ type }) => ({ type, name, id, inputs: outputs, outputs, isPartial: true }) };
  }
}

function put(state: State, next: Held): State {
  return state.some(({ name }) => name === next.name)
    ? state.map((held) => (held.name === next.name ? next : held))
    : [...state, next];
}

function providerOf({ session }: Run, type: ResourceType) {
  const provider = providerOver(type, () => session);
  provider.configure({ config: { get: () => undefined } });
  return provider;
}

/** What is left of an object on its way through the engine. */
function wired(properties: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(properties)) as Record<string, unknown>;
}
