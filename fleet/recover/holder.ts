import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds a lock, as the engine writes it down. */
export interface Holder {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

interface Process {
  /** Ended, but not yet collected by its parent. */
  readonly isDefunct: boolean;
  readonly command: string;
  readonly startedAt: number;
}

/** What the kernel's clock and the engine's may differ by. */
const SLACK_MS = 5_000;

/**
 * Whether a holder is dead, which only its own host can tell. A process number that is in use again counts as dead where the process is no
 * engine and began after the lock: one of the two alone may also be a clock that was set, or an engine that has just begun.
 */
export function fateOf(holder: Holder, here: string = hostname()): "dead" | "alive" | "elsewhere" {
  if (holder.hostname !== here) return "elsewhere";
  if (!exists(holder.pid)) return "dead";
  const found = processOf(holder.pid);
  if (found === undefined) return "alive";
  if (found.isDefunct) return "dead";
  const isAnother = !found.command.includes("pulumi") && found.startedAt > Date.parse(holder.timestamp) + SLACK_MS;
  return isAnother ? "dead" : "alive";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but is there.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Undefined where this system does not tell. */
function processOf(pid: number): Process | undefined {
  try {
    return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/** Containers often have no `ps`. */
function fromProc(pid: number): Process {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // A command may hold blanks and brackets; the fields after it don't.
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  // In hundredths of a second on every Linux that Node runs on.
  return {
    isDefunct: fields[0] === "Z" || fields[0] === "X",
    command: stat.slice(stat.indexOf("(") + 1, end),
    startedAt: bootSeconds * 1000 + Number(fields[19]) * 10,
  };
}

function fromPs(pid: number): Process {
  const line = execFileSync("ps", ["-o", "stat=,lstart=,comm=", "-p", String(pid)], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const [, state = "", started = "", command = ""] = /^\s*(\S+)\s+(\S+ +\S+ +\S+ +\S+ +\S+)\s+(.*)$/m.exec(line) ?? [];
  return { isDefunct: state.startsWith("Z"), command, startedAt: Date.parse(started) };
}
