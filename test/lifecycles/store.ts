/**
 * The desk's store on PostgreSQL over one connection, with each statement prepared once. A lifecycle asks the desk some hundred times, and would
 * otherwise spend most of its time on parsing the same few statements.
 */
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import { Client, types } from "pg";
import { openStore, type Store } from "../../desk/store/store";
import type { Tables } from "../../desk/store/tables";
import { PARSERS } from "../../desk/store/types";

/** Opens a store in the database at `url`. */
export async function openPreparedStore(url: string): Promise<Store> {
  const client = new Client({
    connectionString: url,
    types: { getTypeParser: (oid, format) => PARSERS[oid] ?? types.getTypeParser(oid, format) },
  });
  await client.connect();
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(client) }) });
  return openStore({ kind: "postgresql", db, singleConnection: true, close: () => db.destroy() });
}

/** A pool of one connection, which gives every text a name: what has a name is parsed and planned once. */
function preparing(client: Client): PostgresPool {
  const names = new Map<string, string>();
  const query = (text: string, values: readonly unknown[]) => {
    const name = names.get(text) ?? `s${names.size + 1}`;
    names.set(text, name);
    return client.query({ name, text, values: [...values] });
  };
  const connection = { query, release: () => undefined } as unknown as PostgresPoolClient;
  return { options: {}, connect: async () => connection, end: () => client.end() };
}
