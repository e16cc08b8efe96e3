/** Writes what is generated; with `--check`, only says what is stale. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generate, staleFiles } from "./generate";

const root = join(__dirname, "..", "..");
const stale = staleFiles(root, generate(join(root, "schemas")));
const names = stale.map((file) => file.path).join(", ");

if (stale.length === 0) {
  console.log("Everything generated is current.");
} else if (process.argv.includes("--check")) {
  console.error(`Stale: ${names}. Run npm run generate and commit what it writes.`);
  process.exitCode = 1;
} else {
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(`Written: ${names}.`);
}
