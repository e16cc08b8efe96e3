import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ProviderError } from "../../provider/errors";
import { isObject, readObject, type JsonObject } from "./body";
import { applyEdit, type Edit } from "./edits";
import type { Fault, FaultArming, FaultMenu } from "./faults";
import type { Keys } from "./keys";
import { checkReadings, type LmpiReadings } from "./readings";
import { LmpiRefusal } from "./refusal";
import type { RequestLog } from "./request-log";
import type { LmpiStore } from "./store";

/** What the control API steers. */
export interface ControlParts {
  readonly controlToken: string;
  readonly store: LmpiStore;
  readonly log: RequestLog;
  readonly faults: FaultMenu;
  readonly keys: Keys;
  readonly readings: LmpiReadings;
}

/**
 * Adds the control API under `/_control`, for other processes: on LMPI's port, behind a bearer token of its own, and never in the request log.
 */
export function addControl(app: FastifyInstance, parts: ControlParts): void {
  const { store, log, faults, keys, readings } = parts;
  route(app, parts, "GET", "log", () => ({ entries: log.entries, writes: log.writes() }));
  route(app, parts, "GET", "state", () => ({
    plans: store.plans,
    ...store.snapshot(),
    readings,
    faults: faults.armed,
  }));
  route(app, parts, "POST", "edit", (body) => applyEdit(store, body as unknown as Edit));
  route(app, parts, "POST", "faults", (body) => ({ id: arm(faults, body) }));
  route(app, parts, "POST", "keys", (body) =>
    keys.issue(typeof body.accessToken === "string" ? { accessToken: body.accessToken } : {}),
  );
  route(app, parts, "POST", "revoke", (body) => {
    keys.revoke(Number(body.key));
    return { key: body.key };
  });
  route(app, parts, "PUT", "readings", (body) => Object.assign(readings, checkReadings(body)));
  route(app, parts, "POST", "reset", (body) => reset(parts, body));
}

function arm(faults: FaultMenu, body: JsonObject): number {
  if (!isObject(body.fault) || typeof body.target !== "string") {
    throw new ProviderError("validation", "To arm a fault give {fault: {kind, ...}, target, times, skip}.");
  }
  const { fault, ...arming } = body;
  return faults.arm(fault as unknown as Fault, arming as unknown as FaultArming);
}

function reset({ store, log, faults }: ControlParts, body: JsonObject): object {
  const what = body.what ?? "all";
  if (what !== "all" && what !== "log" && what !== "faults") {
    throw new ProviderError("validation", 'What can be reset is "all", "log" or "faults".');
  }
  if (what === "all") store.clear();
  if (what !== "log") faults.reset();
  if (what !== "faults") log.reset();
  return { what };
}

function route(
  app: FastifyInstance,
  parts: ControlParts,
  method: "GET" | "POST" | "PUT",
  name: string,
  answer: (body: JsonObject) => object,
): void {
  app.route({
    method,
    url: `/_control/${name}`,
    exposeHeadRoute: false,
    handler: (request, reply) => {
      if (!isAllowed(request, parts.controlToken))
        return answerJson(reply, 401, { error: "The control token is missing or wrong." });
      try {
        return answerJson(reply, 200, answer(bodyOf(request)));
      } catch (error) {
        if (error instanceof ProviderError || error instanceof LmpiRefusal)
          return answerJson(reply, 400, { error: error.message });
        throw error;
      }
    },
  });
}

function bodyOf(request: FastifyRequest): JsonObject {
  return Buffer.isBuffer(request.body) && request.body.length > 0 ? readObject(request.body) : {};
}

function answerJson(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).type("application/json; charset=utf-8").send(JSON.stringify(body));
}

function isAllowed(request: FastifyRequest, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ""), digest(`Bearer ${token}`));
}
