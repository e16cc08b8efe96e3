/** PostgreSQL by DATABASE_URL: what a desk in production runs on. */
import { CompiledQuery, type DatabaseConnection, Kysely, PostgresDialect } from "kysely";
import { type CustomTypesConfig, Pool, types } from "pg";
import { openStore, type Store } from "./store";
import type { Tables } from "./tables";
import { PARSERS } from "./types";

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
/** The migrations too must see what another desk has just made, whatever the database's default is. */
const AS_EXPECTED = "set session characteristics as transaction isolation level read committed, read write";

/** Opens the store on the database at `url`; several desks may share it. */
export async function openPostgresStore(
  url: string,
  log: (line: string) => void,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
): Promise<Store> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "msp-desk",
    types: { getTypeParser },
  });
  // Without listeners, a connection that the server closes would end the process: an idle one, or one at work.
  const onLost = (error: Error) => log(`A connection to PostgreSQL was lost: ${error.message}`);
  pool.on("error", onLost);
  pool.on("connect", (client) => client.on("error", onLost));
  const onCreateConnection = async (connection: DatabaseConnection) => {
    await connection.executeQuery(CompiledQuery.raw(AS_EXPECTED));
  };
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool, onCreateConnection }) });
  try {
    return await openStore({ kind: "postgresql", db, singleConnection: false, close: () => db.destroy() });
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

const getTypeParser: CustomTypesConfig["getTypeParser"] = (oid, format) =>
  PARSERS[oid] ?? types.getTypeParser(oid, format);
