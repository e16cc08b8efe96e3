import { expect } from "chai";
import { statementsOf } from "../../desk/inventory/rows";
import type { InventoryImport, Problem } from "../../provider/generated/types";
import { BODIES, type WrongBody } from "./desk/bodies";
import { IMPORTS, TOLERATED_IMPORTS, type WrongImport } from "./desk/imports";
import { expectGood } from "./support/messages";
import { Snapshot } from "./support/snapshots";
import { settled, untouched } from "./support/untouched";
import { type BadWorld, openBadWorld } from "./support/world";

describe("wrong calls of the desk", () => {
  let world: BadWorld;

  before(async function () {
    this.timeout(120_000);
    world = await openBadWorld();
  });
  after(() => world.close());

  async function refusal({
    call: [method, path],
    who = "requester",
    body,
    type,
  }: Omit<WrongBody, "name" | "origin" | "expects">) {
    const token = who === "stranger" ? "nobody" : world.tokens[who];
    const answer = await fetch(world.desk.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": type ?? "application/json" }),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const problem = (await answer.json()) as Problem;
    expect(answer.status, JSON.stringify(problem)).to.be.within(400, 499);
    expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
    expect(problem.kind).to.not.equal("internal");
    return settled(world)(problem.detail);
  }

  describe("with an inventory", () => {
    const snapshot = new Snapshot("desk-imports", "Wrong inventories");
    const importOf = ({ csv, rows, also }: WrongImport) => ({
      account: "armourzero:acme",
      voucher: "export.csv",
      complete: true,
      format: csv === undefined ? "rows" : "csv",
      ...(csv === undefined ? { rows } : { csv }),
      ...also,
    });

    for (const one of IMPORTS) {
      it(`${one.expects}: ${one.name}`, async () => {
        const message = await untouched(world, () =>
          refusal({ call: ["POST", "/v1/inventory/imports"], who: "operator", body: importOf(one) }),
        );
        expectGood(message, {
          place: /line \d|row \d|rows\.\d|header|import|body|account|asOf|voucher|complete|format|csv/i,
          secrets: world.secrets,
        });
        snapshot.take(one.name, message);
      });
    }
    for (const one of TOLERATED_IMPORTS) {
      it(`${one.expects}: ${one.name}`, () => {
        expect(statementsOf(importOf(one) as InventoryImport)).to.deep.equal(one.reads);
        snapshot.take(one.name, "Taken.");
      });
    }
    it("has the texts of these cases and no other", () => snapshot.finish());
  });

  describe("with other bodies, queries and addresses", () => {
    const snapshot = new Snapshot("desk-bodies", "Wrong calls of the desk");
    for (const one of BODIES) {
      it(`${one.expects}: ${one.name}`, async () => {
        const message = await untouched(world, () => refusal(one));
        expectGood(message, { place: /./, secrets: world.secrets });
        snapshot.take(one.name, message);
      });
    }
    it("has the texts of these cases and no other", () => snapshot.finish());
  });
});
