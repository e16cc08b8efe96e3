import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { run } from "./support/cli";

const ROOT = join(__dirname, "..", "..");

describe("the story", function () {
  this.timeout(300_000);

  it("holds on the real engine, in plain lines, and leaves nothing behind", async () => {
    const stages = () =>
      existsSync(join(ROOT, ".story"))
        ? readdirSync(join(ROOT, ".story")).filter((name) => name.startsWith("story-"))
        : [];
    const before = stages();
    const story = await run(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", join("examples", "story", "main.ts")],
      { cwd: ROOT },
    );
    expect(story.code, story.text).to.equal(0);
    for (let chapter = 1; chapter <= 7; chapter++) expect(story.text).to.match(new RegExp(`^${chapter}\\. `, "m"));
    expect(story.text).to.match(/The story holds: \d+ claims/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are no terminal escapes is the point
    expect(story.text).to.not.match(/\u001b\[/);
    expect(stages()).to.deep.equal(before);
  });
});
