import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of a test's own, with these files in it. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), "msp-test-"));

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [file, text] of Object.entries(files)) this.write(file, text);
  }

  at(file: string): string {
    return join(this.path, file);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.at(file)), { recursive: true });
    writeFileSync(this.at(file), text);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
