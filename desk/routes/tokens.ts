import { tokenGrant } from "../../provider/generated/validators";
import { ACCESS } from "../access/roles";
import { issueToken, listTokens, revokeToken } from "../access/tokens";
import { bodyOf } from "../validate";
import { change, look } from "../work";
import { access, actorOf, paramOf, type Routes } from "./route";

export const tokenRoutes: Routes = (app, desk) => {
  app.post("/v1/tokens", access(ACCESS.tokens), async (request, reply) => {
    const grant = bodyOf(tokenGrant, request.body);
    const { record, token } = await change(desk, actorOf(request), (work) => issueToken(work, grant));
    reply.code(201).header("cache-control", "no-store");
    return { ...record, token };
  });

  app.get("/v1/tokens", access(ACCESS.readTokens), async () => ({
    items: await look(desk, ({ tx }) => listTokens(tx)),
  }));

  app.delete("/v1/tokens/:id", access(ACCESS.tokens), async (request) =>
    change(desk, actorOf(request), (work) => revokeToken(work, paramOf(request, "id"))),
  );
};
