/** The desk as its own process, as people start it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { compiledDesk } from "./compiled";

export interface DeskProcess {
  readonly url: string;
  /** Everything that it has said, on either stream. */
  output(): string;
  /** Ends it; the exit code, or null where a signal ended it. */
  end(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number | null>;
}

export interface EndedProcess {
  readonly code: number | null;
  readonly output: string;
}

type Environment = Readonly<Record<string, string>>;

const running = new Set<ChildProcess>();

// No desk outlives a test run that was broken off.
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a desk and waits until it listens; throws what it said when it does not come that far. */
export async function startDeskProcess(env: Environment): Promise<DeskProcess> {
  const { child, output, ended } = launch(env);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const address = /^desk listening on (\S+)$/m.exec(output())?.[1];
      if (address !== undefined) resolve(address);
    });
    ended.then(({ code }) => reject(new Error(`The desk ended with ${code}: ${output()}`)), reject);
  });
  return {
    url,
    output,
    end: async (signal) => {
      child.kill(signal);
      return (await ended).code;
    },
  };
}

/** Runs a desk that is to end by itself. */
export async function runDeskProcess(env: Environment): Promise<EndedProcess> {
  return launch(env).ended;
}

function launch(env: Environment): {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<EndedProcess>;
} {
  const child = spawn(process.execPath, [compiledDesk()], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const output = () => text;
  const ended = once(child, "close").then(([code]) => {
    running.delete(child);
    return { code: code as number | null, output: text };
  });
  return { child, output, ended };
}
