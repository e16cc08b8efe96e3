import type { ValidateFunction } from "ajv/dist/2020";
import { expect } from "chai";
import * as validators from "../../provider/generated/validators";

const PERSON = { email: "jane@example.com" };
const SUBJECT = { kind: "owner", key: "jane@example.com", name: "Jane" };
const COMPANY = { city: "Berlin", state: "Berlin", country: "DE" };
const FILING = {
  account: "armourzero:example",
  platform: "armourzero",
  kind: "leaving",
  subject: SUBJECT,
  items: [{ kind: "product", name: "ShieldOne", id: "1", mode: "request" }],
  reason: "No longer needed.",
  requesters: [{ email: "jane@example.com", via: "note" }],
  resource: "project/stack::jane-shieldone",
};

interface Case {
  readonly validate: ValidateFunction;
  readonly right: object;
  readonly wrong: object;
  readonly reason: string;
}

const CASES: Readonly<Record<keyof typeof validators, Case>> = {
  customerInputs: {
    validate: validators.customerInputs,
    right: { platform: "lmp", name: "Acme", company: COMPANY },
    wrong: { platform: "lmp", name: "", company: COMPANY },
    reason: "a name is not empty",
  },
  deviceOwnerInputs: {
    validate: validators.deviceOwnerInputs,
    right: { platform: "shield", email: "jane@example.com" },
    wrong: { platform: "shield", email: "jane" },
    reason: "formats are checked",
  },
  productAssignmentInputs: {
    validate: validators.productAssignmentInputs,
    right: { platform: "shield", owner: "jane@example.com", product: "ShieldOne" },
    wrong: { platform: "shield", owner: "jane@example.com", customer: "1", product: "ShieldOne" },
    reason: "a product has one subject",
  },
  connections: {
    validate: validators.connections,
    right: { lmp: { platform: "trend-micro", accountType: "lmp", endpoint: "https://example.com" } },
    wrong: { lmp: { platform: "trend-micro", accountType: "lmp" } },
    reason: "a platform with an API needs its address",
  },
  fleet: {
    validate: validators.fleet,
    right: { version: 1, customers: [] },
    wrong: { version: 2, customers: [] },
    reason: "the format has one version",
  },
  fleetCustomerEntry: {
    validate: validators.fleetCustomerEntry,
    right: { key: "acme", name: "Acme", platform: "lmp", owners: [{ key: "jane", email: "jane@example.com" }] },
    wrong: { key: "acme", name: "Acme", platform: "lmp", owners: [{ email: "jane@example.com" }] },
    reason: "each owner has a key",
  },
  leavingNote: {
    validate: validators.leavingNote,
    right: { owner: "jane@example.com", reason: "Jane left.", requester: "boss@example.com" },
    wrong: { reason: "Jane left.", requester: "boss@example.com" },
    reason: "a note is about someone",
  },
  filing: {
    validate: validators.filing,
    right: FILING,
    wrong: { ...FILING, items: [] },
    reason: "something must leave",
  },
  verify: {
    validate: validators.verify,
    right: { outcome: "accepted", identity: "Called back.", necessity: "Jane left." },
    wrong: { outcome: "accepted" },
    reason: "both are recorded",
  },
  withdraw: {
    validate: validators.withdraw,
    right: { reason: "A mistake." },
    wrong: {},
    reason: "a reason is recorded",
  },
  submit: {
    validate: validators.submit,
    right: { at: "2026-03-02T09:00:00Z" },
    wrong: { at: "2026-03-02" },
    reason: "an instant has a time and a zone",
  },
  contact: {
    validate: validators.contact,
    right: { who: "Support", how: "phone" },
    wrong: { who: "Support" },
    reason: "how is recorded",
  },
  vendorVerify: {
    validate: validators.vendorVerify,
    right: { outcome: "refused" },
    wrong: { outcome: "perhaps" },
    reason: "there are two outcomes",
  },
  removed: {
    validate: validators.removed,
    right: {},
    wrong: { by: "me" },
    reason: "who it was is known from the token",
  },
  confirm: {
    validate: validators.confirm,
    right: { evidence: { kind: "attested", text: "Seen on the page." } },
    wrong: { evidence: { kind: "said", text: "Seen." } },
    reason: "evidence is read or attested",
  },
  pause: {
    validate: validators.pause,
    right: { reason: "Waits for Jane." },
    wrong: { reason: "" },
    reason: "a reason is not empty",
  },
  inventoryImport: {
    validate: validators.inventoryImport,
    right: {
      account: "armourzero:example",
      voucher: "export.csv",
      complete: true,
      format: "rows",
      rows: [{ kind: "owner", subject: SUBJECT }],
    },
    wrong: { account: "armourzero:example", complete: true, format: "rows" },
    reason: "an import has a voucher",
  },
  importRow: {
    validate: validators.importRow,
    right: { kind: "owner", subject: SUBJECT },
    wrong: { kind: "device", subject: SUBJECT },
    reason: "there are three kinds of facts",
  },
  accountClaim: {
    validate: validators.accountClaim,
    right: { platform: "trend-micro", connection: "lmp", evidence: { kind: "overlap", ids: ["1"] } },
    wrong: { platform: "trend-micro", connection: "lmp" },
    reason: "a claim brings evidence",
  },
  accountConfirmation: {
    validate: validators.accountConfirmation,
    right: { evidence: ["1"], reason: "Moved." },
    wrong: { evidence: ["1"] },
    reason: "a reason is recorded",
  },
  accountMerge: {
    validate: validators.accountMerge,
    right: { into: "trend-micro:1", reason: "The accounts were merged." },
    wrong: { reason: "The accounts were merged." },
    reason: "an account is merged into one that is named",
  },
  intentClaim: {
    validate: validators.intentClaim,
    right: { account: "a", type: "Customer", naturalKey: "acme", resource: "p/s::n" },
    wrong: { account: "a", type: "Customer", naturalKey: "", resource: "p/s::n" },
    reason: "an intent without a key would be everyone's",
  },
  intentChange: {
    validate: validators.intentChange,
    right: { outcome: "done", objectId: "1" },
    wrong: { outcome: "lost" },
    reason: "there are three outcomes",
  },
  tokenGrant: {
    validate: validators.tokenGrant,
    right: { person: PERSON, kind: "bot", roles: ["operator"] },
    wrong: { person: PERSON, kind: "bot", roles: [] },
    reason: "a token without a role is for nothing",
  },
};

describe("validators", () => {
  for (const [name, { validate, right, wrong, reason }] of Object.entries(CASES)) {
    it(`${name} accepts what is right, and refuses what is wrong: ${reason}`, () => {
      expect(validate(right), JSON.stringify(validate.errors)).to.equal(true);
      expect(validate(wrong)).to.equal(false);
    });
  }

  it("tell all mistakes together, each with what its schema says", () => {
    validators.customerInputs({ name: 5, company: { ...COMPANY, country: "Germany" }, colour: "red" });
    const errors = (validators.customerInputs.errors ?? []).map((error) => `${error.instancePath} ${error.keyword}`);
    expect(errors).to.have.members([" required", " additionalProperties", "/name type", "/company/country pattern"]);
    expect(validators.customerInputs.errors?.every((error) => error.parentSchema !== undefined)).to.equal(true);
  });

  it("keep apart the mistakes of one call and of the next", () => {
    const rows = (count: number) => ({
      account: "a",
      voucher: "v",
      complete: true,
      format: "rows",
      rows: Array.from({ length: count }, () => ({ kind: "owner", subject: { ...SUBJECT, name: "" } })),
    });
    validators.inventoryImport(rows(3));
    const first = validators.inventoryImport.errors;
    validators.inventoryImport(rows(2));
    expect(first).to.have.length(3);
    expect(validators.inventoryImport.errors).to.have.length(2);
    expect(validators.inventoryImport(rows(0))).to.equal(true);
  });
});
