import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { runCommand, ToolchainError } from "../toolchain/commands";

const COMMAND_TIMEOUT_MS = 5 * 60_000;
const READY_TIMEOUT_MS = 60_000;

/** What README tells somebody who has an empty folder. */
export interface Instructions {
  /** Shell, in order. The second block's lines run each in a terminal of its own, and stay. */
  readonly shell: readonly [install: string, servers: string, use: string];
  /** By name: a block's first line says it, as a comment. */
  readonly files: Readonly<Record<string, string>>;
}

/** Reads the section of README; throws what it lacks. */
export function readInstructions(readme: string): Instructions {
  const [, section] = /^## From an empty project\n([\s\S]*?)(?=^## )/m.exec(readme) ?? [];
  if (section === undefined) throw new Error('README.md has no section "From an empty project"');
  const blocks = (text: string, language: string) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, block = ""]) => block);
  const [install, servers, use] = blocks(section, "bash");
  if (install === undefined || servers === undefined || use === undefined)
    throw new Error("README.md must say how to install, what to start, and what to run");
  const named = [...blocks(section, "yaml"), ...blocks(section, "js")].map((block) => {
    const [, name] = /^(?:#|\/\/) (\S+)\n/.exec(block) ?? [];
    if (name === undefined) throw new Error(`README.md does not say which file this is:\n${block}`);
    return [name, block] as const;
  });
  return { shell: [install, servers, use], files: Object.fromEntries(named) };
}

export interface FirstUse {
  readonly instructions: Instructions;
  /** An empty folder. */
  readonly folder: string;
  /** What `npm install pulumi-msp` is given instead: the package is not published yet. */
  readonly archive: string;
  readonly node: string;
  readonly pulumi: string;
  readonly log: (line: string) => void;
}

/** An environment with nothing of the person who runs this, but where their npm finds its registry and its cache. */
async function emptyEnvironment({ folder, node, pulumi }: FirstUse): Promise<NodeJS.ProcessEnv> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(MSP_|PULUMI_|DATABASE_URL$|INIT_CWD$|NODE$|NODE_OPTIONS$|npm_)/.test(name),
  );
  const npm = async (key: string) => (await runCommand("npm", ["config", "get", key])).trim();
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true });
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    XDG_CACHE_HOME: undefined,
    PATH: [dirname(node), dirname(pulumi), process.env.PATH].join(delimiter),
    PULUMI_HOME: join(home, ".pulumi"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    npm_config_userconfig: await npm("userconfig"),
    npm_config_cache: await npm("cache"),
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
  };
}

/** Does what README says, word for word but for the package's name and the ports, and then `more` in the same shell; the project's folder. */
export async function firstUse(use: FirstUse, more: string): Promise<string> {
  const { instructions, folder, archive, log } = use;
  const project = join(folder, "my-fleet");
  mkdirSync(project);
  const env = await emptyEnvironment(use);
  const ports = { "8700": await freePort(), "8701": await freePort() };
  const here = (text: string) =>
    Object.entries(ports).reduce((t, [port, free]) => t.replaceAll(port, String(free)), text);
  const shell = async (text: string, unsaid = "") => {
    log(`  $ ${text.trim().split("\n").join("\n  $ ")}`);
    await runCommand("sh", ["-e", "-c", here(text) + unsaid], { cwd: project, env, timeoutMs: COMMAND_TIMEOUT_MS });
  };
  const [install, servers, usage] = instructions.shell;
  await shell(install.replace(/(?<=\s)pulumi-msp(?=\s)/, archive));
  for (const [name, text] of Object.entries(instructions.files)) writeFileSync(join(project, name), here(text));
  const started: ChildProcess[] = [];
  try {
    for (const line of servers.trim().split("\n")) {
      log(`  $ ${line} &`);
      const child = spawn("sh", ["-c", here(line)], {
        cwd: project,
        env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      started.push(child);
      await ready(child, line);
    }
    await shell(usage, more);
    return project;
  } finally {
    for (const child of started) await stop(child);
  }
}

function ready(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string) => reject(new ToolchainError(`${line} ${why}:\n${said}`));
    const timer = setTimeout(() => fail("was not ready in time"), READY_TIMEOUT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (!/(is at|listening on) http:/.test(said)) return;
        clearTimeout(timer);
        resolve();
      });
    }
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

/** Ctrl-C: for all that the line has started. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "close");
  process.kill(-child.pid, "SIGINT");
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
