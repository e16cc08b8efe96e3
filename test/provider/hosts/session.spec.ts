import { expect } from "chai";
import { createSession, type Session, type SessionOptions } from "../../../provider/hosts/session";
import { openTestDesk, type TestDesk } from "../../support/desk";
import { TemporaryFolder } from "../../support/folder";
import { thrown } from "../../support/thrown";
import { type ManualClock, manualClock, steadyRandom } from "../http/manual-clock";

const CONNECTIONS = {
  "remote-manager": { platform: "trend-micro", accountType: "lmp", endpoint: "https://lmp.trendmicro.com" },
  armourzero: { platform: "armourzero", account: "acme-msp" },
};
const NOWHERE = "http://127.0.0.1:1";

describe("a session", () => {
  let project: TemporaryFolder;
  let clock: ManualClock;

  const open = (
    config: Readonly<Record<string, unknown>> = {},
    env: SessionOptions["env"] = {},
    folder = "program",
  ): Session => {
    const values: Record<string, unknown> = { connections: CONNECTIONS, ...config };
    const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    return createSession({
      settings: (key) => (values[key] === undefined ? undefined : textOf(values[key])),
      env,
      cwd: project.at(folder),
      clock,
      random: steadyRandom,
      log: () => undefined,
    });
  };
  const refusalOf = (context: ReturnType<Session["checkContext"]>) => {
    if (typeof context !== "string") throw new Error("The connection was not refused.");
    return context;
  };

  beforeEach(() => {
    // Waits between attempts pass at once, the timeout of an attempt does not.
    clock = manualClock({ flowsBelowMs: 30_000 });
    project = new TemporaryFolder({ "Pulumi.yaml": "name: msp\n", "program/index.ts": "" });
  });
  afterEach(() => project.remove());

  describe("its connections", () => {
    it("are known without a network", () => {
      const session = open();
      expect(session.connectionNames).to.deep.equal(["remote-manager", "armourzero"]);
      const context = session.checkContext("remote-manager");
      if (typeof context === "string") throw new Error(context);
      expect(context.title).to.equal("Trend Micro Remote Manager");
      expect(context.capability("Customer", "create")?.mode).to.equal("api");
    });

    const wrong: readonly (readonly [string, unknown, RegExp])[] = [
      ["that are not there", undefined, /^No platform connection is configured\./],
      ["that are no JSON", "remote-manager", /^msp:connections is not an object\./],
      ["that are a list", [], /^msp:connections is not valid: must be an object of named values\.$/],
      [
        "of an unknown platform",
        { one: { platform: "trendmicro" } },
        /one\.platform must be one of armourzero, trend-micro/,
      ],
      ["without an account type", { one: { platform: "trend-micro", account: "a" } }, /one\.accountType is missing/],
      ["without an endpoint", { one: { platform: "trend-micro", accountType: "lmp" } }, /one\.endpoint is missing/],
      [
        "with a misspelt key",
        { one: { platform: "armourzero", acount: "a" } },
        /one\.acount is not a property; did you mean account\?/,
      ],
      [
        "with a name that none can have",
        { One: { platform: "armourzero", account: "a" } },
        / valid: One can't be a name: one is of small letters/,
      ],
    ];
    for (const [what, connections, expected] of wrong) {
      it(`${what} are refused in words`, () => {
        expect(refusalOf(open({ connections }).checkContext("one"))).to.match(expected);
      });
    }

    it("never show a secret that somebody wrote among them", () => {
      const refusal = refusalOf(
        open({ connections: { one: { platform: "armourzero", account: "a", secretKey: "canary-7f3a" } } }).checkContext(
          "one",
        ),
      );
      expect(refusal).to.contain("one.secretKey is not a property").and.not.contain("canary");
    });

    it("that do not exist are refused with the one that was meant", () => {
      expect(refusalOf(open().checkContext("armorzero"))).to.contain("did you mean armourzero?");
      expect(refusalOf(open().checkContext("elsewhere"))).to.contain("use remote-manager or armourzero");
    });

    it("that do not exist can't be written to", async () => {
      const error = await thrown("validation", open().write("armorzero", "msp/prod::x"));
      expect(error.message).to.contain("did you mean armourzero?");
    });
  });

  describe("its credentials", () => {
    const SECRETS = { MSP_REMOTE_MANAGER_ACCESS_TOKEN: "canary-token", MSP_REMOTE_MANAGER_SECRET_KEY: "canary-key" };
    const withFile = (credentialsFile: string) => ({
      connections: { "remote-manager": { ...CONNECTIONS["remote-manager"], credentialsFile } },
    });
    /** Credentials are read before the desk is asked: without a desk, that is as far as it goes. */
    const reachesTheDesk = (session: Session) => thrown("unavailable", session.write("remote-manager", "msp/prod::x"));

    it("come from the environment", async () => {
      const error = await reachesTheDesk(open({}, SECRETS));
      expect(error.message).to.match(/^No off-boarding desk is configured/);
    });

    it("come from the file that the connection names, relative to the project", async () => {
      project.write("secrets/lmp.yaml", "accessToken: canary-token\nsecretKey: canary-key\n");
      await reachesTheDesk(open(withFile("secrets/lmp.yaml")));
    });

    it("come one from the environment and one from the file", async () => {
      project.write("lmp.json", '{ "secretKey": "canary-key" }');
      await reachesTheDesk(open(withFile("lmp.json"), { MSP_REMOTE_MANAGER_ACCESS_TOKEN: "canary-token" }));
    });

    it("that are missing are named, with where to put them", async () => {
      const error = await thrown(
        "unauthenticated",
        open({}, { ...SECRETS, MSP_REMOTE_MANAGER_SECRET_KEY: "" }).write("remote-manager", "x"),
      );
      expect(error.message).to.equal(
        "Connection remote-manager has no secretKey.\nSet MSP_REMOTE_MANAGER_SECRET_KEY, or name a file that holds it in `credentialsFile`.",
      );
    });

    it("in a file that can't be read are refused without its path", async () => {
      const error = await thrown("unauthenticated", open(withFile("none.yaml")).write("remote-manager", "x"));
      expect(error.message).to.contain("credentialsFile of connection remote-manager can't be read (ENOENT)");
      expect(error.message).to.not.contain(project.path);
    });

    for (const [what, text] of [
      ["is broken", "accessToken: canary-token: canary-key\n\t- ["],
      ["holds a text", "canary-token"],
    ] as const) {
      it(`in a file that ${what} are refused without a word of it`, async () => {
        project.write("lmp.yaml", text);
        const error = await thrown("unauthenticated", open(withFile("lmp.yaml")).write("remote-manager", "x"));
        expect(`${error.message} ${String(error.cause)}`).to.not.contain("canary");
      });
    }

    it("go nowhere but to the platform's own hosts", async () => {
      const connections = {
        "remote-manager": { ...CONNECTIONS["remote-manager"], endpoint: "https://lmp.example.com" },
      };
      const error = await thrown("validation", open({ connections }, SECRETS).write("remote-manager", "x"));
      expect(error.message).to.contain("lmp.example.com").and.not.contain("canary");
    });
  });

  describe("its desk", () => {
    const cases: readonly (readonly [
      string,
      SessionOptions["env"],
      "unavailable" | "unauthenticated" | "validation",
      RegExp,
    ])[] = [
      ["none", {}, "unavailable", /^No off-boarding desk is configured, so nothing was sent\./],
      [
        "one set to nothing",
        { MSP_DESK_URL: "", MSP_DESK_TOKEN: "" },
        "unavailable",
        /^No off-boarding desk is configured/,
      ],
      [
        "one without a token",
        { MSP_DESK_URL: NOWHERE },
        "unauthenticated",
        /^A desk is configured, but no token for it\./,
      ],
      [
        "one with a token file that is not there",
        { MSP_DESK_URL: NOWHERE, MSP_DESK_TOKEN_FILE: "none" },
        "unauthenticated",
        /MSP_DESK_TOKEN_FILE can't be read/,
      ],
      [
        "one with an empty token file",
        { MSP_DESK_URL: NOWHERE, MSP_DESK_TOKEN_FILE: "empty" },
        "unauthenticated",
        /no token/,
      ],
      ["one at no address", { MSP_DESK_URL: "desk", MSP_DESK_TOKEN: "canary" }, "validation", /no address/],
      [
        "one in plain text elsewhere",
        { MSP_DESK_URL: "http://desk.example.com", MSP_DESK_TOKEN: "canary" },
        "validation",
        /use https/,
      ],
      [
        "one that is down",
        { MSP_DESK_URL: NOWHERE, MSP_DESK_TOKEN: "canary" },
        "unavailable",
        /^The off-boarding desk does not answer/,
      ],
    ];
    for (const [what, env, kind, expected] of cases) {
      it(`is refused when it is ${what}`, async () => {
        project.write("empty", "\n");
        const error = await thrown(kind, open({}, env).write("armourzero", "msp/prod::x"));
        expect(error.message).to.match(expected);
        expect(error.message).to.not.contain("canary");
      });
    }
  });

  describe("its fleet file", () => {
    const NOTES = "leaving:\n  - { owner: jane@example.com, reason: Left, requester: boss@example.com }\n";
    let desk: TestDesk;
    const reasonOf = async (config: object, env: SessionOptions["env"] = {}) => {
      const session = open({ ...config }, { ...env, MSP_DESK_URL: desk.url, MSP_DESK_TOKEN: desk.tokens.bot });
      const context = await session.write("armourzero", "msp/prod::x");
      return context.notes.find({ kind: "owner", key: "jane@example.com", name: "Jane" }, ["ShieldOne"], "here")
        ?.reason;
    };

    before(async () => {
      desk = await openTestDesk(clock);
    });
    after(() => desk.close());

    it("is relative to the project, also when the environment names it", async () => {
      project.write("fleets/one.yaml", NOTES);
      expect(await reasonOf({ fleetFile: "fleets/one.yaml" })).to.equal("Left");
      expect(await reasonOf({ fleetFile: "none.yaml" }, { MSP_FLEET_FILE: "fleets/one.yaml" })).to.equal("Left");
    });

    it("may be left out, and a reason from the environment comes before the configuration's", async () => {
      const configured = { reason: "Contract ended", requester: "ops@example.com" };
      expect(await reasonOf(configured, { MSP_REASON: "Moved away" })).to.equal("Moved away");
      expect(await reasonOf(configured, { MSP_REASON: "" })).to.equal("Contract ended");
    });
  });

  it("refuses a timeout that is none", async () => {
    for (const timeoutSeconds of ["soon", "0", "-1", "1e9"]) {
      await thrown(
        "validation",
        open({ timeoutSeconds }).within(async () => undefined),
      );
    }
  });
});
