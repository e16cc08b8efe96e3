import { status } from "@grpc/grpc-js";
import { CallRequest, GetSchemaRequest, InvokeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { shim, STATE_VERSION, type Properties } from "../../../../provider/hosts/state";
import { VERSION } from "../../../../provider/version";
import { UNKNOWN } from "../../../../provider/lifecycle/unknowns";
import { type MspWorld, openWorld } from "../../lifecycle/msp-world";
import { type Connection, PluginStage, refusal } from "./engine";
import { secret, withoutSecrets } from "./signatures";

const COMPANY = { city: "Bonn", state: "NRW", country: "DE" };
const FIRST_USER = { loginName: "acme", firstName: "Jo", lastName: "Doe", email: "jo@acme.example" };

describe("the plugin", () => {
  let world: MspWorld;
  let stage: PluginStage;
  let engine: Connection;

  beforeEach(async () => {
    world = await openWorld();
    stage = await PluginStage.open(world);
    world.armourzero.world.add("jane@acme.example", "Jane Doe", { ShieldOne: 1, ScoutTwo: 1 });
    await world.armourzero.operator.importInventory();
    engine = await stage.connect();
  });
  afterEach(async () => {
    const leaked = stage.answers.filter((answer) => world.secrets.some((text) => answer.includes(text)));
    stage.close();
    await world.close();
    expect(leaked, "no credential and no path leaves the process").to.deep.equal([]);
  });

  interface Subject {
    readonly type: string;
    readonly urn: string;
    /** Inputs of what is there, or may be made. */
    readonly args: () => Properties;
    /** How an import names it once it is made. */
    readonly importId: (id: string) => string;
  }
  const subjects: readonly (() => Subject)[] = [
    () => ({
      type: "Customer",
      urn: stage.urn("Customer", "acme"),
      args: () => ({ platform: world.names.lmp, name: "Acme", company: COMPANY, firstUser: FIRST_USER }),
      importId: (id) => `${world.names.lmp}/${id}`,
    }),
    () => ({
      type: "DeviceOwner",
      urn: stage.urn("DeviceOwner", "jane"),
      args: () => ({
        platform: world.names.armourzero,
        email: "jane@acme.example",
        products: ["ShieldOne", "ScoutTwo"],
      }),
      importId: () => `${world.names.armourzero}/jane@acme.example`,
    }),
    () => ({
      type: "ProductAssignment",
      urn: stage.urn("ProductAssignment", "jane-shield"),
      args: () => ({ platform: world.names.armourzero, owner: "jane@acme.example", product: "ShieldOne", adopt: true }),
      importId: (id) => `${world.names.armourzero}/${id}`,
    }),
  ];

  /** Checks, previews and creates it. */
  async function made({ urn, args }: Subject) {
    const inputs = await engine.check(urn, undefined, args());
    const { id, outputs } = await engine.create(urn, inputs);
    return { id, inputs, outputs };
  }

  it("shakes hands, and tells its version before it is configured", async () => {
    const bare = stage.bare();
    const answer = (await bare.handshake()).toObject();
    expect(answer).to.deep.include({
      acceptSecrets: true,
      acceptResources: true,
      acceptOutputs: true,
      supportsAutonamingConfiguration: true,
      acceptsByteString: false,
    });
    const info = await bare.call<{ getVersion(): string }>("getPluginInfo", new Empty());
    expect(info.getVersion()).to.equal(VERSION);
  });

  it("serves its schema, and refuses another version of it", async () => {
    const request = new GetSchemaRequest();
    const answer = await engine.call<{ getSchema(): string }>("getSchema", request);
    expect(JSON.parse(answer.getSchema())).to.include({ name: "msp" });
    request.setVersion(1);
    expect((await refusal(engine.call("getSchema", request))).code).to.equal(status.INVALID_ARGUMENT);
  });

  it("says of what it does not offer that it does not, in words", async () => {
    const { code, details } = await refusal(engine.call("call", new CallRequest()));
    expect(code).to.equal(status.UNIMPLEMENTED);
    expect(details).to.match(/pulumi-msp/);
    const invoke = new InvokeRequest();
    invoke.setTok("msp:index:getNothing");
    expect((await refusal(engine.call("invoke", invoke))).details).to.equal(
      "pulumi-msp has no function msp:index:getNothing.",
    );
  });

  it("refuses a type that it does not have", async () => {
    const { details, code } = await refusal(engine.check(stage.urn("Custmer", "x"), undefined, {}));
    expect(code).to.equal(status.INVALID_ARGUMENT);
    expect(details).to.contain("no resource msp:index:Custmer");
  });

  it("refuses calls of a connection that was never configured, and prints no stack", async () => {
    const { details } = await refusal(stage.bare().check(stage.urn("Customer", "x"), undefined, {}));
    expect(details).to.match(/^The engine called the provider before it configured it/);
    expect(details).to.not.match(/\n\s+at /);
  });

  for (const [index, type] of ["Customer", "DeviceOwner", "ProductAssignment"].entries()) {
    const subjectOf = () => (subjects[index] as () => Subject)();

    describe(`with a ${type}`, () => {
      it("checks the same again, and keeps what it is given", async () => {
        const { urn, args } = subjectOf();
        const once = await engine.check(urn, undefined, args());
        expect(await engine.check(urn, undefined, args())).to.deep.equal(once);
        expect(once).to.deep.include(args());
        expect(await engine.check(urn, once, once), "its own answer is checked as it is").to.deep.equal(once);
      });

      it("takes a property that is null for one that is left out", async () => {
        const { urn, args } = subjectOf();
        const once = await engine.check(urn, undefined, args());
        expect(
          await engine.check(urn, undefined, { ...args(), wait: null, adopt: args().adopt ?? null }),
        ).to.deep.equal(once);
      });

      it("previews a create without a write, with what is certain, and everything else unknown", async () => {
        const { urn, args } = subjectOf();
        const before = [await world.deeds(), await intents()];
        const inputs = await engine.check(urn, undefined, args());
        const { outputs } = await engine.create(urn, inputs, { preview: true });
        expect([await world.deeds(), await intents()]).to.deep.equal(before);
        expect(outputs).to.deep.include(inputs);
        expect(outputs.known).to.equal(UNKNOWN);
        expect(outputs.account).to.be.a("string").and.to.not.equal(UNKNOWN);
        const { outputs: now } = await made(subjectOf());
        for (const [key, value] of Object.entries(outputs))
          if (value !== UNKNOWN) expect(now[key], `${key} was said to be certain`).to.deep.equal(value);
      });

      it("is created, read as the same, and differs in nothing", async () => {
        const subject = subjectOf();
        const held = await made(subject);
        expect(held.outputs).to.deep.include({
          __provider: shim(subject.type as never),
          __stateVersion: STATE_VERSION,
          __resource: `${world.program}::${subject.urn.split("::").at(-1)}`,
        });
        const seen = await engine.read(subject.urn, held.id, held);
        if (seen === undefined) throw new Error("What was made is gone.");
        expect(seen.id).to.equal(held.id);
        expect(seen.inputs).to.deep.equal(held.inputs);
        const none = { changes: false, replaces: [], diffs: [], paths: {}, deleteBeforeReplace: false };
        expect(await engine.diff(subject.urn, held.id, seen, held.inputs)).to.deep.include(none);
        // As a refresh asks: what it found are the olds, what was known are the news.
        expect(await engine.diff(subject.urn, held.id, seen, seen.inputs)).to.deep.include(none);
      });

      it("is imported by its id alone, with inputs that pass and differ in nothing, and none that are secret", async () => {
        const subject = subjectOf();
        const held = await made(subject);
        const found = await engine.read(subject.urn, subject.importId(held.id));
        if (found === undefined) throw new Error("It was not found.");
        expect(found.id).to.equal(held.id);
        expect(found.inputs).to.not.have.property("firstUser");
        const inputs = await engine.check(subject.urn, found.inputs, found.inputs);
        expect(inputs).to.deep.equal(found.inputs);
        expect(await engine.diff(subject.urn, found.id, found, inputs)).to.include({ changes: false });
        const listed = await engine.list(`msp:index:${subject.type}`, { platform: subject.args().platform });
        expect(listed.map(({ id }) => id)).to.include(subject.importId(held.id));
      });

      it("is not imported by an id of another form, nor where there is none", async () => {
        const subject = subjectOf();
        const { details, code } = await refusal(engine.read(subject.urn, "x"));
        expect(code).to.equal(status.INVALID_ARGUMENT);
        expect(details).to.contain("an id is <connection>/<").and.to.contain(world.names.lmp);
        expect(await engine.read(subject.urn, `${String(subject.args().platform)}/nobody`)).to.equal(undefined);
      });

      it("keeps each input secret that was given as one, and lets none out in the clear", async () => {
        const { urn, args } = subjectOf();
        for (const key of Object.keys(args())) {
          const given = { ...args(), [key]: secret(args()[key]) };
          const { inputs, failures } = await engine.checked(urn, undefined, given);
          if (type === "DeviceOwner" && key === "email") {
            expect(failures.join()).to.contain("email can't be secret here");
            continue;
          }
          expect(failures, key).to.deep.equal([]);
          expect(inputs[key], key).to.deep.equal(given[key]);
          const { outputs } = await engine.create(urn, inputs, { preview: true });
          expect(outputs[key], key).to.deep.equal(given[key]);
        }
      });

      it("takes each input for any while it is not known", async () => {
        const { urn, args } = subjectOf();
        for (const key of Object.keys(args())) {
          const given = { ...args(), [key]: UNKNOWN };
          const { inputs, failures } = await engine.checked(urn, undefined, given);
          expect(failures, key).to.deep.equal([]);
          expect(inputs[key], key).to.equal(UNKNOWN);
          const { outputs } = await engine.create(urn, inputs, { preview: true });
          expect(outputs[key], key).to.equal(UNKNOWN);
        }
      });
    });
  }

  async function intents(): Promise<number> {
    const { desk } = world.run().session;
    const accounts = [world.accounts.armourzero, world.accounts.clp];
    const types = ["Customer", "DeviceOwner", "ProductAssignment"];
    const all = await Promise.all(accounts.flatMap((account) => types.map((type) => desk.intents(account, type))));
    return all.flat().length;
  }

  describe("at preview", () => {
    const previewed = async (type: string, name: string, args: Properties) => {
      const urn = stage.urn(type, name);
      const before = await world.deeds();
      const inputs = await engine.check(urn, undefined, args);
      const error = await refusal(engine.create(urn, inputs, { preview: true }));
      expect(await world.deeds()).to.equal(before);
      return error;
    };
    const assignment = (args: Properties) =>
      previewed("ProductAssignment", "p", { platform: world.names.armourzero, ...args });

    it("says that an owner is not known, and who was meant", async () => {
      const { details, code } = await assignment({ owner: "jnae@acme.example", product: "ShieldOne" });
      expect(details).to.contain("Did you mean jane@acme.example");
      expect(code).to.equal(status.NOT_FOUND);
      const owner = await previewed("DeviceOwner", "o", {
        platform: world.names.armourzero,
        email: "jnae@acme.example",
      });
      expect(owner.details).to.contain("Did you mean jane@acme.example");
    });

    it("says that a product is not known, also while the subject is not", async () => {
      const args = { platform: world.names.lmp, customer: UNKNOWN, product: "No Such Plan" };
      const { details } = await previewed("ProductAssignment", "p", args);
      expect(details).to.contain("No Such Plan");
    });

    it("says that it exists and is somebody else's, in the words of the create", async () => {
      const args = { owner: "jane@acme.example", product: "ShieldOne" };
      const error = await assignment(args);
      expect(error.code).to.equal(status.ALREADY_EXISTS);
      const urn = stage.urn("ProductAssignment", "p");
      const inputs = await engine.check(urn, undefined, { platform: world.names.armourzero, ...args });
      expect((await refusal(engine.create(urn, inputs))).details).to.equal(error.details);
    });

    it("says that another program has claimed it", async () => {
      await made((subjects[2] as () => Subject)());
      const args = { owner: "jane@acme.example", product: "ShieldOne", adopt: true };
      expect((await assignment(args)).details).to.contain(`belongs to ${world.program}::jane-shield`);
    });

    it("says that nobody asks for what people do", async () => {
      delete world.config.requester;
      engine = await stage.connect();
      const { details } = await assignment({ owner: "jane@acme.example", product: "GuardThree" });
      expect(details).to.contain("nobody says who asks for it");
    });

    it("says of an update that what it is about is gone", async () => {
      const subject = (subjects[0] as () => Subject)();
      const held = await made(subject);
      world.lmpi.store.customers.delete(held.id);
      world.clock.advance(600_000);
      engine = await stage.connect();
      const news = { ...held.inputs, name: "Acme Dental" };
      const { details, code } = await refusal(engine.update(subject.urn, held.id, held, news, { preview: true }));
      expect(details).to.contain("is gone from");
      expect(code).to.equal(status.NOT_FOUND);
    });
  });

  describe("in a diff", () => {
    it("names the paths that differ, and keeps what stays known", async () => {
      const subject = (subjects[0] as () => Subject)();
      const held = await made(subject);
      const news = {
        ...held.inputs,
        company: { ...COMPANY, city: "Berlin", note: "moved" },
        products: ["B", "A"],
      };
      const olds = { ...held, outputs: { ...held.outputs, products: ["A", "C"] } };
      const difference = await engine.diff(subject.urn, held.id, olds, news);
      expect(difference.paths).to.deep.equal({
        "company.city": { kind: "update", isInput: true },
        "company.note": { kind: "add", isInput: true },
        "products[0]": { kind: "add", isInput: false },
        "products[1]": { kind: "delete", isInput: false },
      });
      expect(difference.diffs).to.have.members(["company", "products"]);
      expect(difference.stables).to.include("customerId");
      const ignoring = await engine.diff(subject.urn, held.id, olds, news, ["company", "products"]);
      expect(ignoring).to.include({ changes: false });
    });

    it("replaces what is another object, and deletes it first", async () => {
      const subject = (subjects[2] as () => Subject)();
      const held = await made(subject);
      const difference = await engine.diff(subject.urn, held.id, held, { ...held.inputs, product: "ScoutTwo" });
      expect(difference).to.deep.include({ replaces: ["product"], deleteBeforeReplace: true, changes: true });
      expect(difference.paths.product?.kind).to.equal("update-replace");
    });
  });

  it("tells under the resource what it did", async () => {
    const urn = stage.urn("ProductAssignment", "new");
    const args = { platform: world.names.armourzero, owner: "jane@acme.example", product: "GuardThree" };
    await engine.create(urn, await engine.check(urn, undefined, args));
    expect(stage.lines).to.have.length(1);
    expect(stage.lines[0]).to.include({ urn });
    expect(stage.lines[0]?.message).to.match(/^filed request R-\d+: assign GuardThree/);
  });

  it("takes a secret out of its lines and its errors, though it must hand it to the platform", async () => {
    const urn = stage.urn("ProductAssignment", "new");
    const canary = "canary-7f3a";
    const args = { platform: world.names.armourzero, owner: secret(`${canary}@acme.example`), product: "ShieldOne" };
    const inputs = await engine.check(urn, undefined, args);
    const { details } = await refusal(engine.create(urn, inputs));
    expect(details).to.contain("no device owner [secret]").and.to.not.contain(canary);
  });

  it("hands a secret out nowhere but as one: in create, read, update and what refuses a delete", async () => {
    const canary = "Canary-7f3a";
    const urn = stage.urn("Customer", "acme");
    const args = (city: string) => ({
      platform: world.names.lmp,
      name: secret(`${canary} Dental`),
      company: { ...COMPANY, city, note: secret(`${canary} note`) },
      firstUser: secret({ ...FIRST_USER, email: `${canary}@acme.example` }),
    });
    const inputs = await engine.check(urn, undefined, args("Bonn"));
    const { id, outputs } = await engine.create(urn, inputs);
    const seen = await engine.read(urn, id, { inputs, outputs });
    if (seen === undefined) throw new Error("It is gone.");
    const news = await engine.check(urn, inputs, args("Berlin"));
    const after = await engine.update(urn, id, seen, news);
    expect(world.lmpi.store.customer(id).company.name).to.equal(`${canary} Dental`);
    const { details } = await refusal(engine.delete(urn, id, { inputs: news, outputs: after }));
    expect(details).to.contain("[secret]");
    const told = [inputs, outputs, seen, news, after].map((answer) => JSON.stringify(withoutSecrets(answer)));
    for (const text of [...told, details, ...stage.lines.map(({ message }) => message)])
      expect(text.toLowerCase()).to.not.contain(canary.toLowerCase());
    expect(JSON.stringify(seen.inputs)).to.contain(`${canary} note`);
  });

  it("takes over state of the dynamic host, unchanged and without a call, and writes state that it takes back so", async () => {
    const subject = (subjects[0] as () => Subject)();
    const dynamic = world.run().provider("Customer");
    const hidden = { __provider: shim("Customer"), __resource: `${world.program}::acme` };
    const { inputs } = await dynamic.check({}, { ...subject.args(), ...hidden });
    const { id, outs } = await dynamic.create(inputs);
    const state = { inputs, outputs: { ...outs, __provider: hidden.__provider } as Properties };
    const news = await engine.check(subject.urn, inputs, subject.args());
    const calls = world.lmpi.log.entries.length;
    expect(await engine.diff(subject.urn, id, state, news)).to.include({ changes: false });
    expect(world.lmpi.log.entries.length).to.equal(calls);

    const seen = await engine.read(subject.urn, id, state);
    if (seen === undefined) throw new Error("It is gone.");
    const back = await dynamic.check(seen.inputs, { ...subject.args(), ...hidden });
    expect(await dynamic.diff(id, seen.outputs, back.inputs)).to.include({ changes: false });
    expect((await dynamic.read(id, seen.outputs)).id).to.equal(id);
  });

  it("refuses state that a newer package wrote", async () => {
    const subject = (subjects[1] as () => Subject)();
    const held = await made(subject);
    const newer = { ...held, outputs: { ...held.outputs, __stateVersion: STATE_VERSION + 1 } };
    const { details } = await refusal(engine.read(subject.urn, held.id, newer));
    expect(details).to.match(/^This state was written by a newer pulumi-msp/);
  });
});
