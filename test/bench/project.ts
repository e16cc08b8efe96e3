/** A Pulumi project of a contender's own in a folder of the bench. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

export const ROOT = join(__dirname, "..", "..");

/** What all contenders call their project, as names are bytes of state. */
const PROJECT = "bench";
const PLUGIN_FOLDER = "plugin";

/** What a project's `pulumi-msp` is: the compiled package, or that with a platform and a desk in the provider's own process. */
export type Package = "real" | "in-process";

/** Which provider serves the resources of ours. */
export type Host = "dynamic" | "plugin";

export interface ProjectOptions {
  /** The bench's folder. */
  readonly folder: string;
  readonly name: string;
  /** A file below `programs/`, without its ending. */
  readonly program: string;
  readonly package?: Package;
  readonly host?: Host;
  readonly config?: ProjectConfig;
}

type ProjectConfig = Readonly<Record<string, unknown>>;

/** Makes the project's folder. The compiled package is copied, so that a build in the meantime changes nothing. */
export function makeProject({ folder, name, program, package: kind, host, config = {} }: ProjectOptions): string {
  const project = join(folder, name);
  mkdirSync(join(project, "node_modules"), { recursive: true });
  // Found from the project upwards, as in any program's own folder.
  try {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  for (const source of [program, "entries"]) compile(`programs/${source}.ts`, project, `${source}.js`);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name, private: true }));
  const installed = join(project, "node_modules", "pulumi-msp");
  if (kind !== undefined) installPackage(installed, kind);
  writeProjectFile(project, program, config, host === "plugin");
  if (host === "plugin") writePlugin(project, join(installed, "test", "bench", "in-process", "plugin.js"));
  return project;
}

/** What the engine starts for `plugins.providers`. */
function writePlugin(project: string, file: string): void {
  const folder = join(project, PLUGIN_FOLDER);
  mkdirSync(folder, { recursive: true });
  const script = `#!/bin/sh\nexec "${process.execPath}" "${file}" "$@"\n`;
  writeFileSync(join(folder, "pulumi-resource-msp"), script, { mode: 0o755 });
}

/** Writes what the engine reads of a project, its configuration among it. */
export function writeProjectFile(project: string, program: string, config: ProjectConfig, hasPlugin = false): void {
  writeFileSync(
    join(project, "Pulumi.yaml"),
    JSON.stringify({
      name: PROJECT,
      runtime: { name: "nodejs", options: { typescript: false } },
      main: `${program}.js`,
      ...(hasPlugin ? { plugins: { providers: [{ name: "msp", path: `./${PLUGIN_FOLDER}` }] } } : {}),
      config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value }])),
    }),
  );
}

function installPackage(target: string, kind: Package): void {
  cpSync(join(ROOT, "bin", "provider"), join(target, "provider"), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const runtime = kind === "real" ? "./provider/hosts/runtime.js" : "./test/bench/in-process/runtime.js";
  const published = { ".": "./provider/index.js", "./runtime": runtime, "./package.json": "./package.json" };
  writeFileSync(join(target, "package.json"), JSON.stringify({ name: "pulumi-msp", version, exports: published }));
  if (kind === "real") return;
  for (const part of ["call", "desk", "journal", "lmpi", "plugin", "runtime", "transport"])
    compile(`in-process/${part}.ts`, target, `test/bench/in-process/${part}.js`);
  compile("programs/entries.ts", target, "test/bench/programs/entries.js");
}

function compile(source: string, target: string, as: string): void {
  const text = readFileSync(join(__dirname, source), "utf8");
  const { outputText } = transpileModule(text, {
    fileName: basename(source),
    compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2023, esModuleInterop: true },
  });
  const file = join(target, as);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, outputText);
}

/** Removes what the last run left of a project: its state, and what its world kept. */
export function emptyState(project: string): string {
  const state = join(project, "state");
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state);
  return state;
}
