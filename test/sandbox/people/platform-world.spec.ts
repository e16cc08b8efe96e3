import { expect } from "chai";
import { PlatformWorld } from "../../../sandbox/people/platform-world";

const COMPANY = { city: "Berlin", state: "Berlin", country: "DE" };

describe("sandbox platform world", () => {
  it("exports every owner and what is assigned to them, with units where there are any", () => {
    const world = new PlatformWorld("owner");
    world.add("Jane@Example.com", "Reception", { ShieldOne: 1 });
    world.assign("jane@example.com", "ScoutTwo");
    const subject = { kind: "owner", key: "jane@example.com", name: "Reception" };
    expect(world.rows()).to.deep.equal([
      { kind: "owner", subject },
      { kind: "assignment", subject, product: "ShieldOne", units: 1 },
      { kind: "assignment", subject, product: "ScoutTwo" },
    ]);
  });

  it("exports a customer with its company", () => {
    const world = new PlatformWorld("customer");
    world.add("C-1", "Acme Dental", {}, COMPANY);
    const subject = { kind: "customer", key: "C-1", name: "Acme Dental" };
    expect(world.rows()).to.deep.equal([{ kind: "customer", subject, company: COMPANY }]);
  });

  it("can't remove a customer that still has products, and can afterwards", () => {
    const world = new PlatformWorld("customer");
    world.add("C-1", "Acme Dental", { "WFBS-S Yearly": 5 }, COMPANY);
    expect(() => world.remove("C-1")).to.throw(/Acme Dental still has WFBS-S Yearly/);
    world.unassign("C-1", "WFBS-S Yearly");
    world.remove("C-1");
    expect(world.has("C-1")).to.equal(false);
  });

  it("can't take away what is not assigned", () => {
    const world = new PlatformWorld("owner");
    world.add("jane@example.com", "Reception");
    expect(() => world.unassign("jane@example.com", "ShieldOne")).to.throw(/has no ShieldOne/);
    expect(() => world.unassign("joe@example.com", "ShieldOne")).to.throw(/nobody is known as joe@example.com/);
  });
});
