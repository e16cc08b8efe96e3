import { ensureToolchain } from "./index";
import { ensurePostgres } from "./postgres";
import { ensureRandomPlugin, toolchainHome } from "./random-plugin";
import { ensureSdkGenerator } from "./sdk-generator";

/** Gets what the story and the tests (`--tests`) stand on, before they start: they must not wait minutes for a build. */
async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  }
  const log = (line: string) => console.log(line);
  try {
    const toolchain = await ensureToolchain({ log, signal: stop.signal });
    const origin = { path: "from PATH", download: "Pulumi's own download", built: "built from its Go modules" };
    log(`Pulumi v${toolchain.version}, ${origin[toolchain.source]}`);
    await ensureRandomPlugin({ pulumi: toolchain.pulumi, pulumiHome: toolchainHome(), log, signal: stop.signal });
    if (!process.argv.includes("--tests")) return;
    await ensurePostgres({ log, signal: stop.signal });
    await ensureSdkGenerator({ log, signal: stop.signal });
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = stop.signal.aborted ? 130 : 1;
  }
}

void main();
