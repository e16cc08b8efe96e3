import type { DeskReader } from "../../../provider/desk/client";
import type { Connection, InventoryEntry } from "../../../provider/generated/types";
import type { HttpClient } from "../../../provider/http/client";
import type { PlatformDefinition, SubjectRef } from "../../../provider/platforms/platform";
import { manualClock, steadyRandom } from "../http/manual-clock";
import type { CustomerWorld } from "./contract";

/** A platform that only its people know: its driver reads an inventory that is held here in the desk's place. */
export async function startAttestedWorld(
  definition: PlatformDefinition,
  connection: Connection,
): Promise<CustomerWorld> {
  const clock = manualClock();
  const inventory: InventoryEntry[] = [];
  const account = `${definition.name}:${connection.account}`;
  const desk = {
    inventory: async (query) =>
      inventory.filter(
        (entry) => entry.account === query.account && (query.kind === undefined || entry.kind === query.kind),
      ),
  } as Pick<DeskReader, "inventory"> as DeskReader;
  const add = (entry: Pick<InventoryEntry, "kind" | "subject"> & Partial<InventoryEntry>) => {
    const id = `E-${inventory.length + 1}`;
    const asOf = new Date(clock.now()).toISOString();
    inventory.push({ id, account, present: true, asOf, source: "import:1", stale: false, conflicts: [], ...entry });
    return id;
  };
  const unreachable: HttpClient = {
    send: async () => {
      throw new Error("An attested platform is never called.");
    },
    serverTimeOffsetMs: 0,
    close: () => undefined,
  };
  const addCustomer: CustomerWorld["addCustomer"] = async (name, company) => {
    const key = `C-${inventory.length + 1}`;
    add({ kind: "customer", subject: { kind: "customer", key, name }, company });
    return key;
  };

  return {
    products: ["ShieldOne", "ScoutTwo"],
    how: "attested",
    driver: () =>
      definition.driver({
        name: "people",
        connection,
        credentials: {},
        http: unreachable,
        desk,
        clock,
        random: steadyRandom,
      }),
    addCustomer,
    addSubject: async (name): Promise<SubjectRef> => {
      if (definition.capabilities(connection).Customer !== undefined) {
        return { kind: "customer", key: await addCustomer(name, { city: "Berlin", state: "BE", country: "DE" }), name };
      }
      const subject: SubjectRef = {
        kind: "owner",
        key: `${name.toLowerCase().replaceAll(" ", ".")}@example.com`,
        name,
      };
      add({ kind: "owner", subject });
      return subject;
    },
    addAssignment: async (subject, product, units) => add({ kind: "assignment", subject, product, units }),
    later: () => clock.advance(60_000),
    close: async () => undefined,
  };
}
