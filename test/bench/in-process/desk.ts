/** As much of the desk as a fleet's life takes, in the memory of whoever calls it: accounts, claims, and the filing of requests. */
import type { Account, Filing, Intent, OffboardingRequest } from "../../../provider/generated/types";
import { type Answer, type Call, idOf } from "./call";
import type { Journal } from "./journal";

const ACCOUNT = idOf("aaaaaaaa", 1);
const BOT = { email: "pulumi@msp.example", name: "Pulumi", kind: "bot" } as const;

export function createDesk(journal: Journal): (call: Call) => Answer {
  const intents = new Map<string, Intent>();
  const byKey = new Map<string, string>();
  const requests: OffboardingRequest[] = [];
  const listings: Record<string, { readonly count: number; readonly at: string }> = {};
  let made = 0;
  const keyOf = ({ account, type, naturalKey }: Pick<Intent, "account" | "type" | "naturalKey">) =>
    `${account}|${type}|${naturalKey}`;
  const keep = (id: string, intent: Intent | undefined) => {
    const before = intents.get(id);
    if (before !== undefined) byKey.delete(keyOf(before));
    if (intent === undefined) intents.delete(id);
    else {
      intents.set(id, intent);
      byKey.set(keyOf(intent), id);
    }
  };
  for (const { kind, id, value } of journal.entries) {
    if (kind === "intent") keep(id, value as Intent | undefined);
    if (kind === "intent") made = Math.max(made, Number(id.slice(-12)));
    if (kind === "request") requests.push(value as OffboardingRequest);
    if (kind === "account") Object.assign(listings, value);
  }
  const write = (id: string, intent: Intent | undefined) => {
    keep(id, intent);
    journal.append({ kind: "intent", id, ...(intent === undefined ? {} : { value: intent }) });
  };

  function claim(wanted: Pick<Intent, "account" | "type" | "naturalKey" | "resource">): Answer {
    const known = intents.get(byKey.get(keyOf(wanted)) ?? "");
    if (known !== undefined) return ok({ intent: known, ours: known.resource === wanted.resource });
    made += 1;
    const intent: Intent = { ...wanted, id: idOf("bbbbbbbb", made), recordedAt: now(), outcome: "recorded" };
    write(intent.id, intent);
    return ok({ intent, ours: true });
  }

  function ofIntents({ method, query, body }: Call, id: string): Answer {
    if (method === "PUT") return claim(body as unknown as Intent);
    if (method === "DELETE") write(id, undefined);
    if (method === "DELETE") return { status: 204 };
    const before = intents.get(id);
    if (method === "PATCH" && before !== undefined) {
      const after = { ...before, ...body, ...(body.outcome === "sent" ? { sentAt: now() } : {}) } as Intent;
      write(id, after);
      return ok(after);
    }
    const [account, type, naturalKey] = ["account", "type", "naturalKey"].map((name) => query.get(name));
    if (naturalKey !== null && naturalKey !== undefined) {
      const found = intents.get(byKey.get(`${account}|${type}|${naturalKey}`) ?? "");
      return ok({ items: found === undefined ? [] : [found] });
    }
    return ok({ items: [...intents.values()].filter((one) => one.account === account && one.type === type) });
  }

  function file(filing: Filing): Answer {
    const { parts: _, ...kept } = filing;
    const request: OffboardingRequest = {
      licence: "keep",
      stays: [],
      ...kept,
      id: `R-${requests.length + 1}`,
      state: "Pending",
      items: filing.items.map((item, at) => ({ clickPath: [], ...item, n: at + 1, state: "open" })),
      waitsFor: [],
      blockedBy: [],
      filedAt: now(),
      filedBy: BOT,
      clock: { state: "not started", workingSecondsUsed: 0 } as unknown as OffboardingRequest["clock"],
      contradictions: [],
      allowed: ["verify", "withdraw"],
      events: [{ seq: requests.length + 1, at: now(), by: BOT, action: "filed", note: filing.reason }],
    };
    requests.push(request);
    journal.append({ kind: "request", id: request.id, value: request });
    return { status: 201, body: request };
  }

  /** Newest first, in pages; a cursor is the number of a page's last one. */
  function listRequests({ query }: Call): Answer {
    const limit = Number(query.get("limit"));
    const end = Number(query.get("cursor") ?? requests.length + 1) - 1;
    const matches = (request: OffboardingRequest) =>
      ["account", "kind"].every((name) => !query.has(name) || query.get(name) === request[name as "account"]) &&
      (!query.has("subject") || query.get("subject") === request.subject.key);
    const items: OffboardingRequest[] = [];
    let at = end;
    while (at > 0 && items.length < limit) {
      const request = requests[at - 1];
      if (request !== undefined && matches(request)) items.push(request);
      at -= 1;
    }
    return ok(at > 0 ? { items, nextCursor: String(at + 1) } : { items });
  }

  function ofAccounts({ path, body }: Call): Answer {
    const [, , , , , kind] = path.split("/");
    if (kind === undefined) {
      const { platform, connection } = body as unknown as Account;
      return ok({ id: ACCOUNT, platform, connection, knownBy: "overlap", listings });
    }
    listings[kind] = { count: Number(body.count), at: now() };
    journal.append({ kind: "account", id: ACCOUNT, value: { [kind]: listings[kind] } });
    return { status: 204 };
  }

  return (call) => {
    const [, , what, id = ""] = call.path.split("/");
    if (what === "handshake") return ok({ api: 1, version: "0.0.0", store: "pglite", durable: false });
    if (what === "accounts") return ofAccounts(call);
    if (what === "intents") return ofIntents(call, decodeURIComponent(id));
    if (what === "requests") return call.method === "POST" ? file(call.body as unknown as Filing) : listRequests(call);
    return { status: 404 };
  };
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function now(): string {
  return new Date().toISOString();
}
