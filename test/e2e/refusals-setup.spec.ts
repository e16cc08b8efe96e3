import { join } from "node:path";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { Customer, ProductAssignment } from "../../provider";
import { type DeskCall, type Interference, openDeskFront } from "./support/desk-front";
import { refused, written } from "./support/refused";

const ROOT = join(__dirname, "..", "..");
const COMPANY = { city: "Portland", state: "Oregon", country: "US" };
const ACME = `  - key: acme
    name: Acme Dental
    platform: remote-manager
    company: { city: Portland, state: Oregon, country: US }
    firstUser: { loginName: acme-it, firstName: IT, lastName: Contact, email: it@acme.example }
    products: [WFBS-S Yearly]
`;

describe("what is not set up right, on the real engine", function () {
  this.timeout(120_000);
  let stage: Stage;
  let unchanged: Awaited<ReturnType<typeof written>>;

  before(async () => {
    stage = await openStage({ root: ROOT, name: "refusals-setup" });
    stage.armourzero.world.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1 });
    await stage.armourzero.operator.importInventory();
  });
  after(() => stage?.close());
  beforeEach(async () => {
    unchanged = await written(stage);
  });
  afterEach(async () => {
    expect(await written(stage), "nothing is written, neither at the desk nor on the platform").to.deep.equal(
      unchanged,
    );
  });

  const cedar = (owner = "", customer = "platform: armourzero") =>
    `  - key: cedar\n    name: Cedar Logistics\n    ${customer}\n    owners: [{ key: front-desk, email: front-desk@cedar.example, products: [ShieldOne]${owner} }]\n`;
  const fleet = (customers: string) =>
    stage.writeFleet(`version: 1\ndefaults: { adopt: true }\ncustomers:\n${customers}`);
  const platformCalls = async () => (await stage.control<SandboxLog>("GET", "log")).entries.length;

  describe("a desk", () => {
    it("that is not configured is asked for, and the platform is not even read", async () => {
      fleet(ACME + cedar());
      const run = await stage.engine.withEnv({ MSP_DESK_URL: "", MSP_DESK_TOKEN: "" }, () => stage.engine.up());
      refused(run, "No off-boarding desk is configured", "Set MSP_DESK_URL and MSP_DESK_TOKEN", "npx msp desk");
      expect(await platformCalls()).to.equal(0);
    });

    it("that does not know the token says so, with the variable to set", async () => {
      fleet(ACME + cedar());
      const run = await stage.engine.withEnv({ MSP_DESK_TOKEN: "not-a-token-of-this-desk" }, () => stage.engine.up());
      refused(run, "The desk does not know this token", "Set MSP_DESK_TOKEN");
      expect(run.text).to.not.contain("not-a-token-of-this-desk");
      expect(await platformCalls()).to.equal(0);
    });

    const versions: readonly {
      readonly desk: string;
      readonly answer: Interference;
      readonly words: readonly string[];
    }[] = [
      {
        desk: "refuses our version of its API",
        answer: {
          status: 409,
          type: "application/problem+json",
          body: {
            type: "about:blank",
            title: "Not supported",
            status: 409,
            kind: "unsupported",
            detail:
              "The client speaks version 1 of the desk's API; this desk (9.0.0) speaks version 2.\nUpdate pulumi-msp where it runs, so that both speak the same.",
          },
        },
        words: ["this desk (9.0.0) speaks version 2", "Update pulumi-msp"],
      },
      {
        desk: "speaks another version and does not mind",
        answer: {
          status: 200,
          type: "application/json",
          body: { api: 2, version: "9.0.0", store: "postgresql", durable: true },
        },
        words: ["does not speak version 1 of the desk's API", "nothing was sent"],
      },
    ];
    for (const { desk, answer, words } of versions) {
      it(`that ${desk} is asked nothing else`, async () => {
        const isHandshake = ({ path }: DeskCall) => path.startsWith("/v1/handshake");
        const front = await openDeskFront(stage.deskUrl, (call) => (isHandshake(call) ? answer : undefined));
        try {
          fleet(ACME + cedar());
          refused(await stage.engine.withEnv({ MSP_DESK_URL: front.url }, () => stage.engine.up()), ...words);
          expect(front.calls.length).to.be.greaterThan(0);
          expect(front.calls.every(isHandshake)).to.equal(true);
        } finally {
          await front.close();
        }
        expect(await platformCalls()).to.equal(0);
      });
    }
  });

  describe("a connection", () => {
    it("that does not exist is told with the near one, for a customer and for an owner", async () => {
      fleet(cedar("", "platform: armorzero"));
      refused(await stage.engine.preview(), "connection armorzero", "did you mean armourzero?");
      fleet(cedar(", platform: armuorzero"));
      refused(await stage.engine.preview(), "connection armuorzero", "did you mean armourzero?");
    });

    it("to a platform without device owners takes none", async () => {
      fleet(
        cedar(
          "",
          "platform: remote-manager\n    company: { city: Portland, state: Oregon, country: US }\n    firstUser: { loginName: cedar-it, firstName: IT, lastName: Contact, email: it@cedar.example }",
        ),
      );
      refused(
        await stage.engine.preview(),
        "Trend Micro Remote Manager (connection remote-manager) has no DeviceOwner",
      );
    });

    it("to ArmourZero takes products of owners only, and no customers", async () => {
      fleet("  - { key: cedar, name: Cedar Logistics, platform: armourzero, products: [ShieldOne] }\n");
      refused(await stage.engine.preview(), "Customer cedar lists products", "Move them under `owners:`");
      const handWritten = (program: () => void) =>
        stage.engine.withProgram(
          async () => program(),
          () => stage.engine.preview(),
        );
      refused(
        await handWritten(
          () => new Customer("cedar", { platform: "armourzero", name: "Cedar Logistics", company: COMPANY }),
        ),
        "ArmourZero (connection armourzero) has no Customer",
      );
      refused(
        await handWritten(
          () =>
            new ProductAssignment("cedar/shieldone", {
              platform: "armourzero",
              customer: "Cedar Logistics",
              product: "ShieldOne",
            }),
        ),
        "ArmourZero assigns products to device owners; set `owner`",
      );
    });
  });

  it("a fleet file shows all its mistakes together, with their places", async () => {
    fleet(
      "  - key: cedar\n    nme: Cedar Logistics\n    platform: armourzero\n    owners: [{ key: front-desk, email: nobody }]\n",
    );
    const run = await stage.engine.preview();
    refused(
      run,
      "has 2 mistakes; nothing was done",
      ":5:5 customers[0].nme: is no key of a customer; did you mean name?",
      ":7:",
    );
    expect(run.text).to.contain('customers[0].owners[0].email: "nobody" is not an e-mail address');
    expect(run.text).to.not.contain("Unhandled");
  });
});
