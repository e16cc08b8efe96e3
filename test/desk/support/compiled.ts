/** The desk as it is published: compiled once for all processes of a test run, since compiling at each start takes longer than starting. */
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "../../..");
/** The desk, and all that it may import. */
const SOURCES = ["desk/**/*.ts", "provider/errors.ts", "provider/clock.ts", "provider/generated/*.ts"];

let compiled: string | undefined;

/** The file that runs the desk. */
export function compiledDesk(): string {
  compiled ??= compile();
  return join(compiled, "bin", "desk", "main.js");
}

function compile(): string {
  const folder = mkdtempSync(join(tmpdir(), "msp-desk-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const file of globSync(SOURCES, { cwd: ROOT })) {
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, file), "utf8"), {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2023,
        esModuleInterop: true,
        useDefineForClassFields: false,
      },
    });
    const output = join(folder, "bin", file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
  copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
