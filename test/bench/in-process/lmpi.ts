/**
 * As much of LMPI as a fleet's life takes, in the memory of whoever calls it. It costs as little as it can, as what it costs is counted as
 * ours. Everything in it was made an hour ago: a refresh then is one of any day, not the one that follows a write.
 */
import { type Answer, type Call, idOf } from "./call";
import type { Journal } from "./journal";

type Row = Readonly<Record<string, unknown>>;

const AGE_MS = 3_600_000;
const CONFLICT: Answer = { status: 404, body: { error_subject: "NOT_FOUND", error_message: "There is no such thing" } };

export function createLmpi(journal: Journal, plans: readonly Row[]): (call: Call) => Answer {
  const customers: Row[] = [];
  const subscriptions = new Map<string, { readonly listed: Row; readonly single: Row; readonly atMs: number }>();
  const keepSubscription = (id: string, value: Row) => {
    const { customerId, planId, units, atMs } = value as {
      readonly customerId: string;
      readonly planId: string;
      readonly units: number;
      readonly atMs: number;
    };
    const name = plans.find((plan) => plan.service_plan_id === planId)?.name;
    const common = { name, enabled: true, is_auto_renewal: true, auto_renewal_month: 12 };
    const start = new Date(atMs).toISOString();
    const dates = { license_start_date: start, license_expiration_date: "2099-01-01T00:00:00.000Z" };
    subscriptions.set(id, {
      listed: { subscription_id: id, ...common, service_plan_id: planId, customer_id: customerId },
      single: { id, ...common, licenses: [{ ac_code: "AC", ...dates, units, enabled: true }] },
      atMs,
    });
  };
  for (const { kind, id, value } of journal.entries) {
    if (kind === "customer") customers.push(value as Row);
    if (kind === "subscription") keepSubscription(id, value as Row);
  }

  function createCustomer({ body }: Call): Answer {
    const number = customers.length + 1;
    const id = idOf("cccccccc", number);
    const row = { customer_id: id, ...(body.company as Row), status: "Enabled" };
    customers.push(row);
    journal.append({ kind: "customer", id, value: row });
    return { status: 200, body: { customer_id: id, user_id: idOf("eeeeeeee", number) } };
  }

  function createSubscription({ body }: Call, customerId: string): Answer {
    const id = idOf("dddddddd", subscriptions.size + 1);
    const { service_plan_id: planId, units_per_license: units = 1 } = body;
    const value = { customerId, planId, units, atMs: Date.now() - AGE_MS };
    keepSubscription(id, value);
    journal.append({ kind: "subscription", id, value });
    return { status: 200, body: { subscription_id: id, licenses: subscriptions.get(id)?.single.licenses } };
  }

  function listSubscriptions({ query }: Call): Answer {
    const by = query.has("modified_start") ? "modified" : "created";
    const from = Date.parse(query.get(`${by}_start`) ?? "");
    const to = Date.parse(query.get(`${by}_end`) ?? "");
    const inside = [...subscriptions.values()].filter(({ atMs }) => atMs >= from && atMs <= to);
    return pageOf(
      "subscriptions",
      inside.map(({ listed }) => listed),
      query,
    );
  }

  return (call) => {
    const [, , , first, customerId = "", , id = ""] = call.path.split("/");
    if (first === "me") return { status: 200, body: plans };
    if (customerId === "")
      return call.method === "POST" ? createCustomer(call) : pageOf("customers", customers, call.query);
    if (customerId === "subscriptions") return listSubscriptions(call);
    if (call.method === "POST") return createSubscription(call, customerId);
    const found = subscriptions.get(id);
    return found === undefined ? CONFLICT : { status: 200, body: found.single };
  };
}

function pageOf(name: string, rows: readonly Row[], query: URLSearchParams): Answer {
  const page = Number(query.get("page"));
  const limit = Number(query.get("limit"));
  const paging = { total: rows.length, page, limit };
  return { status: 200, body: { paging, [name]: rows.slice((page - 1) * limit, page * limit) } };
}
