/**
 * After a run of the engine was killed: takes away the lock that it left and the operations that it left pending, so that the next run neither
 * refuses, nor warns, nor asks. What was under way needs no repair: the next run looks it up. Nothing is read from a platform or from the desk,
 * so this works also while they are down.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ProviderError } from "../../provider/errors";
import { projectName } from "../project";
import { fateOf, type Holder } from "./holder";
import { backendFolder, clear, locksOf } from "./locks";

export interface RecoverOptions {
  /** The Pulumi project, or a folder in it. */
  readonly cwd: string;
  /** The selected stack, where it is not told. */
  readonly stack?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Hears each thing that was done. */
  readonly log: (line: string) => void;
}

interface Exported {
  readonly deployment?: {
    readonly pending_operations?: readonly { readonly type: string; readonly resource?: { readonly urn: string } }[];
  };
}

/** Makes a stack ready for its next run; does nothing where it is. Throws where somebody else may be at it. */
export async function recover({ cwd, stack, env, log }: RecoverOptions): Promise<void> {
  const pulumi = (...args: readonly string[]) => runPulumi(args, cwd, env);
  const project = projectName(cwd);
  const name = stack ?? (await pulumi("stack", "--show-name")).trim();
  const { url } = JSON.parse(await pulumi("whoami", "--json")) as { readonly url: string };

  const folder = backendFolder(url, cwd);
  const cleared = folder === undefined ? 0 : clearLocks(folder, project, name, log);

  const { deployment } = JSON.parse(await pulumi("stack", "export", "--stack", name)) as Exported;
  const pending = deployment?.pending_operations ?? [];
  if (pending.length > 0) {
    // Everything is excluded, so nothing is read; it drops pending operations of every kind, although it names only creates.
    const nothing = ["--exclude", "**", "--run-program=false"];
    await pulumi("refresh", "--stack", name, "--clear-pending-creates", ...nothing, "--yes", "--skip-preview");
    for (const { type, resource } of pending)
      log(`Cleared a pending operation: it was ${type} ${resource?.urn.split("::").at(-1) ?? "something"}.`);
  }

  if (folder === undefined)
    log(
      `Only the engine sees locks on ${url}. If it says that the stack is locked, see who it names, then run \`pulumi cancel\`.`,
    );
  if (cleared + pending.length > 0)
    log(`Stack ${name} is ready. Run \`pulumi up\`: what was under way is looked up, and not sent twice.`);
  else log(`Stack ${name} has ${folder === undefined ? "" : "no lock and "}no pending operation; nothing was changed.`);
}

function clearLocks(folder: string, project: string, name: string, log: (line: string) => void): number {
  const parts = name.split("/");
  const locks = locksOf(folder, parts.at(-2) ?? project, parts.at(-1) ?? name);
  for (const { holder } of locks) {
    const fate = fateOf(holder);
    if (fate !== "dead") throw held(name, holder, fate);
  }
  for (const lock of locks) {
    clear(lock);
    log(`Cleared the lock of ${inWords(lock.holder)}: that process is dead.`);
  }
  return locks.length;
}

function held(stack: string, holder: Holder, fate: "alive" | "elsewhere"): ProviderError {
  const way =
    fate === "alive"
      ? "It is running: wait until it has ended."
      : `Only ${holder.hostname} can tell whether it is still running: run this there.`;
  return new ProviderError(
    "blocked",
    `Stack ${stack} is locked by ${inWords(holder)}; nothing was changed.\n${way} At your own risk: \`pulumi cancel --stack ${stack}\`; two runs at once may lose or double what they do.`,
    { operation: "recover" },
  );
}

function inWords({ pid, username, hostname, timestamp }: Holder): string {
  return `process ${pid} of ${username} on host ${hostname}, since ${timestamp}`;
}

/** The command line, with the words of its own where it fails. */
async function runPulumi(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env,
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    return stdout;
  } catch (cause) {
    const { code, stdout = "", stderr = "" } = cause as { code?: unknown; stdout?: string; stderr?: string };
    if (code === "ENOENT") {
      throw new ProviderError("unavailable", "There is no `pulumi` on PATH.\nInstall it, or add its folder to PATH.", {
        operation: "recover",
        cause,
      });
    }
    const words = (stderr.trim() === "" ? stdout : stderr).trim();
    throw new ProviderError("unavailable", `\`pulumi ${args.join(" ")}\` failed.\n${words}`, {
      operation: "recover",
      cause,
    });
  }
}
