/** What the engine calls while a run of it goes on: hooks that it was told of, by their tokens. */
import { type Server, status } from "@grpc/grpc-js";
import { CallbacksService } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { Callback, type CallbackInvokeRequest, CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { failureOf } from "./failure";
import { unary } from "./unary";

/** Answers one call, from message to message. */
export type Answering = (request: Uint8Array) => Promise<Uint8Array>;

export interface Callbacks {
  add(token: string, answer: Answering): Callback;
  drop(token: string): void;
}

/**
 * Serves them on a server that listens at that port already.
 * @public
 */
export function createCallbacks(server: Server, port: number): Callbacks {
  const known = new Map<string, Answering>();
  const invoke = unary(async (request: CallbackInvokeRequest) => {
    const answer = known.get(request.getToken());
    if (answer === undefined) throw failureOf(status.NOT_FOUND, "The run of this hook has ended.\nRun it again.");
    const response = new CallbackInvokeResponse();
    response.setResponse(await answer(request.getRequest_asU8()));
    return response;
  });
  server.addService(CallbacksService as never, { invoke });
  return {
    add: (token, answer) => {
      known.set(token, answer);
      const callback = new Callback();
      callback.setToken(token);
      callback.setTarget(`127.0.0.1:${port}`);
      return callback;
    },
    drop: (token) => {
      known.delete(token);
    },
  };
}
