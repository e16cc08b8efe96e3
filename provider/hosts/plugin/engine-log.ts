/** Lines for the person who runs this: the engine shows each under its resource. */
import { credentials, Metadata } from "@grpc/grpc-js";

export interface EngineLog {
  info(message: string, urn: string): Promise<void>;
  close(): void;
}

/**
 * The log of the engine that listens there; loaded when there is a first line.
 * @public
 */
export function createEngineLog(address: string): EngineLog {
  const { EngineClient } =
    require("@pulumi/pulumi/proto/engine_grpc_pb") as typeof import("@pulumi/pulumi/proto/engine_grpc_pb");
  const { LogRequest, LogSeverity } =
    require("@pulumi/pulumi/proto/engine_pb") as typeof import("@pulumi/pulumi/proto/engine_pb");
  const client = new EngineClient(address, credentials.createInsecure());
  return {
    info: (message, urn) =>
      new Promise((resolve) => {
        const request = new LogRequest();
        request.setSeverity(LogSeverity.INFO);
        request.setMessage(message);
        request.setUrn(urn);
        // A line that nobody hears is no reason to fail what it tells of.
        client.log(request, new Metadata(), { deadline: Date.now() + 5_000 }, () => resolve());
      }),
    close: () => client.close(),
  };
}
