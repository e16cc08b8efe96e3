import { readCompany, readContact, readObject, readUser, section, type JsonObject } from "./body";
import { param, writeReply, type Call } from "./call";
import { isInside, pageOf, readWindow } from "./listing";
import type { Contact, Customer, User } from "./world";

/** POST v2 customers: a company and its first user. */
export function createCustomer(call: Call): object | undefined {
  const body = readObject(call.body);
  const user = readUser(section(body, "user"));
  const customer = call.store.createCustomer(readCompany(section(body, "company")), { user }, call.birth);
  return writeReply(call, createdIds(call, customer));
}

/** POST v3 customers: a company and its contact. */
export function createCustomerV3(call: Call): object | undefined {
  const body = readObject(call.body);
  const contact = readContact(section(body, "contact"));
  const people = call.readings.v3CreateMakesUser ? { contact, user: userOf(contact) } : { contact };
  const customer = call.store.createCustomer(readCompany(section(body, "company")), people, call.birth);
  return writeReply(call, createdIds(call, customer));
}

/** GET v3 customers: those created in a window. */
export function listCustomers(call: Call): object {
  const window = readWindow(call.query, "created", call.readings);
  const now = call.clock.now();
  const found = [...call.store.customers.values()].filter(
    (customer) => customer.visibleAtMs <= now && isInside(window, customer.createdAtMs, call.readings),
  );
  const { paging, items } = pageOf(call.query, found);
  return { paging, customers: items.map(customerWire) };
}

/** GET v2 customers: users whose profile was modified in a window. */
export function listModifiedUsers(call: Call): object {
  const window = readWindow(call.query, "user_modified", call.readings);
  const now = call.clock.now();
  const found = [...call.store.customers.values()].flatMap((customer) =>
    customer.users
      .filter((user) => {
        const at = modifiedAt(call, customer, user);
        return (
          customer.visibleAtMs <= now &&
          isInside(window, at, call.readings) &&
          (at ?? 0) + call.readings.visibilityMs <= now
        );
      })
      .map((user) => ({ customer, user })),
  );
  const { paging, items } = pageOf(call.query, found);
  return {
    paging,
    users: items.map(({ customer, user }) => ({ customer_id: customer.id, user_id: user.id, ...user.profile })),
  };
}

/** PUT v2 customers: the company profile. */
export function updateCustomer(call: Call): object | undefined {
  const customer = call.store.customer(param(call, "customerId"));
  const given = updateSection(call, "company");
  call.store.updateCompany(customer, readCompany(given, isMerge(call) ? customer.company : {}));
  return writeReply(call, { customer_id: customer.id }, customerWire(customer));
}

/** PUT v2 customers users: a user's profile. */
export function updateUser(call: Call): object | undefined {
  const customer = call.store.customer(param(call, "customerId"));
  const user = call.store.user(customer, param(call, "userId"));
  const given = updateSection(call, "user");
  call.store.updateUser(user, readUser(given, isMerge(call) ? user.profile : {}));
  return writeReply(call, { customer_id: customer.id, user_id: user.id }, user.profile);
}

function updateSection(call: Call, name: "company" | "user"): JsonObject {
  const body = readObject(call.body);
  return call.readings.updateBody === "nested" ? section(body, name) : body;
}

function isMerge(call: Call): boolean {
  return call.readings.updateEffect === "merge";
}

function modifiedAt(call: Call, customer: Customer, user: User): number | undefined {
  const counted = [
    user.modifiedAtMs,
    call.readings.companyChangeCountsAsModified ? customer.companyModifiedAtMs : undefined,
    call.readings.creationCountsAsModified ? user.createdAtMs : undefined,
  ].filter((at) => at !== undefined);
  return counted.length === 0 ? undefined : Math.max(...counted);
}

function userOf(contact: Contact) {
  return { ...contact, login_name: contact.email };
}

function createdIds(call: Call, customer: Customer): object {
  const userId = customer.users[0]?.id;
  switch (call.readings.createIds) {
    case "customer_id":
      return { customer_id: customer.id, ...(userId && { user_id: userId }) };
    case "id":
      return { id: customer.id, ...(userId && { user_id: userId }) };
    case "companyId":
      return { companyId: customer.id, ...(userId && { userId }) };
    case "nested":
      return { company: { id: customer.id }, ...(userId && { user: { id: userId } }) };
  }
}

function customerWire(customer: Customer): object {
  const { name, address, city, state, postal_code, country, note, emergency_email } = customer.company;
  return {
    customer_id: customer.id,
    name,
    address,
    city,
    state,
    postal_code,
    country,
    status: customer.status,
    note,
    emergency_email,
  };
}
