/** Starts a whole desk in this process, on a free port, with its store in memory: for trying out and for tests above unit level. */
import { type Clock, systemClock } from "../provider/clock";
import type { Person, Role, TokenKind } from "../provider/generated/types";
import { grantFirstAdmin, SETUP } from "./access/first-admin";
import { issueToken, makeToken } from "./access/tokens";
import { type Calendars, defaultCalendars } from "./requests/calendars";
import { buildDesk, createDesk } from "./server";
import { openFolderStore, openMemoryStore } from "./store/pglite";
import type { Store } from "./store/store";
import { change } from "./work";

export interface StartOptions {
  /** In memory, which is what is done unless a folder or a store is given. */
  readonly memory?: true;
  readonly folder?: string;
  /** A store that outlives this desk. */
  readonly store?: Store;
  readonly clock?: Clock;
  readonly calendars?: Calendars;
  readonly host?: string;
  readonly port?: number;
  readonly log?: (line: string) => void;
}

export interface RunningDesk {
  readonly url: string;
  readonly adminToken: string;
  readonly clock: Clock;
  /** Grants a token; a person unless it is said to be a bot. */
  token(person: Person | string, roles: readonly [Role, ...Role[]], kind?: TokenKind): Promise<string>;
  close(): Promise<void>;
}

export async function startDesk(options: StartOptions = {}): Promise<RunningDesk> {
  const { clock = systemClock, calendars = defaultCalendars } = options;
  const store =
    options.store ?? (options.folder === undefined ? await openMemoryStore() : await openFolderStore(options.folder));
  const log = options.log === undefined ? {} : { log: options.log };
  const desk = createDesk({ store, clock, calendars });
  const app = buildDesk({ store, clock, calendars, ...log });
  const adminToken = makeToken();
  await change(desk, SETUP, (work) => grantFirstAdmin(work, adminToken));
  const url = await app.listen({ host: options.host ?? "127.0.0.1", port: options.port ?? 0 });
  return {
    url,
    adminToken,
    clock,
    token: async (person, roles, kind = "person") => {
      const grant = { person: typeof person === "string" ? { email: person } : person, kind, roles };
      return (await change(desk, SETUP, (work) => issueToken(work, grant))).token;
    },
    close: async () => {
      await app.close();
      // A store that was handed in is its owner's to close.
      if (options.store === undefined) await store.close();
    },
  };
}
