import { expect } from "chai";
import { FLAGS } from "../../provider/generated/flags";

describe("flags", () => {
  it("carry what a property's schema says, and what the schema that it refers to says", () => {
    expect(FLAGS.DeviceOwner.properties).to.deep.equal({
      platform: { replaceOnChange: true },
      email: { replaceOnChange: true, caseInsensitive: true },
      name: {},
      products: { unordered: true, default: [] },
    });
  });

  it("carry defaults and what never leaves the program", () => {
    expect(FLAGS.Customer.properties.deletionProtection).to.deep.equal({ local: true, default: true });
    expect(FLAGS.Customer.properties.firstUser).to.deep.equal({ createOnly: true, writeOnly: true });
  });

  it("say where case means nothing, however deep", () => {
    expect(FLAGS.Customer.caseInsensitivePaths).to.deep.equal([
      ["company", "emergencyEmail"],
      ["firstUser", "email"],
    ]);
  });

  it("list what no program sets", () => {
    expect(FLAGS.DeviceOwner.outputs).to.deep.equal(["account", "undeclaredProducts", "known"]);
  });
});
