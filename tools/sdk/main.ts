/** Writes the SDKs of the plugin for Node, Python and Go: into the folder that is named, or into `.cache/sdk`. With `--check`, Go's is compiled too. */
import { join, resolve } from "node:path";
import { repositoryRoot } from "../toolchain";
import { compileGo, generateSdks } from "./generate";

async function main(args: readonly string[]): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  const named = args.find((argument) => !argument.startsWith("--"));
  const folder = named === undefined ? join(repositoryRoot(), ".cache", "sdk") : resolve(named);
  const log = (line: string) => console.log(line);
  try {
    await generateSdks({ folder, log, signal: stop.signal });
    log(`SDKs: ${["nodejs", "python", "go"].map((language) => join(folder, language)).join(", ")}`);
    if (args.includes("--check")) await compileGo({ folder, log, signal: stop.signal });
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = stop.signal.aborted ? 130 : 1;
  }
}

void main(process.argv.slice(2));
