/**
 * The dynamic host: the service of Pulumi's SDK itself, served over gRPC, that evaluates the provider string it is sent. Each run has a service
 * of its own, as the engine starts a process for each. In the string one thing is another: the module that it requires, which stands for the
 * package and opens its sessions in the world of a test.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { providerOver } from "../../provider/hosts/runtime";
import { createSession } from "../../provider/hosts/session";
import { dynamicType, type Properties, shim } from "../../provider/hosts/state";
import type { Transport } from "../../provider/http/transport";
import type { ResourceType } from "../../provider/platforms/platform";
import { Connection, configOf, type Line, type Served } from "../provider/hosts/plugin/engine";
import { isSecret, secret, unmarked } from "../provider/hosts/plugin/signatures";
import { steadyRandom } from "../provider/http/manual-clock";
import type { MspWorld } from "../provider/lifecycle/msp-world";
import { type Host, type Manners, Run } from "./host";

type ProviderOf = (type: ResourceType) => ReturnType<typeof providerOver>;

/** What the package's `runtime` is to each run that is under way. */
const runs = new Map<string, ProviderOf>();

/**
 * Stands for the package in the provider strings of a run.
 * @public
 */
export function runtimeOf(run: string): { readonly provider: ProviderOf } {
  const provider = runs.get(run);
  if (provider === undefined) throw new Error(`There is no run ${run}.`);
  return { provider };
}

const SCRIPT = require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js");
const BEGINNING = "main(process.argv.slice(2));";
const PACKAGE = '("pulumi-msp/runtime")';

/** The SDK's service, which its script starts a server with; a copy of its own each time, with what it has cached. */
function sdkService(): UntypedServiceImplementation {
  const script = readFileSync(SCRIPT, "utf8");
  if (script.split(BEGINNING).length !== 2)
    throw new Error("The SDK's dynamic provider is not of the form that it was.");
  const source = script.replace(BEGINNING, "exports.service = new ResourceProviderService();");
  const evaluate = createRequire(SCRIPT)("require-from-string") as (code: string, file: string) => object;
  const before = LISTENED.map((event) => process.listeners(event as never));
  const loaded = evaluate(source, SCRIPT);
  // It would take what fails in this process for its own.
  for (const [i, event] of LISTENED.entries())
    for (const listener of process.listeners(event as never))
      if (!before[i]?.includes(listener)) process.removeListener(event, listener as never);
  return (loaded as { readonly service: UntypedServiceImplementation }).service;
}

const LISTENED = ["uncaughtException", "unhandledRejection", "exit"];

/** Serves the dynamic provider for a world. */
export function openDynamicHost(world: MspWorld, transport: Transport): Host & { readonly served: Served[] } {
  const lines: Line[] = [];
  const open: (() => void)[] = [];
  const served: Served[] = [];
  return {
    name: "dynamic",
    lines,
    served,
    open: async () => {
      const run = `${world.program}#${open.length}`;
      runs.set(run, (type) =>
        providerOver(type, (settings) =>
          createSession({
            settings,
            env: world.env,
            cwd: world.folder,
            clock: world.clock,
            random: steadyRandom,
            transport,
            log: (message) => lines.push({ urn: "", message }),
          }),
        ),
      );
      const server = new Server();
      server.addService(ResourceProviderService as never, sdkService());
      const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
          error === null ? resolve(bound) : reject(error),
        ),
      );
      const one: Served = { port, engineAddress: "", answers: [], seen: [] };
      served.push(one);
      const connection = new Connection(one);
      open.push(() => {
        connection.close();
        server.forceShutdown();
        runs.delete(run);
      });
      await connection.configure(
        Object.fromEntries(Object.entries(configOf(world)).map(([key, value]) => [`msp:${key}`, value])),
      );
      return new Run(connection, mannersOf(world, run));
    },
    close: () => {
      for (const end of open) end();
    },
  };
}

function mannersOf(world: MspWorld, run: string): Manners {
  const [project, stack] = world.program.split("/");
  const here = `(${JSON.stringify(__filename)}).runtimeOf(${JSON.stringify(run)})`;
  const swapped = (properties: Properties, from: string, to: string): Properties =>
    typeof properties.__provider === "string"
      ? { ...properties, __provider: properties.__provider.replace(from, to) }
      : properties;
  return {
    urn: ({ type, name }) => `urn:pulumi:${stack}::${project}::${dynamicType(type)}::${name}`,
    // As the classes of the package do.
    hidden: ({ type, name }) => ({ __provider: shim(type), __resource: `${world.program}::${name}` }),
    // It does not say that it takes secrets, outputs or resources.
    send: (properties) => swapped(unmarked(properties) as Properties, PACKAGE, here),
    take: (answer, sent) => marked(swapped(answer, here, PACKAGE), sent),
    previews: false,
  };
}

/** As the engine does for a provider that takes no secrets: what was one in what it sent is one, under the same name, in the answer. */
function marked(answer: Properties, sent: Properties): Properties {
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => {
      const before = sent[key];
      if (isRecord(value) && isRecord(before) && !isSecret(before)) return [key, marked(value, before)];
      return [key, holdsSecret(before) ? secret(value) : value];
    }),
  );
}

function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isSecret(value) || (isRecord(value) && Object.values(value).some(holdsSecret));
}

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
