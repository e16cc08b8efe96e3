import { accountClaim, accountConfirmation, accountMerge } from "../../provider/generated/validators";
import { ACCESS } from "../access/roles";
import { confirmAccount, mergeAccount } from "../accounts/confirm";
import { readAccount, recordListing, resolveAccount } from "../accounts/resolve";
import { DeskRefusal } from "../problems";
import { bodyOf } from "../validate";
import { change, look } from "../work";
import { access, actorOf, paramOf, type Routes } from "./route";

const LONGEST_KIND = 64;

export const accountRoutes: Routes = (app, desk) => {
  // Anybody who may read may ask whose credentials these are; what is new is recorded only for those who may record.
  app.post("/v1/accounts/resolve", access(ACCESS.read), async (request) => {
    const claim = bodyOf(accountClaim, request.body);
    return change(desk, actorOf(request), (work) => resolveAccount(work, claim));
  });

  app.get("/v1/accounts/:id", access(ACCESS.read), async (request) =>
    look(desk, (view) => readAccount(view, paramOf(request, "id"))),
  );

  app.post("/v1/accounts/:id/confirmations", access(ACCESS.confirmAccount), async (request) => {
    const confirmation = bodyOf(accountConfirmation, request.body);
    return change(desk, actorOf(request), (work) => confirmAccount(work, paramOf(request, "id"), confirmation));
  });

  app.post("/v1/accounts/:id/merge", access(ACCESS.confirmAccount), async (request) => {
    const merge = bodyOf(accountMerge, request.body);
    return change(desk, actorOf(request), (work) => mergeAccount(work, paramOf(request, "id"), merge));
  });

  app.put("/v1/accounts/:id/listings/:kind", access(ACCESS.record), async (request) => {
    const count = countOf(request.body);
    const kind = paramOf(request, "kind");
    if (kind.length > LONGEST_KIND)
      throw new DeskRefusal("validation", `kind must have at most ${LONGEST_KIND} letters.`);
    return change(desk, actorOf(request), (work) => recordListing(work, paramOf(request, "id"), kind, count));
  });
};

function countOf(body: unknown): number {
  const members = Object.entries(body ?? {});
  const [name, count] = members[0] ?? [];
  if (members.length === 1 && name === "count" && Number.isInteger(count) && count >= 0 && count <= 2_147_483_647)
    return count;
  throw new DeskRefusal("validation", "The body is not as it must be: {count}, a whole number from 0.");
}
