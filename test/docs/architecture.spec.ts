import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { expect } from "chai";
import { blocks, isThere, pathsNamedIn, ROOT, readPage, tableUnder } from "./support/pages";

interface Rule {
  readonly name: string;
  readonly severity: string;
}

const page = readPage("docs/architecture.md");
const rooms = tableUnder(page, "room").map(([name = "", where = ""]) => ({ name, paths: pathsNamedIn(where) }));
const sources = globSync("{provider,fleet,cli,desk,sandbox}/**/*.ts", { cwd: ROOT }).sort();

/** The room of a file: the longest of the paths that it is below. */
function roomOf(file: string): string | undefined {
  const matches = rooms.flatMap(({ name, paths }) =>
    paths
      .filter((path) => file === path || (path.endsWith("/") && file.startsWith(path)))
      .map((path) => ({ name, path })),
  );
  return matches.sort((a, b) => b.path.length - a.path.length)[0]?.name;
}

/** Who imports whom, without the words that everybody may use. */
function importedArrows(): ReadonlySet<string> {
  const arrows = new Set<string>();
  for (const file of sources) {
    for (const [, target = ""] of readFileSync(join(ROOT, file), "utf8").matchAll(
      /(?:from|import\(|require\()\s*"(\.[^"]+)"/g,
    )) {
      const base = posix.join(posix.dirname(file), target).replace(/\.js$/, "");
      const imported = [`${base}.ts`, `${base}/index.ts`].find((candidate) => sources.includes(candidate));
      const [from, to] = [roomOf(file), imported === undefined ? undefined : roomOf(imported)];
      if (from !== undefined && to !== undefined && from !== to && to !== "words") arrows.add(`${from} --> ${to}`);
    }
  }
  return arrows;
}

describe("docs/architecture.md", () => {
  it("names only files that exist", () => {
    const named = pathsNamedIn(page);
    expect(named).to.have.length.above(40);
    expect(named.filter((path) => !isThere(path))).to.deep.equal([]);
  });

  it("has a room for every source file", () => {
    expect(sources.filter((file) => roomOf(file) === undefined)).to.deep.equal([]);
  });

  it("draws the arrows that the imports make, and no others", () => {
    const drawn = [...(blocks(page, "mermaid")[0] ?? "").matchAll(/^ *(\w+ --> \w+)$/gm)].map(
      ([, arrow = ""]) => arrow,
    );
    expect(drawn.sort()).to.deep.equal([...importedArrows()].sort());
  });

  it("names rules that the arrows lint really has, as errors", () => {
    const { forbidden } = createRequire(__filename)(join(ROOT, ".dependency-cruiser.cjs")) as {
      readonly forbidden: readonly Rule[];
    };
    const errors = forbidden.filter((rule) => rule.severity === "error").map((rule) => rule.name);
    const named = tableUnder(page, "what never happens").map(([, rule = ""]) => rule.replaceAll("`", ""));
    expect(named).to.not.be.empty;
    expect(errors).to.include.members(named);
  });

  it("tells the life of a leaving in numbered steps, each with its files", () => {
    const steps = tableUnder(page, "step");
    expect(steps.map(([step = ""]) => Number.parseInt(step, 10))).to.deep.equal(steps.map((_, index) => index + 1));
    for (const [step, , where = ""] of steps) expect(pathsNamedIn(where), step).to.not.be.empty;
    expect(steps.at(0)?.join()).to.contain("leaving:");
    expect(steps.map(([step]) => step).join()).to.contain("Completed");
  });
});
