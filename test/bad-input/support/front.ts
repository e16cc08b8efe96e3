import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** An answer as the server behind gave it. */
export interface Truth {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What is answered instead; what it leaves out stays as it was. `bytes` go onto the connection as they are. */
export type Answer =
  | {
      readonly status?: number;
      /** An undefined value takes the header away. */
      readonly headers?: Readonly<Record<string, string | undefined>>;
      readonly body?: string | Buffer;
    }
  | { readonly bytes: Buffer };

export interface Call {
  readonly method: string;
  readonly path: string;
}

/** What to answer to a call; undefined leaves the answer alone. */
export type Tamper = (call: Call, truth: Truth) => Answer | undefined;

/** Stands before a real server, passes every call on byte for byte, and answers wrongly where it is told to. */
export interface Front {
  readonly url: string;
  /** Wrong answers until the next call of this. */
  tamper(tamper: Tamper | undefined): void;
  close(): Promise<void>;
}

export async function openFront(target: string): Promise<Front> {
  let current: Tamper | undefined;
  const passOrLie = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const call = { method: request.method ?? "", path: request.url ?? "" };
      const truth = await passOn(target, call, request.headers, await buffer(request));
      const answer = current?.(call, truth) ?? {};
      if ("bytes" in answer) {
        request.socket.end(answer.bytes);
        return;
      }
      const body = answer.body ?? truth.text;
      const headers = { ...truth.headers, ...answer.headers };
      const kept = Object.entries(headers).filter(
        ([name, value]) =>
          value !== undefined && !/^(content-length|transfer-encoding|connection|keep-alive)$/.test(name),
      );
      response.writeHead(answer.status ?? truth.status, Object.fromEntries(kept) as Record<string, string>).end(body);
    } catch {
      // What is behind does not answer, so neither does this.
      request.socket.destroy();
    }
  };
  const server = createServer((request, response) => void passOrLie(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tamper: (tamper) => {
      current = tamper;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function passOn(target: string, { method, path }: Call, headers: IncomingHttpHeaders, body: Buffer): Promise<Truth> {
  const { host: _, connection: __, ...rest } = headers;
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(target);
    const upstream = httpRequest({ hostname, port, method, path, headers: rest, agent: false }, (answer) => {
      buffer(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: bytes.toString("utf8") }),
        reject,
      );
    });
    upstream.on("error", reject);
    upstream.end(body);
  });
}
