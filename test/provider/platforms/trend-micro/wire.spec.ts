import { expect } from "chai";
import { ProviderError } from "../../../../provider/errors";
import { toAssignment, toCustomer, toDetails } from "../../../../provider/platforms/trend-micro/mapping";
import {
  createdCustomerIds,
  createdSubscription,
  customersPage,
  refusalIn,
  servicePlans,
  subscriptionDetail,
  subscriptionIdOf,
  subscriptionsPage,
} from "../../../../provider/platforms/trend-micro/wire";

const KNOWN = { how: "read", asOf: "2026-03-02T09:00:00.000Z" } as const;

describe("LMPI replies", () => {
  describe("of a creation", () => {
    const replies: readonly unknown[] = [
      { customer_id: "C1", user_id: "U1" },
      { id: "C1", user_id: "U1" },
      { customerId: "C1", userId: "U1" },
      { cid: "C1", uid: "U1" },
      { customer: { id: "C1" }, user: { id: "U1" } },
      { company: { customer_id: "C1" }, user: { user_id: "U1" } },
    ];
    for (const reply of replies) {
      it(`tell the ids as ${JSON.stringify(reply)}`, () => {
        expect(createdCustomerIds(reply)).to.deep.equal({ customerId: "C1", userId: "U1" });
      });
    }
    for (const reply of [undefined, "", "OK", {}, [], { customer_id: "" }, { customer_id: null }]) {
      it(`tell none as ${JSON.stringify(reply)}`, () => {
        expect(createdCustomerIds(reply).customerId).to.equal(undefined);
        expect(createdSubscription(reply).subscriptionId).to.equal(undefined);
      });
    }
    it("take a number for an id", () => {
      expect(createdSubscription({ subscription_id: 4711 }).subscriptionId).to.equal("4711");
    });
  });

  it("of GetID tell it in an object or bare, and never take a page of text for one", () => {
    expect(subscriptionIdOf({ subscription_id: "S1" })).to.equal("S1");
    expect(subscriptionIdOf("S1")).to.equal("S1");
    expect(subscriptionIdOf("<html>Welcome</html>")).to.equal(undefined);
  });

  it("hold an error wherever error_subject or error_message says something", () => {
    expect(refusalIn({ error_subject: "company", error_message: "state is missing" })).to.deep.equal({
      reason: "company: state is missing",
      kind: "validation",
    });
    expect(refusalIn({ error_subject: "E-4711" })).to.deep.equal({ reason: "E-4711" });
    expect(refusalIn({ error_subject: "SYSTEM_ERROR", error_message: "The system failed" })?.kind).to.equal(
      "unavailable",
    );
    expect(refusalIn({ error_message: "Customer already exists" })?.kind).to.equal("alreadyExists");
    expect(refusalIn({ error_subject: "internal_error" })?.kind).to.equal("unavailable");
    expect(
      refusalIn({ error_subject: "invalid_state", error_message: 'The state of "Signature Dental" is missing' })?.kind,
    ).to.equal("validation");
    expect(refusalIn({ error_message: "Subscription not found." })?.kind).to.equal("notFound");
    for (const body of [undefined, [], {}, { error_message: "" }, { error_subject: null, customers: [] }, "text"])
      expect(refusalIn(body)).to.equal(undefined);
  });

  it("list customers with the profile, whatever is empty, missing or new in it", () => {
    const body = {
      paging: { total: "3", limit: 100, page: 1 },
      customers: [
        {
          customer_id: "C1",
          name: "Acme",
          city: "Berlin",
          state: "BE",
          country: "de",
          note: "",
          address: null,
          status: "Enabled",
          brand_new: { x: 1 },
        },
        { customer_id: "C2", name: "Birch", city: null, state: "TX", country: "US", postal_code: 78701 },
        { customer_id: "C3", name: "Cedar" },
      ],
    };
    const { total, rows } = customersPage(body);
    expect(total).to.equal(3);
    expect(rows.map((row) => toCustomer(row, KNOWN).company)).to.deep.equal([
      { city: "Berlin", state: "BE", country: "DE" },
      { city: "", state: "TX", country: "US", postalCode: "78701" },
      undefined,
    ]);
    expect(toCustomer(rows[0] as never, KNOWN).status).to.equal("Enabled");
  });

  const broken: readonly { readonly body: unknown; readonly reason: string }[] = [
    { body: undefined, reason: "nothing at all" },
    { body: { customers: [] }, reason: "no total: it might be cut" },
    { body: { paging: { total: 2 } }, reason: "a total without entries" },
    { body: { paging: { total: 1 }, customers: [{ name: "Acme" }] }, reason: "an entry without id" },
    { body: { paging: { total: 1 }, customers: "none" }, reason: "entries that are no list" },
    { body: "<html>log in</html>", reason: "another server's page" },
  ];
  for (const { body, reason } of broken) {
    it(`are an error as a list with ${reason}`, () => {
      expect(() => customersPage(body))
        .to.throw(ProviderError)
        .with.property("kind", "unavailable");
      expect(() => subscriptionsPage(body)).to.throw(ProviderError);
    });
  }

  it("list plans bare or inside an object", () => {
    const plans = [{ service_plan_id: "P1", name: "WFBS-S Yearly", version: 1 }];
    const read = [{ service_plan_id: "P1", name: "WFBS-S Yearly" }];
    expect(servicePlans(plans)).to.deep.equal(read);
    expect(servicePlans({ service_plans: plans })).to.deep.equal(read);
    expect(() => servicePlans({})).to.throw(ProviderError);
  });

  it("of a suite count its greatest licence and its first expiry, and leave activation codes unread", () => {
    const detail = subscriptionDetail(
      {
        id: "S1",
        enabled: 1,
        is_auto_renewal: "false",
        licenses: [
          {
            ac_code: "CANARY-AC",
            units: 10,
            license_start_date: "2026-01-01",
            license_expiration_date: "2027-01-01T00:00:00Z",
            enabled: true,
          },
          {
            ac_code: "CANARY-AC",
            units: 12,
            license_start_date: "2026-02-01",
            license_expiration_date: "2026-12-01T00:00:00Z",
            enabled: true,
          },
          {
            ac_code: "CANARY-AC",
            units: 99,
            license_start_date: "2025-01-01",
            license_expiration_date: "2025-12-01T00:00:00Z",
            enabled: false,
          },
        ],
      },
      "S1",
    );
    const row = {
      subscription_id: "S1",
      customer_id: "C1",
      service_plan_id: "P1",
      name: undefined,
      enabled: undefined,
      is_auto_renewal: undefined,
    };
    const record = toAssignment(row, toDetails(detail), { product: "Suite", customerName: "Acme", known: KNOWN });
    expect(record).to.deep.equal({
      id: "S1",
      subject: { kind: "customer", key: "C1", name: "Acme" },
      product: "Suite",
      units: 12,
      facts: { enabled: true, autoRenewal: false, startsOn: "2026-01-01", expiresOn: "2026-12-01" },
      known: KNOWN,
    });
    expect(JSON.stringify(detail)).to.not.contain("CANARY");
  });

  it("of another subscription than was asked for are an error", () => {
    expect(() => subscriptionDetail({ id: "S2", licenses: [] }, "S1")).to.throw(ProviderError);
    expect(() => subscriptionDetail({}, "S1")).to.throw(ProviderError);
  });
});
