import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { TLSSocket } from "node:tls";

/** One call on the wire. */
export interface Attempt {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
}

/** What became of it: an answer of any status, or none, and then whether anything can have reached the other side. */
export type Outcome =
  | {
      readonly answered: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
    }
  | {
      readonly answered: false;
      readonly sent: boolean;
      readonly cause: "cancelled" | "tooLarge" | "network";
      readonly code: string;
    };

export interface Transport {
  attempt(attempt: Attempt): Promise<Outcome>;
  /** Closes idle connections. */
  close(): void;
}

/** Shorter than what servers commonly keep an idle connection: a call on one that the server just closed would have an unknown outcome. */
const IDLE_CONNECTION_MS = 4_000;

/** The only user of axios. Follows no redirect, uses no proxy, changes no byte of body or address, and answers plain values only. */
export function createTransport(): Transport {
  const options = { keepAlive: true, timeout: IDLE_CONNECTION_MS, maxSockets: 16, scheduling: "lifo" } as const;
  const httpAgent = new HttpAgent(options);
  const httpsAgent = new HttpsAgent(options);

  return {
    attempt: async ({ method, url, headers, body, maxResponseBytes, signal }) => {
      // Loaded here only: it takes as long to load as all of ours, and a run that changes nothing sends nothing.
      const axios = require("axios") as typeof import("axios");
      const wire = { sent: false };
      try {
        const answer = await axios.request<Buffer>({
          method,
          url,
          headers,
          data: body,
          signal,
          httpAgent,
          httpsAgent,
          transport: { request: watched(url.startsWith("https:") ? httpsRequest : httpRequest, wire) },
          proxy: false,
          maxRedirects: 0,
          maxContentLength: maxResponseBytes,
          responseType: "arraybuffer",
          transformRequest: [(data) => data],
          transformResponse: [(data) => data],
          validateStatus: () => true,
        });
        return { answered: true, status: answer.status, headers: plain(answer.headers), body: answer.data };
      } catch (error) {
        // An AxiosError carries the whole request with its credentials: only its code leaves this file.
        const code = axios.isAxiosError(error) ? (error.code ?? "unknown") : "unknown";
        if (signal.aborted) return { answered: false, sent: wire.sent, cause: "cancelled", code: "ERR_CANCELED" };
        const tooLarge = axios.isAxiosError(error) && /^maxContentLength/.test(error.message);
        return { answered: false, sent: wire.sent, cause: tooLarge ? "tooLarge" : "network", code };
      }
    },
    close: () => {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

type Send = (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => ClientRequest;

/** Notes when the connection was there to be written to: before that, a failure proves that nothing was sent. */
function watched(send: Send, wire: { sent: boolean }): Send {
  return (options, onAnswer) => {
    const request = send(options, onAnswer);
    request.once("socket", (socket) => {
      const connected = () => {
        wire.sent = true;
      };
      if (request.reusedSocket || !socket.connecting) connected();
      else socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", connected);
    });
    return request;
  };
}

function plain(headers: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(", ") : String(value),
    ]),
  );
}
