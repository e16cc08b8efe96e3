import type { ProviderError } from "../../../provider/errors";
import type { HttpClient, HttpClientOptions, HttpRequest } from "../../../provider/http/client";
import { createHttpClient } from "../../../provider/http/client";
import { createLimiter } from "../../../provider/http/limiter";
import type { ManualClock } from "./manual-clock";
import { manualClock, steadyRandom } from "./manual-clock";
import type { TestServer } from "./test-server";
import { startServer } from "./test-server";

export const TOKEN = "canary-token-0123456789";
export const SECRET = "canary/secret+key==";

export const read: HttpRequest = { method: "GET", path: "/things?page=1", operation: "list things" };
export const write: HttpRequest = {
  method: "POST",
  path: "/things",
  body: "{}",
  operation: "create thing",
  resource: "thing Acme",
};

export interface ClientFixture {
  server: TestServer;
  clock: ManualClock;
  client: HttpClient;
  /** Another client in place of the last, on the fixture's clock. */
  open(changes?: Partial<HttpClientOptions>): HttpClient;
  /** Another client beside it. */
  another(changes?: Partial<HttpClientOptions>): HttpClient;
}

/** A server, a clock and a client of its own for each test of the suite that calls this. */
export function clientFixture(): ClientFixture {
  let clients: HttpClient[] = [];
  const fixture = {
    another: (changes: Partial<HttpClientOptions> = {}) => {
      const client = createHttpClient({
        baseUrl: fixture.server.url,
        allowedHosts: [],
        platform: "the platform",
        limiter: createLimiter({ requestsPerSecond: 1000, clock: fixture.clock }),
        clock: fixture.clock,
        random: steadyRandom,
        attemptTimeoutMs: 30_000,
        totalTimeoutMs: 120_000,
        maxResponseBytes: 10_000,
        redact: [TOKEN, SECRET],
        ...changes,
      });
      clients.push(client);
      return client;
    },
    open: (changes?: Partial<HttpClientOptions>) => {
      fixture.client = fixture.another(changes);
      return fixture.client;
    },
  } as ClientFixture;
  beforeEach(async () => {
    fixture.server = await startServer();
    // Waits between attempts pass at once; attempt timeouts wait for the test.
    fixture.clock = manualClock({ flowsBelowMs: 30_000 });
    fixture.open();
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    clients = [];
    await fixture.server.close();
  });
  return fixture;
}

/** What a call fails with; undefined where it does not. */
export async function failure(sent: Promise<unknown>): Promise<ProviderError | undefined> {
  return sent.then(
    () => undefined,
    (error) => error as ProviderError,
  );
}
