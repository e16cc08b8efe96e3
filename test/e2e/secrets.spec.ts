import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Finding, toldFindings } from "../support/canaries";
import {
  bearerToken,
  deskEcho,
  type Hostile,
  lmpiToken,
  nobodysUrl,
  openHostile,
  openWithoutTls,
  PLATFORM_ECHOES,
} from "./support/hostile";
import { openSecretStage, type SecretStage, type Told } from "./support/secret-stage";

const ROOT = join(__dirname, "..", "..");
const HOSTILE = Object.keys(PLATFORM_ECHOES) as readonly (keyof typeof PLATFORM_ECHOES)[];
const GOOD = ["by-env", "by-json", "by-yaml"];
const BAD = [...HOSTILE, "without-tls", "unreached"];
/** Everything that the engine can be asked to say. */
const LOUD = ["--debug", "-v=9", "--logtostderr", "--logflow"];
/** A secret of the program: Pulumi's own records of what it said to its plugins hold it, and nothing else does. */
const CONFIGURED = "a secret of the stack's configuration";

/** Ends the provider's process in the middle of a call to a platform, with the credentials in its memory, or has it fail there. */
const CRASH = `
if (process.argv[1]?.includes("dynamic-provider")) {
  const http = require("node:http");
  const request = http.request;
  http.request = (options, ...rest) => {
    if (String(options.path).startsWith("/LMPI/")) {
      if (process.env.CRASH === "kill") process.kill(process.pid, "SIGKILL");
      process.nextTick(() => { throw new Error("the provider crashes"); });
    }
    return request(options, ...rest);
  };
}
`;

type Env = Readonly<Record<string, string | undefined>>;

describe("secrets, after a run with everything that can go wrong", function () {
  this.timeout(300_000);
  let stage: SecretStage;
  const hostile = new Map<string, Hostile>();
  const outcomes = new Map<string, Told>();

  const output = (file: string) => join(stage.folder, "outputs", file);
  const project = (file: string) => join(stage.folder, "project", file);
  const given = (file: string) => join(stage.folder, "given", file);
  const urlOf = (name: string) => hostile.get(name)?.url ?? "";

  const engine = async (name: string, args: readonly string[], env: Env = {}) => {
    const told = { PULUMI_DEBUG_COMMANDS: "true", PULUMI_DEBUG_GRPC: output(`${name}.grpc.json`) };
    outcomes.set(name, await stage.pulumi(name, args, { ...told, ...env }));
  };
  const up = (name: string, env: Env = {}, ...more: readonly string[]) =>
    engine(name, ["up", "--yes", "--skip-preview", ...LOUD, ...more], env);
  const command = async (name: string, args: readonly string[], env: Env = {}) => {
    outcomes.set(name, await stage.msp(name, args, env));
  };

  const lmp = (endpoint: string, more: object = {}) => ({
    ...{ platform: "trend-micro", accountType: "lmp", endpoint, visibilitySeconds: 1 },
    ...{ attemptTimeoutSeconds: 5, totalTimeoutSeconds: 1 },
    ...more,
  });
  const fleet = (customers: readonly (readonly [key: string, connection: string])[]) =>
    writeFileSync(
      project("fleet.yaml"),
      `version: 1\ncustomers:\n${customers
        .map(
          ([key, connection]) =>
            `  - { key: ${key}, name: At ${key}, platform: ${connection}, products: [], company: { city: Bonn, state: NRW, country: DE }, firstUser: { loginName: ${key}, firstName: I, lastName: T, email: it@x.example } }\n`,
        )
        .join("")}`,
    );
  const at = (connections: readonly string[]) => connections.map((name) => [name, name] as const);

  function credentialsOf(connections: readonly string[]): Readonly<Record<string, string>> {
    return Object.fromEntries(
      connections.flatMap((name) =>
        ["ACCESS_TOKEN", "SECRET_KEY"].map((part) => [
          `MSP_${name}_${part}`.toUpperCase().replaceAll("-", "_"),
          stage.canaries.make(`the ${part.toLowerCase().replace("_", " ")} of ${name}`),
        ]),
      ),
    );
  }

  async function setUp(): Promise<void> {
    writeFileSync(given("crash.js"), CRASH);
    writeFileSync(
      project("Pulumi.yaml"),
      "name: secrets\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n",
    );
    const main = `require("node:path").join(__dirname, "fleet.yaml")`;
    writeFileSync(project("index.js"), `module.exports = require("pulumi-msp/fleet").fleetProgram(${main});\n`);
    const connections = {
      "by-env": lmp(stage.sandboxUrl),
      "by-json": lmp(stage.sandboxUrl, { credentialsFile: given("lmpi.json") }),
      "by-yaml": lmp(stage.sandboxUrl, { credentialsFile: given("lmpi.yaml") }),
      "by-broken": lmp(stage.sandboxUrl, { credentialsFile: given("broken.yaml") }),
      ...Object.fromEntries(BAD.map((name) => [name, lmp(urlOf(name))])),
    };
    const value = JSON.stringify(connections);
    await engine("init", ["stack", "init", "dev"]);
    await engine("config", ["config", "set", "--secret", "portalPassword", stage.canaries.make(CONFIGURED)]);
    await engine("connections", ["config", "set", "msp:connections", value]);
  }

  /** What goes well, as loud as it gets. */
  async function succeed(): Promise<void> {
    // One customer first: what began empty under three names would be three accounts.
    fleet(at(["by-env"]));
    await up("first");
    fleet(at(GOOD));
    await up("up", {}, "--event-log", output("events.json"), "--tracing", `file:${output("trace")}`);
    const byFile = { MSP_DESK_TOKEN: undefined, MSP_DESK_TOKEN_FILE: given("desk-token") };
    await engine("preview", ["preview", "--json", "--diff", ...LOUD], byFile);
    await engine("refresh", ["refresh", "--yes", "--skip-preview", "--json", ...LOUD]);
    await engine("export", ["stack", "export", "--file", output("exported.json")]);
  }

  /** What does not: each platform in its own way, credentials that can't be read, a desk that is none, a process that dies. */
  async function fail(): Promise<void> {
    const { canaries } = stage;
    const credentials = credentialsOf(BAD);
    fleet(at([...GOOD, ...BAD, "by-broken"]));
    await up("failures", credentials, "--continue-on-error", "--event-log", output("failures.json"));
    await command("settle", ["settle", "--stack", "dev"], credentials);
    const preload = { NODE_OPTIONS: `--require ${given("crash.js")}` };
    fleet([...at(GOOD), ["new", "by-env"]]);
    await up("crash", { ...preload, CRASH: "throw" });
    fleet([...at(GOOD), ["new", "by-env"], ["newer", "by-json"]]);
    await up("kill", { ...preload, CRASH: "kill" });
    await up("wrong-token", { MSP_DESK_TOKEN: canaries.make("a token that the desk does not know") });
    const echoing = { MSP_DESK_URL: urlOf("desk"), MSP_DESK_TOKEN: canaries.make("a token that a desk repeats") };
    await up("echoing-desk", echoing);
    await command("settle-echoing-desk", ["settle", "--stack", "dev"], echoing);
    const operator = canaries.make("a person's token that a desk repeats");
    await command("people", ["people", "armourzero", "begin"], { ...echoing, MSP_OPERATOR_TOKEN: operator });
  }

  /** Services that can't start, and say why. */
  async function misconfigure(): Promise<void> {
    const { canaries, databaseFolder } = stage;
    const wrong = encodeURIComponent(canaries.make("a password that PostgreSQL refuses"));
    const host = encodeURIComponent(databaseFolder);
    const desk = (name: string, env: Env) => command(name, ["desk"], env);
    await desk("desk-refused", { DATABASE_URL: `postgresql://desk_with_password:${wrong}@/postgres?host=${host}` });
    await desk("desk-unreached", { DATABASE_URL: `postgresql://desk:${wrong}@127.0.0.1:1/desk` });
    const raw = canaries.make("a password that was not encoded");
    await desk("desk-unreadable", { DATABASE_URL: `postgresql://desk:${raw}@127.0.0.1:1/desk` });
    const spaced = `${canaries.make("an admin token with a space")} `;
    await desk("desk-spaced", { MSP_DESK_DATA: join(stage.folder, "other-desk"), MSP_DESK_ADMIN_TOKEN: spaced });
    writeFileSync(
      given("credentials.json"),
      `{"accessToken":"${canaries.make("a sandbox's credentials that are broken")}`,
    );
    await command("sandbox-broken", ["sandbox", "--data", join(stage.folder, "given")]);
  }

  before(async () => {
    stage = await openSecretStage(ROOT);
    for (const name of HOSTILE) hostile.set(name, await openHostile(PLATFORM_ECHOES[name], lmpiToken));
    hostile.set("without-tls", await openWithoutTls());
    hostile.set("desk", await openHostile(deskEcho, bearerToken));
    const nobody = await nobodysUrl();
    hostile.set("unreached", { url: nobody, calls: 0, close: async () => undefined });
    await setUp();
    await succeed();
    await fail();
    await misconfigure();
    await stage.stopServices();
  });
  after(async () => {
    for (const server of hostile.values()) await server.close();
    await stage?.close();
  });

  const succeeded = ["init", "config", "connections", "first", "up", "preview", "refresh", "export"];
  for (const name of succeeded) {
    it(`have been used where all goes well: ${name}`, () => {
      expect(outcomes.get(name)?.code, outcomes.get(name)?.text.slice(-3_000)).to.equal(0);
    });
  }

  const failed: readonly (readonly [string, readonly string[]])[] = [
    [
      "settle",
      [
        ...["answered 401", "answered 403", "answered 500", "answered 200 with an error in it"],
        ...["redirects to collector.example", "broke the connection off", "can't be reached"],
        ...["credentialsFile of connection by-broken is no JSON or YAML object"],
      ],
    ],
    ["failures", ["credentialsFile of connection by-broken is no JSON or YAML object"]],
    ["crash", ["the provider crashes"]],
    ["kill", ["error"]],
    ["wrong-token", ["does not know this token"]],
    ["echoing-desk", ["may not do this"]],
    ["settle-echoing-desk", ["may not do this"]],
    ["people", ["is no desk"]],
    ["desk-refused", ["password authentication failed"]],
    ["desk-unreached", ["ECONNREFUSED"]],
    ["desk-unreadable", ["The desk can't start"]],
    ["desk-spaced", ["MSP_DESK_ADMIN_TOKEN must be"]],
    ["sandbox-broken", ["is not what a sandbox wrote"]],
  ];
  for (const [name, words] of failed) {
    it(`have been used where something fails: ${name}`, () => {
      const { code, text } = outcomes.get(name) ?? { code: 0, text: "" };
      if (name !== "crash") expect(code, text).to.not.equal(0);
      for (const word of words) expect(text).to.contain(word);
    });
  }

  it("were sent to each of the servers that repeat them", () => {
    for (const name of [...HOSTILE, "without-tls", "desk"]) expect(hostile.get(name)?.calls, name).to.be.greaterThan(0);
  });

  /**
   * A signature is searched like any other byte. It is no form of the key: HMAC gives nothing of it back. So are the digests that the desk
   * keeps of tokens, and the verifier that PostgreSQL keeps of the password.
   */
  it("are in no byte of state, backups, logs, events, errors, temporary files, Pulumi's home or the desk's folder", () => {
    const { files, bytes, findings } = stage.canaries.scan(stage.folder);
    expect(files).to.be.greaterThan(100);
    expect(bytes).to.be.greaterThan(10_000_000);
    // Where they were put on purpose.
    const kept = /^(given\/|sandbox\/(credentials|control)\.json)/;
    const isOfPulumi = ({ place, where }: Finding) =>
      place === CONFIGURED && /^outputs\/(trace|[a-z-]+\.grpc\.json)\b/.test(where);
    const leaks = findings.filter((finding) => !kept.test(finding.where) && !isOfPulumi(finding));
    expect(leaks, toldFindings(leaks)).to.deep.equal([]);
    const found = new Set(findings.map(({ place }) => place));
    for (const place of ["the access token", "the secret key", "MSP_DESK_TOKEN_FILE", "the sandbox's control token"])
      expect(found, "the search finds what is there").to.include(place);
  });

  it("are in no byte of the database server's folder, nor in any row", async () => {
    const { files, bytes, findings } = stage.canaries.scan(stage.databaseFolder);
    expect(files).to.be.greaterThan(100);
    expect(bytes).to.be.greaterThan(10_000_000);
    expect(findings, toldFindings(findings)).to.deep.equal([]);
    const rows = await stage.databaseRows();
    expect(rows).to.contain("token: ").and.to.contain("audit_record: ");
    expect(stage.canaries.search(rows, "rows")).to.deep.equal([]);
  });
});
