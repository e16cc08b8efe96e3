/** How a method of one question and one answer is served, and how its failure leaves: in words, without a stack or a secret. */
import type { sendUnaryData, ServerUnaryCall, ServiceError } from "@grpc/grpc-js";
import { redacted } from "../secrets";
import { explained } from "../state";
import { codeOf, failureOf } from "./failure";

export type Unary<Q, A> = (call: ServerUnaryCall<Q, A>, callback: sendUnaryData<A>) => void;

export function unary<Q, A>(run: (request: Q, peer: string) => A | Promise<A>): Unary<Q, A> {
  return (call, callback) => {
    void (async () => {
      try {
        callback(null, await run(call.request, call.getPeer()));
      } catch (error) {
        callback(failed(error, []));
      }
    })();
  };
}

/** The failure as the engine is handed it; `limit` is what set the call's time. */
export function failed(error: unknown, texts: readonly string[], limit?: string): ServiceError {
  if (error instanceof Error && "code" in error && "metadata" in error) return error as ServiceError;
  const told = explained(error, limit);
  return failureOf(codeOf(told), redacted(told.message, texts));
}
