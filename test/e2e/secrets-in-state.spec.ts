import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { openStage, type SandboxLog, type Stage } from "../../examples/story/stage";
import { announceLeavings, Customer, ProductAssignment } from "../../provider";
import { Canaries, toldFindings } from "../support/canaries";
import { openDeskFront } from "./support/desk-front";
import { done, refused } from "./support/refused";

const ROOT = join(__dirname, "..", "..");

/** State as the backend has it. */
interface Stored {
  readonly checkpoint: {
    readonly latest: {
      readonly resources: readonly {
        readonly type: string;
        readonly inputs?: Readonly<Record<string, unknown>>;
        readonly outputs?: Readonly<Record<string, unknown>>;
      }[];
    };
  };
}

/** What a program marks as secret itself: our schemas mark nothing, as no field of them is a credential. */
describe("what a program marks secret, on the real engine", function () {
  this.timeout(180_000);
  const canaries = new Canaries();
  const secrets = {
    note: canaries.make("a member of an input"),
    newNote: canaries.make("a member of an input that is changed"),
    failedNote: canaries.make("a member of an input that could not be changed"),
    lastName: canaries.make("an input that is only written"),
    subjectName: canaries.make("a whole input"),
  };
  let stage: Stage;

  const customerOf = (note: string) =>
    new Customer(
      "acme",
      {
        platform: "remote-manager",
        name: "Acme Dental",
        company: { city: "Portland", state: "Oregon", country: "US", note: pulumi.secret(note) },
        firstUser: {
          loginName: "acme-it",
          firstName: "IT",
          lastName: pulumi.secret(secrets.lastName),
          email: "it@acme.example",
        },
        products: ["WFBS-S Yearly"],
        onDelete: "forget",
        deletionProtection: false,
      },
      // What the platform makes, and a program takes for secret.
      { additionalSecretOutputs: ["userId", "status"] },
    );
  const program = (note: string) => async () => {
    announceLeavings();
    const customer = customerOf(note);
    new ProductAssignment("acme/wfbs", {
      platform: "remote-manager",
      customer: customer.customerId,
      subjectName: pulumi.secret(secrets.subjectName),
      product: "WFBS-S Yearly",
    });
  };
  const run = <T>(note: string, call: () => Promise<T>) => stage.engine.withProgram(program(note), call);

  /** Nothing of it in any byte that the backend has, and each of these encrypted, in inputs and outputs alike. */
  async function expectEncrypted(note: string): Promise<void> {
    const { files, findings } = canaries.scan(join(stage.folder, "state"));
    expect(files).to.be.greaterThan(1);
    expect(findings, toldFindings(findings)).to.deep.equal([]);
    const file = join(stage.folder, "state", ".pulumi", "stacks", "msp-fleet", "story.json");
    const sealed = JSON.parse(readFileSync(file, "utf8")) as Stored;
    const [customer, assignment] = ["Customer", "ProductAssignment"].map((type) =>
      sealed.checkpoint.latest.resources.find((resource) => resource.type.endsWith(`:${type}`)),
    );
    // A member of an input makes the whole output secret.
    for (const part of [customer?.inputs?.firstUser, customer?.outputs?.company, customer?.outputs?.firstUser])
      expect(JSON.stringify(part)).to.contain("ciphertext");
    expect(customer?.inputs?.company).to.have.property("note").with.property("ciphertext");
    for (const output of ["userId", "status"])
      if (customer?.outputs?.[output] !== undefined)
        expect(customer.outputs[output], output).to.have.property("ciphertext");
    expect(customer?.outputs?.userId).to.not.equal(undefined);
    if (assignment !== undefined) {
      expect(assignment.inputs?.subjectName).to.have.property("ciphertext");
      expect(assignment.outputs?.subjectName).to.have.property("ciphertext");
    }
    // It is there: whoever has the passphrase can read it.
    const opened = canaries.search(await stage.engine.state(), "opened");
    const places = new Set(opened.map(({ place }) => place));
    expect(places).to.include("an input that is only written");
    expect([...places].map((place) => canaries.secretOf(place))).to.include(note);
  }

  before(async () => {
    stage = await openStage({ root: ROOT, name: "secrets-in-state" });
  });
  after(() => stage?.close());

  it("is encrypted when only a part was made", async () => {
    // The customer is made, and the desk can't be told: it is kept with what is known, to go on from there.
    const front = await openDeskFront(stage.deskUrl, ({ method, path, body }) =>
      method === "PATCH" && path.startsWith("/v1/intents/") && body.includes('"done"') ? "cut" : undefined,
    );
    try {
      const failed = await stage.engine.withEnv({ MSP_DESK_URL: front.url }, () =>
        run(secrets.note, () => stage.engine.up()),
      );
      refused(failed, "was made, but not all of it");
      expect(canaries.search(failed.text, "output")).to.deep.equal([]);
    } finally {
      await front.close();
    }
    await expectEncrypted(secrets.note);
  });

  it("is encrypted when all is made, and after a refresh", async () => {
    done(await run(secrets.note, () => stage.engine.up()));
    await expectEncrypted(secrets.note);
    done(await run(secrets.note, () => stage.engine.refresh()));
    await expectEncrypted(secrets.note);
    const preview = await run(secrets.note, () => stage.engine.preview({ expectNoChanges: true }));
    done(preview);
  });

  it("is encrypted when it is changed, and sent as it is", async () => {
    const changed = await run(secrets.newNote, () => stage.engine.up());
    done(changed);
    expect(canaries.search(changed.text, "output")).to.deep.equal([]);
    await expectEncrypted(secrets.newNote);
    const { customers } = await stage.control<{ readonly customers: readonly { readonly company: object }[] }>(
      "GET",
      "state",
    );
    expect(customers.map(({ company }) => company)).to.deep.include.members([
      { name: "Acme Dental", city: "Portland", state: "Oregon", country: "US", note: secrets.newNote },
    ]);
  });

  it("is encrypted when a change fails", async () => {
    await stage.control("POST", "faults", {
      fault: { kind: "serverError", isCommitted: false, status: 500 },
      target: "updateCustomer",
      times: "always",
    });
    const failed = await run(secrets.failedNote, () => stage.engine.up());
    expect(failed.ok, failed.text).to.equal(false);
    expect(canaries.search(failed.text, "output")).to.deep.equal([]);
    await expectEncrypted(secrets.newNote);
    expect((await stage.control<SandboxLog>("GET", "log")).writes.length).to.be.greaterThan(0);
  });
});
