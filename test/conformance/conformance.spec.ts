/** Every story on both hosts: the same answers, words, calls, requests and state, but for what the closed list allows. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import { readPage, tableUnder } from "../docs/support/pages";
import { DIFFERENCES, type Difference, withoutDifferences } from "./differences";
import { play } from "./play";
import { PROOFS } from "./proofs";
import { STORIES } from "./stories";
import type { Story, Told } from "./teller";

interface Both {
  readonly dynamic: Told;
  readonly plugin: Told;
}

const played = new Map<Story, Promise<Both>>();

/** A story is played once on each host, whoever asks. */
function onBoth(story: Story): Promise<Both> {
  const known =
    played.get(story) ??
    (async () => ({ dynamic: await play(story, "dynamic"), plugin: await play(story, "plugin") }))();
  played.set(story, known);
  return known;
}

const listed: readonly Difference[] = DIFFERENCES;

describe("on both hosts", function () {
  this.timeout(60_000);

  for (const story of STORIES) {
    it(story.title, async () => {
      const { dynamic, plugin } = await onBoth(story);
      const [one, other] = [withoutDifferences(dynamic), withoutDifferences(plugin)];
      expect(one.entries).to.have.length.above(0);
      for (const [i, entry] of one.entries.entries())
        expect(other.entries[i], `step ${i + 1}, ${entry.step}`).to.deep.equal(entry);
      expect(other.world, "the world afterwards").to.deep.equal(one.world);
      expect(other).to.deep.equal(one);
    });
  }
});

describe("what may differ between the hosts", function () {
  // Alone, it plays all stories.
  this.timeout(300_000);

  for (const difference of listed) {
    it(`does: ${difference.what}`, async () => {
      if (difference.without === undefined) return PROOFS[difference.what as keyof typeof PROOFS]();
      for (const story of STORIES) {
        const { dynamic, plugin } = await onBoth(story);
        if (!isDeepStrictEqual(withoutDifferences(dynamic, difference), withoutDifferences(plugin, difference))) return;
      }
      throw new Error("No story shows it: it must not be allowed.");
    });
  }

  it("is told by docs/hosts.md, all of it and nothing besides", () => {
    expect(tableUnder(readPage("docs/hosts.md"), "what")).to.deep.equal(
      listed.map(({ what, dynamic, plugin, why }) => [what, dynamic, plugin, why]),
    );
  });
});
