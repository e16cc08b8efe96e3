import { type AddressInfo, createServer } from "node:net";
import { expect } from "chai";
import { createSession } from "../../provider/hosts/session";
import { manualClock, steadyRandom } from "../provider/http/manual-clock";
import { type Run, up } from "./support/engine";
import { PROGRAM, STORY } from "./support/story";
import { FaultWorld } from "./support/world";

/** Longer than a person waits without wondering, shorter than a desk takes to start anew. */
const A_FEW_SECONDS_MS = 3_000;

describe("a run whose desk is not there", () => {
  let world: FaultWorld;

  before(async () => {
    world = await FaultWorld.open();
  });
  after(() => world.close());

  it("says so within a few seconds and a few tries, and sends the platform nothing", async () => {
    const clock = manualClock({ flowsBelowMs: 30_000 });
    const { settings, env } = world.outside({ urls: { desk: await addressOfNobody(), platform: world.lmpi.url } });
    const session = createSession({
      settings: (key) => settings[key],
      env,
      cwd: "/",
      clock,
      random: steadyRandom,
      log: () => undefined,
    });
    const run: Run = { session, program: PROGRAM, pulse: async () => undefined, keep: () => undefined };
    const [program = []] = STORY.flatMap((stage) => (stage.program === undefined ? [] : [stage.program]));
    const startedAt = clock.now();

    const failures = await up(run, [], program.slice(0, 1));

    expect(failures.map(({ kind }) => kind)).to.deep.equal(["unavailable"]);
    expect(failures[0]?.message).to.match(
      /^The off-boarding desk does not answer: could not shake hands with the desk\.\nStart it \(`npx msp desk`\) or correct MSP_DESK_URL/,
    );
    // The list of what is leaving is asked for first, and the resource then asks by itself.
    expect(clock.now() - startedAt).to.be.below(2 * A_FEW_SECONDS_MS);
    expect(clock.slept.filter((ms) => ms < 30_000)).to.have.length.at.most(4);
    expect(world.lmpi.log.entries).to.deep.equal([]);
  });
});

/** An address at which nobody listens: whoever had it has closed. */
async function addressOfNobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}`;
}
