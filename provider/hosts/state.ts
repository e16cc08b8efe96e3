/**
 * What both hosts write to state and read from it, and how a failure is told: the same on either, so that a resource may go from one host to
 * the other and back.
 */
import { isProviderError, ProviderError } from "../errors";
import type { ResourceType } from "../platforms/platform";

export type Properties = Record<string, unknown>;

/** The version of what this package writes to state; older state is upgraded when it is read, newer state is refused. */
export const STATE_VERSION = 1;

/** The Pulumi type of a resource on the dynamic host. */
export function dynamicType(type: ResourceType): string {
  return `pulumi-nodejs:dynamic/msp:${type}`;
}

/** Its Pulumi type on the plugin. */
export function pluginType(type: ResourceType): string {
  return `msp:index:${type}`;
}

/** The constant provider string of a type. Frozen: it lives in state for ever. */
export function shim(type: ResourceType): string {
  return `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("pulumi-msp/runtime").provider("${type}");`;
}

/** Keys that begin with two underscores are the engine's and ours: kept in state, never shown, no business of a handler's inputs. */
export function parted(properties: Properties): { readonly visible: Properties; readonly hidden: Properties } {
  const visible: Properties = {};
  const hidden: Properties = {};
  for (const [key, value] of Object.entries(properties)) (key.startsWith("__") ? hidden : visible)[key] = value;
  return { visible, hidden };
}

/** A state as the lifecycle takes it: what is shown, and what a handler keeps there for itself alone. */
export function stateOf({ visible, hidden }: ReturnType<typeof parted>): Properties {
  const { __provider, __resource, __stateVersion, ...rest } = hidden;
  return { ...visible, ...rest };
}

/** A state as it is written. */
export function written(state: object, resource: unknown): Properties {
  return { ...state, __resource: resource, __stateVersion: STATE_VERSION };
}

/** State as this version reads it; throws `unsupported` where a newer version wrote it. */
export function upgraded<T extends { readonly hidden: Properties }>(properties: T): T {
  const version = properties.hidden.__stateVersion ?? STATE_VERSION;
  if (typeof version === "number" && version <= STATE_VERSION) return properties;
  throw new ProviderError(
    "unsupported",
    `This state was written by a newer pulumi-msp (state version ${version}, this one knows ${STATE_VERSION}).\nUpdate the package: npm install pulumi-msp@latest.`,
  );
}

/** Whether what the program declares is on a request to leave: an update takes that back, though nothing else differs. */
export function isLeaving(id: string, inputs: Properties): boolean {
  return Array.isArray(inputs.__leaving) && inputs.__leaving.includes(id);
}

/** A failure as a person reads it; `limit` is what set the time that a call may take. */
export function explained(error: unknown, limit = "msp:timeoutSeconds, 300 where it is not set"): ProviderError {
  if (isProviderError(error)) return error;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new ProviderError(
      "unavailable",
      `This took longer than it may (${limit}).\nRun it again: what was sent is looked up first, and not sent twice.`,
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
