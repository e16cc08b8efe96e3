import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answer = (response: ServerResponse, received: Received) => void;

/** A real HTTP server on loopback that answers call by call as scripted; a call beyond the script is answered 599. */
export interface TestServer {
  readonly url: string;
  readonly received: readonly Received[];
  answers(...script: Answer[]): void;
  /** Resolves once that many calls have arrived. */
  arrived(count: number): Promise<void>;
  readonly connections: number;
  close(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
  const received: Received[] = [];
  let script: Answer[] = [];
  let waiting: { readonly count: number; readonly tell: () => void }[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const call = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(parts).toString("utf8"),
      };
      received.push(call);
      for (const waiter of waiting.filter((w) => received.length >= w.count)) waiter.tell();
      waiting = waiting.filter((w) => received.length < w.count);
      (script.shift() ?? status(599))(response, call);
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers: (...answers) => {
      script = [...script, ...answers];
    },
    arrived: (count) =>
      received.length >= count ? Promise.resolve() : new Promise((tell) => waiting.push({ count, tell })),
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) =>
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}, body = ""): Answer {
  return (response) => response.writeHead(code, headers).end(body);
}

/** The whole call arrived, and the connection breaks without an answer. */
export const hangUp: Answer = (response) => {
  response.destroy();
};

/** Never answers. */
export const silence: Answer = () => undefined;
