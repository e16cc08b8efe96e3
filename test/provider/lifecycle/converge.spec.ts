import { expect } from "chai";
import { create, partialStateOf, read, remove, update } from "../../../provider/lifecycle/converge";
import { thrown } from "../../support/thrown";
import { type ThingInputs, type ThingState, ThingWorld } from "./thing";

describe("converge", () => {
  let world: ThingWorld;
  const wanted: ThingInputs = { platform: "one", name: "Acme", note: "new" };
  const up = (inputs: ThingInputs = wanted, resource?: string) =>
    create(world.managed, world.context(resource), inputs);
  const refresh = (state: ThingState) => read(world.managed, world.context(), state.thingId, state);
  const change = (state: ThingState, inputs: ThingInputs) =>
    update(world.managed, world.context(), state.thingId, state, inputs);

  beforeEach(() => {
    world = new ThingWorld();
  });

  describe("create", () => {
    it("records its intent before it sends, and what became of it after", async () => {
      const state = await up();
      expect(state).to.include({ name: "Acme", note: "new", thingId: "T-1", account: "platform:one" });
      expect(world.log).to.deep.equal(["observe Acme", "intent sent", "platform create Acme", "intent done"]);
      expect(world.intents.get("acme")).to.include({ outcome: "done", objectId: "T-1", resource: "msp/prod::thing" });
    });

    it("refuses what exists and is not ours, with the way to take it over", async () => {
      world.add("Acme");
      const error = await thrown("alreadyExists", up());
      expect(error.message)
        .to.match(/^thing Acme exists on The platform already/)
        .and.contain("adopt: true");
      expect(world.writes).to.deep.equal([]);
      expect(world.intents.size).to.equal(0);
    });

    it("takes over what exists when asked, and brings it to what the program says", async () => {
      world.add("Acme", "old");
      const state = await up({ ...wanted, adopt: true });
      expect(state).to.include({ thingId: "T-1", note: "new" });
      expect(world.writes).to.deep.equal(["platform update T-1"]);
      expect(world.names).to.deep.equal(["Acme"]);
    });

    it("takes over what a lost run of the same resource made, without being asked", async () => {
      await up();
      world.log.length = 0;
      const state = await up();
      expect(state.thingId).to.equal("T-1");
      expect(world.writes).to.deep.equal([]);
    });

    it("refuses what another resource made, also when asked to adopt", async () => {
      await up(wanted, "msp/prod::other");
      const error = await thrown("alreadyExists", up({ ...wanted, adopt: true }));
      expect(error.message).to.contain("belongs to msp/prod::other");
      expect(world.names).to.have.length(1);
    });

    it("refuses what another resource is about to make", async () => {
      world.nextCreate = "lostBefore";
      await thrown("ambiguous", up(wanted, "msp/prod::other"));
      const error = await thrown("alreadyExists", up());
      expect(error.message).to.contain("belongs to msp/prod::other");
      expect(world.names).to.deep.equal([]);
    });

    it("finds what became of a create whose answer was lost", async () => {
      world.nextCreate = "lostAfter";
      world.listedAfterMs = 7_000;
      const state = await up();
      expect(state.thingId).to.equal("T-1");
      expect(world.writes).to.deep.equal(["platform create Acme"]);
      expect(world.intents.get("acme")).to.include({ outcome: "done", objectId: "T-1" });
    });

    it("gives up looking after a while, and does not send again", async () => {
      world.nextCreate = "lostAfter";
      world.listedAfterMs = 200_000;
      const startedAt = world.clock.now();
      const error = await thrown("ambiguous", up());
      expect(world.clock.now() - startedAt).to.be.within(55_000, 65_000);
      expect(error.message).to.contain(`after ${new Date(startedAt + 300_000).toISOString()}`);
      expect(world.writes).to.have.length(1);
      expect(world.intents.get("acme")?.outcome).to.equal("sent");
    });

    it("finds it in a later run, within the platform's window", async () => {
      world.nextCreate = "lostAfter";
      world.listedAfterMs = 200_000;
      await thrown("ambiguous", up());
      world.clock.advance(100_000);
      const state = await up();
      expect(state.thingId).to.equal("T-1");
      expect(world.writes).to.have.length(1);
    });

    it("does not send again in a later run while absence proves nothing", async () => {
      world.nextCreate = "lostBefore";
      await thrown("ambiguous", up());
      await thrown("ambiguous", up());
      expect(world.writes).to.have.length(1);
    });

    it("sends again once absence is proven", async () => {
      world.nextCreate = "lostBefore";
      await thrown("ambiguous", up());
      world.clock.advance(300_000);
      const state = await up();
      expect(state.thingId).to.equal("T-1");
      expect(world.writes).to.deep.equal(["platform create Acme", "platform create Acme"]);
    });

    it("makes nothing under another name while nobody knows what became of the first, and says how to know", async () => {
      world.nextCreate = "lostAfter";
      world.listedAfterMs = 200_000;
      await thrown("ambiguous", up());
      const error = await thrown("blocked", up({ ...wanted, name: "Birch" }));
      expect(error.message)
        .to.match(/^thing Birch is not made yet: this resource was sent to The platform as "acme" before/)
        .and.contain("DELETE /v1/intents/");
      expect(world.names).to.deep.equal(["Acme"]);
      world.clock.advance(200_000);
      expect((await up()).thingId).to.equal("T-1");
    });

    it("takes over nothing of another name either while nobody knows what became of the first", async () => {
      world.nextCreate = "lostAfter";
      world.listedAfterMs = 200_000;
      await thrown("ambiguous", up());
      world.add("Birch");
      const other = { ...wanted, name: "Birch", adopt: true };
      expect((await thrown("blocked", up(other))).message).to.contain('was sent to The platform as "acme" before');
      world.clock.advance(200_000);
      expect((await up()).thingId).to.equal("T-1");
    });

    it("looks no further when its time is over", async () => {
      world.nextCreate = "lostAfter";
      world.listedAfterMs = 200_000;
      const over = AbortSignal.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      const error = await thrown("ambiguous", create(world.managed, world.context("msp/prod::thing", over), wanted));
      expect(error.message).to.contain("it is not sent again");
      expect(world.clock.slept).to.deep.equal([]);
    });

    it("gives the claim back when the platform refuses, so that another resource may have the name", async () => {
      world.nextCreate = "refused";
      const error = await thrown("validation", up());
      expect(error.message).to.contain("too odd");
      expect(world.intents.size).to.equal(0);
      expect((await up(wanted, "msp/prod::other")).thingId).to.equal("T-1");
    });

    it("does not take for its own what was claimed and never sent, and what somebody made after a refusal", async () => {
      world.meanwhile = () => world.add("Acme");
      world.nextCreate = "refused";
      await thrown("validation", up());
      await thrown("alreadyExists", up());
      const claim = { account: world.account, type: "Customer", naturalKey: "acme", resource: "msp/prod::thing" };
      await world.context().desk.claimIntent(claim);
      await thrown("alreadyExists", up());
    });

    it("tells the platform's refusal, not that the desk went down meanwhile", async () => {
      world.nextCreate = "refused";
      world.meanwhile = () => world.deskFailures.add("releaseIntent");
      await thrown("validation", up());
      expect(world.intents.get("acme")?.outcome).to.equal("sent");
    });

    it("sends nothing when the desk can't record the intent", async () => {
      world.deskFailures.add("changeIntent");
      await thrown("unavailable", up());
      expect(world.writes).to.deep.equal([]);
    });

    it("looks first in the next run after it broke in the middle", async () => {
      world.nextCreate = "bug";
      let broken: unknown;
      await up().catch((error: unknown) => {
        broken = error;
      });
      expect(broken).to.be.instanceOf(TypeError);
      expect(world.intents.get("acme")?.outcome).to.equal("sent");
      world.clock.advance(300_000);
      expect((await up()).thingId).to.equal("T-1");
      expect(world.names).to.have.length(1);
    });

    it("keeps id and state when the desk fails after the platform has done it", async () => {
      world.meanwhile = () => world.deskFailures.add("changeIntent");
      const error = await thrown("partial", up());
      expect(error.message).to.match(/^thing Acme was made, but not all of it: The off-boarding desk does not answer/);
      const kept = partialStateOf(error);
      expect(kept?.id).to.equal("T-1");
      expect(kept?.state).to.include({ name: "Acme", note: "new", platform: "one", thingId: "T-1" });
    });
  });

  describe("read", () => {
    it("finds the same state again", async () => {
      const state = await up();
      world.clock.advance(60_000);
      expect(await refresh(state)).to.deep.equal({ ...state, __readAt: world.now() });
    });

    it("shows what changed, and as of when", async () => {
      const state = await up();
      const id = world.add("unused");
      world.remove(id);
      await change(state, { ...wanted, note: "changed behind our back" });
      world.clock.advance(60_000);
      const seen = await refresh(state);
      expect(seen).to.deep.include({ note: "changed behind our back", known: { how: "read", asOf: world.now() } });
    });

    it("keeps what it can't see while the platform may not list it yet", async () => {
      world.listedAfterMs = 60_000;
      const state = await up();
      expect(await refresh(state)).to.deep.equal(state);
    });

    it("says gone once the platform must list it", async () => {
      const state = await up();
      world.remove(state.thingId);
      world.clock.advance(300_000);
      expect(await refresh(state)).to.equal(undefined);
    });
  });

  describe("update", () => {
    it("starts from what is there, not from what state remembers", async () => {
      const state = await up();
      await change(state, { ...wanted, note: "somebody else's" });
      world.log.length = 0;
      await change(state, wanted);
      expect(world.writes).to.deep.equal(["platform update T-1"]);
      expect(world.noteOf("T-1")).to.equal("new");
    });

    it("claims what nobody has claimed yet, as it was imported", async () => {
      const state = await up();
      world.intents.clear();
      expect((await change(state, { ...wanted, note: "other" })).note).to.equal("other");
      expect(world.intents.get("acme")).to.include({
        outcome: "done",
        objectId: "T-1",
        resource: "msp/prod::thing",
      });
    });

    it("writes nothing when only this program's own settings change", async () => {
      const state = await up();
      world.log.length = 0;
      expect(await change(state, { ...wanted, adopt: true })).to.include({ adopt: true });
      expect(world.writes).to.deep.equal([]);
    });

    it("keeps a renamed object its own", async () => {
      const state = await up();
      const renamed = await change(state, { ...wanted, name: "Acme Dental" });
      expect(renamed).to.include({ name: "Acme Dental", thingId: "T-1" });
      expect(world.intents.get("acme dental")).to.include({
        objectId: "T-1",
        resource: "msp/prod::thing",
        outcome: "done",
      });
      expect((await up({ ...wanted, name: "Acme Dental" })).thingId).to.equal("T-1");
    });

    it("leaves the old name to whoever wants it", async () => {
      await change(await up(), { ...wanted, name: "Acme Dental" });
      expect((await up(wanted, "msp/prod::other")).thingId).to.equal("T-2");
    });

    it("renames nothing to a name that another object has", async () => {
      const state = await up();
      world.add("Birch");
      world.log.length = 0;
      const error = await thrown("alreadyExists", change(state, { ...wanted, name: "Birch" }));
      expect(error.message).to.match(/^thing Acme can't become thing Birch/);
      expect(world.writes).to.deep.equal([]);
    });

    it("renames nothing to a name that another program is about to use", async () => {
      const state = await up();
      world.nextCreate = "lostBefore";
      await thrown("ambiguous", up({ ...wanted, name: "Birch" }, "msp/prod::other"));
      world.log.length = 0;
      await thrown("alreadyExists", change(state, { ...wanted, name: "Birch" }));
      expect(world.writes).to.deep.equal([]);
    });

    it("says what to do about an object that is gone", async () => {
      const state = await up();
      world.remove(state.thingId);
      world.clock.advance(300_000);
      const error = await thrown("notFound", change(state, { ...wanted, note: "x" }));
      expect(error.message).to.contain("pulumi refresh");
    });

    it("does not call an object gone that may only not be listed yet", async () => {
      world.listedAfterMs = 60_000;
      const state = await up();
      const error = await thrown("unavailable", change(state, { ...wanted, note: "x" }));
      expect(error.message).to.contain("does not show it now");
    });
  });

  describe("another account's credentials", () => {
    it("are refused by read, update and delete, and nothing is sent", async () => {
      const state = await up();
      world.account = "platform:two";
      world.log.length = 0;
      for (const call of [
        () => refresh(state),
        () => change(state, { ...wanted, note: "x" }),
        () => remove(world.managed, world.context(), state),
      ]) {
        const error = await thrown("forbidden", call);
        expect(error.message).to.match(
          /^thing Acme was written to account platform:one, and the credentials of one belong to platform:two/,
        );
      }
      expect(world.log).to.deep.equal([]);
    });
  });

  it("deletes what is there, and leaves its name to whoever wants it", async () => {
    const state = await up();
    await remove(world.managed, world.context(), state);
    expect(world.names).to.deep.equal([]);
    expect(world.intents.size).to.equal(0);
  });
});
