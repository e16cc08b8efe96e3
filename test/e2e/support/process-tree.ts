import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process that was started by another, straight or by way of others. */
export interface Descendant {
  readonly pid: number;
  readonly command: string;
}

interface Listed extends Descendant {
  readonly parent: number;
  /** Ended, and only not yet collected. */
  readonly isDefunct: boolean;
}

/** What a process has started and is still running. */
export function descendantsOf(pid: number): readonly Descendant[] {
  const all = listed().filter(({ isDefunct }) => !isDefunct);
  const below = (parent: number): readonly Listed[] =>
    all.filter((one) => one.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid);
}

/** Those of these that still run; a number that something else has got by now is not one of them. */
export function runningOf(processes: readonly Descendant[]): readonly Descendant[] {
  const now = listed().filter(({ isDefunct }) => !isDefunct);
  return processes.filter(({ pid, command }) => now.some((one) => one.pid === pid && one.command === command));
}

function listed(): readonly Listed[] {
  return process.platform === "linux" ? fromProc() : fromPs();
}

/** Containers often have no `ps`. */
function fromProc(): readonly Listed[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), parent: Number(parent), command, isDefunct: state === "Z" || state === "X" }];
      } catch {
        // It has ended since it was listed.
        return [];
      }
    });
}

function fromPs(): readonly Listed[] {
  return execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,stat=,command="], { encoding: "utf8" })
    .split("\n")
    .flatMap((line) => {
      const [, pid, parent, state = "", command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return pid === undefined
        ? []
        : [{ pid: Number(pid), parent: Number(parent), command: command.trim(), isDefunct: state.startsWith("Z") }];
    });
}
