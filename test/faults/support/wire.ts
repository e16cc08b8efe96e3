/**
 * The wire between one run and the servers: a loopback proxy before the desk and one before the platform. It counts the run's calls, and kills
 * the run at one of them: from then on nothing that the run sends reaches anybody, nothing reaches it, and its time stands. Or it lets the run
 * live, and loses or changes what it is answered.
 */
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as send,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Clock } from "../../../provider/clock";

/** Before the call leaves; after the server has carried it out, and before its answer arrives; after that, and before anything else. */
export const MOMENTS = ["before", "carried out", "answered"] as const;

export type Moment = (typeof MOMENTS)[number];

/** One call of a run, by its number, and the moment at which the run is killed. */
export interface Point {
  readonly call: number;
  readonly moment: Moment;
}

export type ServerName = "desk" | "platform";

export interface Call {
  readonly to: ServerName;
  readonly method: string;
  /** Without ids, so that calls of different runs compare. */
  readonly path: string;
}

/** What becomes of the run besides that its wire is cut: nothing in this process, signals where it has one of its own. */
export interface Executioner {
  /** It does nothing from now on, though it lives. */
  halt(): void;
  kill(): void;
}

const NOBODY: Executioner = { halt: () => undefined, kill: () => undefined };

export interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** One call as it is passed on. */
export interface Passing extends Call {
  /** With its ids and its query. */
  readonly url: string;
  readonly sent: string;
}

/** Answers in the server's place, or breaks the connection off where it answers nothing; what it does not pass on is never done. */
export type Meddler = (call: Passing, passOn: () => Promise<Reply>) => Promise<Reply | undefined>;

/** What becomes of a run and of its calls. */
export interface Fate {
  readonly point?: Point;
  readonly executioner?: Executioner;
  readonly meddler?: Meddler;
}

export interface Targets {
  readonly desk: string;
  readonly platform: string;
}

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}|R-\d+|trend-micro%3A[^/]+/g;

export class Wire {
  readonly calls: Call[] = [];
  readonly urls: Readonly<Record<ServerName, string>>;
  /** Resolves once the run is dead and has come to a halt. */
  readonly death: Promise<void>;
  private isCut = false;
  private halt: () => void = () => undefined;
  private readonly servers: readonly Server[];
  private readonly executioner: Executioner;
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    servers: Readonly<Record<ServerName, Server>>,
    targets: Targets,
    private readonly fate: Fate,
  ) {
    this.executioner = fate.executioner ?? NOBODY;
    this.servers = Object.values(servers);
    this.urls = { desk: urlOf(servers.desk), platform: urlOf(servers.platform) };
    this.death = new Promise((resolve) => {
      this.halt = resolve;
    });
    for (const to of ["desk", "platform"] as const)
      servers[to].on("request", (incoming, answer) => {
        this.pass(to, targets[to], incoming, answer).catch(() => incoming.socket.destroy());
      });
  }

  /** Opens the wire of one run, which is killed at the point where one is given. */
  static async open(targets: Targets, fate: Fate = {}): Promise<Wire> {
    const servers = { desk: createServer(), platform: createServer() };
    for (const server of Object.values(servers))
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new Wire(servers, targets, fate);
  }

  get isDead(): boolean {
    return this.isCut;
  }

  /** Where the run hands something out: a dead one comes no further. */
  async pulse(): Promise<void> {
    if (!this.isCut) return;
    this.halt();
    await new Promise<never>(() => undefined);
  }

  /** The run's own time. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      sleep: async (ms, signal) => {
        await this.pulse();
        await clock.sleep(ms, signal);
        await this.pulse();
      },
    };
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await Promise.all(
      this.servers.map(
        (server) =>
          new Promise<void>((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      ),
    );
  }

  private async pass(to: ServerName, target: string, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    if (this.isCut) return this.halt();
    const method = incoming.method ?? "";
    const path = (incoming.url ?? "").split("?", 1)[0]?.replaceAll(ID, "*") ?? "";
    this.calls.push({ to, method, path });
    const { point, meddler } = this.fate;
    const moment = point?.call === this.calls.length ? point.moment : undefined;
    if (moment === "before") return this.die();
    const passOn = () => this.forward(target, incoming, body);
    const passing = { to, method, path, url: incoming.url ?? "", sent: body.toString() };
    const reply = await (meddler === undefined ? passOn() : meddler(passing, passOn));
    if (reply === undefined) {
      incoming.socket.destroy();
      return;
    }
    if (moment === "carried out") return this.die();
    if (this.isCut) return this.halt();
    if (moment === "answered") {
      // What it makes of the answer, nobody hears.
      this.isCut = true;
      this.executioner.halt();
    }
    answer.writeHead(reply.status, reply.headers);
    answer.end(reply.body, () => {
      if (moment === "answered") this.executioner.kill();
    });
  }

  private die(): void {
    this.isCut = true;
    this.executioner.kill();
    this.halt();
  }

  private forward(target: string, incoming: IncomingMessage, body: Buffer) {
    return new Promise<Reply>((resolve, reject) => {
      const outgoing = send(
        new URL(target + (incoming.url ?? "")),
        { method: incoming.method, headers: incoming.headers, agent: this.agent },
        (reply) => {
          const { "transfer-encoding": _, connection: __, ...headers } = reply.headers;
          buffer(reply).then((bytes) => resolve({ status: reply.statusCode ?? 0, headers, body: bytes }), reject);
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
