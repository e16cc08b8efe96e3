import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The version of the API that this desk speaks. */
export const API_VERSION = 1;

/** The package's version; its package.json is one folder up in the sources and two in what is published. */
export function packageVersion(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
    if (folder === dirname(folder)) throw new Error("pulumi-msp has lost its package.json");
  }
}
