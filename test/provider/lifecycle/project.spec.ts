import { expect } from "chai";
import { FLAGS } from "../../../provider/generated/flags";
import { diff, type Flags } from "../../../provider/lifecycle/diff";
import { inputsOf, project } from "../../../provider/lifecycle/project";

const CUSTOMER = FLAGS.Customer as unknown as Flags;
const ASSIGNMENT = FLAGS.ProductAssignment as unknown as Flags;

describe("project", () => {
  const company = { city: "Bonn", state: "NRW", country: "DE" };
  const inputs = { platform: "lmp", name: "Acme", company, products: ["B", "A"] };
  const seen = { ...inputs, customerId: "c-1", account: "one", status: "Enabled", known: { how: "read" } };

  it("adds what the platform says beside what the program set", () => {
    expect(project(CUSTOMER, inputs, seen)).to.deep.equal(seen);
  });

  it("leaves out what the program left out, so that the platform's defaults are no drift", () => {
    const state = project(
      ASSIGNMENT,
      { platform: "lmp", customer: "c-1", product: "A" },
      { platform: "lmp", customer: "c-1", product: "A", units: 25 },
    );
    expect(state).to.not.have.property("units");
  });

  it("leaves out fields that the platform adds inside what the program set", () => {
    const state = project(CUSTOMER, inputs, { ...seen, company: { ...company, note: "VIP", postalCode: "53111" } });
    expect(state.company).to.deep.equal(company);
  });

  it("takes a list in another order for the program's own", () => {
    expect(project(CUSTOMER, inputs, { ...seen, products: ["A", "B"] }).products).to.deep.equal(["B", "A"]);
  });

  it("puts what an unordered list has beyond the program's behind it", () => {
    expect(project(CUSTOMER, inputs, { ...seen, products: ["A", "C"] }).products).to.deep.equal(["A", "C"]);
  });

  it("writes an address as the program wrote it where case means nothing", () => {
    const set = { ...inputs, company: { ...company, emergencyEmail: "Jane@Example.com" } };
    const state = project(CUSTOMER, set, { ...seen, company: { ...company, emergencyEmail: "jane@example.com" } });
    expect(state.company).to.deep.equal(set.company);
  });

  it("shows a nested value that is gone from the platform, so that it is sent again", () => {
    const set = { ...inputs, company: { ...company, note: "VIP" } };
    const state = project(CUSTOMER, set, seen);
    expect(state.company).to.deep.equal(company);
    expect(diff(CUSTOMER, state, set).changed).to.deep.equal(["company"]);
  });

  it("keeps what the platform never tells", () => {
    const set = { ...inputs, firstUser: { loginName: "acme" }, deletionProtection: false };
    expect(project(CUSTOMER, set, { ...seen, deletionProtection: true })).to.deep.include({
      firstUser: { loginName: "acme" },
      deletionProtection: false,
    });
  });

  it("keeps what is ours alone", () => {
    expect(project(CUSTOMER, inputs, { ...seen, __readAt: "2026-03-02T09:00:00.000Z" })).to.have.property("__readAt");
  });

  it("gives a refresh the inputs half of a state, and nothing else", () => {
    expect(inputsOf(CUSTOMER, { ...seen, __readAt: "x", deletionProtection: undefined })).to.deep.equal(inputs);
  });
});
