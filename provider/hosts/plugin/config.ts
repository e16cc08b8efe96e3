/** The configuration of one provider instance: what is wrong with it, what differs, and the settings that a session is opened with. */
import { equal, isRecord } from "../../lifecycle/diff";
import { holdsUnknown } from "../../lifecycle/unknowns";
import { nearest } from "../../nearest";
import { CREDENTIAL_KEYS } from "../configured";
import type { Session, Settings } from "../session";
import type { Properties } from "../state";
import { unwrapped } from "./values";

const KEYS: readonly string[] = [
  "connections",
  "deskUrl",
  "fleetFile",
  "reason",
  "requester",
  "timeoutSeconds",
  "acceptLosses",
];

/** What the engine puts beside a provider's own inputs. */
const ENGINES: readonly string[] = ["version", "pluginDownloadURL"];

/** The settings as the dynamic host reads them: texts. An SDK may send a structure as such, or as JSON with signatures in it. */
export function settingsOf(args: Properties): Settings {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(args))
    if (isOurs(key) && value !== undefined) texts.set(key, textOf(value));
  return (key) => texts.get(key);
}

function textOf(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (!/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.stringify(unwrapped(JSON.parse(value))[0]);
  } catch {
    // The session says what is wrong with it.
    return value;
  }
}

function isOurs(key: string): boolean {
  return !key.startsWith("__") && !ENGINES.includes(key);
}

/** What is missing or wrong, in words and without a value; `open` makes a session of the settings. */
export async function configFailures(
  args: Properties,
  open: (settings: Settings) => Session,
): Promise<readonly string[]> {
  const failures: string[] = [];
  const say = (error: unknown) => failures.push((error as Error).message);
  for (const key of Object.keys(args)) {
    if (!isOurs(key) || KEYS.includes(key) || CREDENTIAL_KEYS.includes(key)) continue;
    const near = nearest(key, KEYS, 1)[0];
    failures.push(
      `${key} is not a setting of msp; ${near === undefined ? `it has ${KEYS.join(", ")}` : `did you mean ${near}?`}`,
    );
  }
  const session = open(settingsOf(args));
  if (!holdsUnknown(args.connections)) {
    try {
      // Reading them is what finds them wrong.
      if (session.connectionNames.length === 0) failures.push("msp:connections names no connection; add one.");
    } catch (error) {
      say(error);
    }
  }
  if (!holdsUnknown(args.timeoutSeconds)) await session.within(async () => undefined).catch(say);
  const { acceptLosses, deskUrl } = args;
  if (acceptLosses !== undefined && !holdsUnknown(acceptLosses) && !["true", "false"].includes(String(acceptLosses)))
    failures.push("msp:acceptLosses must be true or false.");
  if (deskUrl !== undefined && !holdsUnknown(deskUrl) && !(typeof deskUrl === "string" && URL.canParse(deskUrl)))
    failures.push("msp:deskUrl must be an address, such as https://desk.example.com.");
  return failures;
}

/** The settings that differ. Whatever does, the engine must be told: else it goes on with the old ones. */
export function configChanges(olds: Properties, news: Properties): ReadonlyMap<string, "add" | "delete" | "update"> {
  const changes = new Map<string, "add" | "delete" | "update">();
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    if (!isOurs(key) || (!holdsUnknown(news[key]) && equal(read(olds[key]), read(news[key])))) continue;
    changes.set(key, olds[key] === undefined ? "add" : news[key] === undefined ? "delete" : "update");
  }
  return changes;
}

/** A structure, whether it is sent as such or as JSON. */
function read(value: unknown): unknown {
  const text = value === undefined || isRecord(value) ? undefined : textOf(value);
  if (text === undefined || !/^\s*[{[]/.test(text)) return text ?? value;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
