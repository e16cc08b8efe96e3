/** What the compiler says of programs as a user writes them: strict, and by the package's own types. */
import { join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "../..");

/** The complaints about these files; `paths` says where other packages lie. */
export function complaintsOfTypes(
  files: readonly string[],
  paths: Readonly<Record<string, string[]>> = {},
): readonly string[] {
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules", "@types")],
    paths: { "pulumi-msp": [join(ROOT, "provider", "index.ts")], ...paths },
  });
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
  });
}
