/**
 * The same fleet by dynamic providers as Pulumi's documentation writes them: an object with the provider's functions, HTTP calls, and a
 * class that passes both to `dynamic.Resource`. It calls the same platform, and has no desk.
 */
import { createHash, createHmac, randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { entries, PLANS, UNITS } from "./entries";

async function lmpi(method: string, path: string, body?: object) {
  const text = body === undefined ? "" : JSON.stringify(body);
  const time = String(Math.floor(Date.now() / 1000));
  const digest = text === "" ? "" : createHash("md5").update(text).digest("base64");
  const key = process.env.MSP_REMOTE_MANAGER_SECRET_KEY ?? "";
  const response = await fetch(process.env.MSP_BENCH_LMPI + path, {
    method,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-access-token": process.env.MSP_REMOTE_MANAGER_ACCESS_TOKEN ?? "",
      "x-posix-time": time,
      "x-signature": createHmac("sha256", key)
        .update(time + method + path + digest)
        .digest("base64"),
      "x-traceid": randomUUID(),
    },
    ...(text === "" ? {} : { body: text }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const answer = await response.text();
  return answer === "" ? undefined : JSON.parse(answer);
}

/** No call reads one customer, so it is looked for in the list of all. */
async function findCustomer(id: string) {
  const window = "created_start=2000-01-01T00%3A00%3A00Z&created_end=2099-01-01T00%3A00%3A00Z";
  for (let page = 1; ; page++) {
    const { customers, paging } = await lmpi("GET", `/LMPI/v3/customers?${window}&page=${page}&limit=100`);
    const found = customers.find((customer: { customer_id: string }) => customer.customer_id === id);
    if (found !== undefined || page * 100 >= paging.total) return found;
  }
}

interface CustomerInputs {
  readonly name: string;
  readonly company: { readonly city: string; readonly state: string; readonly country: string };
  readonly firstUser: {
    readonly loginName: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly email: string;
  };
}

const customerProvider: pulumi.dynamic.ResourceProvider = {
  async create({ name, company, firstUser }: CustomerInputs) {
    const made = await lmpi("POST", "/LMPI/v2/customers", {
      company: { name, ...company },
      user: {
        login_name: firstUser.loginName,
        first_name: firstUser.firstName,
        last_name: firstUser.lastName,
        email: firstUser.email,
      },
    });
    return { id: made.customer_id, outs: { name, company, firstUser } };
  },
  async read(id: string, props: CustomerInputs) {
    const found = await findCustomer(id);
    if (found === undefined) return { id: "", props: {} };
    const { name, city, state, country } = found;
    return { id, props: { ...props, name, company: { city, state, country } } };
  },
  async update(id: string, _olds: CustomerInputs, news: CustomerInputs) {
    await lmpi("PUT", `/LMPI/v2/customers/${id}`, { company: { name: news.name, ...news.company } });
    return { outs: news };
  },
  // A customer of such an account can't be deleted.
  async delete() {},
};

interface SubscriptionInputs {
  readonly customer: string;
  readonly planId: string;
  readonly units: number;
}

const subscriptionProvider: pulumi.dynamic.ResourceProvider = {
  async create({ customer, planId, units }: SubscriptionInputs) {
    const path = `/LMPI/v2/customers/${customer}/subscriptions`;
    const made = await lmpi("POST", path, { service_plan_id: planId, units_per_license: units });
    return { id: made.subscription_id, outs: { customer, planId, units } };
  },
  async read(id: string, props: SubscriptionInputs) {
    const found = await lmpi("GET", `/LMPI/v2/customers/${props.customer}/subscriptions/${id}`);
    return found.enabled ? { id, props: { ...props, units: found.licenses[0].units } } : { id: "", props: {} };
  },
  async update(id: string, _olds: SubscriptionInputs, news: SubscriptionInputs) {
    const path = `/LMPI/v2/customers/${news.customer}/subscriptions/${id}`;
    await lmpi("PUT", path, { units_per_license: news.units });
    return { outs: news };
  },
  async delete(id: string, props: SubscriptionInputs) {
    await lmpi("PUT", `/LMPI/v2/customers/${props.customer}/subscriptions/${id}/disable`);
  },
};

class LmpiCustomer extends pulumi.dynamic.Resource {
  constructor(name: string, props: object, opts?: pulumi.CustomResourceOptions) {
    super(customerProvider, name, props, opts);
  }
}

class LmpiSubscription extends pulumi.dynamic.Resource {
  constructor(name: string, props: object, opts?: pulumi.CustomResourceOptions) {
    super(subscriptionProvider, name, props, opts);
  }
}

for (const { key, name, company, firstUser } of entries()) {
  const customer = new LmpiCustomer(key, { name, company, firstUser });
  for (const [at, { id: planId }] of PLANS.entries())
    new LmpiSubscription(`${key}/product-${at + 1}`, { customer: customer.id, planId, units: UNITS });
}
