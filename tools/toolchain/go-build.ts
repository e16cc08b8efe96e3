import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandOptions, type Log, runCommand, ToolchainError } from "./commands";
import { findOnPath } from "./on-path";
import { isNewEnough, MINIMUM_GO_VERSION, NODE_HOST_VERSION, PULUMI_VERSION, YAML_HOST_VERSION } from "./versions";

const SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3";
const VERSION_VARIABLE = `${SDK_MODULE}/go/common/version.Version`;

/**
 * The old Node host puts itself between program and engine and knows only the calls of its day: hooks and transforms fail.
 * With this change the program talks to the engine directly, as it does with the host of a current Pulumi installation.
 */
export const NODE_HOST_PATCH = {
  file: "main.go",
  from: 'fmt.Sprintf("127.0.0.1:%d", handle.Port), pipes.directory())',
  to: "req.GetMonitorAddress(), pipes.directory())",
} as const;

/** What a build needs to know. */
export interface GoBuildOptions {
  /** This repository's root. */
  readonly repository: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/** Refuses, with what to install, unless a Go that can build the pinned modules is on PATH. */
export async function requireGo(env: NodeJS.ProcessEnv): Promise<void> {
  const install = `Install Go ${MINIMUM_GO_VERSION} or newer (https://go.dev/dl, or your distribution's package golang-go or go), or Pulumi ${PULUMI_VERSION} itself (https://www.pulumi.com/docs/install), and run this again.`;
  if (findOnPath("go", env.PATH) === undefined) throw new ToolchainError(`PATH has no go. ${install}`);
  const version = (await runCommand("go", ["env", "GOVERSION"], { env: goEnvironment(env) })).trim();
  if (!isNewEnough(version, MINIMUM_GO_VERSION)) {
    throw new ToolchainError(`the Go on PATH is ${version}, and its modules need ${MINIMUM_GO_VERSION}. ${install}`);
  }
}

/** Builds the Pulumi CLI from its pinned Go modules as `<folder>/bin/pulumi`. */
export async function buildPulumi(folder: string, options: GoBuildOptions): Promise<void> {
  const target = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
  await build(join(folder, "bin", "pulumi"), target, PULUMI_VERSION, {
    ...options,
    cwd: join(options.repository, "tools", "go", "pulumi"),
  });
}

/** Builds Pulumi's Node host, patched, as `<folder>/bin/pulumi-language-nodejs`. */
export async function buildNodeHost(folder: string, options: GoBuildOptions): Promise<void> {
  const pinned = join(options.repository, "tools", "go", "node-host");
  const source = join(folder, "node-host-source");
  await mkdir(source);
  for (const name of ["go.mod", "go.sum"]) await copyFile(join(pinned, name), join(source, name));
  const command = { cwd: source, env: goEnvironment(options.env), signal: options.signal };
  const module = JSON.parse(await goModules(["mod", "download", "-json", SDK_MODULE], command)) as { Dir: string };
  await copyPatched(join(module.Dir, "nodejs", "cmd", "pulumi-language-nodejs"), source);
  await build(join(folder, "bin", "pulumi-language-nodejs"), ".", NODE_HOST_VERSION, { ...options, cwd: source });
  await rm(source, { recursive: true });
}

/** Builds Pulumi's YAML host as `<folder>/bin/pulumi-language-yaml`. */
export async function buildYamlHost(folder: string, options: GoBuildOptions): Promise<void> {
  const target = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml";
  await build(join(folder, "bin", "pulumi-language-yaml"), target, YAML_HOST_VERSION, {
    ...options,
    cwd: join(options.repository, "tools", "go", "yaml-host"),
  });
}

/** Builds our own generator of SDKs as `<folder>/sdk-gen`. */
export async function buildSdkGenerator(folder: string, options: GoBuildOptions): Promise<void> {
  await build(join(folder, "sdk-gen"), ".", PULUMI_VERSION, {
    ...options,
    cwd: join(options.repository, "tools", "go", "sdk-gen"),
  });
}

/** Copies a Go package's files without its tests, with {@link NODE_HOST_PATCH} applied. */
export async function copyPatched(from: string, to: string): Promise<void> {
  const files = (await readdir(from)).filter((name) => name.endsWith(".go") && !name.endsWith("_test.go"));
  if (!files.includes(NODE_HOST_PATCH.file)) throw new ToolchainError(`${from} has no ${NODE_HOST_PATCH.file}`);
  for (const name of files) {
    const text = await readFile(join(from, name), "utf8");
    await writeFile(join(to, name), name === NODE_HOST_PATCH.file ? patchNodeHost(text) : text);
  }
}

/** Applies {@link NODE_HOST_PATCH}; refuses a text that doesn't hold the place exactly once, for then it is another program than the one known. */
export function patchNodeHost(text: string): string {
  const parts = text.split(NODE_HOST_PATCH.from);
  if (parts.length !== 2) {
    throw new ToolchainError(
      `Pulumi's Node host v${NODE_HOST_VERSION} should hold the text that is replaced exactly once, and holds it ${parts.length - 1} times. tools/toolchain/go-build.ts must be brought up to date with that version.`,
    );
  }
  return parts.join(NODE_HOST_PATCH.to);
}

async function build(
  output: string,
  target: string,
  version: string,
  options: GoBuildOptions & { readonly cwd: string },
): Promise<void> {
  const linkerFlags = `-s -w -X ${VERSION_VARIABLE}=v${version}`;
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-tags", "osusergo grpcnotrace"];
  await goModules(["build", ...flags, "-ldflags", linkerFlags, "-o", output, target], {
    cwd: options.cwd,
    env: goEnvironment(options.env),
    signal: options.signal,
    log: options.log,
  });
}

async function goModules(args: readonly string[], options: CommandOptions): Promise<string> {
  try {
    return await runCommand("go", args, options);
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    const hint = /dial tcp|lookup |i\/o timeout|connection refused|TLS handshake/.test(error.message)
      ? "The Go module proxy can't be reached: check the network, or name a mirror of it in GOPROXY."
      : "The modules are pinned, so this is most often a full disk or a cut-off download: run it again.";
    throw new ToolchainError(`${error.message}\n${hint}`, { cause: error });
  }
}

/** The user's Go set-up (proxy, caches), less what would build for another machine, with another Go or from another workspace. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, GOFLAGS: _flags, ...rest } = env;
  return { ...rest, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off" };
}
