import { expect } from "chai";
import type { Fault, FaultTarget } from "../../../sandbox/trend-micro/faults";
import { customerBody, LmpiUnderTest } from "./lmpi-client";

describe("sandbox LMPI faults", () => {
  let test: LmpiUnderTest;
  beforeEach(async () => {
    test = await LmpiUnderTest.start();
  });
  afterEach(() => test.lmpi.close());

  function arm(fault: Fault, target: FaultTarget = "*"): void {
    test.lmpi.faults.arm(fault, { target });
  }

  function create(name = "Acme Dental", loginName = "acme") {
    return test.post("/LMPI/v2/customers", customerBody(name, loginName));
  }

  function customersHeld(): number {
    return test.lmpi.store.customers.size;
  }

  async function withCustomers(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await create(`Customer ${n}`, `user-${n}`);
  }

  describe("arming", () => {
    it("strikes once, unless told how often, and then no more", async () => {
      test.lmpi.faults.arm({ kind: "serverError", isCommitted: false }, { target: "listServicePlans", times: 2 });
      const statuses = [];
      for (let n = 0; n < 3; n += 1) statuses.push((await test.get("/LMPI/v3/me/serviceplans")).status);
      expect(statuses).to.deep.equal([500, 500, 200]);
      expect(test.lmpi.faults.armed).to.deep.equal([]);
    });

    it("lets calls pass first when told to skip", async () => {
      test.lmpi.faults.arm({ kind: "serverError", isCommitted: false }, { target: "reads", skip: 1 });
      const statuses = [];
      for (let n = 0; n < 3; n += 1) statuses.push((await test.get("/LMPI/v3/me/serviceplans")).status);
      expect(statuses).to.deep.equal([200, 500, 200]);
    });

    it("strikes always until it is disarmed", async () => {
      const id = test.lmpi.faults.arm({ kind: "serverError", isCommitted: false }, { target: "*", times: "always" });
      const struck = [await create(), await create()];
      test.lmpi.faults.disarm(id);
      expect([...struck, await create()].map(({ status }) => status)).to.deep.equal([500, 500, 200]);
    });

    const targets = [
      { target: "writes", struck: [false, true] },
      { target: "reads", struck: [true, false] },
      { target: "lists", struck: [true, false] },
      { target: "createCustomer", struck: [false, true] },
    ] as const;
    for (const { target, struck } of targets) {
      it(`strikes ${target} and nothing else`, async () => {
        test.lmpi.faults.arm({ kind: "serverError", isCommitted: false }, { target, times: "always" });
        const answers = [await test.customers(), await create()];
        expect(answers.map(({ status }) => status === 500)).to.deep.equal(struck);
      });
    }

    it("is not used up by a request that is not signed", async () => {
      arm({ kind: "serverError", isCommitted: false });
      await test.send("POST", "/LMPI/v2/customers", customerBody(), { secretKey: "another" });
      expect(test.lmpi.faults.armed).to.have.length(1);
    });

    it("refuses a fault that can't strike what it is for", () => {
      const cut = () => test.lmpi.faults.arm({ kind: "cutPage" }, { target: "createCustomer" });
      const unknown = () => test.lmpi.faults.arm({ kind: "serverError", isCommitted: true }, { target: "none" as "*" });
      expect(cut).to.throw(/cutPage can't strike createCustomer/);
      expect(unknown).to.throw(/no operation "none"/);
    });
  });

  describe("tooManyRequests", () => {
    const forms = [
      { retryAfter: "seconds", expected: "7" },
      { retryAfter: "date", expected: "Mon, 02 Mar 2026 09:00:07 GMT" },
      { retryAfter: "none", expected: null },
    ] as const;
    for (const { retryAfter, expected } of forms) {
      it(`refuses before anything is done, Retry-After as ${retryAfter}`, async () => {
        arm({ kind: "tooManyRequests", retryAfter, seconds: 7 });
        const answer = await create();
        expect([answer.status, answer.headers.get("retry-after"), customersHeld()]).to.deep.equal([429, expected, 0]);
      });
    }
  });

  for (const isCommitted of [true, false]) {
    const when = isCommitted ? "after" : "before";
    it(`serverError ${when} the work is done`, async () => {
      arm({ kind: "serverError", isCommitted, status: 503 });
      expect([(await create()).status, customersHeld()]).to.deep.equal([503, isCommitted ? 1 : 0]);
      expect(test.lmpi.log.writes()[0]).to.include({ status: 503, isCommitted });
    });

    it(`droppedReply ${when} the work is done`, async () => {
      arm({ kind: "droppedReply", isCommitted });
      const error = await create().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(TypeError);
      expect(customersHeld()).to.equal(isCommitted ? 1 : 0);
      expect(test.lmpi.log.writes()[0]).to.include({ status: "dropped", isCommitted });
    });

    it(`errorInOk ${when} the work is done`, async () => {
      arm({ kind: "errorInOk", isCommitted });
      const answer = await create();
      expect([answer.status, answer.body.error_subject, customersHeld()]).to.deep.equal([
        200,
        "SYSTEM_ERROR",
        isCommitted ? 1 : 0,
      ]);
    });
  }

  it("refused: a refusal inside a 200, and nothing is done", async () => {
    arm({ kind: "refused" });
    const answer = await create();
    expect([answer.status, answer.body.error_subject, customersHeld()]).to.deep.equal([200, "NOT_ALLOWED", 0]);
    expect(test.lmpi.log.writes()[0]?.isCommitted).to.equal(false);
  });

  it("slow: answers only after its time on the sandbox's clock", async () => {
    arm({ kind: "slow", delayMs: 5000 });
    let isAnswered = false;
    const answer = create().then((given) => {
      isAnswered = true;
      return given;
    });
    await until(() => test.clock.sleeping === 1);
    expect([isAnswered, customersHeld()]).to.deep.equal([false, 0]);
    test.clock.advance(5000);
    expect((await answer).status).to.equal(200);
  });

  it("cutPage: holds fewer items than the total says", async () => {
    await withCustomers(3);
    arm({ kind: "cutPage" }, "listCustomers");
    const { body } = await test.customers();
    expect([body.paging.total, body.customers.length]).to.deep.equal([3, 2]);
  });

  it("cutPage with keep 0 on a later page: the list ends early", async () => {
    await withCustomers(3);
    test.lmpi.faults.arm({ kind: "cutPage", keep: 0 }, { target: "lists", skip: 1 });
    const first = await test.customers("limit=2");
    const second = await test.customers("limit=2&page=2");
    expect([first, second].map(({ body }) => body.customers.length)).to.deep.equal([2, 0]);
  });

  it("repeatedPage: answers the page before under the asked number", async () => {
    await withCustomers(4);
    const first = await test.customers("limit=2");
    arm({ kind: "repeatedPage" }, "lists");
    const second = await test.customers("limit=2&page=2");
    expect(second.body.paging.page).to.equal(2);
    expect(second.body.customers).to.deep.equal(first.body.customers);
  });

  it("emptyList: says that there is nothing", async () => {
    await withCustomers(1);
    arm({ kind: "emptyList" }, "lists");
    expect((await test.customers()).body).to.deep.equal({ paging: { total: 0, limit: 25, page: 1 }, customers: [] });
  });

  it("hiddenFor: lists don't show what this call created until its time has passed", async () => {
    arm({ kind: "hiddenFor", ms: 1000 });
    await create();
    const early = (await test.customers()).body.paging.total;
    test.clock.advance(1000);
    expect([early, (await test.customers()).body.paging.total]).to.deep.equal([0, 1]);
  });

  it("duplicateName: the platform holds two of the name afterwards", async () => {
    arm({ kind: "duplicateName" });
    await create();
    const names = (await test.customers()).body.customers.map(({ name }: { name: string }) => name);
    expect(names).to.deep.equal(["Acme Dental", "Acme Dental"]);
  });

  it("addedFields: every object has a member that nobody knows", async () => {
    await withCustomers(1);
    arm({ kind: "addedFields" }, "lists");
    const { body } = await test.customers();
    expect([body, body.paging, body.customers[0]].every((part) => "added_by_platform" in part)).to.equal(true);
    expect(body.customers[0].name).to.equal("Customer 0");
  });

  it("reordered: arrays and members come the other way round", async () => {
    await withCustomers(2);
    arm({ kind: "reordered" }, "lists");
    const { body } = await test.customers();
    expect(body.customers.map(({ name }: { name: string }) => name)).to.deep.equal(["Customer 1", "Customer 0"]);
    expect(Object.keys(body)).to.deep.equal(["customers", "paging"]);
  });

  it("garbage: the body is no JSON, and the work is done", async () => {
    arm({ kind: "garbage" });
    const answer = await create();
    expect([answer.status, answer.body, customersHeld()]).to.deep.equal([200, undefined, 1]);
    expect(answer.headers.get("content-type")).to.match(/^application\/json/);
  });

  it("hugeBody: the body is as big as told", async () => {
    arm({ kind: "hugeBody", bytes: 1_000_000 });
    expect((await test.customers()).text.length).to.be.greaterThan(1_000_000);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
