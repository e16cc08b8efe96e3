import { ACCESS } from "../access/roles";
import { type ChainHead, head, records, verify } from "../audit/chain";
import { DeskRefusal } from "../problems";
import { numberOf, queryOf } from "../validate";
import { look } from "../work";
import { access, type Routes } from "./route";

export const auditRoutes: Routes = (app, desk) => {
  app.get("/v1/audit/head", access(ACCESS.read), async () => look(desk, ({ tx }) => head(tx)));

  app.get("/v1/audit/records", access(ACCESS.read), async (request) => {
    const { after, limit } = queryOf(request.query, ["after", "limit"]);
    const from = numberOf(after, "after", { least: 0, most: 999_999_999, otherwise: 0 });
    const most = numberOf(limit, "limit", { least: 1, most: 1_000, otherwise: 100 });
    return { items: await look(desk, ({ tx }) => records(tx, from, most)) };
  });

  app.get("/v1/audit/verify", access(ACCESS.read), async (request) =>
    verify(desk.store, keptHead(queryOf(request.query, ["seq", "hash"]))),
  );
};

function keptHead({ seq, hash }: { readonly seq?: string; readonly hash?: string }): ChainHead | undefined {
  if (seq === undefined && hash === undefined) return undefined;
  if (hash === undefined || !/^[0-9a-f]{64}$/.test(hash))
    throw new DeskRefusal("validation", "hash must be the 64 hexadecimal digits that /v1/audit/head told with seq.");
  return { seq: numberOf(seq, "seq", { least: 1, most: 999_999_999 }), hash };
}
