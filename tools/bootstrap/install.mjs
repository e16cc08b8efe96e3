// @ts-check
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runInGroup } from "./processes.mjs";

/** @typedef {{ readonly packages?: Readonly<Record<string, { readonly version?: string, readonly integrity?: string, readonly optional?: boolean }>> }} Lockfile */

/**
 * Installs what package-lock.json names, unless that is what is installed.
 * @param {string} folder
 * @param {import("./processes.mjs").GroupOptions} options
 * @param {(line: string) => void} log
 * @param {string} [what] that is installed, for the message
 * @returns {Promise<number>} the exit code of npm, 0 when there was nothing to do
 */
export async function ensureInstalled(folder, options, log, what = "Dependencies") {
  if (await isInstalled(folder)) return 0;
  log(`${what}: installs what package-lock.json names (npm ci, usually 5 to 60 seconds) ...`);
  const code = await runInGroup("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    ...options,
    cwd: folder,
  });
  if (code !== 0)
    log(
      `npm ci in ${folder} ended with ${code}: the lines above say why. Most often the network or a full disk; then run this again.`,
    );
  return code;
}

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether node_modules is what package-lock.json asks for
 */
export async function isInstalled(folder) {
  const wanted = await readLock(join(folder, "package-lock.json"));
  const installed = await readLock(join(folder, "node_modules", ".package-lock.json"));
  return wanted !== undefined && installed !== undefined && isSame(wanted, installed);
}

/**
 * npm writes its own record of node_modules last, so an install that was cut off has none.
 * @param {Lockfile} wanted
 * @param {Lockfile} installed
 */
export function isSame(wanted, installed) {
  const { "": _root, ...packages } = wanted.packages ?? {};
  const found = installed.packages ?? {};
  for (const [path, entry] of Object.entries(packages)) {
    const there = found[path];
    // An optional package of another platform is rightly absent.
    if (there === undefined ? !entry.optional : there.version !== entry.version || there.integrity !== entry.integrity)
      return false;
  }
  return Object.keys(found).every((path) => path in packages);
}

/**
 * @param {string} file
 * @returns {Promise<Lockfile | undefined>}
 */
async function readLock(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
