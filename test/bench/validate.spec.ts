import { expect } from "chai";
import type { Figure } from "./figures";
import { benchValidate } from "./validate";

describe("the bench of validating", () => {
  it("reads a valid fleet both ways, and says what each took", () => {
    const said: Figure[] = [];
    benchValidate({ size: 20, runs: 3, say: (figure) => said.push(figure) });
    expect(said).to.have.length(1);
    const [figure] = said as [Figure];
    expect(figure).to.include({
      bench: "validate",
      size: 20,
      phase: "read",
      against: "yaml and ajv",
      runs: 3,
      goal: 2,
    });
    expect(figure.ours).to.be.greaterThan(0);
    expect(figure.reference).to.be.greaterThan(0);
    expect(figure.ratio).to.be.within(...figure.spread);
  });
});
