import { expect } from "chai";
import { ANSWERS } from "./platform/table";
import type { AnswerGroup, WrongAnswer } from "./platform/answers";
import { expectGood, messageOf } from "./support/messages";
import { Snapshot } from "./support/snapshots";
import { settled, untouched } from "./support/untouched";
import { type BadWorld, openBadWorld, type Properties } from "./support/world";

const EMAIL = "Email Security Yearly";

describe("wrong answers of the platform", () => {
  let world: BadWorld;

  before(async function () {
    this.timeout(120_000);
    world = await openBadWorld();
  });
  after(() => world.close());

  const refreshed = async (what: AnswerGroup["refresh"]) => {
    if (what === "nothing") throw new Error("This group refreshes nothing.");
    const { type, id, state } = world.held[what];
    return world.run()(type).read(id, state);
  };

  const changes: Readonly<Record<AnswerGroup["changes"][number], () => Promise<unknown>>> = {
    profile: () => {
      const { type, id, state } = world.held.customer;
      return world
        .run()(type)
        .update(id, state, { ...inputs(state), company: { city: "Kiel", state: "SH", country: "DE" } });
    },
    units: () => {
      const { type, id, state } = world.held.subscription;
      return world
        .run()(type)
        .update(id, state, { ...inputs(state), units: 9 });
    },
    assignment: () => {
      const { state } = world.held.subscription;
      return world
        .run()("ProductAssignment")
        .create({ ...inputs(state), product: EMAIL, __resource: "msp/bad::acme/mail" });
    },
  };

  async function refusal(call: () => Promise<unknown>): Promise<string> {
    try {
      const answer = await call();
      throw new Error(`It was taken: ${JSON.stringify(answer)}`);
    } catch (error) {
      return messageOf(error, settled(world));
    }
  }

  async function refused(group: AnswerGroup, one: WrongAnswer): Promise<readonly string[]> {
    const messages: string[] = [];
    const refresh = group.refresh === "nothing" ? [] : [() => refreshed(group.refresh)];
    for (const call of [...refresh, ...group.changes.map((change) => changes[change])])
      messages.push(await untouched(world, () => refusal(call), group.apart));
    expect(one.shows, "what is refused shows nothing").to.equal(undefined);
    return [...new Set(messages)];
  }

  for (const group of ANSWERS) {
    describe(group.title, () => {
      const snapshot = new Snapshot(group.name, group.title);

      for (const one of group.cases) {
        it(`${one.expects}: ${one.name}`, async () => {
          const right = one.expects === "tolerated" ? shown(await refreshed(group.refresh)) : {};
          world.lmpiFront.tamper(({ method, path }, truth) =>
            group.call.test(`${method} ${path}`) ? one.answer(truth) : undefined,
          );
          try {
            if (one.expects === "tolerated") {
              const seen = shown(await untouched(world, () => refreshed(group.refresh)));
              expect(seen).to.deep.equal(one.shows === undefined ? right : one.shows(right));
              snapshot.take(one.name, difference(right, seen));
            } else {
              const messages = await refused(group, one);
              for (const message of messages) expectGood(message, { place: group.place, secrets: world.secrets });
              snapshot.take(one.name, messages.join("\n\n"));
            }
          } finally {
            world.lmpiFront.tamper(undefined);
          }
        });
      }

      it("has the texts of these cases and no other", () => snapshot.finish());
    });
  }
});

/** What a program set: state without what the platform and the desk say. */
function inputs(state: Properties): Properties {
  const said = [
    "customerId",
    "account",
    "accountType",
    "status",
    "undeclaredProducts",
    "known",
    "assignmentId",
    "facts",
  ];
  return Object.fromEntries(Object.entries(state).filter(([key]) => !said.includes(key)));
}

/** State without the time of the look. */
function shown({ props }: { props: Properties }): Properties {
  return Object.fromEntries(Object.entries(props).filter(([key]) => key !== "known" && key !== "__readAt"));
}

function difference(right: Properties, seen: Properties): string {
  const lines = [...new Set([...Object.keys(right), ...Object.keys(seen)])].flatMap((key) => {
    const [before, after] = [JSON.stringify(right[key]), JSON.stringify(seen[key])];
    if (before === after) return [];
    return [`${key}: ${printable(after ?? "not known")} (the right answer: ${printable(before ?? "not known")})`];
  });
  return lines.length === 0 ? "Taken: it shows what the right answer shows." : `Taken: it shows\n${lines.join("\n")}`;
}

function printable(json: string): string {
  const escaped = json.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
  return escaped.length <= 120 ? escaped : `${escaped.slice(0, 119)}…`;
}
