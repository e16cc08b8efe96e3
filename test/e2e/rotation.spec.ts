import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { EngineRun } from "../../examples/story/engine";
import { openStage, type Stage } from "../../examples/story/stage";
import type { Connections, TokenRecord } from "../../provider/generated/types";
import { done, knownIn, refused } from "./support/refused";

const ROOT = join(__dirname, "..", "..");
const FLEET = `version: 1
customers:
  - key: acme
    name: Acme Dental
    platform: remote-manager
    onDelete: forget
    deletionProtection: false
    company: { city: Portland, state: Oregon, country: US }
    firstUser: { loginName: acme-it, firstName: IT, lastName: Contact, email: it@acme.example }
    products: [WFBS-S Yearly]
`;

interface Pair {
  readonly accessToken: string;
  readonly secretKey: string;
}

interface Log {
  readonly entries: readonly { readonly key?: number; readonly status: number; readonly isCommitted: boolean }[];
}

/** As docs/credentials.md tells it, step by step. */
describe("a rotation on the real engine", function () {
  this.timeout(180_000);
  let stage: Stage;
  let known: Readonly<Record<string, object>>;

  const variables = ({ accessToken, secretKey }: Pair) => ({
    MSP_REMOTE_MANAGER_ACCESS_TOKEN: accessToken,
    MSP_REMOTE_MANAGER_SECRET_KEY: secretKey,
  });
  const UNSET = variables({ accessToken: "", secretKey: "" });
  const issue = (body: object = {}) => stage.control<Pair>("POST", "keys", body);
  const revoke = (key: number) => stage.control("POST", "revoke", { key });
  const calls = async () => (await stage.control<Log>("GET", "log")).entries;

  /** Runs something; every call that it made was signed by this key, and none was refused or changed anything. */
  async function signedBy(key: number, call: () => Promise<EngineRun>): Promise<void> {
    const before = (await calls()).length;
    done(await call());
    const made = (await calls()).slice(before);
    expect(made.length).to.be.greaterThan(0);
    expect(new Set(made.map((entry) => entry.key))).to.deep.equal(new Set([key]));
    expect(made.filter(({ status, isCommitted }) => status !== 200 || isCommitted)).to.deep.equal([]);
  }

  /** State knows the same objects of the same account; only when they were last read may differ. */
  async function sameObjects(): Promise<void> {
    const ids = (state: Readonly<Record<string, object>>) =>
      Object.entries(state).map(([urn, { id, outputs }]: [string, { id?: unknown; outputs?: object }]) => [
        urn,
        id,
        (outputs as { account?: string }).account,
      ]);
    expect(ids(await knownIn(stage))).to.deep.equal(ids(known));
  }

  before(async () => {
    stage = await openStage({ root: ROOT, name: "rotation" });
    stage.writeFleet(FLEET);
    await stage.engine.configure({ reason: "The contract has ended", requester: "account-manager@msp.example" });
    done(await stage.engine.up());
    known = await knownIn(stage);
  });
  after(() => stage?.close());

  it("has update, preview and refresh use the new key at once, while the old one still counts", async () => {
    const { engine } = stage;
    const second = await issue();
    await engine.withEnv(variables(second), async () => {
      await signedBy(2, () => engine.preview({ refresh: true, expectNoChanges: true }));
      await signedBy(2, () => engine.refresh());
      done(await engine.up());
    });
    // Whoever has not been told yet goes on with the old one.
    await signedBy(1, () => engine.refresh());
    await sameObjects();
    await revoke(1);
    const changed = FLEET.replace("[WFBS-S Yearly]", "[{ product: WFBS-S Yearly, units: 9 }]");
    const update = async () => {
      stage.writeFleet(changed);
      const run = await engine.up();
      stage.writeFleet(FLEET);
      return run;
    };
    for (const call of [() => engine.refresh(), update]) {
      refused(
        await call(),
        "answered 401",
        "Put the credentials that count now into MSP_REMOTE_MANAGER_ACCESS_TOKEN and MSP_REMOTE_MANAGER_SECRET_KEY",
      );
    }
    await engine.withEnv(variables(second), () => signedBy(2, () => engine.refresh()));
    await sameObjects();
  });

  it("of a file needs no change of configuration: what it holds at the time counts", async () => {
    const { engine, connections, folder } = stage;
    const file = join(folder, "lmpi.yaml");
    const keep = ({ accessToken, secretKey }: Pair) =>
      writeFileSync(file, `accessToken: ${accessToken}\nsecretKey: ${secretKey}\n`, { mode: 0o600 });
    const { accessToken } = await issue();
    // Only the secret is new.
    const fourth = await issue({ accessToken });
    const byFile: Connections = {
      ...connections,
      "remote-manager": { ...connections["remote-manager"], credentialsFile: file } as Connections[string],
    };
    await engine.configure({ connections: JSON.stringify(byFile) });
    await engine.withEnv(UNSET, async () => {
      keep({ accessToken, secretKey: "b3V0LW9mLWRhdGU=" });
      // What refresh and destroy are told of a connection is what the last update has put into state.
      done(await engine.up());
      refused(await engine.refresh(), "answered 401", "into the credentialsFile of connection remote-manager");
      keep(fourth);
      await signedBy(4, () => engine.refresh());
    });
    await sameObjects();
  });

  it("of what Pulumi keeps as a secret is refused under msp, and handed on as environment from any other key", async () => {
    const { engine } = stage;
    const { stack } = engine;
    const fifth = await issue();
    await stack.setConfig("msp:secretKey", { value: fifth.secretKey, secret: true });
    const run = await engine.up();
    refused(run, "msp:secretKey is configured, and credentials may not be", "pulumi config rm msp:secretKey");
    expect(run.text).to.not.contain(fifth.secretKey);
    await stack.removeConfig("msp:secretKey");
    done(await engine.up());
    const keys = { accessToken: "remoteManagerAccessToken", secretKey: "remoteManagerSecretKey" } as const;
    for (const part of ["accessToken", "secretKey"] as const)
      await stack.setConfig(keys[part], { value: fifth[part], secret: true });
    const kept = async (key: string) => (await stack.getConfig(key)).value;
    const pair = { accessToken: await kept(keys.accessToken), secretKey: await kept(keys.secretKey) };
    await engine.withEnv(variables(pair), () => signedBy(5, () => engine.refresh()));
    await sameObjects();
  });

  it("of the desk's token has two that count, until the old one is revoked", async () => {
    const { engine, desk, tokens } = stage;
    const grant = { person: { email: "pulumi@msp.example" }, kind: "bot", roles: ["requester"] };
    const { token } = await desk.post<{ readonly token: string }>("/v1/tokens", grant);
    const { items } = await desk.get<{ readonly items: readonly TokenRecord[] }>("/v1/tokens");
    const old = items.find(({ person, revokedAt }) => person.email === "pulumi@msp.example" && revokedAt === undefined);
    const file = join(stage.folder, "desk-token");
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    const byFile = { ...UNSET, MSP_DESK_TOKEN: "", MSP_DESK_TOKEN_FILE: file };
    await engine.withEnv(byFile, () => signedBy(4, () => engine.refresh()));
    await engine.withEnv(UNSET, () => signedBy(4, () => engine.refresh()));
    const admin = readFileSync(join(stage.folder, "desk", "admin-token"), "utf8").trim();
    const headers = { authorization: `Bearer ${admin}` };
    const revoked = await fetch(`${stage.deskUrl}/v1/tokens/${old?.id}`, { method: "DELETE", headers });
    expect(revoked.status).to.equal(200);
    const run = await engine.withEnv(UNSET, () => engine.refresh());
    refused(run, "was revoked at", "Set MSP_DESK_TOKEN, or the file that MSP_DESK_TOKEN_FILE names");
    expect(run.text).to.not.contain(tokens.program);
    await engine.withEnv(byFile, async () => {
      await signedBy(4, () => engine.refresh());
      await sameObjects();
      await signedBy(4, () => engine.destroy());
    });
    const requests = await desk.get<{ items: readonly object[] }>("/v1/requests?open=true");
    expect(requests.items).to.have.length(1);
  });
});
