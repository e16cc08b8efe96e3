import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProviderError } from "../provider/errors";
import type { LmpiCredentials } from "./trend-micro/signature";
import type { WorldSnapshot } from "./trend-micro/world";

/** The folder of a sandbox process: its credentials, its control token and its world, each readable by its owner alone. */
export class DataFolder {
  readonly credentialsFile: string;
  readonly controlFile: string;
  private readonly worldFile: string;

  constructor(path: string) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.credentialsFile = join(path, "credentials.json");
    this.controlFile = join(path, "control.json");
    this.worldFile = join(path, "world.json");
  }

  /** The credentials that the folder has, so that what was configured with them goes on working, or new ones. */
  credentials(): LmpiCredentials {
    const kept = readJson(this.credentialsFile, isCredentials);
    if (kept !== undefined) {
      chmodSync(this.credentialsFile, 0o600);
      return { accessToken: kept.accessToken, secretKey: kept.secretKey };
    }
    const made = { accessToken: crypto.randomUUID(), secretKey: randomBytes(32).toString("base64") };
    writePrivate(this.credentialsFile, made);
    return made;
  }

  saveControl({ url, controlToken }: { readonly url: string; readonly controlToken: string }): void {
    writePrivate(this.controlFile, { url, controlToken });
  }

  /** The world that was saved last; undefined for none. */
  world(): WorldSnapshot | undefined {
    return readJson(this.worldFile, isSnapshot);
  }

  saveWorld(snapshot: WorldSnapshot): void {
    writePrivate(this.worldFile, snapshot);
  }
}

/** Reads a file of ours; undefined when there is none. Its text is never told: it may hold a secret. */
export function readJson<T>(file: string, isRight: (value: unknown) => value is T): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (isRight(parsed)) return parsed;
  throw new ProviderError("validation", `${file} is not what a sandbox wrote. Delete it, and a new one will be made.`);
}

/** Written beside and moved, so that nobody reads half a file. */
export function writePrivate(file: string, content: object): void {
  const beside = `${file}.new`;
  writeFileSync(beside, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, file);
}

function isCredentials(value: unknown): value is LmpiCredentials {
  return isRecord(value) && typeof value.accessToken === "string" && typeof value.secretKey === "string";
}

function isSnapshot(value: unknown): value is WorldSnapshot {
  return isRecord(value) && Array.isArray(value.customers) && Array.isArray(value.subscriptions);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
