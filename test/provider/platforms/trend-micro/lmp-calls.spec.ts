import { expect } from "chai";
import type { AssignmentRecord, SubjectRef } from "../../../../provider/platforms/platform";
import { applyEdit } from "../../../../sandbox/trend-micro/edits";
import { EMAIL, type LmpDriver, type LmpWorld, startLmpWorld, WFBSS } from "./lmp-world";

const DAY_MS = 86_400_000;

describe("LMP driver, calls", () => {
  let world: LmpWorld;
  let subjects: SubjectRef[];

  const start = async (options: Parameters<typeof startLmpWorld>[0], customers: number) => {
    world = await startLmpWorld(options);
    subjects = [];
    for (let i = 1; i <= customers; i++) {
      const subject = await world.addSubject(`Customer ${i}`);
      subjects.push(subject);
      await world.addAssignment(subject, WFBSS, 5);
      await world.addAssignment(subject, EMAIL, 5);
    }
    world.clock.advance(DAY_MS);
  };
  afterEach(() => world.close());

  /** A refresh: everything is looked at, by what was known before. */
  const refresh = async (driver: LmpDriver, previous: readonly AssignmentRecord[] = []) => {
    world.sandbox.log.reset();
    const records: AssignmentRecord[] = [];
    const finds = subjects.flatMap((subject) =>
      [WFBSS, EMAIL].map(async (product) => {
        const before = previous.find((record) => record.subject.key === subject.key && record.product === product);
        const ref = { subject, product, ...(before === undefined ? {} : { id: before.id }) };
        const found = await driver.assignments.find(ref, before === undefined ? {} : { previous: before });
        if (found !== undefined) records.push(found);
      }),
    );
    await Promise.all([
      ...subjects.map((subject) => driver.customers.find({ id: subject.key, name: subject.name })),
      ...finds,
    ]);
    return records;
  };
  const calls = () => {
    const counted: Record<string, number> = {};
    for (const { operation, path } of world.sandbox.log.entries) {
      const name =
        operation === "listSubscriptions"
          ? `${operation} by ${/modified_start/.test(path) ? "modification" : "creation"}`
          : operation;
      counted[name] = (counted[name] ?? 0) + 1;
    }
    return counted;
  };

  it("of a first look are the lists, and one for each subscription", async () => {
    await start({}, 6);
    const records = await refresh(world.driver());
    expect(records).to.have.length(12);
    expect(calls()).to.deep.equal({
      listCustomers: 1,
      listServicePlans: 1,
      "listSubscriptions by creation": 1,
      getSubscription: 12,
    });
  });

  it("of a later look are the lists, one list of what was modified, and one for each that was", async () => {
    await start({}, 6);
    const first = await refresh(world.driver());
    world.clock.advance(DAY_MS);
    const [changed, untouched] = first as [AssignmentRecord, AssignmentRecord];
    applyEdit(world.sandbox.store, { kind: "setUnits", subscriptionId: changed.id, units: 40 });
    world.clock.advance(DAY_MS);
    const second = await refresh(world.driver(), first);
    expect(calls()).to.deep.equal({
      listCustomers: 1,
      listServicePlans: 1,
      "listSubscriptions by creation": 1,
      "listSubscriptions by modification": 1,
      getSubscription: 1,
    });
    expect(second.find((record) => record.id === changed.id)?.units).to.equal(40);
    const same = second.find((record) => record.id === untouched.id);
    expect(same).to.deep.include({ units: 5, facts: untouched.facts });
    expect(Date.parse(same?.known.asOf ?? "") - Date.parse(untouched.known.asOf ?? "")).to.be.at.least(2 * DAY_MS);

    world.clock.advance(DAY_MS);
    await refresh(world.driver(), second);
    expect(calls().getSubscription, "once read, it is as known as the others").to.equal(undefined);
  });

  it("read what a program made itself once more, and then never again without need", async () => {
    await start({ served: { subscriptionCreationCountsAsModified: true } }, 0);
    subjects = [await world.addSubject("Acme Dental")];
    const driver = world.driver();
    const made = [];
    for (const product of [WFBSS, EMAIL])
      made.push(await driver.assignments.create({ subject: subjects[0] as SubjectRef, product, units: 5 }));
    world.clock.advance(DAY_MS);
    const second = await refresh(world.driver(), made);
    expect(calls().getSubscription).to.equal(2);
    world.clock.advance(DAY_MS);
    await refresh(world.driver(), second);
    expect(calls().getSubscription).to.equal(undefined);
  });

  it("are one list for each window and page", async () => {
    await start({ served: { windowDays: 31 }, connection: { readings: { windowDays: 31, since: "2026-01-01" } } }, 60);
    await refresh(world.driver());
    // 62 days since then, and one ahead: three windows; 120 subscriptions of one day: two pages in the last.
    expect(calls()).to.include({ listCustomers: 3, "listSubscriptions by creation": 4 });
  });

  it("are none for what was read within half a minute", async () => {
    await start({}, 2);
    const driver = world.driver();
    const records = await refresh(driver);
    world.clock.advance(29_000);
    await refresh(driver, records);
    expect(calls()).to.deep.equal({ "listSubscriptions by modification": 1 });
    await refresh(driver, records);
    expect(calls()).to.deep.equal({});
  });

  it("read the subscription itself anew before an irrecoverable step", async () => {
    await start({}, 1);
    const driver = world.driver();
    const [record] = (await refresh(driver)) as [AssignmentRecord];
    applyEdit(world.sandbox.store, { kind: "setUnits", subscriptionId: record.id, units: 41 });
    world.sandbox.log.reset();
    const subject = subjects[0] as SubjectRef;
    const found = await driver.assignments.find(
      { id: record.id, subject, product: record.product },
      { fresh: true, previous: record },
    );
    expect(found?.units).to.equal(41);
    expect(calls()).to.deep.equal({ getSubscription: 1 });
  });

  it("list anew, before an irrecoverable step, what no list has shown", async () => {
    await start({}, 1);
    const driver = world.driver();
    const [record] = (await refresh(driver)) as [AssignmentRecord];
    world.sandbox.log.reset();
    const subject = subjects[0] as SubjectRef;
    const ref = { id: "another", subject, product: record.product };
    expect(await driver.assignments.find(ref, { fresh: true })).to.equal(undefined);
    expect(calls()).to.deep.equal({ "listSubscriptions by creation": 1 });
  });

  it("read every subscription where the list of what was modified is not to be relied on", async () => {
    await start({ connection: { readings: { subscriptionDetails: "all" } } }, 2);
    const first = await refresh(world.driver());
    await refresh(world.driver(), first);
    expect(calls()).to.include({ getSubscription: 4 }).and.not.have.property("listSubscriptions by modification");
  });
});
