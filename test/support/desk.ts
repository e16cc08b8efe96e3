/** The real desk for tests: its store in memory is opened once in a process, and each test has an account of its own in it. */
import { startDesk } from "../../desk/start";
import { openMemoryStore } from "../../desk/store/pglite";
import type { Store } from "../../desk/store/store";
import type { Clock } from "../../provider/clock";
import { DeskApi } from "../../sandbox/people/desk-api";

let store: Store;

// Hooks of all tests. The first store of a process takes seconds, and an open one would keep the process.
before(async function () {
  this.timeout(120_000);
  store = await openMemoryStore();
});
after(function () {
  this.timeout(120_000);
  return store.close();
});

/** Who works at the desk; each is somebody else. The bot is what the provider runs as. */
const STAFF = {
  bot: { email: "pipeline@msp.example", roles: ["requester"] },
  verifier: { email: "verifier@msp.example", roles: ["verifier"] },
  operator: { email: "operator@msp.example", roles: ["operator"] },
  requester: { email: "account-manager@msp.example", roles: ["requester", "verifier"] },
} as const;

export type Staff = keyof typeof STAFF;

export interface TestDesk {
  readonly url: string;
  readonly tokens: Readonly<Record<Staff, string>>;
  /** The desk as one of its staff sees it. */
  as(who: Staff): DeskApi;
  close(): Promise<void>;
}

export async function openTestDesk(clock: Clock): Promise<TestDesk> {
  const { url, token, close } = await startDesk({ store, clock, log: (line) => console.error(line) });
  const grant = (who: Staff) => token(STAFF[who].email, STAFF[who].roles as never, who === "bot" ? "bot" : "person");
  const tokens = {
    bot: await grant("bot"),
    verifier: await grant("verifier"),
    operator: await grant("operator"),
    requester: await grant("requester"),
  };
  return { url, tokens, as: (who) => new DeskApi(url, tokens[who]), close };
}
