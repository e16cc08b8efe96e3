import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { expect } from "chai";
import { generatedPages, isThere, pages, pathsNamedIn, ROOT, readPage, withoutBlocks } from "./support/pages";

/** As GitHub makes them. */
function anchorsOf(text: string): readonly string[] {
  const headings = [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("the pages", () => {
  it("link only to what exists", () => {
    const dangling: string[] = [];
    for (const page of [...pages(), ...generatedPages()]) {
      for (const [, target = ""] of withoutBlocks(readPage(page)).matchAll(/\]\(([^)]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = "", anchor] = target.split("#");
        const file = path === "" ? page : posix.join(posix.dirname(page), path);
        if (!isThere(file) || (anchor !== undefined && !anchorsOf(readPage(file)).includes(anchor)))
          dangling.push(`${page}: ${target}`);
      }
    }
    expect(dangling).to.deep.equal([]);
  });

  it("name only files that exist", () => {
    const missing = pages().flatMap((page) =>
      pathsNamedIn(readPage(page))
        .filter((path) => !isThere(path))
        .map((path) => `${page}: ${path}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it("name only npm scripts and msp commands that exist", () => {
    const { scripts } = JSON.parse(readPage("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const commands = [...readPage("cli/main.ts").matchAll(/\.command\("(\w+)/g)].map(([, name]) => name);
    const unknown: string[] = [];
    for (const page of pages()) {
      const text = readPage(page);
      for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g))
        if (scripts[script] === undefined) unknown.push(`${page}: npm run ${script}`);
      for (const [, command = ""] of text.matchAll(/npx msp (\w+)/g))
        if (!commands.includes(command)) unknown.push(`${page}: npx msp ${command}`);
    }
    expect(unknown).to.deep.equal([]);
  });

  it("have one for every example", () => {
    const folders = new Set(
      globSync("examples/*/", { cwd: ROOT }).map((folder) =>
        posix.join("examples", folder.replaceAll("\\", "/").split("/")[1] ?? ""),
      ),
    );
    expect([...folders].filter((folder) => !isThere(`${folder}/README.md`))).to.deep.equal([]);
    expect(folders).to.include("examples/fleet");
  });
});

describe("the decisions", () => {
  const decisions = pages().filter((page) => dirname(page) === join("docs", "decisions"));

  it("are numbered without a gap", () => {
    expect(decisions.map((page) => Number(/(\d{4})-/.exec(page)?.[1]))).to.deep.equal(
      decisions.map((_, index) => index + 1),
    );
  });

  it("begin with an example, and say context, decision and consequences", () => {
    for (const page of decisions) {
      const headings = [...withoutBlocks(readPage(page)).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings, page).to.deep.equal(["Example", "Context", "Decision", "Consequences"]);
      expect(readPage(page), page).to.match(new RegExp(`^# ${/\d{4}/.exec(page)?.[0]}: `));
    }
  });

  it("explain every library that users install", () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const stack = readPage("docs/decisions/0001-stack.md");
    expect(Object.keys(dependencies).filter((name) => !stack.includes(`\`${name}\``))).to.deep.equal([]);
  });
});
