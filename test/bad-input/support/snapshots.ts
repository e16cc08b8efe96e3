/** Messages as reviewed texts: one Markdown file for each group of cases, compared byte for byte. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";

const FOLDER = join(__dirname, "..", "snapshots");
const ROOT = join(__dirname, "..", "..", "..");

/** Whether snapshots are written instead of compared: by a person, who then reviews the difference. */
export function isUpdating(env: NodeJS.ProcessEnv = process.env): boolean {
  if (env.MSP_UPDATE_SNAPSHOTS !== "1") return false;
  if (env.CI !== undefined && env.CI !== "" && env.CI !== "false")
    throw new Error("Snapshots are not updated in CI: update them where a person reads them, and commit them.");
  return true;
}

/** The messages of one group, in the order of its cases. */
export class Snapshot {
  private readonly file: string;
  private readonly title: string;
  private readonly sections: string[] = [];

  constructor(name: string, title: string) {
    this.file = join(FOLDER, `${name}.md`);
    this.title = title;
  }

  /** Compares one case with the file, or notes it for {@link finish}. */
  take(name: string, text: string): void {
    const section = `## ${name}\n\n${text
      .split("\n")
      .map((line) => (line === "" ? "" : `    ${line}`))
      .join("\n")}\n`;
    this.sections.push(section);
    if (!isUpdating()) expect(this.committed().sections.get(name), this.hint()).to.equal(section);
  }

  /** Nothing of the file is left over, and its bytes are those of its cases. */
  finish(): void {
    const text = [this.head(), ...this.sections].join("\n");
    if (isUpdating()) writeFileSync(this.file, text);
    else expect(this.committed().text, this.hint()).to.equal(text);
  }

  private head(): string {
    return `# ${this.title}\n\nReviewed texts. After a change: \`MSP_UPDATE_SNAPSHOTS=1 npm test -- 'test/bad-input/*.spec.ts'\`, and read the difference.\n`;
  }

  private committed(): { readonly text: string; readonly sections: ReadonlyMap<string, string> } {
    const text = existsSync(this.file) ? readFileSync(this.file, "utf8") : "";
    const parts = text.split(/^(?=## )/m).slice(1);
    return {
      text,
      sections: new Map(parts.map((part) => [part.slice(3, part.indexOf("\n")), part.replace(/\n\n$/, "\n")])),
    };
  }

  private hint(): string {
    return `${relative(ROOT, this.file)} differs; if the new text is right, update it as its head says`;
  }
}
