import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** Which call is held, and whether the server behind has carried it out by then. */
export interface Hold {
  readonly method: string;
  readonly path: RegExp;
  readonly at: "before it is passed on" | "before its answer";
}

/** A call that is held: it is never answered. */
export interface Held {
  /** Resolves when the caller has let go of it, as it does by dying. */
  readonly abandoned: Promise<unknown>;
}

interface HoldingFront {
  readonly url: string;
  /** Holds the next call that fits; resolves once it is held. */
  hold(what: Hold): Promise<Held>;
  close(): Promise<void>;
}

/** Stands before a server, passes every call on as it came, and can hold one. */
export async function openHoldingFront(target: string): Promise<HoldingFront> {
  const { hostname, port } = new URL(target);
  const agent = new Agent();
  let wanted: { readonly what: Hold; readonly held: (held: Held) => void } | undefined;

  const passOn = async ({ method, url, headers }: IncomingMessage, body: Buffer) => {
    const passed = send({ agent, hostname, port, method, path: url, headers });
    passed.end(body);
    const [answer] = (await once(passed, "response")) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const what = wanted?.what;
    const fits = what !== undefined && what.method === request.method && what.path.test(request.url ?? "");
    const taken = fits ? wanted : undefined;
    if (taken === undefined) {
      const answer = await passOn(request, body);
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    wanted = undefined;
    const abandoned = once(request.socket, "close");
    if (taken.what.at === "before its answer") await passOn(request, body);
    taken.held({ abandoned });
  };
  const server = createServer((request, response) => {
    // A server that does not answer is one that is not there.
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (what) =>
      new Promise((held) => {
        wanted = { what, held };
      }),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
}
