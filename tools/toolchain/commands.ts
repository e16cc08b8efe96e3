import { spawn } from "node:child_process";

/** A step of the toolchain that could not be done; the message says what to do about it. */
export class ToolchainError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ToolchainError";
  }
}

/** Where the steps of a set-up tell what they do, one line at a time. */
export type Log = (line: string) => void;

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Gets a line every 15 seconds while the command runs, so that a long build isn't taken for a hang. */
  readonly log?: Log | undefined;
}

const HEARTBEAT_MS = 15_000;
const KEPT_ERROR_LINES = 12;

/** Runs a command and answers what it printed; fails with the last lines of its error output. Stops it by SIGINT when aborted or too slow. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, signal, timeoutMs, log } = options;
  return new Promise((resolve, reject) => {
    const startedAtMs = Date.now();
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      killSignal: "SIGINT",
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    });
    const heartbeat = setInterval(
      () => log?.(`  still at it after ${Math.round((Date.now() - startedAtMs) / 1000)} s`),
      HEARTBEAT_MS,
    );
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    let failure: Error | undefined;
    const finish = (code: number | null, killedBy: NodeJS.Signals | null) => {
      clearInterval(heartbeat);
      if (failure === undefined && code === 0) resolve(output);
      else reject(signal?.aborted ? signal.reason : failureOf(code, killedBy));
    };
    const failureOf = (code: number | null, killedBy: NodeJS.Signals | null) => {
      const ended = failure?.message ?? (killedBy ? `was ended by ${killedBy}` : `ended with exit code ${code}`);
      const tail = errors.trimEnd().split("\n").slice(-KEPT_ERROR_LINES).join("\n");
      return new ToolchainError(`${command} ${args[0] ?? ""} ${ended}${tail ? `\n${tail}` : ""}`);
    };
    child.on("close", finish);
    child.on("error", (error) => {
      failure = error;
      // A command that could not be started has no close event on every platform; one that was aborted has.
      if (child.pid === undefined) finish(null, null);
    });
  });
}
