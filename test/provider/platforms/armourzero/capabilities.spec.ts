import { expect } from "chai";
import { clickPath } from "../../../../provider/lifecycle/leaving";
import { armourzero } from "../../../../provider/platforms/armourzero/definition";

const table = armourzero.capabilities({ platform: "armourzero", account: "acme-msp" });

describe("ArmourZero's capabilities", () => {
  it("are people's alone: nothing is done or read by API", () => {
    const modes = Object.values(table).flatMap((operations) => Object.values(operations ?? {}).map(({ mode }) => mode));
    expect(new Set(modes)).to.deep.equal(new Set(["request", "refused"]));
    expect(armourzero.credentials({ platform: "armourzero" })).to.deep.equal([]);
    expect(armourzero.allowedHosts).to.deep.equal([]);
  });

  it("lead a person the vendor's way, to this owner and this product and no other", () => {
    const off = table.ProductAssignment?.delete;
    if (off === undefined) throw new Error("ArmourZero off-boards products.");
    const path = clickPath(off, { kind: "owner", key: "jane@acme.example", name: "Front Desk" }, "ShieldOne");
    const words = [
      '"Manage"',
      '"Devices"',
      "Front Desk (jane@acme.example)",
      '"Actions"',
      '"Off-board"',
      "ShieldOne, and no other",
      '"Remove Selected"',
      '"Offboarding Request"',
    ];
    const places = words.map((word) => path.join(" ").indexOf(word));
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    expect(places).to.not.include(-1);
  });
});
