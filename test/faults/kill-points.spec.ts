import { expect } from "chai";
import { expectRecovered, expectSameEnd, inWords, killAt, type Told, tell, whatIsLeft } from "./support/kill";
import { STORY } from "./support/story";
import { MOMENTS, type Point } from "./support/wire";
import { FaultWorld } from "./support/world";

/** MSP_KILL_POINT="drop/17/before" repeats one point alone. */
const ONLY = process.env.MSP_KILL_POINT;

describe("a run that is killed", function () {
  this.timeout(300_000);
  let world: FaultWorld;
  let story: readonly Told[];

  before(async () => {
    world = await FaultWorld.open();
    story = await tell(world);
  });
  after(() => world.close());

  it("is killed in a story with every resource, and every verb of each", () => {
    const seen = new Set(story.flatMap(({ calls }) => calls.map(({ to, method, path }) => `${to} ${method} ${path}`)));
    expect([...seen].filter((call) => !call.includes(" GET ")).sort()).to.deep.equal([
      "desk DELETE /v1/intents/*",
      "desk PATCH /v1/intents/*",
      "desk POST /v1/accounts/resolve",
      "desk POST /v1/requests",
      "desk POST /v1/requests/*/items/1/confirm",
      "desk POST /v1/requests/*/items/1/removed",
      "desk POST /v1/requests/*/withdraw",
      "desk PUT /v1/intents",
      "platform POST /LMPI/v2/customers",
      "platform POST /LMPI/v2/customers/*/subscriptions",
      "platform PUT /LMPI/v2/customers/*",
      "platform PUT /LMPI/v2/customers/*/subscriptions/*",
      "platform PUT /LMPI/v2/customers/*/subscriptions/*/disable",
    ]);
    for (const { stage, calls } of story)
      expect(
        calls.some(({ method }) => method !== "GET"),
        stage.name,
      ).to.equal(true);
  });

  for (const [index, { name }] of STORY.entries()) {
    it(`at any call of "${name}" leaves nothing that the next run does not bring to the same end`, async () => {
      const told = story[index];
      if (told === undefined) throw new Error("The story was not told.");
      const recovered = new Set<string>();
      const failures: string[] = [];
      let points = 0;
      for (const point of pointsOf(told)) {
        points += 1;
        try {
          await killAt(world, told, point);
          // The dead hold nothing: what they left is all that the next run starts from.
          const left = await whatIsLeft(world);
          if (recovered.has(left)) continue;
          await expectRecovered(world, told);
          if (recovered.size === 0) await expectSameEnd(world, story, told);
          recovered.add(left);
        } catch (error) {
          failures.push(`${nameOf(told, point)}: ${inWords(error)}`);
        }
      }
      expect(failures, failures.join("\n\n")).to.deep.equal([]);
      if (ONLY !== undefined) return;
      expect(points).to.equal(told.calls.length * MOMENTS.length);
      expect(recovered.size, "different worlds that were left").to.be.at.least(2);
    });
  }
});

function pointsOf({ stage, calls }: Told): readonly Point[] {
  const all = calls.flatMap((_, index) => MOMENTS.map((moment) => ({ call: index + 1, moment })));
  return ONLY === undefined ? all : all.filter(({ call, moment }) => ONLY === `${stage.name}/${call}/${moment}`);
}

function nameOf({ stage, calls }: Told, { call, moment }: Point): string {
  const { to, method, path } = calls[call - 1] ?? { to: "", method: "", path: "" };
  return `MSP_KILL_POINT="${stage.name}/${call}/${moment}" (${to} ${method} ${path})`;
}
