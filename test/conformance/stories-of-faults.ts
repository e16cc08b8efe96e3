/** Stories in which something fails between what was sent and what was heard of it. */
import { openDeskFront, type Interference } from "../e2e/support/desk-front";
import { SUBJECTS, type Subject, declared } from "./subjects";
import type { Story, Teller } from "./teller";
import type { FaultTarget } from "../../sandbox/trend-micro/faults";

const WINDOW_MS = 300_000;

const MADE_BY_API = SUBJECTS.filter(({ connection }) => connection === "lmp");
const MADE_BY_PEOPLE = SUBJECTS.filter(({ connection, type }) => connection !== "lmp" && type !== "DeviceOwner");

/** While the way to the desk cuts the writes that have this in their body. */
async function cutting<T>(t: Teller, part: string, call: () => Promise<T>): Promise<T> {
  const { env, desk } = t.world;
  const cut = (isIn: boolean): Interference | undefined => (isIn ? "cut" : undefined);
  const front = await openDeskFront(desk.url, ({ method, body }) => cut(method !== "GET" && body.includes(part)));
  env.MSP_DESK_URL = front.url;
  try {
    return await call();
  } finally {
    env.MSP_DESK_URL = desk.url;
    await front.close();
  }
}

const creationOf = ({ type }: Subject): FaultTarget => (type === "Customer" ? "createCustomer" : "createSubscription");

export const FAULTS: readonly Story[] = [
  ...MADE_BY_API.flatMap((subject): Story[] => [
    {
      title: `${subject.title} that was made, and whose answer was lost, is found and not made twice`,
      tell: async (t) => {
        await subject.prepare(t.world);
        t.world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: true }, { target: creationOf(subject) });
        await t.does("create", declared(subject, t.world));
      },
    },
    {
      title: `${subject.title} that was not made, and whose answer was lost, is not sent again until that is proven`,
      tell: async (t) => {
        await subject.prepare(t.world);
        const resource = declared(subject, t.world);
        t.world.lmpi.faults.arm({ kind: "droppedReply", isCommitted: false }, { target: creationOf(subject) });
        await t.refused(/it is not sent again/, () => t.up(resource));
        await t.refused(/it is not sent again/, () => t.up(resource));
        t.world.clock.advance(WINDOW_MS);
        await t.does("create", resource);
      },
    },
    {
      title: `${subject.title} that the platform refuses is not made, and its claim is given back`,
      tell: async (t) => {
        await subject.prepare(t.world);
        const resource = declared(subject, t.world);
        t.world.lmpi.faults.arm({ kind: "refused" }, { target: creationOf(subject) });
        await t.refused(/./, () => t.up(resource));
        await t.does("create", { ...resource, name: "other" });
      },
    },
    {
      title: `${subject.title} that was made in part stays in state, and the next run goes on from there`,
      tell: async (t) => {
        await subject.prepare(t.world);
        const part = await cutting(t, '"outcome":"done"', () =>
          t.refused(/was made, but not all of it/, () => t.up(declared(subject, t.world))),
        );
        if (part === undefined) throw new Error("Nothing was kept of what was made.");
        await t.seen(await t.resume(part));
      },
    },
    {
      title: `${subject.title} whose change the platform refuses is changed by the next run`,
      tell: async (t) => {
        await subject.prepare(t.world);
        const made = await t.does("create", declared(subject, t.world));
        t.world.lmpi.faults.arm({ kind: "refused" }, { target: "writes" });
        const changed = declared(subject, t.world, subject.change);
        await t.refused(/./, () => t.up(changed, made));
        await t.does("update", changed, await t.seen(made));
      },
    },
    {
      title: `${subject.title} is not believed to be gone where the list is empty at once`,
      tell: async (t) => {
        await subject.prepare(t.world);
        const made = await t.does("create", declared(subject, t.world));
        await t.seen(made);
        t.world.clock.advance(WINDOW_MS);
        t.world.lmpi.faults.arm({ kind: "emptyList" }, { target: "lists", times: "always" });
        await t.refused(/shows nothing/, () => t.refresh(made));
      },
    },
  ]),
  ...MADE_BY_PEOPLE.map(
    (subject): Story => ({
      title: `${subject.title} whose filing was not heard of is filed once`,
      tell: async (t) => {
        await subject.prepare(t.world);
        const resource = declared(subject, t.world);
        await cutting(t, '"kind":"joining"', () => t.refused(/./, () => t.up(resource)));
        await t.does("create", resource);
      },
    }),
  ),
];
