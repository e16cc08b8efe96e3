/** A run as JavaScript, compiled once: a child that compiles takes longer to start than to run. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "../../..");
/** The child, and all that it may import. */
const SOURCES = [
  "provider/**/*.ts",
  "fleet/settle.ts",
  "test/provider/http/manual-clock.ts",
  "test/faults/support/{child,engine,story}.ts",
];

let compiled: string | undefined;

/** The file that a child runs. */
export function compiledChild(): string {
  compiled ??= compile();
  return join(compiled, "test/faults/support/child.js");
}

function compile(): string {
  const folder = mkdtempSync(join(tmpdir(), "msp-run-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT }))) {
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, file), "utf8"), {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2023,
        esModuleInterop: true,
        useDefineForClassFields: false,
      },
    });
    const output = join(folder, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
