/** What the engine asks of a resource, on plain data: it only translates between the engine's calls and the lifecycle. */
import { ProviderError } from "../../errors";
import { check } from "../../lifecycle/check";
import { otherOwner, ownedElsewhere } from "../../lifecycle/claims";
import * as lifecycle from "../../lifecycle/converge";
import { diff } from "../../lifecycle/diff";
import { foreseeCreate, foreseeUpdate } from "../../lifecycle/preview";
import { inputsOf, project } from "../../lifecycle/project";
import { isUnknown, UNKNOWN } from "../../lifecycle/unknowns";
import type { ResourceType } from "../../platforms/platform";
import { finderOf, importId } from "../../resources/import";
import { managed, resourceTypes, validatorOf } from "../../resources/registry";
import type { Session } from "../session";
import { isLeaving, parted, pluginType, type Properties, shim, stateOf, upgraded, written } from "../state";
import { detailedDiff, isIgnored, type PathDiff } from "./detailed-diff";

/** Which resource a call is about. */
export interface Target {
  readonly type: ResourceType;
  /** `project/stack::name`. */
  readonly resource: string;
}

export interface Checked {
  /** The defaults of what the program left out. */
  readonly defaults: Properties;
  readonly failures: readonly string[];
}

export interface Difference {
  readonly changes: boolean;
  readonly paths: ReadonlyMap<string, PathDiff>;
  readonly replaces: readonly string[];
  readonly stables: readonly string[];
}

export interface State {
  readonly id: string;
  readonly outputs: Properties;
}

/** A state, with what a program declares to have it so. */
export interface Seen extends State {
  readonly inputs: Properties;
}

/** Schema, capability and immutability, without a network. `secret` says which inputs are. */
export function checked(
  session: Session,
  { type }: Target,
  olds: Properties,
  news: Properties,
  secret: (key: string) => boolean,
): Checked {
  const resource = managed(type);
  const { visible } = parted(news);
  const { platform } = visible;
  const context = typeof platform === "string" && !isUnknown(platform) ? session.checkContext(platform) : undefined;
  if (typeof context === "string") return { defaults: {}, failures: [context] };
  const { inputs, failures } = check(
    resource.handler,
    resource.flags,
    validatorOf(type),
    context ?? session.anyCheckContext(),
    parted(olds).visible,
    visible,
  );
  const shown =
    type === "DeviceOwner"
      ? ["email"]
      : type === "Customer" && context?.capability(type, "create")?.mode === "request"
        ? ["name", "company"]
        : [];
  const named = shown.filter(secret);
  const given = inputs as Properties;
  return {
    defaults: Object.fromEntries(
      Object.entries(given).filter(([key]) => visible[key] === undefined || visible[key] === null),
    ),
    failures: [
      ...failures.map(({ reason }) => reason),
      ...named.map(
        (key) => `${key} can't be secret here: the resource's id is made of it, and Pulumi shows ids; pass it as it is`,
      ),
    ],
  };
}

/** Compares without a network. A refresh asks it the other way round: what it found are the olds. */
export function compared(
  { type }: Target,
  id: string,
  olds: Properties,
  news: Properties,
  oldInputs: Properties,
  ignored: readonly string[],
): Difference {
  const { handler, flags } = managed(type);
  const state = upgraded(parted(olds)).visible;
  const inputs = parted(news).visible;
  const all = detailedDiff(flags, state, inputs, parted(oldInputs).visible, diff(flags, state, inputs).changed);
  const paths = new Map([...all].filter(([path]) => !isIgnored(path, ignored)));
  return {
    changes: paths.size > 0 || isLeaving(id, news),
    paths,
    replaces: [...new Set([...paths].flatMap(([path, { replaces }]) => (replaces ? [topOf(path)] : [])))],
    stables: handler.stable?.(state as never) ?? [],
  };
}

export function topOf(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

/** What a create would come to; writes nothing. */
export async function createPreviewed(session: Session, target: Target, news: Properties): Promise<State> {
  const { visible } = parted(news);
  if (isUnknown(visible.platform)) return { id: "", outputs: previewed(target.type, visible, {}) };
  const context = await session.write(String(visible.platform), target.resource);
  const { id, outputs } = await foreseeCreate(managed(target.type), context, visible as never);
  return { id: id ?? "", outputs: previewed(target.type, visible, outputs) };
}

/** What an update would come to; writes nothing. */
export async function updatePreviewed(
  session: Session,
  target: Target,
  id: string,
  olds: Properties,
  news: Properties,
): Promise<Properties> {
  const before = upgraded(parted(olds));
  const { visible } = parted(news);
  if (isUnknown(visible.platform)) return previewed(target.type, visible, {});
  const outputs = await foreseeUpdate(...(await change(session, target, id, before, visible)));
  return previewed(target.type, visible, outputs);
}

export async function created(session: Session, target: Target, news: Properties): Promise<State> {
  const resource = managed(target.type);
  const { visible } = parted(news);
  const context = await session.write(String(visible.platform), target.resource);
  const state = await lifecycle.create(resource, context, visible as never);
  return { id: resource.handler.idOf(state as never), outputs: kept(target, state, target.resource) };
}

/** What is there of a create that was made in part only. */
export function partOf(error: unknown, target: Target, news: Properties): State | undefined {
  const part = lifecycle.partialStateOf(error);
  if (part === undefined) return undefined;
  return { id: part.id, outputs: { ...parted(news).visible, ...kept(target, part.state, target.resource) } };
}

export async function updated(
  session: Session,
  target: Target,
  id: string,
  olds: Properties,
  news: Properties,
): Promise<Properties> {
  const before = upgraded(parted(olds));
  const state = await lifecycle.update(...(await change(session, target, id, before, parted(news).visible)));
  return kept(target, state as object, target.resource);
}

/** What an update and its preview are told of a change. */
async function change(
  session: Session,
  target: Target,
  id: string,
  before: ReturnType<typeof parted>,
  inputs: Properties,
) {
  const context = await session.write(String(inputs.platform), target.resource);
  const former = formerName(before.hidden, target);
  return [managed(target.type), context, id, stateOf(before) as never, inputs as never, former] as const;
}

/** What is there now; undefined means gone. */
export async function read(session: Session, target: Target, id: string, olds: Properties): Promise<Seen | undefined> {
  const { handler, flags } = managed(target.type);
  const before = upgraded(parted(olds));
  const { visible, hidden } = before;
  // Every state that we wrote names its account.
  if (visible.account === undefined) return imported(session, target, id);
  const resource = formerName(hidden, target);
  const context = await session.write(String(visible.platform), resource);
  const state = await lifecycle.read(managed(target.type), context, id, stateOf(before) as never);
  if (state === undefined) return undefined;
  return {
    // What people were asked for has the platform's own id once it is there.
    id: handler.idOf(state),
    outputs: kept(target, state as object, resource),
    inputs: inputsOf<Properties>(flags, state as object),
  };
}

/** By its id alone: `connection/…`. */
async function imported(session: Session, target: Target, id: string): Promise<Seen | undefined> {
  const { handler, flags } = managed(target.type);
  const { connection, rest } = importId(target.type, id, session.connectionNames);
  const context = await session.write(connection, target.resource);
  const found = await finderOf(target.type).find(context, rest);
  if (found === undefined) return undefined;
  const defaults = Object.entries(flags.properties).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[key, value]],
  );
  const inputs: Properties = { ...Object.fromEntries(defaults), ...found.inputs };
  const observed = await handler.observe(context, { id: found.id, inputs, state: undefined });
  if (observed === undefined) return undefined;
  const state = project(flags, inputs, observed);
  const other = await otherOwner(handler, context, state);
  if (other !== undefined) throw ownedElsewhere(context, handler.labelOf(state), other);
  return {
    id: handler.idOf(state),
    outputs: kept(target, state, target.resource),
    inputs: inputsOf<Properties>(flags, state),
  };
}

export async function deleted(session: Session, target: Target, olds: Properties): Promise<void> {
  const before = upgraded(parted(olds));
  const context = await session.write(String(before.visible.platform), formerName(before.hidden, target));
  await lifecycle.remove(managed(target.type), context, stateOf(before) as never);
}

/** The name under which state was written: `aliases` may have given the resource another since. */
function formerName(hidden: Properties, target: Target): string {
  return typeof hidden.__resource === "string" ? hidden.__resource : target.resource;
}

/** With the other host's constant string, so that a resource can go there and be found, unchanged. */
function kept({ type }: Target, state: object, resource: string): Properties {
  return { ...written(state, resource), __provider: shim(type) };
}

function previewed(type: ResourceType, inputs: Properties, outputs: Readonly<Properties>): Properties {
  const unknown = Object.fromEntries(managed(type).flags.outputs.map((key) => [key, UNKNOWN]));
  return { ...unknown, ...inputs, ...outputs };
}

/** What a URN is about. */
export function targetOf(urn: string): Target {
  const [head = "", project = "", qualified = "", ...name] = urn.split("::");
  const stack = head.slice("urn:pulumi:".length);
  return { type: typeOf(qualified.split("$").at(-1) ?? ""), resource: `${project}/${stack}::${name.join("::")}` };
}

/** The resource of a token: `msp:index:Customer`. */
export function typeOf(token: string): ResourceType {
  const type = resourceTypes.find((candidate) => token === pluginType(candidate) || token === `msp:${candidate}`);
  if (type !== undefined) return type;
  throw new ProviderError("validation", `pulumi-msp has no resource ${token}; it has ${resourceTypes.join(", ")}.`);
}
