/**
 * What the constant provider string requires, inside the engine's dynamic provider process. It only translates: between the engine's plain
 * objects and the lifecycle, and between `ProviderError` and what a user of `pulumi up` reads.
 */
import { systemClock, systemRandom } from "../clock";
import { ProviderError } from "../errors";
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
import { explained, isLeaving, parted, type Properties, stateOf, upgraded, written } from "./state";

export { STATE_VERSION } from "./state";

interface ConfigureRequest {
  readonly config: { get(key: string): string | undefined };
}

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
        return {
          changes: difference.changes || foreign || isLeaving(id, news),
          replaces: [...difference.replaces],
          deleteBeforeReplace: difference.replaces.length > 0,
        };
      }),
    create: (inputs: Properties) =>
      operation(async () => {
        const { visible, hidden } = parted(inputs);
        try {
          const state = await lifecycle.create(resource, await contextFor(visible, hidden), visible as never);
          return { id: resource.handler.idOf(state as never), outs: written(state, hidden.__resource) };
        } catch (error) {
          const kept = lifecycle.partialStateOf(error);
          if (kept === undefined) throw error;
          throw Object.assign(new Error((error as Error).message), {
            id: kept.id,
            properties: { ...inputs, ...written(kept.state, hidden.__resource) },
            reasons: [(error as Error).message],
          });
        }
      }),
    read: (id: string, props: Properties) =>
      operation(async () => {
        const before = upgraded(parted(props));
        const { visible, hidden } = before;
        const state = await lifecycle.read(resource, await contextFor(visible, hidden), id, stateOf(before) as never);
        if (state === undefined) return { id: "", props: {} };
        // What people were asked for has the platform's own id once it is there.
        return {
          id: resource.handler.idOf(state),
          props: written(state, hidden.__resource),
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
          stateOf(before) as never,
          visible as never,
          String(before.hidden.__resource ?? hidden.__resource ?? ""),
        );
        return { outs: written(state, hidden.__resource) };
      }),
    delete: (_id: string, props: Properties) =>
      operation(async () => {
        const before = upgraded(parted(props));
        await lifecycle.remove(resource, await contextFor(before.visible, before.hidden), stateOf(before) as never);
      }),
  };
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
    const known = error instanceof Error && "properties" in error ? error : explained(error);
    known.stack = "";
    known.toString = () => QUIET;
    throw known;
  }
}
