import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./cache";
import { type Log, runCommand } from "./commands";
import { repositoryRoot } from "./index";
import { RANDOM_PLUGIN_VERSION } from "./versions";

const DOWNLOAD_TIMEOUT_MS = 30_000;
const MARK_OF_DOUBLE = "random-double/main.ts";

/** What {@link ensureRandomPlugin} works with. */
export interface RandomPluginOptions {
  /** The Pulumi CLI that downloads the plugin. */
  readonly pulumi: string;
  /** The PULUMI_HOME that programs run with; {@link toolchainHome} is the toolchain's own. */
  readonly pulumiHome: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

/** The plugin of `@pulumi/random` in a PULUMI_HOME: Pulumi's own, or the test double in its place. */
export interface RandomPlugin {
  readonly source: "download" | "double";
  readonly file: string;
}

/** The PULUMI_HOME that belongs to this checkout's toolchain, so that a user's own is never touched. */
export function toolchainHome(repository: string = repositoryRoot()): string {
  return join(repository, ".cache", "pulumi-home");
}

/**
 * Puts the plugin of `@pulumi/random` into a PULUMI_HOME: by Pulumi's own download, else a test double of it that says what it is.
 * What is there already is kept.
 */
export async function ensureRandomPlugin(options: RandomPluginOptions): Promise<RandomPlugin> {
  const { pulumi, pulumiHome, env = process.env, log = () => undefined, signal } = options;
  const folder = join(pulumiHome, "plugins", `resource-random-v${RANDOM_PLUGIN_VERSION}`);
  const file = join(folder, "pulumi-resource-random");
  const launcher = launcherOfDouble(repositoryRoot());
  const present = existsSync(file) ? await sourceOf(file, launcher) : undefined;
  if (present !== undefined) return { source: present, file };
  // Half a download, or a double that no longer runs: the CLI would take it for the plugin and fetch nothing.
  await rm(folder, { recursive: true, force: true });

  log(`@pulumi/random: gets its plugin v${RANDOM_PLUGIN_VERSION} (usually some seconds) ...`);
  const quiet = { ...env, PULUMI_HOME: pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    await mkdir(pulumiHome, { recursive: true });
    const args = ["plugin", "install", "resource", "random", `v${RANDOM_PLUGIN_VERSION}`];
    await runCommand(pulumi, args, { env: quiet, signal, timeoutMs: DOWNLOAD_TIMEOUT_MS });
    return { source: "download", file };
  } catch {
    if (signal?.aborted) throw signal.reason;
  }
  log(
    "  Pulumi's download can't be reached: installs a TEST DOUBLE of the plugin, for this checkout alone. It makes real random values of five types, and is no substitute in production.",
  );
  // A download that was cut off may leave its folder, and a mark that makes the engine pass over it.
  await rm(folder, { recursive: true, force: true });
  await rm(`${folder}.partial`, { force: true });
  await rm(`${folder}.lock`, { force: true });
  await mkdir(join(pulumiHome, "plugins"), { recursive: true });
  await makeFolder(folder, async (temporary) => {
    const made = join(temporary, "pulumi-resource-random");
    await writeFile(made, launcher);
    await chmod(made, 0o755);
  });
  return { source: "double", file };
}

/** A double of another checkout, or of a Node that is gone, is none: it is put there anew. */
async function sourceOf(file: string, launcher: string): Promise<RandomPlugin["source"] | undefined> {
  const start = (await readFile(file)).subarray(0, 4096).toString("latin1");
  if (!start.includes(MARK_OF_DOUBLE)) return "download";
  return start === launcher ? "double" : undefined;
}

function launcherOfDouble(repository: string): string {
  const command = [
    process.execPath,
    "-r",
    join(repository, "node_modules", "ts-node", "register", "transpile-only"),
    join(repository, "tools", "toolchain", "random-double", "main.ts"),
  ];
  return [
    "#!/bin/sh",
    "# A test double of Pulumi's random provider, from a checkout of pulumi-msp.",
    `export TS_NODE_PROJECT=${quoted(join(repository, "tsconfig.json"))}`,
    `exec ${command.map(quoted).join(" ")} "$@"`,
    "",
  ].join("\n");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
