import { readFileSync } from "node:fs";
import { join } from "node:path";
import { emitCapabilities } from "./capabilities";
import { emitFlags } from "./flags";
import { emitPackageSchema } from "./package-schema";
import { emitResourcePages } from "./resource-pages";
import { readSchemas } from "./schemas";
import { emitTables } from "./tables";
import { emitTypes } from "./types";
import { emitValidators } from "./validators";

/** A file that is made and not written; `path` is relative to the repository. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const madeFrom = (source: string) => `Generated from ${source} - run npm run generate`;

/** Everything that is generated, from the schemas in `folder` and the platforms' capability tables; the same give the same bytes. */
export function generate(folder: string): readonly GeneratedFile[] {
  const set = readSchemas(folder);
  const code = (name: string, text: string): GeneratedFile => ({
    path: `provider/generated/${name}`,
    text: `// ${madeFrom("schemas/")}\n${text}`,
  });
  const page = (name: string, source: string, text: string): GeneratedFile => ({
    path: `docs/reference/${name}`,
    text: `<!-- ${madeFrom(source)} -->\n${text}`,
  });
  return [
    code("types.ts", `\n${emitTypes(set)}`),
    code("validators.ts", emitValidators(set)),
    code("flags.ts", emitFlags(set)),
    // JSON has no place for a word on where it comes from.
    { path: "provider/generated/package-schema.json", text: emitPackageSchema(set) },
    ...emitResourcePages(set, madeFrom("schemas/, provider/platforms/ and provider/resources/import.ts")).map(
      ({ name, text }) => ({ path: `docs/reference/${name}`, text }),
    ),
    ...emitTables(set).map(({ name, text }) => page(name, "schemas/", text)),
    page("capabilities.md", "provider/platforms/", emitCapabilities(set.file("connection.schema.json"))),
  ];
}

/** Those of the files that are missing below `root`, or differ there in any byte. */
export function staleFiles(root: string, files: readonly GeneratedFile[]): readonly GeneratedFile[] {
  return files.filter(({ path, text }) => {
    try {
      return readFileSync(join(root, path), "utf8") !== text;
    } catch {
      return true;
    }
  });
}
