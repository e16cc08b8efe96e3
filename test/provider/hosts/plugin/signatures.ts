/** How values travel between an engine and a provider: what marks a secret, an output, a resource and what is not known, and how to look inside. */
import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Properties } from "../../../../provider/hosts/state";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** What stands for a value that is not known yet: one text for each type, which only some SDKs tell apart. */
export const UNKNOWNS = {
  boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  asset: "030794c1-ac77-496b-92df-f27374a8bd58",
  archive: "e48ece36-62e2-4504-bad9-02848725956a",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
} as const;

/** A value as the engine marks a secret. */
export function secret(value: unknown): Properties {
  return { [SIGNATURE]: SECRET, value };
}

/** A value as the engine marks an output; without one it is not known yet. */
export function output(value: unknown, isSecret = false): Properties {
  return { [SIGNATURE]: OUTPUT, ...(value === undefined ? {} : { value }), secret: isSecret, dependencies: [] };
}

/** A resource as the engine passes one. */
export function reference(urn: string, id: unknown): Properties {
  return { [SIGNATURE]: RESOURCE, urn, id };
}

/** What is left to be seen where secrets are hidden. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isRecord(value)) return value;
  if (isSecret(value)) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutSecrets(member)]));
}

/** Whether a value is marked as a secret itself. */
export function isSecret(value: unknown): boolean {
  return isRecord(value) && value[SIGNATURE] === SECRET;
}

/** As the engine sends it to a provider that takes no such marks. */
export function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (!isRecord(value)) return value;
  switch (value[SIGNATURE]) {
    case SECRET:
    case OUTPUT:
      return value.value === undefined ? UNKNOWNS.string : unmarked(value.value);
    case RESOURCE:
      return value.id === "" ? UNKNOWNS.string : value.id;
    default:
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unmarked(member)]));
  }
}

/** What was kept of a create that failed in part; undefined where nothing was. */
export function madeInPart(error: ServiceError):
  | {
      readonly id: string;
      readonly properties: Properties;
      readonly inputs: Properties | undefined;
      readonly reasons: readonly string[];
    }
  | undefined {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (packed === undefined) return undefined;
  const [detail] = Status.deserializeBinary(packed as Uint8Array).getDetailsList();
  if (detail?.getTypeUrl() !== "type.googleapis.com/pulumirpc.ErrorResourceInitFailed")
    throw new Error(`A failure has details that the engine does not read: ${detail?.getTypeUrl()}.`);
  const failed = ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return {
    id: failed.getId(),
    properties: (failed.getProperties()?.toJavaScript() ?? {}) as Properties,
    inputs: failed.getInputs()?.toJavaScript() as Properties | undefined,
    reasons: failed.getReasonsList(),
  };
}

/** A message as plain data: structures in it are what they stand for. */
export function messageOf(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(messageOf);
  if (!isRecord(message)) return message;
  if (Array.isArray(message.fieldsMap))
    return Object.fromEntries(message.fieldsMap.map(([key, value]: [string, unknown]) => [key, memberOf(value)]));
  return Object.fromEntries(Object.entries(message).map(([key, member]) => [key, messageOf(member)]));
}

function memberOf(value: unknown): unknown {
  const { structValue, listValue, stringValue, ...others } = value as Properties & {
    readonly listValue?: { readonly valuesList: readonly unknown[] };
  };
  if (structValue !== undefined) return messageOf(structValue);
  if (listValue !== undefined) return listValue.valuesList.map(memberOf);
  return stringValue === "" ? others : stringValue;
}

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
