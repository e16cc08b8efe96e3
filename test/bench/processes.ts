/** What a command and all processes below it take, by the kernel's own books. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

/** The parts that a run of the engine has. */
export type Role = "engine" | "program" | "plugin";

export interface Taken {
  readonly seconds: number;
  /** User and system time of all processes. */
  readonly cpuSeconds: number;
  readonly cpuSecondsOf: Readonly<Record<Role, number>>;
  /** The most that the provider's process had in memory at a time. */
  readonly pluginPeakBytes: number;
  readonly output: string;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** It is killed, and the run fails, after so long. */
  readonly atMostMs: number;
}

interface Seen {
  role: Role;
  cpuSeconds: number;
  peakBytes: number;
}

/** The plugin is killed at the end, so its books are read while it lives: what it takes after the last look is missed. */
const LOOK_EVERY_MS = 50;
/** The kernel counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Runs a command to its end; one that fails is an error with its output. */
export async function measure({ file, args, cwd, env, atMostMs }: Command): Promise<Taken> {
  const begun = performance.now();
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const family = new Family(child.pid ?? 0);
  const looking = setInterval(() => family.look(), LOOK_EVERY_MS);
  const late = setTimeout(() => child.kill("SIGKILL"), atMostMs);
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearInterval(looking);
  clearTimeout(late);
  const seconds = (performance.now() - begun) / 1000;
  const output = Buffer.concat(chunks).toString("utf8");
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${signal ?? code}:\n${output}`);
  const all = [...family.seen.values()];
  const cpuOf = (role: Role) => sum(all.filter((one) => one.role === role).map((one) => one.cpuSeconds));
  const cpuSecondsOf = { engine: cpuOf("engine"), program: cpuOf("program"), plugin: cpuOf("plugin") };
  return {
    seconds,
    cpuSeconds: sum(Object.values(cpuSecondsOf)),
    cpuSecondsOf,
    pluginPeakBytes: Math.max(0, ...all.filter((one) => one.role === "plugin").map((one) => one.peakBytes)),
    output,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A command and what it starts, looked at again and again while they live. */
class Family {
  readonly seen = new Map<number, Seen>();
  private readonly strangers = new Set<number>();

  constructor(root: number) {
    this.seen.set(root, { role: "engine", cpuSeconds: 0, peakBytes: 0 });
  }

  look(): void {
    for (const name of readdirSync("/proc")) {
      const pid = Number(name);
      if (Number.isNaN(pid) || this.strangers.has(pid)) continue;
      try {
        this.lookAt(pid);
      } catch {
        // It has ended since it was listed.
      }
    }
  }

  private lookAt(pid: number): void {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name stands in brackets and may hold anything; the numbers follow it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (!this.seen.has(pid) && !this.seen.has(Number(fields[1]))) {
      this.strangers.add(pid);
      return;
    }
    const known = this.seen.get(pid) ?? { role: "engine", cpuSeconds: 0, peakBytes: 0 };
    this.seen.set(pid, known);
    known.cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    known.peakBytes = Math.max(known.peakBytes, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024);
    // Between fork and exec it still bears its parent's name.
    known.role = roleOf(pid) ?? known.role;
  }
}

/** In the command line of whatever serves resources. */
const PLUGINS = ["dynamic-provider", "pulumi-resource-pulumi-nodejs", "pulumi-resource-msp", "in-process/plugin"];

function roleOf(pid: number): Role | undefined {
  const line = readFileSync(`/proc/${pid}/cmdline`, "latin1");
  if (line === "") return undefined;
  if (PLUGINS.some((part) => line.includes(part))) return "plugin";
  return line.includes("cmd/run") || line.includes("pulumi-language-nodejs") ? "program" : "engine";
}
