/** The desk's HTTP server: who may call, what is answered, and how every failure is told. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type Clock, type Random, systemClock, systemRandom } from "../provider/clock";
import { authorise } from "./access/roles";
import { authenticate } from "./access/tokens";
import { createClosing } from "./closing";
import { DeskRefusal, toProblem } from "./problems";
import { type Calendars, defaultCalendars } from "./requests/calendars";
import { accountRoutes } from "./routes/accounts";
import { auditRoutes } from "./routes/audit";
import { deskRoutes } from "./routes/desk";
import { intentRoutes } from "./routes/intents";
import { inventoryRoutes } from "./routes/inventory";
import { requestRoutes } from "./routes/requests";
import type { Routes } from "./routes/route";
import { tokenRoutes } from "./routes/tokens";
import type { Store } from "./store/store";
import { type Desk, look } from "./work";

export interface DeskOptions {
  readonly store: Store;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly calendars?: Calendars;
  /** One line for the operator of the desk; never a token. */
  readonly log?: (line: string) => void;
  /** How long a shutdown waits for calls that have not arrived whole. */
  readonly closingGraceMs?: number;
}

const BODY_LIMIT_BYTES = 1024 * 1024;
const CLOSING_GRACE_MS = 10_000;
/** Every noun that the desk speaks of. */
export const ROUTES: readonly Routes[] = [
  deskRoutes,
  tokenRoutes,
  accountRoutes,
  intentRoutes,
  inventoryRoutes,
  requestRoutes,
  auditRoutes,
];

/** The desk as parts of it work with it. */
export function createDesk({
  store,
  clock = systemClock,
  random = systemRandom,
  calendars = defaultCalendars,
}: DeskOptions): Desk {
  return { store, clock, random, calendars };
}

/** Makes the server; it listens when told to, and closing it leaves the store open. */
export function buildDesk(options: DeskOptions): FastifyInstance {
  const desk = createDesk(options);
  const log = options.log ?? (() => undefined);
  const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const problem = toProblem(error, request.id);
    if (problem.kind === "internal") {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log(`internal error on ${request.method} ${request.routeOptions.url ?? "?"} (${request.id}): ${text}`);
    }
    if (problem.status === 401) reply.header("www-authenticate", "Bearer");
    reply.code(problem.status).type("application/problem+json; charset=utf-8").send(JSON.stringify(problem));
  };
  const closing = createClosing();
  const app = Fastify({
    // Before a route is found, as for an address that can't be decoded.
    frameworkErrors: answerError,
    bodyLimit: BODY_LIMIT_BYTES,
    serverFactory: closing.serverFactory,
    // Connections that say nothing more must not hold up a shutdown.
    forceCloseConnections: "idle",
    // Until it has closed, it answers as ever.
    return503OnClosing: false,
    genReqId: () => desk.random.uuid(),
    routerOptions: { maxParamLength: 1_024 },
  });

  closing.watch(app, options.closingGraceMs ?? CLOSING_GRACE_MS);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) => {
    // An action that needs nothing said may be sent without a body.
    if (text === "") return done(null, undefined);
    try {
      done(null, JSON.parse(text as string));
    } catch {
      done(new DeskRefusal("validation", "The body is no JSON: send JSON in UTF-8, without a byte order mark."));
    }
  });
  app.decorateRequest("actor", null);
  app.addHook("onRoute", ({ config, url }) => {
    if (config?.access === undefined) throw new Error(`The route ${url} does not say who may call it`);
  });
  app.addHook("onRequest", async (request) => {
    const access = request.routeOptions.config.access;
    if (access?.roles === "public") return;
    // Strangers learn of no address whether it exists.
    const actor = await look(desk, ({ tx }) => authenticate(tx, request.headers.authorization));
    if (access === undefined)
      throw new DeskRefusal(
        "notFound",
        `There is nothing at ${request.method} ${request.url.split("?", 1)[0]}: check the address.`,
      );
    authorise(actor, access);
    request.actor = actor;
  });
  app.setNotFoundHandler(() => {
    throw new DeskRefusal("notFound", "There is nothing at this address: check it.");
  });
  app.setErrorHandler(answerError);
  for (const routes of ROUTES) routes(app, desk);
  return app;
}
