import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { fleetProgram } from "../../fleet/program";
import type { Connections } from "../../provider/generated/types";

/** What one call of the engine came to. */
export interface EngineRun {
  readonly ok: boolean;
  /** What a user of the command line reads, without what the engine prints while it works. */
  readonly text: string;
}

export interface EngineOptions {
  /** The folder whose `bin/` holds the Pulumi CLI and its hosts. */
  readonly root: string;
  readonly folder: string;
  readonly fleetFile: string;
  readonly pulumiHome: string;
  readonly env: Readonly<Record<string, string>>;
  readonly connections: Connections;
  /** `story` where it is not told. */
  readonly stackName?: string;
  readonly signal?: AbortSignal;
}

/** The real Pulumi engine on a stack of its own, running the fleet file as an inline program. */
export class Engine {
  readonly stack: Stack;
  private readonly signal: AbortSignal;
  private forgetLast: () => void = () => undefined;

  private constructor(stack: Stack, signal: AbortSignal) {
    this.stack = stack;
    this.signal = signal;
  }

  static async open({
    root,
    folder,
    fleetFile,
    pulumiHome,
    env,
    connections,
    stackName = "story",
    signal = new AbortController().signal,
  }: EngineOptions): Promise<Engine> {
    // One workDir for the stack, below the project: the dynamic host looks for its packages from there upwards.
    const workDir = join(folder, "work", stackName);
    mkdirSync(workDir, { recursive: true });
    const stack: Stack = await LocalWorkspace.createOrSelectStack(
      // The environment of the moment: `withEnv` changes it for one call.
      {
        stackName,
        projectName: "msp-fleet",
        program: () => fleetProgram(fleetFile, { env: { ...process.env, ...stack.workspace.envVars } })(),
      },
      {
        workDir,
        pulumiCommand: await PulumiCommand.get({ root }),
        envVars: {
          PULUMI_HOME: pulumiHome,
          PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
          PULUMI_CONFIG_PASSPHRASE: "story",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          ...env,
        },
      },
    );
    const engine = new Engine(stack, signal);
    await engine.configure({ connections: JSON.stringify(connections) });
    return engine;
  }

  /** Sets configuration of the stack: `reason` is `msp:reason`. */
  async configure(values: Readonly<Record<string, string>>): Promise<void> {
    await this.stack.setAllConfig(
      Object.fromEntries(Object.entries(values).map(([key, value]) => [`msp:${key}`, { value }])),
    );
  }

  /** Makes a call with variables changed, for the engine's processes and for the program; an empty one counts as not set. */
  async withEnv<T>(changes: Readonly<Record<string, string>>, call: () => Promise<T>): Promise<T> {
    const { workspace } = this.stack;
    const before = workspace.envVars;
    workspace.envVars = { ...before, ...changes };
    try {
      return await call();
    } finally {
      workspace.envVars = before;
    }
  }

  /** Makes a call with another program than the fleet file's. */
  async withProgram<T>(program: () => Promise<void>, call: () => Promise<T>): Promise<T> {
    const { workspace } = this.stack;
    const before = workspace.program ?? program;
    workspace.program = program;
    try {
      return await call();
    } finally {
      workspace.program = before;
    }
  }

  preview(options: { readonly refresh?: boolean; readonly expectNoChanges?: boolean } = {}): Promise<EngineRun> {
    return this.told((onOutput) =>
      this.stack.preview({ ...options, diff: options.refresh === true, onOutput, color: "never", signal: this.signal }),
    );
  }

  up(options: { readonly continueOnError?: boolean; readonly refresh?: boolean } = {}): Promise<EngineRun> {
    return this.told((onOutput) => this.stack.up({ ...options, onOutput, color: "never", signal: this.signal }));
  }

  refresh(): Promise<EngineRun> {
    return this.told((onOutput) => this.stack.refresh({ onOutput, color: "never", signal: this.signal }));
  }

  previewDestroy(): Promise<EngineRun> {
    return this.told((onOutput) =>
      this.stack.previewDestroy({ runProgram: true, onOutput, color: "never", signal: this.signal }),
    );
  }

  /** With the program, as its delete hooks say and refuse what they must. */
  destroy(): Promise<EngineRun> {
    return this.told((onOutput) =>
      this.stack.destroy({ runProgram: true, onOutput, color: "never", signal: this.signal }),
    );
  }

  private async told(run: (onOutput: (chunk: string) => void) => Promise<unknown>): Promise<EngineRun> {
    this.signal.throwIfAborted();
    let output = "";
    this.forgetLast();
    const forget = listenersFromNow();
    try {
      await run((chunk) => {
        output += chunk;
      });
      return { ok: true, text: readable(output) };
    } catch (error) {
      if (output === "" || this.signal.aborted) throw error;
      return { ok: false, text: readable(output) };
    } finally {
      this.forgetLast = forget;
    }
  }

  /** The state as it is stored, in text. */
  async state(): Promise<string> {
    return JSON.stringify(await this.stack.exportStack());
  }
}

/**
 * Takes off the process's listeners that are added from now on. An inline program that fails leaves the SDK's behind: they are needed for what
 * comes late, and each would tell the errors of later runs once more.
 */
function listenersFromNow(): () => void {
  const events = ["unhandledRejection", "uncaughtException"] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as "uncaughtException")));
  return () => {
    for (const [i, event] of events.entries()) {
      for (const listener of process.listeners(event as "uncaughtException"))
        if (before[i]?.has(listener) === false) process.off(event, listener);
    }
  };
}

/** Takes out what the engine prints while it works: a line for each step's beginning, and repeated ones. What it says of each resource stays. */
function readable(output: string): string {
  const seen = new Set<string>();
  let diagnostics = false;
  return output
    .split("\n")
    .map((line) =>
      line
        .trimEnd()
        .replaceAll("pulumi-nodejs:dynamic/msp:", "msp:")
        .replace(/ \(\d[\d.]*s\)/, ""),
    )
    .filter(
      (line) =>
        line !== "" &&
        !line.startsWith("@ ") &&
        !/ (creating|updating|deleting|refreshing|reading|running)( |$)/.test(line) &&
        !/^(Duration|\s+pulumi:pulumi:Stack\b)/.test(line),
    )
    .filter((line) => {
      if (line === "Diagnostics:") diagnostics = true;
      if (diagnostics) return true;
      if (seen.has(line)) return false;
      seen.add(line);
      return true;
    })
    .join("\n");
}
