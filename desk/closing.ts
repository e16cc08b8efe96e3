/** An end that comes: calls under way are answered, and nobody who merely keeps a connection open holds up a shutdown. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { FastifyInstance } from "fastify";

/** For a whole call to arrive. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Longer than the proxies in front of a desk keep theirs, so that none sends a call into a connection that is just being closed. */
const KEEP_ALIVE_MS = 72_000;
/** After this, even a call that is being worked on is given up: whoever asked no longer takes the answer. */
const LAST_MS = 60_000;

export interface Closing {
  /** Fastify makes more than one server where a name stands for several addresses. */
  serverFactory(handler: RequestListener): Server;
  /** `graceMs` from when the app begins to close, only calls that have arrived whole are still waited for. */
  watch(app: FastifyInstance, graceMs: number): void;
}

export function createClosing(): Closing {
  const servers: Server[] = [];
  const calls = new Set<IncomingMessage>();
  let isDue = false;

  const cutAll = () => {
    for (const server of servers) server.closeAllConnections();
  };
  const cutIfDue = () => {
    if (isDue && ![...calls].some((call) => call.complete)) cutAll();
  };
  return {
    serverFactory: (handler) => {
      const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS }, handler);
      servers.push(server);
      return server;
    },
    watch: (app, graceMs) => {
      app.addHook("onRequest", async ({ raw }) => {
        calls.add(raw);
      });
      app.addHook("onResponse", async ({ raw }) => {
        calls.delete(raw);
        cutIfDue();
      });
      app.addHook("preClose", async () => {
        const due = () => {
          isDue = true;
          cutIfDue();
        };
        // They alone keep no process alive; what they are there to cut does.
        setTimeout(due, graceMs).unref();
        setTimeout(cutAll, graceMs + LAST_MS).unref();
      });
    },
  };
}
