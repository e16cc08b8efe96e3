import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { generate, staleFiles } from "../../tools/generate/generate";

const ROOT = join(__dirname, "..", "..");

describe("generated files", () => {
  const files = generate(join(ROOT, "schemas"));

  it("are current, byte for byte", () => {
    expect(
      staleFiles(ROOT, files).map((file) => file.path),
      "run npm run generate",
    ).to.deep.equal([]);
  });

  it("say at their top what they are made from, but for JSON, which has no place for it", () => {
    for (const { path, text } of files.filter((file) => !file.path.endsWith(".json")))
      expect(text.replace(/^---\n/, "").split("\n")[0], path).to.match(
        /Generated from (schemas|provider\/platforms)\/.* - run npm run generate/,
      );
  });

  it("are stale by name when one is missing and another differs", () => {
    const folder = mkdtempSync(join(tmpdir(), "generated-"));
    try {
      for (const { path, text } of files.slice(1)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), path.endsWith("flags.ts") ? `${text} ` : text);
      }
      expect(staleFiles(folder, files).map((file) => file.path)).to.deep.equal([
        "provider/generated/types.ts",
        "provider/generated/flags.ts",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("load without a schema compiler: start-up compiles nothing", () => {
    const program = `require("./provider/generated/validators"); console.log(Object.keys(require.cache).filter((path) => /ajv.dist.(core|compile.index)\\.js$/.test(path)).length)`;
    const out = execFileSync(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", program], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(out.trim()).to.equal("0");
  });
});
