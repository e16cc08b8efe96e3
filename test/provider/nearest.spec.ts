import { expect } from "chai";
import { nearest } from "../../provider/nearest";

describe("nearest", () => {
  it("finds what was meant, nearest first, without regard to case", () => {
    expect(nearest("Jane@exmaple.com", ["june@example.com", "jane@example.com", "bob@example.com"])).to.deep.equal([
      "jane@example.com",
      "june@example.com",
    ]);
  });

  it("finds nothing where nothing is near", () => {
    expect(nearest("ShieldOne", ["ScoutTwo", "Cloud Edge"])).to.deep.equal([]);
    expect(nearest("anything", [])).to.deep.equal([]);
  });

  it("answers as many as are asked for, in the order of the alphabet where they are equally near", () => {
    expect(nearest("aa", ["ac", "ab", "ad", "ae"], 2)).to.deep.equal(["ab", "ac"]);
  });
});
