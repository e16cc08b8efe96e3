import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { ensureToolchain } from "../../../tools/toolchain";
import { toolchainHome } from "../../../tools/toolchain/random-plugin";

export interface Ran {
  readonly code: number | null;
  /** Output and errors together, as a terminal shows them. */
  readonly text: string;
}

/** Runs a program to its end; a test that it outlives fails by its own timeout. */
export async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}

/** The command line as a person uses it: a folder with a Pulumi.yaml, a file backend of its own. */
export async function pulumi(
  args: readonly string[],
  options: { readonly cwd: string; readonly state: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ran> {
  const toolchain = await ensureToolchain();
  return run(join(toolchain.root, "bin", "pulumi"), [...args, "--non-interactive"], {
    cwd: options.cwd,
    env: {
      ...process.env,
      // The hosts start `node`: ours, not an older one that may come first.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      PULUMI_HOME: toolchainHome(),
      PULUMI_BACKEND_URL: `file://${options.state}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      NO_COLOR: "1",
      ...options.env,
    },
  });
}
