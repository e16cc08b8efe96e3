// @ts-check
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ensureInstalled } from "./install.mjs";

/** The first Node on which all that checks the code runs; the package itself runs from 22.12 on. */
export const MINIMUM_NODE = "22.13.0";

/**
 * @param {string} version such as 22.13.0
 * @returns {boolean}
 */
export function isNodeNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}

/**
 * The Node that everything is run with: the one that runs this when it is new enough, else the pinned platform package of tools/node.
 * The environment that is answered has its folder first on PATH, since npm and the Pulumi engine start what is called `node` there.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} log
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>}
 */
export async function ensureNode(root, env, log) {
  const node = isNodeNewEnough(process.versions.node) ? process.execPath : await pinnedNode(root, env, log);
  return { node, env: { ...env, PATH: [dirname(node), env.PATH ?? ""].join(delimiter) } };
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} log
 */
async function pinnedNode(root, env, log) {
  const folder = join(root, "tools", "node");
  const node = join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  const advice = `Install Node ${MINIMUM_NODE} or newer (https://nodejs.org) and run this again.`;
  if (!existsSync(node))
    log(
      `Node: PATH has v${process.versions.node}, and ${MINIMUM_NODE} is needed; gets the pinned one for this folder alone.`,
    );
  const code = await ensureInstalled(folder, { cwd: folder, env }, log, "Node");
  if (code !== 0) throw new Error(`The pinned Node could not be installed. ${advice}`);
  if (!existsSync(node)) throw new Error(`There is no pinned Node for ${process.platform}-${process.arch}. ${advice}`);
  return node;
}
