/**
 * What all lifecycles of a process share: one real desk over one store in memory, and one real LMPI, each listening on loopback. Between two
 * lifecycles both are emptied; their time and their ids are those of the lifecycle that runs.
 */
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import { SETUP } from "../../desk/access/first-admin";
import { issueToken } from "../../desk/access/tokens";
import { buildDesk, createDesk } from "../../desk/server";

import { change } from "../../desk/work";
import type { Clock, Random } from "../../provider/clock";
import { createTransport, type Transport } from "../../provider/http/transport";
import type { Role, TokenKind } from "../../provider/generated/types";
import { defaultReadings } from "../../sandbox/trend-micro/readings";
import { type LmpiSandbox, startLmpi } from "../../sandbox/trend-micro/server";
import { DeskWire } from "./desk-wire";
import { openPreparedStore } from "./store";

/** Who works at the desk; each is somebody else. The bot is what the provider runs as. */
const STAFF = {
  bot: { email: "pipeline@msp.example", roles: ["requester"], kind: "bot" },
  verifier: { email: "verifier@msp.example", roles: ["verifier"], kind: "person" },
  operator: { email: "operator@msp.example", roles: ["operator"], kind: "person" },
  requester: { email: "account-manager@msp.example", roles: ["requester", "verifier", "operator"], kind: "person" },
} as const satisfies Record<string, { email: string; roles: readonly Role[]; kind: TokenKind }>;

export type Staff = keyof typeof STAFF;

/** E-mail address of whoever asks for what the programs declare and drop. */
export const ASKER = STAFF.requester.email;

export interface Stage {
  readonly deskUrl: string;
  readonly tokens: Readonly<Record<Staff, string>>;
  readonly deskWire: DeskWire;
  /** The sockets that all processes of the engine share. */
  readonly wire: Transport;
  readonly lmpi: LmpiSandbox;
  /** Empties the desk and LMPI, and gives both this time. */
  reset(clock: Clock): Promise<void>;
  close(): Promise<void>;
}

/** Tables in an order in which each may be emptied; tokens stay. */
const TABLES =
  "held_part, request_item, request, intent, inventory_entry, inventory_import, account_listing, account_object, account_connection, account, audit_record";

/** Starts both, the desk in the database at `database`. */
export async function openStage(database: string): Promise<Stage> {
  let time: Clock = { now: () => 0, sleep: async () => undefined };
  const ids = { desk: 0, lmpi: 0 };
  const clock: Clock = { now: () => time.now(), sleep: (ms, signal) => time.sleep(ms, signal) };
  const store = await openPreparedStore(database);
  const options = { store, clock, random: counted("d", ids, "desk") };
  const desk = createDesk(options);
  const grant = async (who: Staff) => {
    const { email, roles, kind } = STAFF[who];
    const [first, ...more] = roles;
    const { token } = await change(desk, SETUP, (work) =>
      issueToken(work, { person: { email }, kind, roles: [first, ...more] }),
    );
    return token;
  };
  const tokens = {
    bot: await grant("bot"),
    verifier: await grant("verifier"),
    operator: await grant("operator"),
    requester: await grant("requester"),
  };
  const app = buildDesk({ ...options, log: (line) => console.error(line) });
  const deskWire = new DeskWire(tokens.bot);
  deskWire.attach(app);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const wire = createTransport();
  const lmpi = await startLmpi({ clock, random: counted("a", ids, "lmpi") });

  return {
    deskUrl: `http://127.0.0.1:${port}`,
    tokens,
    deskWire,
    wire,
    lmpi,
    reset: async (next) => {
      time = next;
      ids.desk = 0;
      ids.lmpi = 0;
      deskWire.clear();
      lmpi.store.clear();
      lmpi.log.reset();
      lmpi.faults.reset();
      Object.assign(lmpi.readings, defaultReadings());
      await store.write((tx) => sql.raw(`truncate ${TABLES}`).execute(tx));
    },
    close: async () => {
      wire.close();
      await lmpi.close();
      await app.close();
      await store.close();
    },
  };
}

/** Ids in the order in which they are asked for, so that a lifecycle has the same ones again. */
function counted<K extends string>(mark: string, ids: Record<K, number>, which: K): Random {
  return {
    next: () => 0.5,
    uuid: () => {
      ids[which] += 1;
      return `${mark}0000000-0000-4000-8000-${ids[which].toString(16).padStart(12, "0")}`;
    },
  };
}
