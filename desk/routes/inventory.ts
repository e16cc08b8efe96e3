import { inventoryImport } from "../../provider/generated/validators";
import { ACCESS } from "../access/roles";
import { listEntries } from "../inventory/entries";
import { importInventory } from "../inventory/import";
import { bodyOf, flagOf, queryOf } from "../validate";
import { change, look } from "../work";
import { access, actorOf, type Routes } from "./route";

/** An export of tens of thousands of device owners. */
const IMPORT_LIMIT_BYTES = 32 * 1024 * 1024;

export const inventoryRoutes: Routes = (app, desk) => {
  app.post(
    "/v1/inventory/imports",
    { ...access(ACCESS.import), bodyLimit: IMPORT_LIMIT_BYTES },
    async (request, reply) => {
      const given = bodyOf(inventoryImport, request.body);
      const result = await change(desk, actorOf(request), (work) => importInventory(work, given));
      reply.code(201);
      return result;
    },
  );

  app.get("/v1/inventory", access(ACCESS.read), async (request) => {
    const { present, ...filter } = queryOf(request.query, ["account", "kind", "subject", "product", "present"]);
    const items = await look(desk, (view) => listEntries(view, { ...filter, present: flagOf(present, "present") }));
    return { items };
  });
};
