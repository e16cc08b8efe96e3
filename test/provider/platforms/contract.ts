/**
 * The one contract suite: what the lifecycle relies on, run on every driver, and for each reading of its platform's documentation. It asserts
 * what the platform's world holds afterwards, and never which calls were made.
 */
import { expect } from "chai";
import { hasKind, type ProviderError } from "../../../provider/errors";
import type { CompanyProfile } from "../../../provider/generated/types";
import type {
  AssignmentRecord,
  CustomerRecord,
  Driver,
  SubjectRef,
  WriteAssignments,
  WriteCustomers,
} from "../../../provider/platforms/platform";
import { canWriteAssignments, canWriteCustomers } from "../../../provider/platforms/platform";

/** A platform with its world, as a test holds it. */
export interface ContractWorld {
  /** A driver as a new process has it: it remembers nothing. */
  driver(): Driver;
  /** Two products that a subject can have beside each other. */
  readonly products: readonly [string, string];
  /** How its records are known. */
  readonly how: "read" | "attested";
  /** Somebody else makes it, behind our back. */
  addSubject(name: string): Promise<SubjectRef>;
  addAssignment(subject: SubjectRef, product: string, units: number): Promise<string>;
  /** Lets so much time pass that whatever was done is listed. */
  later(): void;
  close(): Promise<void>;
}

/** One that has customers. */
export interface CustomerWorld extends ContractWorld {
  addCustomer(name: string, company: CompanyProfile): Promise<string>;
}

/** One that the driver writes to by itself; it tells what the platform really holds. */
export interface WritableWorld extends CustomerWorld {
  unitsOf(assignmentId: string): number | undefined;
  /** ISO date. */
  expiryOf(assignmentId: string): string | undefined;
  isEnabled(assignmentId: string): boolean;
  profileOf(customerId: string): (Partial<CompanyProfile> & { readonly name: string }) | undefined;
  /** Somebody else changes it, behind our back. */
  setUnits(assignmentId: string, units: number): void;
  /** Likewise, to an earlier ISO date. */
  moveExpiry(assignmentId: string, day: string): void;
}

const NOBODY = "00000000-0000-4000-8000-000000000000";
/** Sooner than a year after the tests' clock begins. */
const SOONER = "2026-12-24";
const BERLIN: CompanyProfile = { city: "Berlin", state: "BE", country: "DE" };
const FULL: CompanyProfile = {
  address: "Main Street 1",
  city: "Austin",
  state: "TX",
  postalCode: "78701",
  country: "US",
  note: "pays by invoice",
  emergencyEmail: "it@example.com",
};
const USER = {
  loginName: "acme-admin",
  firstName: "Ada",
  lastName: "Byron",
  email: "ada@example.com",
  phone: { areaCode: "512", number: "5550100" },
  timeZone: "Central Standard Time",
  language: "en-US",
} as const;

/** What every driver must do. `start` begins a world of its own for each test. */
export function readContract(name: string, start: () => Promise<ContractWorld>): void {
  describe(`platform contract, products: ${name}`, () => {
    let world: ContractWorld;
    let subject: SubjectRef;

    beforeEach(async () => {
      world = await start();
      subject = await world.addSubject("Acme Dental");
      world.later();
    });
    afterEach(() => world.close());

    it("lists them by subject, named as the platform spells them", async () => {
      const other = await world.addSubject("Birch Law");
      const id = await world.addAssignment(subject, world.products[0], 5);
      await world.addAssignment(other, world.products[1], 3);
      world.later();
      const assignments = assignmentsOf(world.driver());
      const listed = await assignments.list({ subject });
      expect(listed.map((record) => [record.id, record.product])).to.deep.equal([[id, world.products[0]]]);
      expect(listed[0]?.known.how).to.equal(world.how);
      expect(await assignments.list()).to.have.length(2);
    });

    it("finds one by subject and product, with its units, and by the product's id too", async () => {
      const id = await world.addAssignment(subject, world.products[0], 5);
      world.later();
      const assignments = assignmentsOf(world.driver());
      expect(await assignments.find({ subject, product: world.products[0] })).to.deep.include({ id, units: 5 });
      const product = await assignments.resolveProduct(world.products[0]);
      expect(product.name).to.equal(world.products[0]);
      expect((await assignments.find({ subject, product: product.id }))?.id).to.equal(id);
      expect(await assignments.find({ subject, product: world.products[1] })).to.equal(undefined);
    });

    it("says absent where a subject has nothing", async () => {
      const assignments = assignmentsOf(world.driver());
      expect(await assignments.list({ subject })).to.deep.equal([]);
      expect(await assignments.find({ subject, product: world.products[0] })).to.equal(undefined);
    });

    it("names the product that was meant when one is misspelt", async () => {
      await world.addAssignment(subject, world.products[0], 5);
      const error = await failure(assignmentsOf(world.driver()).resolveProduct(`${world.products[0]}x`));
      expect(error?.kind).to.equal("validation");
      expect(error?.message).to.contain(world.products[0]);
    });

    it("names the account by evidence that is the same in every process", async () => {
      const evidence = await world.driver().identity();
      expect(evidence.ids).to.have.length.greaterThan(0);
      expect(await world.driver().identity()).to.deep.equal(evidence);
    });
  });
}

/** What a driver of a platform with customers must do besides. */
export function customerContract(name: string, start: () => Promise<CustomerWorld>): void {
  describe(`platform contract, customers: ${name}`, () => {
    let world: CustomerWorld;
    beforeEach(async () => {
      world = await start();
    });
    afterEach(() => world.close());

    it("lists all of them, with the profile as it is", async () => {
      const ids = [await world.addCustomer("Acme Dental", BERLIN), await world.addCustomer("Birch Law", FULL)];
      world.later();
      const listed = await customersOf(world.driver()).list();
      expect(listed.map((customer) => customer.id)).to.have.members(ids);
      expect(listed.find((customer) => customer.id === ids[1])).to.deep.include({ name: "Birch Law", company: FULL });
      expect(listed[0]?.known.how).to.equal(world.how);
    });

    it("finds one by id and by name, whatever its case; and says absent of what is not there", async () => {
      const id = await world.addCustomer("Acme Dental", BERLIN);
      await world.addCustomer("Acme Dental East", BERLIN);
      world.later();
      const customers = customersOf(world.driver());
      const refs = [{ id, name: "whatever" }, { name: "Acme Dental", country: "DE" }, { name: "ACME dental" }];
      for (const ref of refs) expect((await customers.find(ref))?.id, JSON.stringify(ref)).to.equal(id);
      expect(await customers.find({ name: "Acme Dental", country: "US" })).to.equal(undefined);
      expect(await customers.find({ id: NOBODY, name: "Acme Dental" })).to.equal(undefined);
    });

    it("takes two of one name for an error that names both", async () => {
      const ids = [await world.addCustomer("Acme Dental", BERLIN), await world.addCustomer("Acme Dental", BERLIN)];
      world.later();
      const error = await failure(customersOf(world.driver()).find({ name: "Acme Dental", country: "DE" }));
      expect(error?.kind).to.equal("validation");
      for (const id of ids) expect(error?.message).to.contain(id);
    });
  });
}

/** What a driver that writes by itself must do besides. */
export function writeContract(name: string, start: () => Promise<WritableWorld>): void {
  describe(`platform contract, writes: ${name}`, () => {
    let world: WritableWorld;
    let driver: Driver;

    beforeEach(async () => {
      world = await start();
      driver = world.driver();
    });
    afterEach(() => world.close());

    describe("a customer", () => {
      it("is made with its whole profile, known at once to this process and later to every other", async () => {
        const made = await madeCustomer("Acme Dental", FULL);
        expect(made).to.deep.include({ name: "Acme Dental", company: FULL });
        expect(world.profileOf(made.id)).to.include({ ...FULL, name: "Acme Dental" });
        expect((await customersOf(driver).find({ id: made.id, name: made.name }))?.name).to.equal("Acme Dental");
        world.later();
        expect((await customersOf(world.driver()).find({ name: "Acme Dental", country: "US" }))?.id).to.equal(made.id);
      });

      it("is updated in what is told, and the rest of its profile stays", async () => {
        const id = await world.addCustomer("Acme Dental", FULL);
        world.later();
        const company = { ...BERLIN, postalCode: "10115" };
        const changed = await writes(driver).customers.update(id, { name: "Acme Dental Care", company });
        expect(changed).to.deep.include({ id, name: "Acme Dental Care", company: { ...FULL, ...company } });
        expect(world.profileOf(id)).to.include({ ...FULL, ...company, name: "Acme Dental Care" });
        expect((await customersOf(driver).find({ id, name: "" }))?.name, "in the same process").to.equal(
          "Acme Dental Care",
        );
      });
    });

    describe("a product", () => {
      let customer: SubjectRef;
      beforeEach(async () => {
        customer = await world.addSubject("Acme Dental");
        world.later();
      });

      it("is assigned with its units", async () => {
        const made = await madeAssignment(world.products[0], 5);
        expect(made).to.include({ product: world.products[0], units: 5 });
        expect(made.subject).to.include({ kind: "customer", key: customer.key });
        expect(world.unitsOf(made.id)).to.equal(5);
        expect(world.isEnabled(made.id)).to.equal(true);
        const ref = { subject: customer, product: world.products[0] };
        expect((await writes(driver).assignments.find(ref))?.id, "in the same process").to.equal(made.id);
        world.later();
        const seen = await writes(world.driver()).assignments.find(ref);
        expect(seen).to.deep.include({ id: made.id, units: 5 });
        expect(seen?.facts.expiresOn).to.match(/^\d{4}-\d{2}-\d{2}$/);
      });

      it("changes its units and nothing else", async () => {
        const made = await madeAssignment(world.products[0], 5);
        const changed = await writes(driver).assignments.setUnits(made, 8);
        expect(changed).to.deep.include({ id: made.id, units: 8, facts: made.facts });
        expect(world.unitsOf(made.id)).to.equal(8);
      });

      it("that somebody else changed is seen as it is now, whatever was known of it before", async () => {
        const made = await madeAssignment(world.products[0], 5);
        world.later();
        const ref = { id: made.id, subject: customer, product: world.products[0] };
        const known = present(await writes(world.driver()).assignments.find(ref));
        world.later();
        world.setUnits(made.id, 40);
        world.moveExpiry(made.id, SOONER);
        world.later();
        const seen = present(await writes(world.driver()).assignments.find(ref, { previous: known }));
        expect(seen).to.deep.include({ units: 40, facts: { ...known.facts, expiresOn: SOONER } });
      });

      it("changes its units and keeps an expiry that somebody else moved", async () => {
        const made = await madeAssignment(world.products[0], 5);
        world.later();
        world.moveExpiry(made.id, SOONER);
        world.later();
        const changed = await writes(world.driver()).assignments.setUnits(made, 8);
        expect([changed.units, changed.facts.expiresOn]).to.deep.equal([8, SOONER]);
        expect([world.unitsOf(made.id), world.expiryOf(made.id)]).to.deep.equal([8, SOONER]);
      });

      it("is ended, once or twice, and the customer's others stay", async () => {
        const leaving = await madeAssignment(world.products[0], 5);
        const staying = await madeAssignment(world.products[1], 3);
        await writes(driver).assignments.end(leaving);
        await writes(world.driver()).assignments.end(leaving);
        expect([world.isEnabled(leaving.id), world.isEnabled(staying.id)]).to.deep.equal([false, true]);
        world.later();
        const { assignments } = writes(world.driver());
        const left = await assignments.find(
          { id: leaving.id, subject: customer, product: world.products[0] },
          { fresh: true },
        );
        expect(left?.facts.enabled ?? false).to.equal(false);
        const kept = await assignments.find({ subject: customer, product: world.products[1] }, { fresh: true });
        expect(kept?.facts.enabled).to.equal(true);
      });

      it("is assigned again after it ended, and then the live one is found", async () => {
        const first = await madeAssignment(world.products[0], 5);
        await writes(driver).assignments.end(first);
        world.later();
        driver = world.driver();
        const second = await madeAssignment(world.products[0], 6);
        expect(second.id).to.not.equal(first.id);
        world.later();
        const { assignments } = writes(world.driver());
        expect((await assignments.find({ subject: customer, product: world.products[0] }))?.id).to.equal(second.id);
        expect((await assignments.list({ subject: customer }))[0]?.id, "live ones first").to.equal(second.id);
      });

      it("that was never there is absent, and is ended without complaint", async () => {
        const made = await madeAssignment(world.products[0], 5);
        const { assignments } = writes(driver);
        expect(await assignments.find({ id: NOBODY, subject: customer, product: world.products[0] })).to.equal(
          undefined,
        );
        await assignments.end({ ...made, id: NOBODY });
        expect(world.isEnabled(made.id)).to.equal(true);
      });

      /** As the lifecycle does it: an unknown outcome is looked up, and never sent again. */
      async function madeAssignment(product: string, units: number): Promise<AssignmentRecord> {
        const { assignments } = writes(driver);
        try {
          return await assignments.create({ subject: customer, product, units });
        } catch (error) {
          if (!hasKind(error, "ambiguous")) throw error;
          world.later();
          return present(await assignments.find({ subject: customer, product }));
        }
      }
    });

    async function madeCustomer(customerName: string, company: CompanyProfile): Promise<CustomerRecord> {
      const { customers } = writes(driver);
      try {
        return await customers.create({ name: customerName, company, firstUser: USER });
      } catch (error) {
        if (!hasKind(error, "ambiguous")) throw error;
        world.later();
        return present(await customers.find({ name: customerName, country: company.country }));
      }
    }
  });
}

function customersOf(driver: Driver) {
  return present(driver.customers);
}

function assignmentsOf(driver: Driver) {
  return present(driver.assignments);
}

function writes(driver: Driver): { readonly customers: WriteCustomers; readonly assignments: WriteAssignments } {
  const { customers, assignments } = driver;
  if (!canWriteCustomers(customers) || !canWriteAssignments(assignments)) throw new Error("This driver can't write.");
  return { customers, assignments };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("Expected something, found nothing.");
  return value;
}

async function failure(call: Promise<unknown>): Promise<ProviderError | undefined> {
  return call.then(
    () => undefined,
    (error) => error as ProviderError,
  );
}
