/** The desk's own process: configuration from the environment, one folder or one database, an orderly end. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isProviderError, ProviderError } from "../provider/errors";
import { grantFirstAdmin, hasAdmin, SETUP } from "./access/first-admin";
import { findToken, makeToken } from "./access/tokens";
import { defaultCalendars, readCalendars } from "./requests/calendars";
import { noticeOf } from "./routes/desk";
import { buildDesk, createDesk, type DeskOptions } from "./server";
import { openFolderStore } from "./store/pglite";
import { openPostgresStore } from "./store/postgres";
import type { Store } from "./store/store";
import { change, type Desk } from "./work";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the process speaks. */
export interface Voice {
  /** What it tells whoever started it. */
  say(line: string): void;
  /** What went wrong. */
  complain(line: string): void;
}

const LEAST_TOKEN_LENGTH = 16;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
const DEFAULT_FOLDER = join(".msp", "desk");

/** Serves until a signal asks it to stop; resolves to the exit code. */
export async function serveDesk(env: Environment, voice: Voice): Promise<number> {
  try {
    const settings = settingsOf(env);
    // Before the store is touched: what is misspelt is told at once.
    const calendars = settings.calendarsFile === undefined ? defaultCalendars : readCalendars(settings.calendarsFile);
    const store = await openStoreOf(settings, voice);
    try {
      await serve({ store, calendars, log: voice.complain }, settings, voice);
    } finally {
      await store.close();
    }
    return 0;
  } catch (error) {
    voice.complain(explain(error));
    return 1;
  }
}

interface Settings {
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly calendarsFile: string | undefined;
  readonly adminToken: string | undefined;
}

function settingsOf(env: Environment): Settings {
  const given = (name: string) => (env[name] === "" ? undefined : env[name]);
  const port = given("MSP_DESK_PORT") ?? "0";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw configuration("MSP_DESK_PORT must be a port number, or 0 for a free port.");
  const adminToken = given("MSP_DESK_ADMIN_TOKEN");
  if (adminToken !== undefined && !/^[\x21-\x7e]+$/.test(adminToken))
    throw configuration("MSP_DESK_ADMIN_TOKEN must be printable letters without spaces.");
  if (adminToken !== undefined && adminToken.length < LEAST_TOKEN_LENGTH) {
    throw configuration(`MSP_DESK_ADMIN_TOKEN must have at least ${LEAST_TOKEN_LENGTH} letters, or it can be guessed.`);
  }
  return {
    folder: resolve(given("MSP_DESK_DATA") ?? DEFAULT_FOLDER),
    databaseUrl: given("DATABASE_URL"),
    host: given("MSP_DESK_HOST") ?? "127.0.0.1",
    port: Number(port),
    calendarsFile: given("MSP_DESK_CALENDARS"),
    adminToken,
  };
}

function openStoreOf({ databaseUrl, folder }: Settings, voice: Voice): Promise<Store> {
  return databaseUrl === undefined ? openFolderStore(folder) : openPostgresStore(databaseUrl, voice.complain);
}

async function serve(options: DeskOptions, settings: Settings, voice: Voice): Promise<void> {
  await ensureAdmin(createDesk(options), settings, voice);
  const app = buildDesk(options);
  const stop = stopSignal();
  const url = await app.listen({ host: settings.host, port: settings.port });
  const { notice } = noticeOf(options.store.kind);
  if (notice !== undefined) voice.say(notice);
  if (!LOOPBACK.has(settings.host)) {
    voice.say(
      `It listens on ${settings.host} without TLS, so tokens can be read on the way: put a proxy with TLS in front of it.`,
    );
  }
  voice.say(`desk listening on ${url}`);
  await stop;
  // Takes no new calls, and answers those that are under way.
  await app.close();
}

/** The first token of a desk: the environment's, or a new one in a file that only its owner reads. It is never printed. */
async function ensureAdmin(desk: Desk, { adminToken, folder }: Settings, voice: Voice): Promise<void> {
  await change(desk, SETUP, async (work) => {
    if (adminToken !== undefined) {
      const known = await findToken(work.tx, adminToken);
      if (known?.revokedAt !== undefined)
        throw configuration(`The token in MSP_DESK_ADMIN_TOKEN was revoked at ${known.revokedAt}; set another.`);
      if (known === undefined) await grantFirstAdmin(work, adminToken);
    } else if (!(await hasAdmin(work))) {
      const token = makeToken();
      const file = join(folder, "admin-token");
      // The file before the commit: a desk that is killed in between makes another token at its next start, and this one opens nothing.
      writePrivately(file, `${token}\n`);
      await grantFirstAdmin(work, token);
      voice.say(
        `A first admin token is in ${file}, which only you can read. Grant people tokens of their own with it, then delete the file.`,
      );
    }
  });
}

function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop());
  });
}

function configuration(message: string): ProviderError {
  return new ProviderError("validation", message, { operation: "start the desk" });
}

function explain(error: unknown): string {
  if (isProviderError(error)) return error.message;
  const { code, message = String(error) } = error as { code?: string; message?: string };
  if (code === "EADDRINUSE") return "The address is taken. Set MSP_DESK_PORT to another port, or to 0 for a free one.";
  return `The desk can't start: ${message}`;
}

/** Speaks on this process's own streams. */
export const STREAMS: Voice = {
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
};

if (require.main === module) {
  void serveDesk(process.env, STREAMS).then((code) => {
    process.exitCode = code;
  });
}
