import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { VERSION } from "../../../../provider/version";

const MAIN = join(__dirname, "..", "..", "..", "..", "provider", "hosts", "plugin", "main.ts");

describe("pulumi-resource-msp", function () {
  this.timeout(120_000);
  let child: ChildProcessWithoutNullStreams | undefined;

  afterEach(() => {
    if (child?.exitCode === null) child.kill("SIGKILL");
    child = undefined;
  });

  /** Starts it; resolves with the first line that it prints, and with the process. */
  async function start(...args: readonly string[]) {
    const started = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", MAIN, ...args]);
    child = started;
    const [line] = (await once(started.stdout, "data")) as [Buffer];
    return { started, line: line.toString() };
  }

  it("prints its port alone, and answers there", async () => {
    const { line } = await start();
    expect(line).to.match(/^\d+\n$/);
    const client = new ResourceProviderClient(`127.0.0.1:${line.trim()}`, credentials.createInsecure());
    const info = await new Promise<PluginInfo>((resolve, reject) =>
      client.getPluginInfo(new Empty(), (error, answer) => (error === null ? resolve(answer) : reject(error))),
    );
    client.close();
    expect(info.getVersion()).to.equal(VERSION);
  });

  it("ends when the engine that started it dies", async () => {
    const engine = createServer();
    const sessions: ServerHttp2Session[] = [];
    engine.on("session", (session: ServerHttp2Session) => sessions.push(session));
    engine.listen(0, "127.0.0.1");
    await once(engine, "listening");
    const connected = once(engine, "session");
    const { started } = await start("--logtostderr", `127.0.0.1:${(engine.address() as AddressInfo).port}`);
    await connected;
    const ended = once(started, "exit");
    engine.close();
    for (const session of sessions) session.destroy();
    expect(await ended).to.deep.equal([1, null]);
  });
});
