/** What the engine calls while a run of it goes on: hooks that it was told of, by their tokens. */
import { status } from "@grpc/grpc-js";
import { Callback, type CallbackInvokeRequest, CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { failureOf } from "./failure";
import { type Unary, unary } from "./unary";

/** Answers one call, from message to message. */
export type Answering = (request: Uint8Array) => Promise<Uint8Array>;

export interface Callbacks {
  readonly invoke: Unary<CallbackInvokeRequest, CallbackInvokeResponse>;
  /** From then on it can be called there. */
  listen(port: number): void;
  add(token: string, answer: Answering): Callback;
  drop(token: string): void;
}

export function createCallbacks(): Callbacks {
  const known = new Map<string, Answering>();
  let target = "";
  return {
    invoke: unary(async (request: CallbackInvokeRequest) => {
      const answer = known.get(request.getToken());
      if (answer === undefined) throw failureOf(status.NOT_FOUND, "The run of this hook has ended.\nRun it again.");
      const response = new CallbackInvokeResponse();
      response.setResponse(await answer(request.getRequest_asU8()));
      return response;
    }),
    listen: (port) => {
      target = `127.0.0.1:${port}`;
    },
    add: (token, answer) => {
      known.set(token, answer);
      const callback = new Callback();
      callback.setToken(token);
      callback.setTarget(target);
      return callback;
    },
    drop: (token) => {
      known.delete(token);
    },
  };
}
