import { readFileSync, statSync, existsSync } from "node:fs";
import { request } from "node:http";
import { expect } from "chai";
import type { Handshake, TokenRecord } from "../../provider/generated/types";
import { TemporaryFolder } from "../support/folder";
import { caller, leaving } from "./support/desk";
import { createDatabase } from "./support/postgres";
import { runDeskProcess, startDeskProcess } from "./support/process";

const ADMIN_TOKEN = "an-admin-token-of-the-test";

describe("desk: its process", function () {
  this.timeout(120_000);
  // A new folder takes seconds to set up, so most tests work on this one, one after the other.
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());
  const data = () => folder.at("desk");

  it("says in plain lines where it listens, and that production demands PostgreSQL", async () => {
    const desk = await startDeskProcess({ MSP_DESK_DATA: data(), MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN });
    const lines = desk.output().trim().split("\n");
    expect(lines).to.have.length(2);
    expect(lines[0]).to.contain("production demands PostgreSQL");
    expect(lines[1]).to.equal(`desk listening on ${desk.url}`);
    expect(desk.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(desk.output()).not.to.contain("\u001b");
    const handshake = await caller(desk.url, ADMIN_TOKEN).get<Handshake>("/v1/handshake?api=1&client=0.1.0");
    expect(handshake).to.deep.include({ store: "pglite", durable: false });
    expect(handshake.notice).to.equal(lines[0]);
    expect(existsSync(folder.at("desk/admin-token"))).to.equal(false);
    await desk.end("SIGTERM");
  });

  it("makes a first admin token in a file that only its owner reads, says where, and never prints it", async () => {
    const own = new TemporaryFolder();
    const first = await startDeskProcess({ MSP_DESK_DATA: own.at("desk") });
    const file = own.at("desk/admin-token");
    const token = readFileSync(file, "utf8").trim();
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(statSync(own.at("desk")).mode & 0o777).to.equal(0o700);
    expect(first.output()).to.contain(file);
    expect(await caller(first.url, token).get<TokenRecord>("/v1/me")).to.deep.include({
      roles: ["admin"],
      kind: "bot",
    });
    expect(await first.end("SIGTERM")).to.equal(0);
    expect(first.output()).not.to.contain(token);

    const second = await startDeskProcess({ MSP_DESK_DATA: own.at("desk") });
    expect(readFileSync(file, "utf8").trim()).to.equal(token);
    expect(second.output()).not.to.contain("admin token");
    await second.end("SIGTERM");
    own.remove();
  });

  it("starts on what a desk left behind that was killed while it made its database", async () => {
    const own = new TemporaryFolder({ "desk/pglite.new/PG_VERSION": "18\n" });
    const desk = await startDeskProcess({ MSP_DESK_DATA: own.at("desk"), MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN });
    expect(existsSync(own.at("desk/pglite.new"))).to.equal(false);
    await desk.end("SIGTERM");
    own.remove();
  });

  it("warns where tokens could be read on their way to it", async () => {
    const desk = await startDeskProcess({
      MSP_DESK_DATA: data(),
      MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN,
      MSP_DESK_HOST: "0.0.0.0",
    });
    expect(desk.output()).to.contain("without TLS");
    await desk.end("SIGTERM");
  });

  it("refuses a second process on the same folder, which changes nothing for the first", async () => {
    const first = await startDeskProcess({ MSP_DESK_DATA: data(), MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN });
    const second = await runDeskProcess({ MSP_DESK_DATA: data(), MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN });
    expect(second.code).to.equal(1);
    expect(second.output).to.match(/^Another desk is running on the folder /);
    expect(second.output.trim().split("\n")).to.have.length(2);
    expect((await fetch(`${first.url}/healthz`)).status).to.equal(200);
    await first.end("SIGTERM");
  });

  it("answers what is under way before it ends, and keeps it", async () => {
    const env = { MSP_DESK_DATA: data(), MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN };
    const desk = await startDeskProcess(env);
    const grant = { person: { email: "pipeline@example.com" }, kind: "bot", roles: ["requester"] };
    const { token } = await caller(desk.url, ADMIN_TOKEN).post<{ token: string }>("/v1/tokens", grant);
    let ending: Promise<number | null> = Promise.resolve(null);
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", expect: "100-continue" };
      const call = request(`${desk.url}/v1/requests`, { method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on("error", reject);
      // The desk has the call's head when it says so; it is told to stop before it has the rest.
      call.on("continue", () => {
        ending = desk.end("SIGTERM");
        call.end(JSON.stringify(leaving("jane@example.com", "ShieldOne")));
      });
      call.flushHeaders();
    });
    expect(answer).to.equal(201);
    expect(await ending).to.equal(0);
    const again = await startDeskProcess(env);
    expect(await caller(again.url, ADMIN_TOKEN).get("/v1/requests/R-1")).to.deep.include({
      id: "R-1",
      state: "Pending",
    });
    await again.end("SIGINT");
  });

  it("does not start on a token that was revoked", async () => {
    const token = "a-token-that-will-be-revoked";
    const env = { MSP_DESK_DATA: data(), MSP_DESK_ADMIN_TOKEN: token };
    const desk = await startDeskProcess(env);
    const admin = caller(desk.url, token);
    const { id } = await admin.get<TokenRecord>("/v1/me");
    await admin.call("DELETE", `/v1/tokens/${id}`);
    await desk.end("SIGTERM");
    const refused = await runDeskProcess(env);
    expect(refused.code).to.equal(1);
    expect(refused.output).to.contain("was revoked");
    expect(refused.output).not.to.contain(token);
  });

  const WRONG = [
    { reason: "a port that is none", env: { MSP_DESK_PORT: "80a" }, says: "MSP_DESK_PORT" },
    { reason: "a token that can be guessed", env: { MSP_DESK_ADMIN_TOKEN: "admin" }, says: "MSP_DESK_ADMIN_TOKEN" },
    {
      reason: "a calendars file that is not there",
      env: { MSP_DESK_CALENDARS: "nowhere.yaml" },
      says: "MSP_DESK_CALENDARS",
    },
    {
      reason: "a database that does not answer",
      env: { DATABASE_URL: "postgresql://postgres:secret@127.0.0.1:1/desk" },
      says: "ECONNREFUSED",
    },
  ];
  for (const { reason, env, says } of WRONG) {
    it(`does not start on ${reason}, and says so without a stack or a secret`, async () => {
      const { code, output } = await runDeskProcess({ MSP_DESK_DATA: data(), ...env });
      expect(code).to.equal(1);
      expect(output)
        .to.contain(says)
        .and.not.match(/^\s+at /m);
      expect(output).not.to.contain("secret");
    });
  }

  it("promises durability on PostgreSQL", async () => {
    const desk = await startDeskProcess({ DATABASE_URL: await createDatabase(), MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN });
    expect(desk.output().trim()).to.equal(`desk listening on ${desk.url}`);
    expect(await caller(desk.url, ADMIN_TOKEN).get<Handshake>("/v1/handshake?api=1&client=0.1.0")).to.deep.equal({
      api: 1,
      version: "0.1.0",
      store: "postgresql",
      durable: true,
    });
    expect(await desk.end("SIGTERM")).to.equal(0);
  });
});
