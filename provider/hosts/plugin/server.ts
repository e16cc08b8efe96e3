import { Server, ServerCredentials } from "@grpc/grpc-js";
import { CallbacksService } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { createCallbacks } from "./callbacks";
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
  const callbacks = createCallbacks();
  server.addService(ResourceProviderService as never, createService(surroundings, callbacks));
  server.addService(CallbacksService as never, { invoke: callbacks.invoke as never });
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error !== null) return reject(error);
      callbacks.listen(port);
      resolve({ port, close: () => server.forceShutdown() });
    });
  });
}
