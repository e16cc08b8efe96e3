import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { runCommand } from "./commands";
import { isNewEnough, MINIMUM_PULUMI_VERSION } from "./versions";

/** What the engine starts for a YAML program, and for a Node program with dynamic resources; it wants them beside itself. */
export const COMPANIONS: readonly string[] = [
  "pulumi-language-nodejs",
  "pulumi-resource-pulumi-nodejs",
  "pulumi-language-yaml",
];

/** A `pulumi` on PATH: usable, or why not. */
export type FoundOnPath =
  | { readonly usable: true; readonly folder: string; readonly version: string }
  | { readonly usable: false; readonly why: string };

/** The first executable file of that name on PATH, with links resolved. */
export function findOnPath(name: string, path: string | undefined): string | undefined {
  for (const folder of (path ?? "").split(delimiter)) {
    const file = join(folder, name);
    if (folder !== "" && isExecutable(file)) return realpathSync(file);
  }
  return undefined;
}

/** Looks for a Pulumi CLI on PATH that is new enough and has the language hosts beside it. */
export async function findPulumiOnPath(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<FoundOnPath> {
  const pulumi = findOnPath("pulumi", env.PATH);
  if (pulumi === undefined) return { usable: false, why: "PATH has no pulumi" };
  const folder = dirname(pulumi);
  const missing = COMPANIONS.filter((name) => !isExecutable(join(folder, name)));
  if (missing.length > 0) return { usable: false, why: `${pulumi} has no ${missing.join(" and no ")} beside it` };
  let version: string;
  try {
    const quiet = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    version = (await runCommand(pulumi, ["version"], { env: quiet, signal, timeoutMs: 10_000 })).trim();
  } catch (error) {
    return { usable: false, why: `${pulumi} does not run (${(error as Error).message.split("\n", 1)[0]})` };
  }
  if (!isNewEnough(version, MINIMUM_PULUMI_VERSION)) {
    return { usable: false, why: `${pulumi} is ${version}, and ${MINIMUM_PULUMI_VERSION} or a newer 3.x is needed` };
  }
  return { usable: true, folder, version: version.replace(/^v/, "") };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
