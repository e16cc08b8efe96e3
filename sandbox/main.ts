import { join } from "node:path";
import { parseArgs } from "node:util";
import { ProviderError } from "../provider/errors";
import { DataFolder } from "./data-folder";
import { checkReadings, type LmpiReadings } from "./trend-micro/readings";
import { startLmpi } from "./trend-micro/server";

export { runPeople } from "./people/command";

/** How the sandbox process is called. */
export interface SandboxRun {
  /** Arguments after the command: `--port`, `--data`, `--reading name=value`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes the one line that is printed. */
  readonly print: (line: string) => void;
  /** Stops the sandbox as SIGTERM and SIGINT do. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the sandbox until it is told to stop. The credentials are written to a file that only its owner can read, and are never printed. The same
 * folder gives the same credentials again, and the world as it was when the sandbox was stopped.
 */
export async function runSandbox(run: SandboxRun): Promise<void> {
  const options = readOptions(run);
  const stopped = untilStopped(run.signal);
  const folder = new DataFolder(options.data);
  const lmpi = await startLmpi({ ...folder.credentials(), port: options.port, readings: options.readings });
  try {
    const world = folder.world();
    if (world !== undefined) lmpi.store.restore(world);
    folder.saveControl(lmpi);
    const files = `credentials in ${folder.credentialsFile}, control token in ${folder.controlFile}`;
    run.print(`The sandbox of Trend Micro's LMPI is at ${lmpi.url}; ${files}.`);
    await stopped;
    folder.saveWorld(lmpi.store.snapshot());
  } finally {
    await lmpi.close();
  }
}

function readOptions(run: SandboxRun): { data: string; port: number; readings: Partial<LmpiReadings> } {
  const { values } = parseOptions(run.argv);
  const port = Number(values.port ?? run.env.MSP_SANDBOX_PORT ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ProviderError("validation", "The sandbox's port must be a number from 0 (any free port) to 65535.");
  }
  return {
    data: values.data ?? run.env.MSP_SANDBOX_DATA ?? join(".msp", "sandbox"),
    port,
    readings: checkReadings(Object.fromEntries((values.reading ?? []).map(readAssignment))),
  };
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { port: { type: "string" }, data: { type: "string" }, reading: { type: "string", multiple: true } },
    });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new ProviderError("validation", `${what}\nThe sandbox takes --port, --data and --reading name=value.`);
  }
}

function readAssignment(text: string): [string, unknown] {
  const mark = text.indexOf("=");
  if (mark < 1) throw new ProviderError("validation", `A reading is given as name=value, not "${text}".`);
  const value = text.slice(mark + 1);
  try {
    return [text.slice(0, mark), JSON.parse(value)];
  } catch {
    return [text.slice(0, mark), value];
  }
}

function untilStopped(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
  });
}

if (require.main === module) {
  runSandbox({
    argv: process.argv.slice(2),
    env: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
  }).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
