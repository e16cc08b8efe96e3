import { once } from "node:events";
import { connect, createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { engineOf, holdLifeline } from "../../../provider/hosts/lifeline";

const SCRIPT = join("/", "app", "node_modules", "@pulumi", "pulumi", "cmd", "dynamic-provider", "index.js");

describe("the engine's address", () => {
  for (const [what, argv, address] of [
    ["is given to the dynamic provider", ["node", SCRIPT, "127.0.0.1:40877"], "127.0.0.1:40877"],
    [
      "comes after options of the engine's logging",
      ["node", SCRIPT, "--logtostderr", "-v=9", "localhost:1"],
      "localhost:1",
    ],
    ["is not told to a provider that is attached by hand", ["node", SCRIPT], undefined],
    ["is nothing to a program", ["node", join("/", "app", "index.js"), "127.0.0.1:40877"], undefined],
    ["is nothing to a shell", ["node"], undefined],
  ] as const) {
    it(what, () => {
      expect(engineOf(argv)).to.equal(address);
    });
  }
});

describe("a lifeline", () => {
  let engine: Http2Server;
  let sessions: ServerHttp2Session[];

  beforeEach(async () => {
    sessions = [];
    engine = await listening(0);
  });
  afterEach(() => end());

  async function listening(port: number): Promise<Http2Server> {
    const server = createServer();
    server.on("session", (session: ServerHttp2Session) => sessions.push(session));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  }
  const port = () => (engine.address() as AddressInfo).port;
  const address = () => `127.0.0.1:${port()}`;
  /** As a death ends it: nobody listens, and every connection is cut. */
  async function end() {
    if (!engine.listening) return;
    const closed = once(engine, "close");
    engine.close();
    for (const session of sessions) session.destroy();
    await closed;
  }
  function held(at: string) {
    const heard = { dead: 0, later: 0 };
    const dead = new Promise<void>((died) => {
      holdLifeline({
        address: at,
        onDead: () => {
          heard.dead += 1;
          died();
        },
        later: () => {
          heard.later += 1;
        },
      });
    });
    return { heard, dead };
  }

  it("is cut when the engine dies, and only then", async () => {
    const connected = once(engine, "session");
    const { heard, dead } = held(address());
    await connected;
    expect(heard).to.deep.equal({ dead: 0, later: 0 });
    await end();
    await dead;
    expect(heard).to.deep.equal({ dead: 1, later: 0 });
  });

  it("is held anew where the engine closed this connection alone", async () => {
    const first = once(engine, "session");
    const { heard, dead } = held(address());
    const [session] = (await first) as [ServerHttp2Session];
    const second = once(engine, "session");
    session.close();
    await second;
    expect(heard).to.deep.equal({ dead: 0, later: 0 });
    await end();
    await dead;
  });

  it("says nothing of an engine that it never reached: nobody knows that it has died", async () => {
    const unreached = address();
    await end();
    const { heard } = held(unreached);
    // Whoever asks after it is answered after it.
    await once(connect(`http://${unreached}`), "error");
    await new Promise(setImmediate);
    expect(heard).to.deep.equal({ dead: 0, later: 0 });
  });
});
