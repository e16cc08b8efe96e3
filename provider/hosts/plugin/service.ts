/** The gRPC service of the plugin. What is asked first, and often alone, is answered here: version, schema, what is not offered. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ServerWritableStream, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { VERSION } from "../../version";
import type { Callbacks } from "./callbacks";
import { failureOf } from "./failure";
import type { Surroundings } from "./instances";
import { type Unary, unary } from "./unary";
import { createVoices } from "./voices";

/** Beside the code, in the sources as in the package. */
const SCHEMA = join(__dirname, "..", "..", "generated", "package-schema.json");

const NEED_THE_CORE = [
  "checkConfig",
  "diffConfig",
  "configure",
  "check",
  "diff",
  "create",
  "update",
  "read",
  "delete",
  "construct",
] as const;

/** What a provider may have, and this one does not. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  parameterize: "pulumi-msp takes no parameters.",
  call: "The resources of pulumi-msp have no methods.",
  getMapping: "pulumi-msp maps no other tool's names.",
  getMappings: "pulumi-msp maps no other tool's names.",
};

export function createService(surroundings: Surroundings, callbacks: () => Callbacks): UntypedServiceImplementation {
  let known: ReturnType<typeof import("./calls").createCalls> | undefined;
  const engines = new Map<string, string>();
  const voices = createVoices();
  // Loaded with the first call that needs it: a schema or a version is told without the core.
  const calls = () => {
    const { createCalls } = require("./calls") as typeof import("./calls");
    known ??= createCalls(surroundings, { addressOf: (peer) => engines.get(peer), voices, callbacks });
    return known;
  };
  const end = (peer: string) => {
    known?.cancel(peer);
    const address = engines.get(peer);
    engines.delete(peer);
    if (address !== undefined) voices.end(address);
  };

  return {
    handshake: unary((request: provider.ProviderHandshakeRequest, peer) => {
      engines.set(peer, request.getEngineAddress());
      const answer = new provider.ProviderHandshakeResponse();
      answer.setAcceptSecrets(true);
      answer.setAcceptResources(true);
      answer.setAcceptOutputs(true);
      answer.setSupportsAutonamingConfiguration(true);
      return answer;
    }),
    attach: unary((request: PluginAttach, peer) => {
      engines.set(peer, request.getAddress());
      // One that is killed says nothing.
      surroundings.watch?.(request.getAddress(), () => end(peer));
      return new Empty();
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(VERSION);
      return info;
    }),
    getSchema: unary((request: provider.GetSchemaRequest) => {
      if (request.getVersion() !== 0)
        throw failureOf(
          status.INVALID_ARGUMENT,
          `pulumi-msp has its schema in version 0, not in ${request.getVersion()}.`,
        );
      const answer = new provider.GetSchemaResponse();
      try {
        answer.setSchema(readFileSync(SCHEMA, "utf8"));
      } catch {
        throw failureOf(
          status.INTERNAL,
          "The package schema is missing from this installation.\nInstall pulumi-msp anew.",
        );
      }
      return answer;
    }),
    ...Object.fromEntries(
      NEED_THE_CORE.map((name): [string, Unary<unknown, unknown>] => [
        name,
        (call, callback) => (calls()[name] as Unary<unknown, unknown>)(call, callback),
      ]),
    ),
    invoke: unary((request: provider.InvokeRequest): provider.InvokeResponse => {
      throw failureOf(status.INVALID_ARGUMENT, `pulumi-msp has no function ${request.getTok()}.`);
    }),
    list: (call: ServerWritableStream<provider.ListRequest, provider.ListResponse>) => calls().list(call),
    cancel: unary((_request: Empty, peer) => {
      end(peer);
      return new Empty();
    }),
    ...Object.fromEntries(
      Object.entries(NOT_OFFERED).map(([name, words]) => [
        name,
        unary(() => {
          throw failureOf(status.UNIMPLEMENTED, words);
        }),
      ]),
    ),
  };
}
