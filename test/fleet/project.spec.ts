import { expect } from "chai";
import { projectSettings } from "../../fleet/project";
import { TemporaryFolder } from "../support/folder";
import { thrown } from "../support/thrown";

const PROJECT = `name: msp-fleet
runtime: nodejs
config:
  msp:fleetFile: fleet.yaml
  msp:deskUrl:
    value: http://127.0.0.1:8700
  msp:requester:
    type: string
    default: account-manager@msp.example
  msp:acceptLosses: false
  msp:reason:
  msp:connections:
    value:
      armourzero: { platform: armourzero, account: Example MSP }
`;
const STACK = `config:
  msp:deskUrl: https://desk.example.com
  msp:timeoutSeconds: 60
  msp:connections:
    value: { platform: armourzero, account: acme-msp }
  msp:reason:
    secure: v1:abc
  msp:token:
    secure: v1:def
  msp:secretKey: in-plain-text
`;

describe("the settings of a Pulumi project", () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder({ "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": STACK, "program/index.ts": "" });
  });
  afterEach(() => folder.remove());

  it("are values, set or by default, as Pulumi hands them to a program", () => {
    const settings = projectSettings(folder.path, undefined);
    expect(settings("fleetFile")).to.equal("fleet.yaml");
    expect(settings("deskUrl")).to.equal("http://127.0.0.1:8700");
    expect(settings("requester")).to.equal("account-manager@msp.example");
    expect(settings("acceptLosses")).to.equal("false");
    expect(JSON.parse(settings("connections") ?? "")).to.deep.equal({
      armourzero: { platform: "armourzero", account: "Example MSP" },
    });
  });

  it("are undefined where nothing is set, or nothing to it", () => {
    const settings = projectSettings(folder.path, undefined);
    expect([settings("timeoutSeconds"), settings("reason")]).to.deep.equal([undefined, undefined]);
  });

  it("are the stack's before the project's, and the project's where the stack has none", () => {
    const settings = projectSettings(folder.path, "dev");
    expect(settings("deskUrl")).to.equal("https://desk.example.com");
    expect(settings("timeoutSeconds")).to.equal("60");
    expect(settings("fleetFile")).to.equal("fleet.yaml");
  });

  it("are taken from a stack's file as they are: a connection may be named `value`", () => {
    expect(JSON.parse(projectSettings(folder.path, "dev")("connections") ?? "")).to.have.all.keys("value");
  });

  it("are found from a folder below the project, and by a stack's full name", () => {
    const settings = projectSettings(folder.at("program"), "acme/msp-fleet/dev");
    expect(settings("deskUrl")).to.equal("https://desk.example.com");
  });

  it("are found where the project keeps its stacks' files", () => {
    folder.write("Pulumi.yaml", `${PROJECT}stackConfigDir: stacks\n`);
    folder.write("stacks/Pulumi.prod.yaml", "config: { msp:deskUrl: https://prod.example.com }\n");
    expect(projectSettings(folder.path, "prod")("deskUrl")).to.equal("https://prod.example.com");
  });

  it("are none in a project without configuration", () => {
    folder.write("Pulumi.yaml", "");
    expect(projectSettings(folder.path, undefined)("deskUrl")).to.equal(undefined);
  });

  it("are refused where only Pulumi could read them, without a word of what they hold", async () => {
    const error = await thrown("validation", () => projectSettings(folder.path, "dev")("reason"));
    expect(error.message)
      .to.match(/^msp:reason is a secret of the stack/)
      .and.not.contain("v1:abc");
  });

  it("tell of a credential that it is there, and not what it is", () => {
    const settings = projectSettings(folder.path, "dev");
    expect([settings("token"), settings("secretKey"), settings("password")]).to.deep.equal(["", "", undefined]);
  });

  it("are refused for a stack without a file: a misspelt one must not act on other connections", async () => {
    const error = await thrown("validation", () => projectSettings(folder.path, "dve"));
    expect(error.message).to.contain("there is no").and.contain("Pulumi.dve.yaml");
  });

  it("are refused outside of a project", async () => {
    const elsewhere = new TemporaryFolder();
    const error = await thrown("validation", () => projectSettings(elsewhere.path, undefined));
    expect(error.message).to.contain("There is no Pulumi.yaml in");
    elsewhere.remove();
  });

  const broken = [
    { reason: "no YAML", text: "config: [" },
    { reason: "a key twice", text: "name: a\nname: b\n" },
  ];
  for (const { reason, text } of broken) {
    it(`are refused where the file is wrong: ${reason}`, async () => {
      folder.write("Pulumi.dev.yaml", text);
      const error = await thrown("validation", () => projectSettings(folder.path, "dev"));
      expect(error.message).to.match(/Pulumi\.dev\.yaml can't be read as YAML/);
    });
  }
});
