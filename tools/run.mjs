// @ts-check
// The commands of this repository. Runs on Node 20 too, since that is what may be on PATH, and has no dependencies, since they may not be installed yet.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuild } from "./bootstrap/build.mjs";
import { ensureInstalled } from "./bootstrap/install.mjs";
import { ensureNode } from "./bootstrap/node.mjs";
import { runInGroup } from "./bootstrap/processes.mjs";
import { TARGETS } from "./bootstrap/targets.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {string} line */
const log = (line) => console.log(line);

/**
 * @param {string | undefined} name
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function main(name, args) {
  const target = name === undefined ? undefined : TARGETS[name];
  if (target === undefined) {
    console.error(`node tools/run.mjs ${Object.keys(TARGETS).join(" | ")}`);
    return 2;
  }
  const { node, env } = await ensureNode(ROOT, process.env, log);
  const inRoot = { cwd: ROOT, env };
  let code = await ensureInstalled(ROOT, inRoot, log);
  if (code === 0 && target.needs !== "dependencies") code = await ensureBuild(ROOT, node, inRoot, log);
  if (code === 0 && (target.needs === "pulumi" || target.needs === "tests")) {
    const toolchain = join(ROOT, "bin", "tools", "toolchain", "main.js");
    code = await runInGroup(node, [toolchain, ...(target.needs === "tests" ? ["--tests"] : [])], inRoot);
  }
  const temporary = await mkdtemp(join(tmpdir(), "pulumi-msp-"));
  try {
    // The tests' PostgreSQL may run as another user, who must get through to its own folder.
    await chmod(temporary, 0o711);
    for (const command of target.commands(args)) {
      if (code !== 0) break;
      code = await runInGroup(node, command, { ...inRoot, env: { ...env, TMPDIR: temporary } });
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return code;
}

main(process.argv[2], process.argv.slice(3)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
