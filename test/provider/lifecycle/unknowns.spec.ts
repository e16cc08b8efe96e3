import { expect } from "chai";
import { holdsUnknown, isUnknown, UNKNOWN, valueAt } from "../../../provider/lifecycle/unknowns";

describe("unknowns", () => {
  it("are found at any depth of objects and lists", () => {
    expect(holdsUnknown({ a: [{ b: UNKNOWN }] })).to.equal(true);
    expect(holdsUnknown({ a: [{ b: `${UNKNOWN}!` }], c: null, d: undefined })).to.equal(false);
    expect(isUnknown({ a: UNKNOWN })).to.equal(false);
  });

  it("are followed to by a JSON pointer, also where it goes on inside one", () => {
    const root = { "a/b": [{ "c~d": 7 }], e: UNKNOWN };
    expect(valueAt(root, "/a~1b/0/c~0d")).to.equal(7);
    expect(valueAt(root, "/e/f/0")).to.equal(UNKNOWN);
    expect(valueAt(root, "/nowhere/0")).to.equal(undefined);
    expect(valueAt(root, "")).to.equal(root);
  });
});
