import { rmSync } from "node:fs";
import { isProviderError } from "../../provider/errors";
import { NOTES } from "./program/notes";
import { SECRET, SETTINGS, type WrongSettings } from "./program/settings";
import { RIGHT } from "./program/arguments";
import { expectGood, messageOf } from "./support/messages";
import { Snapshot } from "./support/snapshots";
import { settled, untouched } from "./support/untouched";
import { type BadWorld, openBadWorld } from "./support/world";

type Given = Pick<WrongSettings, "config" | "lmp" | "env" | "files">;

describe("wrong settings", () => {
  let world: BadWorld;

  before(async function () {
    this.timeout(120_000);
    world = await openBadWorld();
  });
  after(() => world.close());

  /** Runs with these settings and files, and puts the right ones back. */
  async function under<T>({ config, lmp, env, files = {} }: Given, run: () => Promise<T>): Promise<T> {
    const right = { config: { ...world.config }, env: { ...world.env } };
    const connections = JSON.parse(world.config.connections ?? "") as Record<string, object>;
    const changed = { ...connections, lmp: { ...connections.lmp, ...lmp } };
    Object.assign(world.config, lmp === undefined ? {} : { connections: JSON.stringify(changed) }, config);
    Object.assign(world.env, env);
    for (const [file, text] of Object.entries(files)) world.folder.write(file, text);
    try {
      return await run();
    } finally {
      for (const file of Object.keys(files)) if (file !== "fleet.yaml") rmSync(world.folder.at(file));
      restore(world.config, right.config);
      restore(world.env, right.env);
    }
  }

  /** What a person reads: what `check` says, or else what the first operation fails with. */
  async function refusal(operation: () => Promise<unknown>): Promise<string> {
    const { failures } = await world
      .run()("Customer")
      .check({}, { ...RIGHT.Customer, __resource: "msp/bad::try" });
    if (failures.length > 0) return settled(world)(failures.map(({ reason }) => reason).join("\n"));
    try {
      await operation();
    } catch (error) {
      if (isProviderError(error)) return messageOf(error, settled(world));
      throw error;
    }
    throw new Error("It was taken.");
  }

  describe("of connections, credentials and the desk", () => {
    const snapshot = new Snapshot("settings", "Wrong settings: connections, credentials, and the desk");
    for (const one of SETTINGS) {
      it(`${one.expects}: ${one.name}`, async () => {
        const { type, id, state } = world.held.customer;
        const message = await under(one, () =>
          untouched(world, () => refusal(() => world.run()(type).read(id, state))),
        );
        expectGood(message, { place: one.place, secrets: [...world.secrets, SECRET] });
        snapshot.take(one.name, message);
      });
    }
    it("has the texts of these cases and no other", () => snapshot.finish());
  });

  describe("of who leaves, why, and who asks", () => {
    const snapshot = new Snapshot("notes", "Wrong notes on what leaves");
    for (const one of NOTES) {
      it(`${one.expects}: ${one.name}`, async () => {
        const { type, id, state } = world.held.assignment;
        const { fleet, config, env } = one;
        const given = {
          config: {
            requester: undefined,
            ...config,
            ...("fleet" in one && fleet === undefined ? { fleetFile: "none.yaml" } : {}),
          },
          ...(env === undefined ? {} : { env }),
          files: { "fleet.yaml": fleet ?? "version: 1\ncustomers: []\n" },
        };
        const message = await under(given, () =>
          untouched(world, () => refusal(() => world.run()(type).delete(id, state))),
        );
        expectGood(message, { place: /fleet\.yaml|none\.yaml|ScoutTwo of Front Desk|leaving/, secrets: world.secrets });
        snapshot.take(one.name, message);
      });
    }
    it("has the texts of these cases and no other", () => snapshot.finish());
  });
});

function restore(
  values: Record<string, string | undefined>,
  right: Readonly<Record<string, string | undefined>>,
): void {
  for (const key of Object.keys(values)) delete values[key];
  Object.assign(values, right);
}
