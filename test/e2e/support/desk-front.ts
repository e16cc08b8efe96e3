import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** One call to the desk. */
export interface DeskCall {
  readonly method: string;
  readonly path: string;
  /** JSON, or empty. */
  readonly body: string;
}

/** What happens to a call instead of being passed on; "cut" closes its connection. */
export type Interference = { readonly status: number; readonly type: string; readonly body: object } | "cut";

interface DeskFront {
  readonly url: string;
  readonly calls: readonly DeskCall[];
  close(): Promise<void>;
}

/** Stands before a desk and passes calls on to it, but for those that are interfered with. */
export async function openDeskFront(
  deskUrl: string,
  interfere: (call: DeskCall) => Interference | undefined,
): Promise<DeskFront> {
  const calls: DeskCall[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const call = { method: request.method ?? "", path: request.url ?? "", body: await text(request) };
    calls.push(call);
    const interference = interfere(call) ?? (await passOn(deskUrl, request, call));
    if (interference === "cut") {
      request.socket.destroy();
      return;
    }
    response.writeHead(interference.status, { "content-type": interference.type });
    response.end(JSON.stringify(interference.body));
  };
  const server = createServer((request, response) => {
    // A desk that does not answer is one that is not there.
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function passOn(deskUrl: string, { headers }: IncomingMessage, call: DeskCall): Promise<Interference> {
  const { authorization = "", "content-type": type = "" } = headers;
  const answer = await fetch(deskUrl + call.path, {
    method: call.method,
    headers: { authorization, ...(call.body === "" ? {} : { "content-type": type }) },
    ...(call.body === "" ? {} : { body: call.body }),
  });
  return {
    status: answer.status,
    type: answer.headers.get("content-type") ?? "",
    body: (await answer.json()) as object,
  };
}
