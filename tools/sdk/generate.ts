import { copyFile, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../toolchain";
import { type Log, runCommand } from "../toolchain/commands";
import { goEnvironment, requireGo } from "../toolchain/go-build";
import { ensureSdkGenerator } from "../toolchain/sdk-generator";

/** Where {@link generateSdks} works, and with what. */
export interface SdkOptions {
  /** Gets `nodejs/`, `python/` and `go/`; what it has of them is replaced. */
  readonly folder: string;
  readonly schema?: string;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

const GENERATE_TIMEOUT_MS = 60_000;
const COMPILE_TIMEOUT_MS = 180_000;
const GO_TIMEOUT_MS = 15 * 60_000;

/** Writes the SDKs of the package schema. Node's is compiled too, and can be installed from `nodejs/bin`; Go's has its modules pinned. */
export async function generateSdks({ folder, schema, log, signal }: SdkOptions): Promise<void> {
  const root = repositoryRoot();
  const generator = await ensureSdkGenerator({ ...(log ? { log } : {}), ...(signal ? { signal } : {}) });
  const file = schema ?? join(root, "provider", "generated", "package-schema.json");
  await mkdir(folder, { recursive: true });
  for (const language of ["nodejs", "python", "go"]) await rm(join(folder, language), { recursive: true, force: true });
  await runCommand(generator, [file, folder], { signal, timeoutMs: GENERATE_TIMEOUT_MS });
  // The generator names an older SDK than the one that is pinned, and no checksums.
  for (const name of ["go.mod", "go.sum"])
    await copyFile(join(root, "tools", "go", "sdk", name), join(folder, "go", name));
  await compileNode(join(folder, "nodejs"), root, signal);
}

/** Compiles and vets the Go SDK: minutes the first time, for the engine's modules that it stands on, then a second. */
export async function compileGo({ folder, log, signal }: Omit<SdkOptions, "schema">): Promise<void> {
  await requireGo(process.env);
  log?.("SDKs: compiles and vets the Go SDK (2 to 4 minutes the first time) ...");
  const cwd = join(folder, "go");
  for (const command of ["build", "vet"]) {
    const options = { cwd, env: goEnvironment(process.env), signal, log, timeoutMs: GO_TIMEOUT_MS };
    await runCommand("go", [command, "-mod=readonly", "./..."], options);
  }
}

/** Against this repository's own dependencies, so that nothing is installed for it. */
async function compileNode(folder: string, root: string, signal: AbortSignal | undefined): Promise<void> {
  const dependencies = join(folder, "node_modules");
  await symlink(join(root, "node_modules"), dependencies);
  try {
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    await runCommand(process.execPath, [compiler, "-p", folder], { signal, timeoutMs: COMPILE_TIMEOUT_MS });
  } finally {
    await rm(dependencies);
  }
  // The compiled code reads its version there.
  for (const name of ["package.json", "README.md"]) await copyFile(join(folder, name), join(folder, "bin", name));
}
