import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { runSandbox } from "../../sandbox/main";

interface Running {
  readonly line: string;
  readonly url: string;
  stop(): Promise<void>;
}

describe("sandbox process", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "msp-sandbox-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(...argv: string[]): Promise<Running> {
    return new Promise((resolve, reject) => {
      const stopping = new AbortController();
      const ended = runSandbox({
        argv: ["--data", folder, ...argv],
        env: {},
        signal: stopping.signal,
        print: (line) => {
          const stop = () => {
            stopping.abort();
            return ended;
          };
          resolve({ line, url: /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? "", stop });
        },
      });
      ended.catch(reject);
    });
  }

  function kept(name: string): Record<string, string> {
    return JSON.parse(readFileSync(join(folder, name), "utf8"));
  }

  async function control(url: string, name: string, body?: object) {
    const response = await fetch(`${url}/_control/${name}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${kept("control.json").controlToken}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as ReturnType<typeof JSON.parse>;
  }

  it("prints one line with its address and files, and no secret", async () => {
    const running = await start();
    await running.stop();
    const secrets = [...Object.values(kept("credentials.json")), kept("control.json").controlToken];
    expect(kept("control.json").url).to.equal(running.url);
    expect(running.line).to.include(join(folder, "credentials.json")).and.include(join(folder, "control.json"));
    expect(running.line.split("\n")).to.have.length(1);
    for (const secret of secrets) expect(running.line).not.to.include(secret);
  });

  it("writes its files for their owner alone, and narrows those that were wider", async () => {
    await (await start()).stop();
    chmodSync(join(folder, "credentials.json"), 0o644);
    await (await start()).stop();
    const modes = ["credentials.json", "control.json", "world.json"].map(
      (name) => statSync(join(folder, name)).mode & 0o777,
    );
    expect(modes).to.deep.equal([0o600, 0o600, 0o600]);
  });

  it("keeps its credentials and its world over a restart", async () => {
    const company = { name: "Acme Dental", city: "Berlin", state: "Berlin", country: "DE" };
    const first = await start();
    const credentials = kept("credentials.json");
    await control(first.url, "edit", { kind: "addCustomer", company });
    await first.stop();
    const second = await start();
    const state = await control(second.url, "state");
    await second.stop();
    expect(kept("credentials.json")).to.deep.equal(credentials);
    expect(state.customers[0].company).to.deep.equal(company);
  });

  it("takes readings as arguments", async () => {
    const running = await start("--reading", "dateFormat=posix", "--reading", "windowDays=30");
    const state = await control(running.url, "state");
    await running.stop();
    expect(state.readings).to.include({ dateFormat: "posix", windowDays: 30 });
  });

  const refused = [
    { reason: "an unknown argument", argv: ["--colour"], says: /--colour/ },
    { reason: "a port that is none", argv: ["--port", "http"], says: /port/ },
    { reason: "an unknown reading", argv: ["--reading", "colour=red"], says: /no reading colour/ },
    { reason: "a reading without a value", argv: ["--reading", "dateFormat"], says: /name=value/ },
  ];
  for (const { reason, argv, says } of refused) {
    it(`refuses ${reason}`, async () => {
      const error = await start(...argv).catch((thrown: unknown) => thrown);
      expect(String(error)).to.match(says);
    });
  }

  it("refuses a credentials file that is not its own, without telling what is in it", async () => {
    writeFileSync(join(folder, "credentials.json"), "canary-5e1f");
    const error = await start().catch((thrown: unknown) => thrown);
    expect(String(error)).to.include("credentials.json").and.not.include("canary-5e1f");
  });

  it("ends cleanly on SIGTERM, with its world saved", async () => {
    const child = spawn(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", "sandbox/main.ts", "--data", folder],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const line = await firstLine(child);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    expect(line).to.match(/http:\/\/127\.0\.0\.1:\d+/);
    expect(code).to.equal(0);
    expect(kept("world.json")).to.have.all.keys("customers", "subscriptions");
  });
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The process has no output.");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("The process printed nothing.");
}
