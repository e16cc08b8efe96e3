import { expect } from "chai";
import type { Figure } from "./figures";
import { benchStartUp } from "./start-up";

describe("the bench of starting the plugin", function () {
  this.timeout(120_000);

  it("waits for the plugin and for a bare server to answer, and says what each took", async () => {
    const said: Figure[] = [];
    await benchStartUp({ runs: 1, say: (figure) => said.push(figure) });
    expect(said).to.have.length(1);
    const [figure] = said as [Figure];
    expect(figure).to.include({ bench: "start-up", phase: "start-up", against: "bare server", runs: 1, goal: 2 });
    expect(figure.ours).to.be.greaterThan(0);
    expect(figure.reference).to.be.greaterThan(0);
  });
});
