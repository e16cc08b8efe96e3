/** What the desk is, and who is calling it. */
import type { Handshake } from "../../provider/generated/types";
import { ACCESS } from "../access/roles";
import { DeskRefusal } from "../problems";
import type { StoreKind } from "../store/store";
import { queryOf } from "../validate";
import { API_VERSION, packageVersion } from "../version";
import { access, actorOf, type Routes } from "./route";

/** What an embedded database can't promise; said at start-up, in the handshake and in the health answer. */
export const NOTICE_NOT_DURABLE =
  "This desk keeps its records in a folder, without flushing them to disk: they survive a killed process, not a power cut. It is for trying out; production demands PostgreSQL (DATABASE_URL).";

export function noticeOf(store: StoreKind): { readonly durable: boolean; readonly notice?: string } {
  return store === "postgresql" ? { durable: true } : { durable: false, notice: NOTICE_NOT_DURABLE };
}

export const deskRoutes: Routes = (app, desk) => {
  app.get("/healthz", access(ACCESS.public), async () => ({ status: "ok" }));

  app.get("/v1/handshake", access(ACCESS.read), async (request): Promise<Handshake> => {
    const { api, client } = queryOf(request.query, ["api", "client"]);
    const version = packageVersion();
    if (api !== String(API_VERSION)) {
      const whose = Number(api) > API_VERSION ? "Update the desk" : "Update pulumi-msp where it runs";
      const spoken = api === undefined ? "does not say which version" : `speaks version ${api}`;
      throw new DeskRefusal(
        "unsupported",
        `The client ${client ?? "of an unknown version"} ${spoken} of the desk's API${api === undefined ? " it speaks" : ""}; this desk (${version}) speaks version ${API_VERSION}.\n${whose}, so that both speak the same.`,
      );
    }
    return { api: API_VERSION, version, store: desk.store.kind, ...noticeOf(desk.store.kind) };
  });

  app.get("/v1/me", access(ACCESS.read), async (request) => actorOf(request).token);
};
