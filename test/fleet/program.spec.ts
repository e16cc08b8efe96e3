import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { fleetProgram } from "../../fleet/program";
import { TemporaryFolder } from "../support/folder";

const MISTAKEN = `version: 1
customers:
  - key: cedar
    nmae: Cedar Logistics
    platform: armourzero
    owners: [{ key: front-desk, email: front-desk }]
`;

describe("a fleet program", () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder({ "fleet.yaml": MISTAKEN });
  });
  after(() => folder.remove());

  /** What ends the program; the engine prints no stack of a `RunError`. */
  async function refusal(file: string): Promise<string> {
    const error = await fleetProgram(folder.at(file))().catch((thrown: unknown) => thrown);
    if (!pulumi.RunError.isInstance(error)) throw new Error(`It ended with ${error}.`);
    return error.message;
  }

  it("ends with all mistakes of its file, each with its line, before it declares anything", async () => {
    const [first, ...mistakes] = (await refusal("fleet.yaml")).split("\n");
    expect(first).to.match(/^The fleet file .*fleet\.yaml has 2 mistakes; nothing was done\.$/);
    expect(mistakes.map((line) => /fleet\.yaml:(\d+):\d+ /.exec(line)?.[1])).to.deep.equal(["4", "6"]);
    expect(mistakes[0]).to.contain("nmae").and.contain("name");
  });

  it("ends in words where its file is not there", async () => {
    expect(await refusal("fleet.yml")).to.match(/^The fleet file .*fleet\.yml has 1 mistake; nothing was done\.\n/);
  });
});
