/** Servers that give back what they were told in confidence, in whatever way an answer has. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";

export interface Hostile {
  /** Base address. */
  readonly url: string;
  /** How many calls came. */
  readonly calls: number;
  close(): Promise<void>;
}

/** Answers a call with what it carried. */
export type Echo = (secret: string, response: ServerResponse) => void;

const allForms = (secret: string) =>
  [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(`Bearer ${secret}`).toString("base64"),
    Buffer.from(secret).toString("hex"),
    JSON.stringify(secret),
  ].join(" ");

const lmpi = (secret: string) =>
  JSON.stringify({ error_subject: `REFUSED ${secret}`, error_message: `Token ${allForms(secret)}`, token: secret });

/** What a platform may do with the token that it is sent. */
export const PLATFORM_ECHOES = {
  unauthorised: (secret, response) =>
    response.writeHead(401, { "content-type": "application/json", "x-request-id": secret }).end(lmpi(secret)),
  forbidden: (secret, response) =>
    response.writeHead(403, { "content-type": "text/plain", "x-traceid": encodeURIComponent(secret) }).end(secret),
  failing: (secret, response) =>
    response
      .writeHead(500, { "content-type": "text/html", "x-correlation-id": Buffer.from(secret).toString("base64") })
      .end(`<pre>${allForms(secret)}</pre>`),
  refusing: (secret, response) => response.writeHead(200, { "content-type": "application/json" }).end(lmpi(secret)),
  redirecting: (secret, response) =>
    response
      .writeHead(302, {
        location: `https://collector.example/take/${encodeURIComponent(secret)}?token=${encodeURIComponent(secret)}`,
      })
      .end(secret),
  "hanging-up": (secret, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100000" });
    response.write(`{"customers":[{"name":${JSON.stringify(secret)}`, () => response.destroy());
  },
} as const satisfies Readonly<Record<string, Echo>>;

/** A desk that repeats the caller's token in a problem of its own. */
export const deskEcho: Echo = (secret, response) =>
  response.writeHead(403, { "content-type": "application/problem+json", "x-request-id": secret }).end(
    JSON.stringify({
      type: `https://desk.example/${encodeURIComponent(secret)}`,
      title: secret,
      status: 403,
      kind: "forbidden",
      detail: `The token ${allForms(secret)} may not do this.`,
      blockers: [secret],
      requestId: secret,
    }),
  );

/** Serves one echo on loopback; `secretOf` finds in a call what it should not tell. */
export async function openHostile(echo: Echo, secretOf: (call: IncomingMessage) => string): Promise<Hostile> {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    // The body first: an answer before its end would be a broken connection.
    text(request).then(
      () => echo(secretOf(request), response),
      () => response.destroy(),
    );
  });
  return {
    url: `http://127.0.0.1:${await listening(server)}`,
    get calls() {
      return calls;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Listens where TLS is expected, and speaks something else. */
export async function openWithoutTls(): Promise<Hostile> {
  let calls = 0;
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    calls += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.end("220 mail.example ESMTP\r\n");
  });
  return {
    url: `https://127.0.0.1:${await listening(server)}`,
    get calls() {
      return calls;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An address where nobody listens any more. */
export async function nobodysUrl(): Promise<string> {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise<void>((closed) => void server.close(() => closed()));
  return `http://127.0.0.1:${port}`;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

/** The token of a call to LMPI. */
export const lmpiToken = ({ headers }: IncomingMessage) => String(headers["x-access-token"]);

/** The token of a call to the desk. */
export const bearerToken = ({ headers }: IncomingMessage) => (headers.authorization ?? "").replace(/^Bearer /, "");
