/** What can go wrong on the way to the desk and back. It strikes programs alone; people try again by themselves. */
import type { FastifyInstance } from "fastify";

export const DESK_FAULTS = ["lostRequest", "lostReply", "unavailable"] as const;
export type DeskFault = (typeof DESK_FAULTS)[number];

/** Giving claims back is a write of its own kind. */
type Lane = "reads" | "writes" | "deletes";

export interface ArmedDeskFault {
  readonly fault: DeskFault;
  readonly target: Lane | "*";
  /** How many fitting calls go by unharmed before. */
  readonly skip: number;
  readonly times: number;
}

const LANES: Readonly<Record<string, Lane>> = { GET: "reads", DELETE: "deletes" };

export class DeskWire {
  /** How many calls were struck. */
  struck = 0;
  private armed: ArmedDeskFault[] = [];
  private readonly bot: string;

  constructor(botToken: string) {
    this.bot = `Bearer ${botToken}`;
  }

  arm(fault: ArmedDeskFault): void {
    this.armed.push(fault);
  }

  clear(): void {
    this.armed = [];
  }

  attach(app: FastifyInstance): void {
    const silenced = new WeakSet<object>();
    app.addHook("onRequest", async (request, reply) => {
      if (request.headers.authorization !== this.bot) return;
      const fault = this.take(LANES[request.method] ?? "writes");
      if (fault === "lostReply") silenced.add(request);
      if (fault === "unavailable") return reply.code(503).type("text/html").send("<h1>Service Unavailable</h1>");
      if (fault !== "lostRequest") return;
      reply.hijack();
      reply.raw.destroy();
      return reply;
    });
    app.addHook("onSend", async (request, reply) => {
      if (silenced.has(request)) reply.raw.destroy();
    });
  }

  private take(lane: Lane): DeskFault | undefined {
    const fits = (target: ArmedDeskFault["target"]) =>
      target === "*" || target === lane || (target === "writes" && lane === "deletes");
    const index = this.armed.findIndex(({ target }) => fits(target));
    const armed = this.armed[index];
    if (armed === undefined) return undefined;
    if (armed.skip > 0) {
      this.armed[index] = { ...armed, skip: armed.skip - 1 };
      return undefined;
    }
    this.struck += 1;
    if (armed.times > 1) this.armed[index] = { ...armed, times: armed.times - 1 };
    else this.armed.splice(index, 1);
    return armed.fault;
  }
}
