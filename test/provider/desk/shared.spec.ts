import { expect } from "chai";
import { refusingDesk } from "../../../provider/desk/client";
import { sharedDesk } from "../../../provider/desk/shared";
import { ProviderError } from "../../../provider/errors";
import type { Intent, OffboardingRequest } from "../../../provider/generated/types";
import { thrown } from "../../support/thrown";
import { type ManualClock, manualClock } from "../http/manual-clock";

describe("a shared desk", () => {
  let clock: ManualClock;
  let asked: number;
  let open: OffboardingRequest[];
  const down = refusingDesk(new ProviderError("unavailable", "The desk is down."));
  const request = (id: string, kind: string, key: string, name: string) =>
    ({
      id,
      kind,
      subject: { kind: "owner", key, name: key },
      items: [{ n: 1, kind: "product", name }],
    }) as unknown as OffboardingRequest;
  const filed = { ...request("R-9", "leaving", "bob@example.com", "ShieldOne"), account: "a" };
  const intent = (id: string, outcome: Intent["outcome"]) =>
    ({ id, account: "a", type: "Customer", outcome }) as unknown as Intent;
  const shared = () =>
    sharedDesk(
      {
        ...down,
        requests: async () => {
          asked += 1;
          return [...open];
        },
        file: async () => ({ request: filed, existed: false }),
        withdraw: async () => {
          open = open.slice(1);
          return filed;
        },
        intents: async () => {
          asked += 1;
          return [intent("I-1", "recorded"), intent("I-2", "done")];
        },
        claimIntent: async () => ({ intent: intent("I-3", "recorded"), ours: true }),
        changeIntent: async (id, { outcome }) => intent(id, outcome),
        releaseIntent: async (id) => {
          if (id === "I-2") throw new ProviderError("ambiguous", "No answer came, so it may be gone.\nRun this again.");
        },
      },
      clock,
    );

  beforeEach(() => {
    clock = manualClock();
    asked = 0;
    open = [
      request("R-1", "leaving", "jane@example.com", "ShieldOne"),
      request("R-2", "joining", "jane@example.com", "ScoutTwo"),
    ];
  });

  it("reads the open requests of an account once for all who ask at a time", async () => {
    const desk = shared();
    const query = { account: "a", open: true };
    const [all, leaving] = await Promise.all([desk.requests(query), desk.requests({ ...query, kind: "leaving" })]);
    expect(all.map(({ id }) => id)).to.deep.equal(["R-1", "R-2"]);
    expect(leaving.map(({ id }) => id)).to.deep.equal(["R-1"]);
    expect((await desk.requests({ ...query, product: "ScoutTwo" })).map(({ id }) => id)).to.deep.equal(["R-2"]);
    expect(await desk.requests({ ...query, subject: "bob@example.com" })).to.deep.equal([]);
    expect(asked).to.equal(1);
  });

  it("asks again after a while, and for what is not only open", async () => {
    const desk = shared();
    await desk.requests({ account: "a", open: true });
    clock.advance(5_000);
    await desk.requests({ account: "a", open: true });
    await desk.requests({ account: "a" });
    expect(asked).to.equal(3);
  });

  it("sees at once what it files itself, and asks nobody for it", async () => {
    const desk = shared();
    await desk.requests({ account: "a", open: true });
    await desk.file({} as never);
    await desk.file({} as never);
    expect((await desk.requests({ account: "a", open: true })).map(({ id }) => id)).to.deep.equal([
      "R-9",
      "R-1",
      "R-2",
    ]);
    expect(asked).to.equal(1);
  });

  it("sees what it files while the list is being read", async () => {
    const desk = shared();
    const reading = desk.requests({ account: "a", open: true });
    await desk.file({} as never);
    expect((await reading).map(({ id }) => id)).to.include("R-9");
    expect((await desk.requests({ account: "a", open: true })).map(({ id }) => id)).to.include("R-9");
  });

  it("sees at once what it claims, changes and gives back, and asks nobody for it", async () => {
    const desk = shared();
    await desk.intents("a", "Customer");
    await desk.claimIntent({} as never);
    await desk.changeIntent("I-3", { outcome: "sent" });
    await desk.releaseIntent("I-1");
    const claims = await desk.intents("a", "Customer");
    expect(claims.map(({ id, outcome }) => [id, outcome])).to.deep.equal([
      ["I-2", "done"],
      ["I-3", "sent"],
    ]);
    expect(asked).to.equal(1);
  });

  it("asks again once it has changed a request, or does not know what became of a write", async () => {
    const desk = shared();
    await desk.requests({ account: "a", open: true });
    await desk.withdraw("R-1", "declared again");
    expect((await desk.requests({ account: "a", open: true })).map(({ id }) => id)).to.deep.equal(["R-2"]);
    await desk.intents("a", "Customer");
    await thrown("ambiguous", desk.releaseIntent("I-2"));
    await desk.intents("a", "Customer");
    expect(asked).to.equal(4);
  });

  it("does not keep a failure", async () => {
    let isDown = true;
    const desk = sharedDesk({ ...down, requests: async (query) => (isDown ? down.requests(query) : []) }, clock);
    await thrown("unavailable", desk.requests({ account: "a", open: true }));
    isDown = false;
    expect(await desk.requests({ account: "a", open: true })).to.deep.equal([]);
  });
});
