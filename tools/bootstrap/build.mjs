// @ts-check
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runInGroup } from "./processes.mjs";

const SOURCES = ["provider", "desk", "fleet", "cli", "sandbox", "schemas", "tools/toolchain"];
const SETTINGS = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
const KEY_FILE = ".build-key";

/**
 * Compiles the package into bin/, unless bin/ was compiled from just these sources.
 * It is compiled beside bin/ and put in its place when it is whole.
 * @param {string} root
 * @param {string} node
 * @param {import("./processes.mjs").GroupOptions} options
 * @param {(line: string) => void} log
 * @returns {Promise<number>} the exit code of the compiler, 0 when there was nothing to do
 */
export async function ensureBuild(root, node, options, log) {
  const bin = join(root, "bin");
  const key = await sourceKey(root);
  if ((await readFile(join(bin, KEY_FILE), "utf8").catch(() => "")) === key) return 0;

  log("Build: compiles the sources into bin/ (usually 5 to 15 seconds) ...");
  const made = join(root, ".cache", `build-${process.pid}`);
  const former = `${made}-former`;
  try {
    await mkdir(made, { recursive: true });
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const code = await runInGroup(node, [compiler, "-p", "tsconfig.build.json", "--outDir", made], options);
    if (code !== 0) return code;
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    for (const file of Object.values(manifest.bin ?? {})) await chmod(join(made, file.replace(/^bin\//, "")), 0o755);
    await writeFile(join(made, KEY_FILE), key);
    if (existsSync(bin)) await rename(bin, former);
    await rename(made, bin);
    return 0;
  } finally {
    await rm(made, { recursive: true, force: true });
    await rm(former, { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @returns {Promise<string>} a digest of everything that the compiled package is made from
 */
export async function sourceKey(root) {
  const listed = await Promise.all(SOURCES.map((folder) => filesBelow(root, folder)));
  const files = [...SETTINGS, ...listed.flat().sort()];
  const contents = await Promise.all(files.map((file) => readFile(join(root, file)).catch(() => Buffer.from(""))));
  const hash = createHash("sha256");
  files.forEach((file, index) => {
    hash.update(`${file}:${contents[index]?.length}:`).update(contents[index] ?? "");
  });
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function filesBelow(root, folder) {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const nested = entries.map((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
  return (await Promise.all(nested)).flat();
}
