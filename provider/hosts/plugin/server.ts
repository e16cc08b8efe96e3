import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { Callbacks } from "./callbacks";
import type { Surroundings } from "./instances";
import { createService } from "./service";

export interface PluginServer {
  readonly port: number;
  close(): void;
}

/** As much as the engine itself takes. */
const LONGEST_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Serves the plugin on loopback, on a port of its own. */
export function startPluginServer(surroundings: Surroundings): Promise<PluginServer> {
  const server = new Server({
    "grpc.max_receive_message_length": LONGEST_MESSAGE_BYTES,
    "grpc.max_send_message_length": LONGEST_MESSAGE_BYTES,
  });
  let port = 0;
  let callbacks: Callbacks | undefined;
  // Few programs have hooks here: they are served from the first on.
  const hooks = () => {
    const { createCallbacks } = require("./callbacks") as typeof import("./callbacks");
    callbacks ??= createCallbacks(server, port);
    return callbacks;
  };
  server.addService(ResourceProviderService as never, createService(surroundings, hooks));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error !== null) return reject(error);
      port = bound;
      resolve({ port, close: () => server.forceShutdown() });
    });
  });
}
