import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "..", "..", "..");

export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The pages that people write; those of docs/reference are generated. */
export function pages(): readonly string[] {
  return globSync(
    ["*.md", "docs/*.md", "docs/decisions/*.md", "examples/**/*.md", "sandbox/*.md", "provider/platforms/*/*.md"],
    { cwd: ROOT },
  ).sort();
}

/** Those that `npm run generate` writes. */
export function generatedPages(): readonly string[] {
  return globSync("docs/reference/*.md", { cwd: ROOT }).sort();
}

/** A module may be named without its extension, as it is imported. */
export function isThere(path: string): boolean {
  return [path, `${path}.ts`].some((candidate) => existsSync(join(ROOT, candidate)));
}

/** The fenced blocks of a language. */
export function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\`$`, "gm"))].map(
    ([, indent = "", block = ""]) => block.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

export function withoutBlocks(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
}

/** Paths of this repository that a text names in backticks; those with a placeholder are patterns, not names. */
export function pathsNamedIn(text: string): readonly string[] {
  const spans = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  return spans.filter((span) =>
    /^(provider|desk|fleet|cli|sandbox|schemas|examples|test|docs|tools|\.ci)\/[\w./-]*$/.test(span),
  );
}

/** The cells of a table by the heading above its first column. */
export function tableUnder(text: string, firstHeading: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeading} |`));
  const rows: (readonly string[])[] = [];
  for (const line of lines.slice(start < 0 ? lines.length : start + 2)) {
    if (!line.startsWith("|")) break;
    rows.push(
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}
