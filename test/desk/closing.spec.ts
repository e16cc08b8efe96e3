import { once } from "node:events";
import { request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect } from "chai";
import type { FastifyInstance } from "fastify";
import { SETUP } from "../../desk/access/first-admin";
import { issueToken } from "../../desk/access/tokens";
import { buildDesk, createDesk } from "../../desk/server";
import { openMemoryStore } from "../../desk/store/pglite";
import type { Store } from "../../desk/store/store";
import { change } from "../../desk/work";

/** Calls that have arrived in part, down to nothing at all. */
const PARTS = [
  { reason: "says nothing", text: "" },
  { reason: "has said half a head", text: "POST /v1/requests HTTP/1.1\r\nHost: x\r\n" },
  {
    reason: "has said half a body",
    text: "POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  },
] as const;

const addressesOf = (app: FastifyInstance) => app.addresses() as readonly AddressInfo[];

describe("desk: its end", function () {
  this.timeout(120_000);
  let store: Store;
  let token: string;
  before(async () => {
    store = await openMemoryStore();
    const grant = { person: { email: "otto@example.com" }, kind: "person", roles: ["auditor"] } as const;
    token = (await change(createDesk({ store }), SETUP, (work) => issueToken(work, { ...grant, roles: ["auditor"] })))
      .token;
  });
  after(() => store.close());

  async function open(app: FastifyInstance, host: string, text = ""): Promise<Socket> {
    const socket = connect(addressesOf(app)[0]?.port ?? 0, host);
    socket.on("error", () => undefined).resume();
    await once(socket, "connect");
    socket.write(text);
    return socket;
  }

  for (const { reason, text } of PARTS) {
    it(`is not held up by somebody who ${reason}`, async () => {
      const app = buildDesk({ store, closingGraceMs: 50 });
      await app.listen({ host: "127.0.0.1", port: 0 });
      const socket = await open(app, "127.0.0.1", text);
      const cut = once(socket, "close");
      // Whoever connects is known to the desk before whoever connects later.
      await (await fetch(`http://127.0.0.1:${addressesOf(app)[0]?.port}/healthz`)).text();
      await app.close();
      await cut;
    });
  }

  it("comes on every address that a name stands for", async () => {
    const app = buildDesk({ store, closingGraceMs: 50 });
    await app.listen({ host: "localhost", port: 0 });
    const sockets = await Promise.all(addressesOf(app).map(({ address }) => open(app, address)));
    const cut = Promise.all(sockets.map((socket) => once(socket, "close")));
    await app.close();
    await cut;
  });

  it("waits for a call that is being worked on, however long somebody else is silent", async () => {
    const gate = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    let reads = 0;
    const slow: Store = {
      ...store,
      read: async (work) => {
        reads += 1;
        // The half call's, and that of the call that is to be answered.
        if (reads === 2) reading.resolve();
        await gate.promise;
        return store.read(work);
      },
    };
    const app = buildDesk({ store: slow, closingGraceMs: 1 });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const silent = await open(app, "127.0.0.1");
    const half = await open(app, "127.0.0.1", PARTS[2].text);
    const answer = new Promise<number | undefined>((resolve, reject) => {
      request(`${url}/v1/me`, { headers: { authorization: `Bearer ${token}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    await reading.promise;
    const closed = app.close();
    // The grace is over long before this.
    await new Promise((later) => setTimeout(later, 50));
    expect(silent.destroyed).to.equal(false);
    gate.resolve();
    expect(await answer).to.equal(200);
    await closed;
    for (const socket of [silent, half]) if (!socket.destroyed) await once(socket, "close");
  });
});
