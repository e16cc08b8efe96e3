import { createHash, randomUUID } from "node:crypto";
import { accessSync, constants, mkdirSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./commands";

const LOCK_REFRESH_MS = 5_000;
const LOCK_STALE_MS = 30_000;
const LOCK_POLL_MS = 500;
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

/** The folder that keeps toolchains between runs and checkouts: below XDG_CACHE_HOME or ~/.cache, or in the checkout where neither can be written. */
export function cacheFolder(repository: string, env: NodeJS.ProcessEnv): string {
  const user = env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache");
  const folder = join(user, "pulumi-msp", "toolchain");
  if (isWritable(folder)) return folder;
  const own = join(repository, ".cache", "toolchain");
  mkdirSync(own, { recursive: true });
  return own;
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A short name for everything that a toolchain is made from: another input, another key. */
export function contentKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 20);
}

/**
 * Makes `target` in a temporary folder beside it and renames it into place when it is whole, so that nobody ever sees half of one.
 * A folder that another run put there meanwhile is kept.
 */
export async function makeFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const temporary = `${target}.${randomUUID().slice(0, 8)}.tmp`;
  await mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    await rename(temporary, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST" && error.code !== "ENOTEMPTY") throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes what a killed run left in the cache, once it is a day old. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".tmp")) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > LEFTOVER_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}

/**
 * Runs `work` while holding the lock file, so that two runs don't build the same thing at once.
 * The holder touches the file; one that was not touched for half a minute belongs to a dead run and is taken over.
 */
export async function withLock<T>(
  path: string,
  options: { readonly log: Log; readonly signal?: AbortSignal | undefined; readonly pollMs?: number },
  work: () => Promise<T>,
): Promise<T> {
  let hasSaidSo = false;
  while (!(await takeLock(path))) {
    if (!hasSaidSo) options.log("  another run is at it already: waits for that one");
    hasSaidSo = true;
    await sleep(options.pollMs ?? LOCK_POLL_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
  const refresh = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, LOCK_REFRESH_MS);
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    await rm(path, { force: true });
  }
}

async function takeLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const held = await stat(path).catch(() => undefined);
  if (held && Date.now() - held.mtimeMs > LOCK_STALE_MS) await rm(path, { force: true });
  return false;
}
