/** What leaves the plugin in a whole life of each resource, in answers, errors, lines and prints: no secret, but marked as one. */
import { expect } from "chai";
import { Canaries, toldFindings } from "../support/canaries";
import { openWorld } from "../provider/lifecycle/msp-world";
import { openPluginHost } from "./plugin-host";
import { HIDDEN, SECRETS } from "./stories-of-secrets";
import { type Call, recording, Teller } from "./teller";

describe("what leaves the plugin", function () {
  this.timeout(60_000);

  for (const story of SECRETS) {
    it(`holds no secret where ${story.title}`, async () => {
      const world = await openWorld();
      const canaries = new Canaries();
      const { lmpi, desk } = world;
      const credentials = [lmpi.accessToken, lmpi.secretKey, ...Object.values(desk.tokens)];
      for (const [i, text] of [...HIDDEN, ...credentials].entries()) canaries.plant(`secret ${i}`, text);
      const calls: Call[] = [];
      const transport = recording(world, calls);
      const host = await openPluginHost(world, transport);
      const printed: string[] = [];
      const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
      for (const { stream } of streams) stream.write = ((text: string) => printed.push(text) > 0) as never;
      try {
        await story.tell(new Teller(world, host, calls));
      } finally {
        for (const { stream, write } of streams) stream.write = write;
        host.close();
        transport.close();
        await world.close();
      }
      const { answers, seen } = host.stage;
      expect(answers.join(), "the secret went through").to.match(new RegExp(HIDDEN.join("|")));
      expect(seen).to.have.length.above(10);
      const told = [...seen, ...printed].flatMap((text, i) => canaries.search(text, `message ${i + 1}`));
      expect(toldFindings(told)).to.equal("");
    });
  }
});
