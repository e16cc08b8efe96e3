/** The engines' runs in which components are made: where their parts are registered, and the hook that says what leaves. */
import { credentials } from "@grpc/grpc-js";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterResourceHookRequest,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  type RegisterResourceResponse,
  ResourceHookRequest,
  ResourceHookResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { describeLeaving, openLeavings } from "../leavings";
import { redacted, secretTexts } from "../secrets";
import type { Callbacks } from "./callbacks";
import type { Instance } from "./instances";
import { targetOf } from "./operations";
import { failed } from "./unary";
import { received } from "./values";
import type { Voices } from "./voices";

/** Its name lives in state with each resource that has it: it is never renamed. */
const HOOK = "msp:before-leaving";

export interface Run {
  register(request: RegisterResourceRequest): Promise<RegisterResourceResponse>;
  finish(request: RegisterResourceOutputsRequest): Promise<unknown>;
  /** The name of the hook, once the engine knows it. */
  hook(): Promise<string>;
  /** What of a resource is on open leavings. */
  leaving(resource: string): Promise<readonly string[] | undefined>;
}

export interface Asking {
  readonly peer: string;
  readonly instance: Instance;
  /** Where the engine takes registrations: another for each run. */
  readonly monitor: string;
  /** Where it takes lines. */
  readonly engine: string | undefined;
  readonly isPreview: boolean;
}

export interface Runs {
  of(asking: Asking): Run;
  /** Whatever runs that peer has are over. */
  end(peer: string): void;
}

/**
 * Nothing is shared between two runs, whichever engines they are of, nor between two instances of one run.
 * @public
 */
export function createRuns(callbacks: Callbacks, voices: Voices): Runs {
  const open = new Map<string, { readonly run: Run; readonly peer: string; close(): void }>();
  return {
    of(asking) {
      const key = `${asking.monitor} ${asking.instance.reference ?? ""}`;
      const known = open.get(key);
      if (known !== undefined) return known.run;
      const fresh = openRun(asking, callbacks, voices, key);
      open.set(key, { ...fresh, peer: asking.peer });
      return fresh.run;
    },
    end(peer) {
      for (const [key, run] of open) {
        if (run.peer !== peer) continue;
        open.delete(key);
        run.close();
      }
    },
  };
}

function openRun(asking: Asking, callbacks: Callbacks, voices: Voices, token: string) {
  const { instance, monitor } = asking;
  const client = new ResourceMonitorClient(monitor, credentials.createInsecure());
  let hook: Promise<string> | undefined;
  let leavings: ReturnType<typeof openLeavings> | undefined;
  const announced = async () => {
    const name = hookName(instance.reference);
    const request = new RegisterResourceHookRequest();
    request.setName(name);
    request.setOnDryRun(true);
    request.setCallback(callbacks.add(token, (bytes) => said(bytes, asking, voices)));
    await new Promise<void>((resolve, reject) =>
      client.registerResourceHook(request, (error) => (error === null ? resolve() : reject(error))),
    );
    return name;
  };
  const run: Run = {
    register: (request) =>
      new Promise((resolve, reject) =>
        client.registerResource(request, (error, answer) => (error === null ? resolve(answer) : reject(error))),
      ),
    finish: (request) =>
      new Promise((resolve, reject) =>
        client.registerResourceOutputs(request, (error, answer) => (error === null ? resolve(answer) : reject(error))),
      ),
    hook: () => {
      hook ??= announced();
      return hook;
    },
    leaving: async (resource) => {
      leavings ??= instance.session.within(() => openLeavings(instance.session));
      return (await leavings).get(resource);
    },
  };
  const close = () => {
    callbacks.drop(token);
    client.close();
  };
  return { run, close };
}

/** Each explicit provider is a process of its own, and an engine takes a name once. */
function hookName(reference: string | undefined): string {
  const [, , , provider = "default"] = reference?.split("::") ?? [];
  return /^default(_|$)/.test(provider) ? HOOK : `${HOOK}:${provider}`;
}

/** In a preview: what the deletion will file, told under the resource; or why it is refused. */
async function said(bytes: Uint8Array, { instance, engine, isPreview }: Asking, voices: Voices): Promise<Uint8Array> {
  const answer = new ResourceHookResponse();
  // In the update the provider itself decides and tells.
  if (!isPreview) return answer.serializeBinary();
  const request = ResourceHookRequest.deserializeBinary(bytes);
  const outputs = received(request.getOldOutputs());
  const texts = [...secretTexts(outputs), ...instance.secrets];
  try {
    const { session, signal } = instance;
    const { type } = targetOf(request.getUrn());
    const line = await session.within(() => describeLeaving(session, type, outputs.plain), { signal });
    if (engine !== undefined) await voices.say(engine, redacted(line, texts), request.getUrn());
  } catch (error) {
    answer.setError(failed(error, texts).details);
  }
  return answer.serializeBinary();
}
