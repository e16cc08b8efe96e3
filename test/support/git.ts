import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Who makes a commit: "Front Desk <jane@example.com>". */
export interface CommitOptions {
  readonly author?: string;
  readonly committer?: string;
}

const SOMEONE = "Someone <someone@example.com>";

/** A real repository in a folder of its own. */
export class TemporaryRepository {
  readonly folder = mkdtempSync(join(tmpdir(), "msp-git-"));

  constructor() {
    this.git(["init", "--quiet", "--initial-branch=main"]);
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text);
  }

  commit(message: string, options: CommitOptions = {}): void {
    this.git(["add", "--all"]);
    this.git(["commit", "--quiet", "--allow-empty", "-m", message], options);
  }

  branch(name: string): void {
    this.git(["switch", "--quiet", "-c", name]);
  }

  switchTo(name: string): void {
    this.git(["switch", "--quiet", name]);
  }

  merge(name: string, merger: string): void {
    this.git(["merge", "--quiet", "--no-ff", "-m", `Merge ${name}`, name], { author: merger });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private git(args: readonly string[], { author = SOMEONE, committer = author }: CommitOptions = {}): void {
    execFileSync("git", ["-C", this.folder, ...args], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        GIT_CONFIG_NOSYSTEM: "1",
        ...identity("AUTHOR", author),
        ...identity("COMMITTER", committer),
      },
    });
  }
}

function identity(part: string, person: string): Record<string, string> {
  const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(person) ?? [];
  return { [`GIT_${part}_NAME`]: name, [`GIT_${part}_EMAIL`]: email };
}
