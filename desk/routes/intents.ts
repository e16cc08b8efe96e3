import { intentChange, intentClaim } from "../../provider/generated/validators";
import { ACCESS } from "../access/roles";
import { changeIntent, claimIntent, listIntents, releaseIntent } from "../accounts/intents";
import { bodyOf, queryOf } from "../validate";
import { change, look } from "../work";
import { access, actorOf, paramOf, type Routes } from "./route";

export const intentRoutes: Routes = (app, desk) => {
  app.put("/v1/intents", access(ACCESS.record), async (request) => {
    const claim = bodyOf(intentClaim, request.body);
    return change(desk, actorOf(request), (work) => claimIntent(work, claim));
  });

  app.patch("/v1/intents/:id", access(ACCESS.record), async (request) => {
    const outcome = bodyOf(intentChange, request.body);
    return change(desk, actorOf(request), (work) => changeIntent(work, paramOf(request, "id"), outcome));
  });

  app.delete("/v1/intents/:id", access(ACCESS.record), async (request, reply) => {
    await change(desk, actorOf(request), (work) => releaseIntent(work, paramOf(request, "id")));
    return reply.code(204).send();
  });

  app.get("/v1/intents", access(ACCESS.read), async (request) => {
    const filter = queryOf(request.query, ["account", "type", "naturalKey"]);
    return { items: await look(desk, (view) => listIntents(view, filter)) };
  });
};
