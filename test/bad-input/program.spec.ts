import { expect } from "chai";
import { ARGUMENTS, RIGHT, type WrongArguments } from "./program/arguments";
import { expectGood } from "./support/messages";
import { Snapshot } from "./support/snapshots";
import { untouched } from "./support/untouched";
import { type BadWorld, openBadWorld } from "./support/world";

describe("wrong arguments in a program", () => {
  const snapshot = new Snapshot("program-arguments", "Wrong arguments in a program");
  let world: BadWorld;

  before(async function () {
    this.timeout(120_000);
    world = await openBadWorld();
  });
  after(() => world.close());

  const checked = ({ type, args, before = {} }: WrongArguments) =>
    untouched(world, async () =>
      world
        .run()(type)
        .check(before, { ...RIGHT[type], ...args, __provider: "constant", __resource: "msp/bad::try" }),
    );

  for (const one of ARGUMENTS) {
    it(`${one.expects}: ${one.name}`, async () => {
      const { inputs, failures } = await checked(one);
      if (one.expects === "tolerated") {
        expect(failures).to.deep.equal([]);
        // What was given reaches the resource as it was given.
        for (const [key, value] of Object.entries(one.args))
          if (value !== undefined && value !== null) expect(inputs).to.have.deep.property(key, value);
        snapshot.take(one.name, "Taken as it is.");
        return;
      }
      expect(failures, "refused").to.not.deep.equal([]);
      const reasons = failures.map(({ reason }) => reason);
      const place = new RegExp(`${Object.keys(one.args).join("|")}|platform|connection|owner|customer`);
      for (const reason of reasons)
        expectGood(reason, { place, secrets: [...world.secrets, "canary-secret-in-arguments", "Calling [toString]"] });
      snapshot.take(one.name, reasons.join("\n"));
    });
  }

  it("has the texts of these cases and no other", () => snapshot.finish());
});
