/**
 * The desk's store on PGlite with each statement prepared once: the same PostgreSQL, tables and SQL as everywhere, at a third of the cost. A
 * lifecycle asks the desk some hundred times, and would otherwise spend most of its time on parsing the same few statements.
 */
import { PGlite, protocol, types } from "@electric-sql/pglite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import { openStore, type Store } from "../../desk/store/store";
import type { Tables } from "../../desk/store/tables";
import { PARSERS } from "../../desk/store/types";

const { serialize } = protocol;

type Parser = (text: string) => unknown;

/** Opens a store that lives as long as this process. */
export async function openPreparedStore(): Promise<Store> {
  const pglite = await PGlite.create();
  const db = new Kysely<Tables>({ dialect: new PreparedDialect(pglite) });
  return openStore({ kind: "pglite", db, singleConnection: true, close: () => db.destroy() });
}

class PreparedDialect implements Dialect {
  private readonly pglite: PGlite;

  constructor(pglite: PGlite) {
    this.pglite = pglite;
  }

  createAdapter = () => new PostgresAdapter();
  createDriver = () => new PreparedDriver(this.pglite);
  createIntrospector = (db: Kysely<never>) => new PostgresIntrospector(db);
  createQueryCompiler = () => new PostgresQueryCompiler();
}

class PreparedDriver implements Driver {
  private readonly pglite: PGlite;
  private readonly connection: PreparedConnection;

  constructor(pglite: PGlite) {
    this.pglite = pglite;
    this.connection = new PreparedConnection(pglite);
  }

  init = async () => undefined;
  acquireConnection = async () => this.connection;
  releaseConnection = async () => undefined;
  beginTransaction = async () => this.say("begin");
  commitTransaction = async () => this.say("commit");
  rollbackTransaction = async () => this.say("rollback");
  destroy = () => this.pglite.close();

  private async say(text: string): Promise<void> {
    await this.connection.executeQuery(CompiledQuery.raw(text));
  }
}

/** What a transaction begins with; nobody waits for its answers. */
const OPENING = /^(begin|set transaction)\b/;

interface Column {
  readonly name: string;
  readonly parse: Parser | undefined;
}

interface Prepared {
  readonly name: string;
  readonly columns: readonly Column[];
}

class PreparedConnection implements DatabaseConnection {
  private readonly prepared = new Map<string, Prepared>();
  private readonly pglite: PGlite;
  /** What opens a transaction goes along with its first question. */
  private waiting: Uint8Array[] = [];

  constructor(pglite: PGlite) {
    this.pglite = pglite;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { name, columns } = this.prepared.get(sql) ?? (await this.prepare(sql));
    this.waiting.push(serialize.bind({ statement: name, values: parameters.map(asText) }), serialize.execute({}));
    if (OPENING.test(sql)) return { rows: [] };
    const bytes = joined(...this.waiting, serialize.sync());
    this.waiting = [];
    const { messages } = await this.pglite.execProtocol(bytes);
    const rows: R[] = [];
    let affected = 0n;
    for (const message of messages) {
      if ("fields" in message && message.name === "dataRow")
        rows.push(rowOf(message.fields as readonly (string | null)[], columns) as R);
      if ("text" in message && message.name === "commandComplete")
        affected = BigInt(/\d+$/.exec(String(message.text))?.[0] ?? 0);
    }
    return { rows, numAffectedRows: affected };
  }

  // biome-ignore lint/correctness/useYield: the desk streams nothing.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("The desk streams nothing.");
  }

  private async prepare(sql: string): Promise<Prepared> {
    const name = `s${this.prepared.size + 1}`;
    const { messages } = await this.pglite.execProtocol(
      joined(serialize.parse({ name, text: sql }), serialize.describe({ type: "S", name }), serialize.sync()),
    );
    const described = messages.find((message) => message.name === "rowDescription") as
      | { readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[] }
      | undefined;
    const columns = (described?.fields ?? []).map((field) => ({
      name: field.name,
      parse: PARSERS[field.dataTypeID] ?? (types.parsers[field.dataTypeID] as Parser | undefined),
    }));
    const prepared = { name, columns };
    this.prepared.set(sql, prepared);
    return prepared;
  }
}

function rowOf(fields: readonly (string | null)[], columns: readonly Column[]): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {};
  for (const [i, { name, parse }] of columns.entries()) {
    const text = fields[i] ?? null;
    row[name] = text === null || parse === undefined ? text : parse(text);
  }
  return row;
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
