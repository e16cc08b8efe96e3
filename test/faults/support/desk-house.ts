/** A desk that can die and be started again at the same address. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { startDesk } from "../../../desk/start";
import { openPostgresStore } from "../../../desk/store/postgres";
import type { Clock } from "../../../provider/clock";
import type { Role } from "../../../provider/generated/types";
import { DatabaseWire } from "./database-wire";

type Grant = (email: string, role: Role, kind: "bot" | "person") => Promise<string>;

interface ServedDesk {
  readonly url: string;
  readonly grant: Grant;
  /** It can only be closed, behind its cut wires. */
  kill(): Promise<unknown>;
}

/** A desk in this process, on the world's time. */
async function startIn(databaseUrl: string, clock: Clock): Promise<ServedDesk> {
  const store = await openPostgresStore(databaseUrl, () => undefined);
  const { url, token, close } = await startDesk({ store, clock });
  return {
    url,
    grant: (email, role, kind) => token(email, [role], kind),
    kill: async () => {
      await close();
      await store.close();
    },
  };
}

export interface HouseOptions {
  readonly database: string;
  readonly clock: Clock;
  /** Whether the desk's own writes can be cut. */
  readonly isWired?: boolean;
}

export class DeskHouse {
  /** Between the desk and its database. */
  wire: DatabaseWire | undefined;
  private desk: ServedDesk | undefined;
  private readonly dying: Promise<unknown>[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly door: Server,
    private readonly options: HouseOptions,
  ) {
    door.on("connection", (caller) => this.let(caller));
  }

  static async open(options: HouseOptions): Promise<DeskHouse> {
    const door = createServer();
    await new Promise<void>((listening) => door.listen(0, "127.0.0.1", listening));
    const house = new DeskHouse(door, options);
    await house.start();
    return house;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.door.address() as AddressInfo).port}`;
  }

  get isUp(): boolean {
    return this.desk !== undefined;
  }

  grant: Grant = (email, role, kind) => {
    if (this.desk === undefined) throw new Error("There is no desk to grant a token.");
    return this.desk.grant(email, role, kind);
  };

  async start(): Promise<void> {
    const { database, clock, isWired } = this.options;
    if (isWired === true) this.wire = await DatabaseWire.open(database, () => this.kill());
    this.desk = await startIn(this.wire?.url ?? database, clock);
  }

  /** From now on it answers nobody, and nothing that it sends reaches its database. */
  kill(): void {
    const { desk } = this;
    this.desk = undefined;
    this.wire?.cut();
    for (const socket of this.sockets) socket.destroy();
    if (desk !== undefined) this.dying.push(desk.kill());
  }

  /** Once what was killed is gone for good. */
  async mourn(): Promise<void> {
    await Promise.all(this.dying.splice(0));
  }

  async close(): Promise<void> {
    this.kill();
    await this.mourn();
    await new Promise((closed) => this.door.close(closed));
  }

  /** A dead desk is one whose connections are refused; here they are broken off before a byte has passed. */
  private let(caller: Socket): void {
    if (this.desk === undefined) {
      caller.resetAndDestroy();
      return;
    }
    const desk = connect(Number(new URL(this.desk.url).port), "127.0.0.1");
    for (const [socket, other] of [
      [caller, desk],
      [desk, caller],
    ] as const) {
      this.sockets.add(socket);
      const close = () => {
        this.sockets.delete(socket);
        other.destroy();
      };
      socket.setNoDelay(true).on("error", close).on("close", close).pipe(other);
    }
  }
}
