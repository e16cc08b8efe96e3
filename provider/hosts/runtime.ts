/**
 * What the constant provider string requires, inside the engine's dynamic provider process. It only translates: between the engine's plain
 * objects and the lifecycle, and between `ProviderError` and what a user of `pulumi up` reads.
 */
import { systemClock, systemRandom } from "../clock";
import { isProviderError, ProviderError } from "../errors";
import * as lifecycle from "../lifecycle/converge";
import { check } from "../lifecycle/check";
import { diff } from "../lifecycle/diff";
import { inputsOf } from "../lifecycle/project";
import { isUnknown } from "../lifecycle/unknowns";
import type { ResourceType } from "../platforms/platform";
import { managed, validatorOf } from "../resources/registry";
import { endWithEngine } from "./lifeline";
import { CREDENTIAL_KEYS } from "./configured";
import { createSession, type Session } from "./session";

type Properties = Record<string, unknown>;

interface ConfigureRequest {
  readonly config: { get(key: string): string | undefined };
}

/** The version of what this package writes to state; older state is upgraded when it is read, newer state is refused. */
export const STATE_VERSION = 1;

/** The provider of one type, as the engine's dynamic host calls it. */
export function provider(type: ResourceType) {
  return providerOver(type, sessionOf);
}

/** The same over sessions that the caller opens. `configure` is synchronous: an asynchronous one races with the calls. */
export function providerOver(type: ResourceType, open: (config: (key: string) => string | undefined) => Session) {
  const resource = managed(type);
  let session: Session | undefined;
  const run = () => {
    if (session === undefined)
      throw new ProviderError("internal", "The engine called the provider before it configured it.");
    return session;
  };
  const operation = <T>(call: () => Promise<T>) => told(() => run().within(call));
  const contextFor = (inputs: Properties, hidden: Properties) =>
    run().write(String(inputs.platform), String(hidden.__resource ?? ""));

  return {
    configure(request: ConfigureRequest): void {
      session = open((key) => request.config.get(`msp:${key}`));
    },
    check: (olds: Properties, news: Properties) =>
      told(async () => {
        const { visible, hidden } = parted(news);
        const before = parted(olds ?? {}).visible;
        const platform = visible.platform;
        const context = typeof platform === "string" && !isUnknown(platform) ? run().checkContext(platform) : undefined;
        if (typeof context === "string") return { inputs: news, failures: [{ property: "", reason: context }] };
        const checked = check(
          resource.handler,
          resource.flags,
          validatorOf(type),
          context ?? run().anyCheckContext(),
          before,
          visible,
        );
        return { inputs: { ...checked.inputs, ...hidden }, failures: [...checked.failures] };
      }),
    diff: (id: string, olds: Properties, news: Properties) =>
      told(async () => {
        const difference = diff(resource.flags, upgraded(parted(olds)).visible, parted(news).visible);
        // State that another host wrote lacks the provider string; one update puts it there, so that refresh and delete find us.
        const foreign = olds.__provider === undefined;
        // Declared, and on a request to leave: the update takes that back.
        const leaving = Array.isArray(news.__leaving) && news.__leaving.includes(id);
        return {
          changes: difference.changes || foreign || leaving,
          replaces: [...difference.replaces],
          deleteBeforeReplace: difference.replaces.length > 0,
        };
      }),
    create: (inputs: Properties) =>
      operation(async () => {
        const { visible, hidden } = parted(inputs);
        try {
          const state = await lifecycle.create(resource, await contextFor(visible, hidden), visible as never);
          return { id: resource.handler.idOf(state as never), outs: written(state, hidden) };
        } catch (error) {
          const kept = lifecycle.partialStateOf(error);
          if (kept === undefined) throw error;
          throw Object.assign(new Error((error as Error).message), {
            id: kept.id,
            properties: { ...inputs, ...written(kept.state, hidden) },
            reasons: [(error as Error).message],
          });
        }
      }),
    read: (id: string, props: Properties) =>
      operation(async () => {
        const { visible, hidden } = upgraded(parted(props));
        const state = await lifecycle.read(resource, await contextFor(visible, hidden), id, {
          ...visible,
          ...hiddenState(hidden),
        } as never);
        if (state === undefined) return { id: "", props: {} };
        // What people were asked for has the platform's own id once it is there.
        return {
          id: resource.handler.idOf(state),
          props: written(state, hidden),
          inputs: { ...inputsOf<Properties>(resource.flags, state), __resource: hidden.__resource },
        };
      }),
    update: (id: string, olds: Properties, news: Properties) =>
      operation(async () => {
        const before = upgraded(parted(olds));
        const { visible, hidden } = parted(news);
        const state = await lifecycle.update(
          resource,
          await contextFor(visible, hidden),
          id,
          { ...before.visible, ...hiddenState(before.hidden) } as never,
          visible as never,
          String(before.hidden.__resource ?? hidden.__resource ?? ""),
        );
        return { outs: written(state, hidden) };
      }),
    delete: (_id: string, props: Properties) =>
      operation(async () => {
        const { visible, hidden } = upgraded(parted(props));
        await lifecycle.remove(resource, await contextFor(visible, hidden), {
          ...visible,
          ...hiddenState(hidden),
        } as never);
      }),
  };
}

/** Keys that begin with two underscores are the engine's and ours: kept in state, never shown, no business of a handler's inputs. */
function parted(properties: Properties): { readonly visible: Properties; readonly hidden: Properties } {
  const visible: Properties = {};
  const hidden: Properties = {};
  for (const [key, value] of Object.entries(properties)) (key.startsWith("__") ? hidden : visible)[key] = value;
  return { visible, hidden };
}

function hiddenState(hidden: Properties): Properties {
  const { __provider, __resource, __stateVersion, ...rest } = hidden;
  return rest;
}

function written(state: object, hidden: Properties): Properties {
  return { ...state, __resource: hidden.__resource, __stateVersion: STATE_VERSION };
}

function upgraded<T extends { readonly hidden: Properties }>(properties: T): T {
  const version = properties.hidden.__stateVersion ?? STATE_VERSION;
  if (typeof version === "number" && version <= STATE_VERSION) return properties;
  throw new ProviderError(
    "unsupported",
    `This state was written by a newer pulumi-msp (state version ${version}, this one knows ${STATE_VERSION}).\nUpdate the package: npm install pulumi-msp@latest.`,
  );
}

// One process serves one run of the engine. The types of that run share one session, so that listings are read once and one vendor key has one pace.
const sessions = new Map<string, Session>();

function sessionOf(get: (key: string) => string | undefined): Session {
  const settings = Object.fromEntries(
    ["connections", "deskUrl", "fleetFile", "reason", "requester", "timeoutSeconds", "acceptLosses"].map((key) => [
      key,
      get(key),
    ]),
  );
  // Only whether they are there: they are refused.
  for (const key of CREDENTIAL_KEYS) if (get(key) !== undefined) settings[key] = "";
  const key = JSON.stringify(settings);
  const known = sessions.get(key);
  if (known !== undefined) return known;
  if (sessions.size === 0) endWithEngine();
  const session = createSession({
    settings: (name) => settings[name],
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    random: systemRandom,
    log: (line) => console.log(line),
  });
  sessions.set(key, session);
  return session;
}

const QUIET = "\u0000quiet";
quieten();

/**
 * The host prints errors of check, diff, read and delete once more, with their stack, beside handing them to the engine. That one print of
 * our own errors is dropped; the engine's own message stays.
 */
function quieten(): void {
  const print = console.error;
  console.error = (...parts: unknown[]) => {
    if (typeof parts[0] === "string" && parts[0].startsWith(QUIET)) return;
    print(...parts);
  };
}

/** Runs a call and lets out only Errors that a person can read: the engine hangs for ever on a thrown string. */
async function told<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const known =
      isProviderError(error) || (error instanceof Error && "properties" in error) ? (error as Error) : bug(error);
    known.stack = "";
    known.toString = () => QUIET;
    throw known;
  }
}

function bug(error: unknown): ProviderError {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new ProviderError(
      "unavailable",
      "This took longer than it may (msp:timeoutSeconds, 300 where it is not set).\nRun it again: what was sent is looked up first, and not sent twice.",
      { cause: error },
    );
  }
  const [message] = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split("\n");
  return new ProviderError(
    "internal",
    `pulumi-msp failed in a way that it should not: ${message}.\nPlease report this with the command that you ran.`,
    { cause: error },
  );
}
