/**
 * Values as the engine sends them: plain data, in which a record with a signature stands for a secret, an output or a resource, and a fixed
 * text for what is not known yet. Inside we work on plain data; what was secret leaves as a secret.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isRecord } from "../../lifecycle/diff";
import { UNKNOWN } from "../../lifecycle/unknowns";
import type { Secrets } from "../secrets";
import type { Properties } from "../state";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** One for each type; inside there is one for all. */
const UNKNOWNS: ReadonlySet<unknown> = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export interface Received {
  readonly plain: Properties;
  readonly secrets: Secrets;
}

/** The properties of a message; a missing message is an empty one, and a property that is null is not there. */
export function received(struct: Struct | undefined): Received {
  const raw = struct === undefined ? {} : (struct.toJavaScript() as Properties);
  const [plain, secrets] = unwrapped(Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null)));
  return { plain: plain as Properties, secrets };
}

/** As the engine wants them. */
export function sent(plain: object, secrets: Secrets = undefined): Struct {
  // What is undefined is not there.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(wrapped(plain, secrets === true ? undefined : secrets))));
}

/** Plain data, and where it is secret. */
export function unwrapped(value: unknown): readonly [unknown, Secrets] {
  if (UNKNOWNS.has(value)) return [UNKNOWN, undefined];
  if (Array.isArray(value)) {
    const items = value.map(unwrapped);
    return [items.map(([item]) => item), items.some(([, secrets]) => secrets !== undefined) ? true : undefined];
  }
  if (!isRecord(value)) return [value, undefined];
  const signature = value[SIGNATURE];
  if (signature === SECRET) return [unwrapped(value.value)[0], true];
  if (signature === OUTPUT) {
    const [plain, secrets] = value.value === undefined ? [UNKNOWN, undefined] : unwrapped(value.value);
    return [plain, value.secret === true ? true : secrets];
  }
  // Somebody passed the resource itself: its id is meant.
  if (signature === RESOURCE)
    return [value.id === undefined || value.id === "" ? UNKNOWN : unwrapped(value.id)[0], undefined];
  const plain: Record<string, unknown> = {};
  const secrets: Record<string, Secrets> = {};
  for (const [key, member] of Object.entries(value)) {
    const [inner, where] = unwrapped(member);
    plain[key] = inner;
    if (where !== undefined) secrets[key] = where;
  }
  return [plain, Object.keys(secrets).length === 0 ? undefined : secrets];
}

/** What an output is, where its dependencies are of no use: plain, secret or unknown; and the URNs of what it hangs on, at any depth. */
export function settled(value: unknown): readonly [unknown, readonly string[]] {
  if (Array.isArray(value)) {
    const items = value.map(settled);
    return [items.map(([item]) => item), items.flatMap(([, urns]) => urns)];
  }
  if (!isRecord(value)) return [value, []];
  if (value[SIGNATURE] === OUTPUT) {
    const [plain, urns] = value.value === undefined ? [UNKNOWN, []] : settled(value.value);
    const dependencies = Array.isArray(value.dependencies) ? value.dependencies.map(String) : [];
    return [value.secret === true ? wrapped(plain, true) : plain, [...urns, ...dependencies]];
  }
  const members = Object.entries(value).map(([key, member]) => [key, settled(member)] as const);
  return [Object.fromEntries(members.map(([key, [plain]]) => [key, plain])), members.flatMap(([, [, urns]]) => urns)];
}

/** A text of a resource, as an output of it. */
export function outputOf(urn: string, value: unknown): unknown {
  const [plain, secrets] = unwrapped(value);
  const known = plain === UNKNOWN || plain === undefined ? {} : { value: plain };
  return { [SIGNATURE]: OUTPUT, ...known, secret: secrets !== undefined, dependencies: [urn] };
}

/** The value itself, without the record of what it hangs on; a word where it is not to be seen. */
export function opened(value: unknown): { readonly value: unknown } | "secret" | "unknown" {
  if (UNKNOWNS.has(value)) return "unknown";
  if (!isRecord(value)) return { value };
  if (value[SIGNATURE] === SECRET) return "secret";
  if (value[SIGNATURE] !== OUTPUT) return { value };
  if (value.secret === true) return "secret";
  return value.value === undefined ? "unknown" : opened(value.value);
}

/** The same with a signature around what is secret. */
export function wrapped(value: unknown, secrets: Secrets): unknown {
  if (secrets === undefined || value === undefined) return value;
  if (secrets === true || !isRecord(value)) return { [SIGNATURE]: SECRET, value };
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, wrapped(member, secrets[key])]));
}
