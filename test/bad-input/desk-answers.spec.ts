import { expect } from "chai";
import { isProviderError } from "../../provider/errors";
import { DESK_ANSWERS, FILING_ANSWERS, ONLY_LEAVING, type WrongDeskAnswer } from "./desk/answers";
import { expectGood, messageOf } from "./support/messages";
import { Snapshot } from "./support/snapshots";
import { settled, untouched } from "./support/untouched";
import { type BadWorld, openBadWorld } from "./support/world";

const note = (reason: string) =>
  `version: 1\ncustomers: []\nleaving:\n  - { owner: jane@acme.example, reason: ${reason}, requester: boss@msp.example }\n`;

describe("wrong answers of the desk", () => {
  const snapshot = new Snapshot("desk-answers", "Wrong answers of the desk, or of what stands in its place");
  let world: BadWorld;

  before(async function () {
    this.timeout(120_000);
    world = await openBadWorld();
    world.folder.write("fleet.yaml", note("She has left"));
  });
  after(() => world.close());

  async function lied<T>({ call, answer }: WrongDeskAnswer, act: () => Promise<T>): Promise<T> {
    world.deskFront.tamper(({ method, path }, truth) => (call.test(`${method} ${path}`) ? answer(truth) : undefined));
    try {
      return await act();
    } finally {
      world.deskFront.tamper(undefined);
    }
  }

  async function withdraw(request: string): Promise<void> {
    const answer = await fetch(`${world.desk.url}/v1/requests/${request}/withdraw`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.tokens.requester}`, "content-type": "application/json" },
      body: JSON.stringify({ reason: "The next case files it again." }),
    });
    expect(answer.status, await answer.text()).to.equal(200);
  }

  async function refusal(call: () => Promise<unknown>): Promise<string> {
    let answer: unknown;
    try {
      answer = await call();
    } catch (error) {
      if (isProviderError(error)) return messageOf(error, settled(world));
      throw error;
    }
    throw new Error(`It was taken: ${JSON.stringify(answer)}`);
  }

  for (const one of DESK_ANSWERS) {
    it(`${one.expects}: ${one.name}`, async () => {
      const { type, id, state } = world.held.assignment;
      const messages: string[] = [];
      const refresh = one.call === ONLY_LEAVING ? [] : [() => world.run()(type).read(id, state)];
      for (const act of [...refresh, () => world.run()(type).delete(id, state)])
        messages.push(await untouched(world, () => lied(one, () => refusal(act))));
      for (const message of messages) expectGood(message, { place: /desk/i, secrets: world.secrets });
      snapshot.take(one.name, [...new Set(messages)].join("\n\n"));
    });
  }

  // Last: from here on something is filed, once.
  for (const one of FILING_ANSWERS) {
    it(`${one.expects}: ${one.name}`, async () => {
      const { type, id, state } = world.held.assignment;
      const filed = async () => (await world.everything()).desk.request?.length ?? 0;
      const before = await filed();
      world.folder.write("fleet.yaml", note(`She has left and said so ${before} times`));
      const leave = () => world.run()(type).delete(id, state);
      if (one.expects === "refused") {
        const message = await lied(one, () => refusal(leave));
        expectGood(message, { place: /desk/i, secrets: world.secrets });
        snapshot.take(one.name, message);
      } else {
        await lied(one, leave);
        snapshot.take(one.name, "Taken: the request is filed, and the desk owns the rest.");
      }
      expect(await filed(), "filed once").to.equal(before + 1);
      await leave();
      expect(await filed(), "found again").to.equal(before + 1);
      await withdraw(`R-${before + 1}`);
    });
  }

  it("has the texts of these cases and no other", () => snapshot.finish());
});
