import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** A process of ours that runs beside the story: the desk, the sandbox. */
export interface Running {
  /** The first line of its output that matched. */
  readonly ready: RegExpExecArray;
  readonly pid: number;
  /** Asks it to end, and waits until it has. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const START_AT_MOST_MS = 60_000;
const STOP_AT_MOST_MS = 15_000;

/** Starts `node` with these arguments and waits for the line that says it is ready; its output is told when it ends before that. */
export async function startProcess(args: readonly string[], env: NodeJS.ProcessEnv, ready: RegExp): Promise<Running> {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const match = await firstMatch(child, ready, args.join(" "));
  return {
    ready: match,
    pid: child.pid ?? 0,
    stop: async (signal = "SIGTERM") => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_AT_MOST_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function firstMatch(child: ChildProcess, ready: RegExp, what: string): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${what} was not ready within ${START_AT_MOST_MS / 1000} s:\n${output}`));
    }, START_AT_MOST_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString("utf8");
      const match = ready.exec(output);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`${what} ended (${signal ?? code}) before it was ready:\n${output}`));
    });
  });
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** The sandbox's control API, as its token lets in. */
export function sandboxControl(lmpiUrl: string, controlToken: string) {
  return async <T>(method: "GET" | "POST", what: string, body?: object): Promise<T> => {
    const answer = await fetch(`${lmpiUrl}/_control/${what}`, {
      method,
      headers: { authorization: `Bearer ${controlToken}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the sandbox refuses ${what}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
}
