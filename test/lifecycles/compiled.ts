/** Everything that a lifecycle runs, as JavaScript, compiled once: what plays lifecycles starts often, and would otherwise compile each time. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { jsOf } from "./branches";

export const ROOT = join(__dirname, "../..");
const SOURCES = [
  "{provider,desk,fleet,sandbox}/**/*.ts",
  "test/lifecycles/*.ts",
  "test/support/thrown.ts",
  "test/provider/http/manual-clock.ts",
];

let compiled: string | undefined;

/** The folder in which everything lies as it does in the tree; it is gone when this process is. */
export function compiledFolder(): string {
  compiled ??= compile();
  return compiled;
}

/** One file as JavaScript, with the map that leads back to its lines. */
export function compileFile(text: string): { readonly js: string; readonly map: string } {
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2023,
      esModuleInterop: true,
      useDefineForClassFields: false,
      sourceMap: true,
    },
  });
  return { js: outputText, map: sourceMapText ?? "" };
}

function compile(): string {
  const folder = mkdtempSync(join(tmpdir(), "msp-lifecycles-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT }))) {
    if (file.endsWith(".spec.ts")) continue;
    const { js, map } = compileFile(readFileSync(join(ROOT, file), "utf8"));
    const output = join(folder, jsOf(file));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, js);
    writeFileSync(`${output}.map`, map);
  }
  for (const name of ["node_modules", "package.json"]) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}
