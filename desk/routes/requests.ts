import type { FastifyRequest } from "fastify";
import type { OffboardingRequest } from "../../provider/generated/types";
import {
  confirm,
  contact,
  filing,
  pause,
  removed,
  submit,
  vendorVerify,
  verify,
  withdraw,
} from "../../provider/generated/validators";
import { ACCESS } from "../access/roles";
import {
  pauseClock,
  recordContact,
  recordVendorVerification,
  resumeClock,
  submitRequest,
  verifyRequest,
  withdrawRequest,
} from "../requests/acts";
import { fileRequest } from "../requests/file";
import { confirmItem, recordRemoved } from "../requests/items";
import { listRequests } from "../requests/list";
import { readRequest } from "../requests/records";
import { bodyOf, flagOf, numberOf, queryOf } from "../validate";
import { change, type Desk, look, type Work } from "../work";
import { access, actorOf, paramOf, type Routes } from "./route";

const PAGE = { least: 1, most: 200, otherwise: 50 };
const ANY_NUMBER = { least: 1, most: 999_999_999 };

export const requestRoutes: Routes = (app, desk) => {
  app.post("/v1/requests", access(ACCESS.file), async (request, reply) => {
    const { request: filed, existed } = await fileRequest(desk, actorOf(request), bodyOf(filing, request.body));
    reply.code(existed ? 200 : 201);
    return filed;
  });

  app.get("/v1/requests", access(ACCESS.read), async (request) => {
    const { limit, cursor, open, ...filter } = queryOf(request.query, [
      "state",
      "account",
      "subject",
      "product",
      "kind",
      "open",
      "limit",
      "cursor",
    ]);
    const before = cursor === undefined ? undefined : numberOf(cursor, "cursor", ANY_NUMBER);
    return look(desk, (view) =>
      listRequests(view, { ...filter, open: flagOf(open, "open"), limit: numberOf(limit, "limit", PAGE), before }),
    );
  });

  app.get("/v1/requests/:id", access(ACCESS.read), async (request) =>
    look(desk, (view) => readRequest(view, paramOf(request, "id"))),
  );

  app.post("/v1/requests/:id/verify", access(ACCESS.verify), async (request) => {
    const action = bodyOf(verify, request.body);
    return act(desk, request, (work, id) => verifyRequest(work, id, action));
  });
  app.post("/v1/requests/:id/withdraw", access(ACCESS.withdraw), async (request) => {
    const action = bodyOf(withdraw, request.body);
    return act(desk, request, (work, id) => withdrawRequest(work, id, action));
  });
  app.post("/v1/requests/:id/submit", access(ACCESS.operate), async (request) => {
    const action = bodyOf(submit, request.body);
    return act(desk, request, (work, id) => submitRequest(work, id, action));
  });
  app.post("/v1/requests/:id/contact", access(ACCESS.operate), async (request) => {
    const action = bodyOf(contact, request.body);
    return act(desk, request, (work, id) => recordContact(work, id, action));
  });
  app.post("/v1/requests/:id/vendor-verification", access(ACCESS.operate), async (request) => {
    const action = bodyOf(vendorVerify, request.body);
    return act(desk, request, (work, id) => recordVendorVerification(work, id, action));
  });
  app.post("/v1/requests/:id/pause", access(ACCESS.operate), async (request) => {
    const action = bodyOf(pause, request.body);
    return act(desk, request, (work, id) => pauseClock(work, id, action));
  });
  app.post("/v1/requests/:id/resume", access(ACCESS.operate), async (request) => act(desk, request, resumeClock));

  app.post("/v1/requests/:id/items/:n/removed", access(ACCESS.deliver), async (request) => {
    const action = bodyOf(removed, request.body);
    return act(desk, request, (work, id) => recordRemoved(work, id, itemNumber(request), action));
  });
  app.post("/v1/requests/:id/items/:n/confirm", access(ACCESS.deliver), async (request) => {
    const action = bodyOf(confirm, request.body);
    return act(desk, request, (work, id) => confirmItem(work, id, itemNumber(request), action));
  });
};

function act(
  desk: Desk,
  request: FastifyRequest,
  acting: (work: Work, id: string) => Promise<OffboardingRequest>,
): Promise<OffboardingRequest> {
  return change(desk, actorOf(request), (work) => acting(work, paramOf(request, "id")));
}

function itemNumber(request: FastifyRequest): number {
  return numberOf(paramOf(request, "n"), "The item's number", ANY_NUMBER);
}
