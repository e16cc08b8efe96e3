/**
 * Runs Pulumi programs on mocks and prints what each declares: JSON, one list for each program. It is a process of its own, as the SDK keeps its
 * settings per process, and other tests run real engines.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { compileFunction } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { parse } from "yaml";

const ROOT = resolve(__dirname, "..", "..", "..");
/** The package by its own name, from its sources: nothing needs to be compiled before. */
const SOURCES: Readonly<Record<string, string>> = {
  "pulumi-msp": join(ROOT, "provider", "index"),
  "pulumi-msp/fleet": join(ROOT, "fleet", "program"),
};

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What a program declares, without components and with inputs in one order. */
async function declaredBy(file: string): Promise<readonly Declared[]> {
  const declared: Declared[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        const { __resource, __provider, ...rest } = inputs as Record<string, unknown>;
        if (custom === true) declared.push({ type, name, inputs: sorted(rest) });
        return { id: `${name}-id`, state: { ...inputs, result: "random" } };
      },
      call: () => ({}),
    },
    "docs",
    "docs",
    false,
  );
  // The SDK's mock of the engine has all but hooks.
  Object.assign(pulumi.runtime.getMonitor() ?? {}, {
    registerResourceHook: (_hook: unknown, done: (error: null, answer: object) => void) => done(null, {}),
  });
  const project = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as {
    readonly config: Record<string, { readonly value?: unknown }>;
  };
  pulumi.runtime.setAllConfig({ "msp:connections": JSON.stringify(project.config["msp:connections"]?.value) });
  await pulumi.runtime.runInPulumiStack(async () => {
    const exported = run(file);
    if (typeof exported === "function") await exported();
  });
  await pulumi.runtime.disconnect();
  return declared.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function run(file: string): unknown {
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023, esModuleInterop: true },
  });
  const load = createRequire(join(ROOT, "package.json"));
  const module: { exports: unknown } = { exports: {} };
  const evaluate = compileFunction(outputText, ["require", "module", "exports", "__dirname"], { filename: file });
  evaluate((name: string) => load(SOURCES[name] ?? name), module, module.exports, resolve(file, ".."));
  return module.exports;
}

function sorted(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(inputs).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function main(): Promise<void> {
  const all: (readonly Declared[])[] = [];
  for (const file of process.argv.slice(2)) all.push(await declaredBy(resolve(file)));
  process.stdout.write(JSON.stringify(all));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
