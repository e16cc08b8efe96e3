import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheFolder, contentKey, makeFolder, removeLeftovers, withLock } from "./cache";
import { type Log, runCommand, ToolchainError } from "./commands";
import { archiveName, downloadPulumi, downloadSource } from "./download";
import { buildNodeHost, buildPulumi, buildYamlHost, NODE_HOST_PATCH, requireGo } from "./go-build";
import { COMPANIONS, findPulumiOnPath } from "./on-path";
import { MINIMUM_PULUMI_VERSION, NODE_HOST_VERSION, PULUMI_VERSION, YAML_HOST_VERSION } from "./versions";

/** A Pulumi CLI with the Node and YAML hosts beside it, ready to run. */
export interface Toolchain {
  /** For `PulumiCommand.get({ root })` of the Automation API: the CLI is `<root>/bin/pulumi`. */
  readonly root: string;
  /** The CLI itself. */
  readonly pulumi: string;
  readonly version: string;
  /** Where it came from: PATH, Pulumi's own download, or the pinned Go modules. */
  readonly source: "path" | "download" | "built";
}

/** What {@link ensureToolchain} may be told; everything has a default. */
export interface ToolchainOptions {
  /** Gets each step in plain words; nothing is said when there is nothing to do. */
  readonly log?: Log;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Stands in for the real steps in tests of their order. */
  readonly steps?: ToolchainSteps;
}

/** The steps that put a toolchain into an empty folder as `<folder>/bin`. */
export interface ToolchainSteps {
  download(folder: string, options: Required<Pick<ToolchainOptions, "env" | "log">>): Promise<void>;
  build(folder: string, options: Required<Pick<ToolchainOptions, "env" | "log">>): Promise<void>;
}

/** Changes when the way a toolchain is put together changes in a manner that its pinned inputs don't show. */
const RECIPE = "1";

const WHAT_TO_DO = `Install Pulumi ${MINIMUM_PULUMI_VERSION} or newer so that it is on PATH (https://www.pulumi.com/docs/install), or mend what the lines above name, and run this again.`;

/** The root of this checkout, also for the compiled copy of this file below `bin/`. */
export function repositoryRoot(from: string = __dirname): string {
  const isRoot = existsSync(join(from, "package.json")) && existsSync(join(from, "tools", "go"));
  if (isRoot) return from;
  if (dirname(from) === from)
    throw new ToolchainError("the toolchain belongs to a checkout of pulumi-msp, and this is none");
  return repositoryRoot(dirname(from));
}

/**
 * Gets a Pulumi toolchain: the one on PATH when it will do, else Pulumi's own download, else a build from the pinned Go modules.
 * What was fetched or built is kept in a cache under a key of its inputs, so that a later call takes milliseconds.
 * Safe to call from several processes at once; leaves nothing half-made behind when it is stopped.
 */
export async function ensureToolchain(options: ToolchainOptions = {}): Promise<Toolchain> {
  const { log = () => undefined, env = process.env, signal } = options;
  const repository = repositoryRoot();
  const cache = cacheFolder(repository, env);

  const found = await findPulumiOnPath(env, signal);
  if (found.usable) {
    const root = await rootOf(found.folder, cache);
    return { root, pulumi: join(root, "bin", "pulumi"), version: found.version, source: "path" };
  }

  const folders = await cachedFolders(repository, cache);
  const ready = () => cached("download", folders.download) ?? cached("built", folders.built);
  const atOnce = ready();
  if (atOnce) return atOnce;

  return withLock(`${folders.built}.lock`, { log, signal }, async () => {
    const madeMeanwhile = ready();
    if (madeMeanwhile) return madeMeanwhile;
    await removeLeftovers(cache);
    const steps = options.steps ?? realSteps(repository, signal);
    const failures = [found.why];
    log(`Pulumi: ${found.why}; gets its own.`);
    for (const source of ["download", "built"] as const) {
      const step = source === "download" ? steps.download : steps.build;
      try {
        await makeFolder(folders[source], (folder) => step(folder, { env, log }));
        const made = cached(source, folders[source]);
        if (made) return made;
        failures.push(`${source}: gave no complete toolchain`);
      } catch (error) {
        if (signal?.aborted) throw error;
        const message = error instanceof Error ? error.message : String(error);
        failures.push(message);
        log(`  not possible here: ${message}`);
      }
    }
    throw new ToolchainError(`No Pulumi toolchain.\n${failures.map((why) => `- ${why}`).join("\n")}\n${WHAT_TO_DO}`);
  });
}

function cached(source: "download" | "built", root: string): Toolchain | undefined {
  const bin = join(root, "bin");
  const isWhole = ["pulumi", ...COMPANIONS].every((name) => existsSync(join(bin, name)));
  return isWhole ? { root, pulumi: join(bin, "pulumi"), version: PULUMI_VERSION, source } : undefined;
}

async function cachedFolders(repository: string, cache: string): Promise<{ download: string; built: string }> {
  const platform = `${process.platform}-${process.arch}`;
  const inputs = [
    RECIPE,
    platform,
    PULUMI_VERSION,
    NODE_HOST_VERSION,
    YAML_HOST_VERSION,
    JSON.stringify(NODE_HOST_PATCH),
  ];
  const files = ["pulumi", "node-host", "yaml-host"].flatMap((folder) => [`${folder}/go.mod`, `${folder}/go.sum`]);
  const pins = await Promise.all(files.map((name) => readFile(join(repository, "tools", "go", name))));
  const script = await readFile(dynamicProviderScript(repository));
  return {
    download: join(cache, `download-${contentKey([RECIPE, platform, PULUMI_VERSION])}`),
    built: join(cache, `built-${contentKey([...inputs, ...pins, script])}`),
  };
}

function realSteps(repository: string, signal: AbortSignal | undefined): ToolchainSteps {
  return {
    async download(folder, { env, log }) {
      const archive = archiveName(process.platform, process.arch);
      if (archive === undefined)
        throw new ToolchainError(`Pulumi has no archive for ${process.platform}-${process.arch}`);
      const source = downloadSource(env);
      log(
        `Pulumi: downloads ${archive} from ${new URL(source.archives).host} (about 100 MB, usually under a minute) ...`,
      );
      await downloadPulumi(folder, archive, source, signal);
      await runCommand(join(folder, "bin", "pulumi"), ["version"], { env, signal, timeoutMs: 30_000 });
    },
    async build(folder, { env, log }) {
      await requireGo(env);
      await mkdir(join(folder, "bin"));
      const goOptions = { repository, env, log, signal };
      log(`Pulumi: builds the CLI v${PULUMI_VERSION} from its pinned Go modules (3 to 6 minutes the first time) ...`);
      await buildPulumi(folder, goOptions);
      log(`Pulumi: builds the Node host v${NODE_HOST_VERSION} (10 to 20 seconds more) ...`);
      await buildNodeHost(folder, goOptions);
      log(`Pulumi: builds the YAML host v${YAML_HOST_VERSION} (up to a minute more) ...`);
      await buildYamlHost(folder, goOptions);
      const script = dynamicProviderScript(repository);
      await copyFile(script, join(folder, "bin", basename(script)));
      await chmod(join(folder, "bin", basename(script)), 0o755);
      await writeFile(
        join(folder, "README"),
        `Pulumi v${PULUMI_VERSION}, built by pulumi-msp's tools/toolchain. Safe to delete.\n`,
      );
    },
  };
}

/** Pulumi's own starter of dynamic resources, which the engine wants beside itself; the SDK's package carries it. */
function dynamicProviderScript(repository: string): string {
  return join(repository, "node_modules", "@pulumi", "pulumi", "pulumi-resource-pulumi-nodejs");
}

/** The Automation API wants `<root>/bin/pulumi`: where Pulumi's folder has another name, a link gives it that one. */
async function rootOf(folder: string, cache: string): Promise<string> {
  if (basename(folder) === "bin") return dirname(folder);
  const root = join(cache, `path-${contentKey([folder])}`);
  if (!existsSync(join(root, "bin"))) await makeFolder(root, (temporary) => symlink(folder, join(temporary, "bin")));
  return root;
}
