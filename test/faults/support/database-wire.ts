/**
 * The wire between a desk and its PostgreSQL: it reads the frontend's messages, counts the statements that write, and cuts everything at one of
 * them. A commit counts where its transaction has written something.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";

/** Before the statement reaches the database; after it is carried out, and before its answer reaches the desk. */
export const SQL_MOMENTS = ["before", "after"] as const;

export interface SqlPoint {
  readonly write: number;
  readonly moment: (typeof SQL_MOMENTS)[number];
}

const SYNC = "S".charCodeAt(0);
const QUERY = "Q".charCodeAt(0);
const PARSE = "P".charCodeAt(0);
const READY = "Z".charCodeAt(0);

/** One connection, as far as its messages have been understood. */
interface Connection {
  readonly desk: Socket;
  readonly database: Socket;
  fromDesk: Buffer;
  fromDatabase: Buffer;
  /** The first message has no type. */
  isOpened: boolean;
  /** Messages that wait for their end: a query, or a sync. */
  batch: Buffer[];
  sql: string;
  hasWritten: boolean;
  /** The answer that is on its way is the last thing that must not arrive. */
  isStruck: boolean;
}

export class DatabaseWire {
  /** The statements that wrote, since they were last counted anew. */
  writes: string[] = [];
  private point: SqlPoint | undefined;
  private readonly connections = new Set<Connection>();

  private constructor(
    private readonly server: Server,
    private readonly socketPath: string,
    readonly url: string,
    private readonly onCut: () => void,
  ) {
    server.on("connection", (desk) => this.open(desk));
  }

  /** Opens a wire to the database of that address, which is reached by a socket in a folder. */
  static async open(database: string, onCut: () => void): Promise<DatabaseWire> {
    const [, name = "", folder = ""] = /@\/(\w+)\?host=(.+)$/.exec(database) ?? [];
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const socketPath = join(decodeURIComponent(folder), ".s.PGSQL.5432");
    return new DatabaseWire(server, socketPath, `postgresql://postgres@127.0.0.1:${port}/${name}`, onCut);
  }

  /** Counts anew, and cuts at the point where one is given. */
  arm(point?: SqlPoint): void {
    this.writes = [];
    this.point = point;
  }

  /** Nothing passes any more, and nobody can connect. */
  cut(): void {
    this.server.close();
    for (const { desk, database } of this.connections) {
      desk.destroy();
      database.destroy();
    }
    this.connections.clear();
  }

  private open(desk: Socket): void {
    const database = connect(this.socketPath);
    const connection: Connection = {
      desk,
      database,
      fromDesk: Buffer.alloc(0),
      fromDatabase: Buffer.alloc(0),
      isOpened: false,
      batch: [],
      sql: "",
      hasWritten: false,
      isStruck: false,
    };
    this.connections.add(connection);
    const close = () => {
      desk.destroy();
      database.destroy();
      this.connections.delete(connection);
    };
    for (const socket of [desk, database]) socket.setNoDelay(true).on("error", close).on("close", close);
    desk.on("data", (bytes) => this.asked(connection, bytes));
    database.on("data", (bytes) => this.answered(connection, bytes));
  }

  private asked(connection: Connection, bytes: Buffer): void {
    connection.fromDesk = Buffer.concat([connection.fromDesk, bytes]);
    for (;;) {
      const head = connection.isOpened ? 1 : 0;
      if (connection.fromDesk.length < head + 4) return;
      const length = head + connection.fromDesk.readInt32BE(head);
      if (connection.fromDesk.length < length) return;
      const message = connection.fromDesk.subarray(0, length);
      connection.fromDesk = connection.fromDesk.subarray(length);
      if (!connection.isOpened) {
        connection.isOpened = true;
        connection.database.write(message);
        continue;
      }
      if (!this.take(connection, message)) return;
    }
  }

  /** False where that message was the last. */
  private take(connection: Connection, message: Buffer): boolean {
    const type = message[0];
    connection.batch.push(message);
    if (type === QUERY) connection.sql = textAt(message, 5);
    if (type === PARSE) connection.sql = textAt(message, message.indexOf(0, 5) + 1);
    // Before a transaction, at its end, and where there is no sync to wait for, nothing is held back.
    if (type !== QUERY && type !== SYNC && type !== "X".charCodeAt(0)) return true;
    if (this.isWrite(connection)) {
      this.writes.push(oneLine(connection.sql));
      const moment = this.writes.length === this.point?.write ? this.point.moment : undefined;
      if (moment === "before") {
        this.strike();
        return false;
      }
      connection.isStruck = moment === "after";
    }
    for (const part of connection.batch) connection.database.write(part);
    connection.batch = [];
    return true;
  }

  private isWrite(connection: Connection): boolean {
    const verb = /^\s*(\w+)/.exec(connection.sql)?.[1]?.toLowerCase();
    if (verb === "begin" || verb === "start") connection.hasWritten = false;
    const writes = verb === "insert" || verb === "update" || verb === "delete";
    connection.hasWritten ||= writes;
    return writes || (verb === "commit" && connection.hasWritten);
  }

  private answered(connection: Connection, bytes: Buffer): void {
    if (!connection.isStruck) {
      connection.desk.write(bytes);
      return;
    }
    connection.fromDatabase = Buffer.concat([connection.fromDatabase, bytes]);
    for (let at = 0; at + 5 <= connection.fromDatabase.length; at += 1 + connection.fromDatabase.readInt32BE(at + 1)) {
      if (connection.fromDatabase[at] !== READY) continue;
      this.strike();
      return;
    }
  }

  private strike(): void {
    this.point = undefined;
    this.cut();
    this.onCut();
  }
}

function textAt(message: Buffer, start: number): string {
  return message.toString("utf8", start, message.indexOf(0, start));
}

function oneLine(sql: string): string {
  return sql.replaceAll(/\s+/g, " ").trim();
}
