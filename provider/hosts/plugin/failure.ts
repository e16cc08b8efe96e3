/** How a failure leaves over gRPC: a status that fits, the words of the core, no stack and no secret. */
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type ErrorKind, ProviderError } from "../../errors";

const CODES: Readonly<Record<ErrorKind, status>> = {
  validation: status.INVALID_ARGUMENT,
  // UNIMPLEMENTED would tell the engine of a method that we lack.
  unsupported: status.FAILED_PRECONDITION,
  notFound: status.NOT_FOUND,
  alreadyExists: status.ALREADY_EXISTS,
  stale: status.FAILED_PRECONDITION,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  notEntitled: status.PERMISSION_DENIED,
  rateLimited: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  // The engine takes UNKNOWN for what it is: nobody knows what came of it.
  ambiguous: status.UNKNOWN,
  partial: status.UNKNOWN,
  pending: status.FAILED_PRECONDITION,
  blocked: status.FAILED_PRECONDITION,
  internal: status.INTERNAL,
};

/** A message travels in a header, which has a limit. */
const LONGEST_DETAILS = 8_000;

/** The error as the engine is handed it. */
export function failureOf(code: status, details: string, metadata = new Metadata()): ServiceError {
  const short = details.length <= LONGEST_DETAILS ? details : `${details.slice(0, LONGEST_DETAILS - 1)}…`;
  const error = new Error(short) as ServiceError;
  error.stack = "";
  return Object.assign(error, { code, details: short, metadata });
}

export function codeOf(error: ProviderError): status {
  if (error.cause instanceof DOMException && error.cause.name === "TimeoutError") return status.DEADLINE_EXCEEDED;
  return error === CANCELLED || error.cause === CANCELLED ? status.CANCELLED : CODES[error.kind];
}

/** Why the calls of a run end that is being cancelled. */
export const CANCELLED = new ProviderError(
  "unavailable",
  "This run is being cancelled.\nRun it again: what was sent is looked up first, and not sent twice.",
);

/** What is there of a create that was made in part. */
export interface MadeInPart {
  readonly id: string;
  readonly properties: Struct;
  readonly inputs: Struct;
  readonly reasons: readonly string[];
}

/** A create that was made in part: state keeps what is there. */
export function initFailed({ id, properties, inputs, reasons }: MadeInPart): ServiceError {
  const { ErrorResourceInitFailed } =
    require("@pulumi/pulumi/proto/provider_pb") as typeof import("@pulumi/pulumi/proto/provider_pb");
  const { Status } = require("@pulumi/pulumi/proto/status_pb") as typeof import("@pulumi/pulumi/proto/status_pb");
  const { Any } =
    require("google-protobuf/google/protobuf/any_pb") as typeof import("google-protobuf/google/protobuf/any_pb");
  const detail = new ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(properties);
  detail.setInputs(inputs);
  detail.setReasonsList([...reasons]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const message = reasons.join("\n");
  const told = new Status();
  told.setCode(status.UNKNOWN);
  told.setMessage(message);
  told.addDetails(packed);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(told.serializeBinary()));
  return failureOf(status.UNKNOWN, message, metadata);
}
