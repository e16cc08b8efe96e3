import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder that a test may fill, removed after it. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-msp-tools-"));

  write(path: string, text: string): string {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** A program of a few lines of shell. */
  program(path: string, ...lines: string[]): string {
    const file = this.write(path, ["#!/bin/sh", ...lines, ""].join("\n"));
    chmodSync(file, 0o755);
    return file;
  }

  /** A Pulumi installation that says it has that version. */
  pulumi(folder: string, version: string, companions: readonly string[]): string {
    for (const name of companions) this.program(join(folder, name), "exit 0");
    return this.program(join(folder, "pulumi"), `[ "$1" = version ] && echo ${version}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The message that a promise fails with; fails itself where it doesn't. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  const answer = await promise.then(
    (value) => ({ value }),
    (error: Error) => error,
  );
  if (answer instanceof Error) return answer.message;
  throw new Error(`It should have failed, and answered ${JSON.stringify(answer.value)}.`);
}
