/** Every LMPI operation that the sandbox serves. */
export type OperationName =
  | "createCustomer"
  | "createCustomerV3"
  | "listModifiedUsers"
  | "listCustomers"
  | "updateCustomer"
  | "updateUser"
  | "listServicePlansV2"
  | "listServicePlans"
  | "createSubscription"
  | "getSubscription"
  | "listSubscriptions"
  | "updateSubscription"
  | "disableSubscription"
  | "suspendSubscription"
  | "unsuspendSubscription"
  | "getSubscriptionId";

/** Where an operation is found and what it may do. */
export interface Operation {
  readonly name: OperationName;
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly kind: "read" | "write";
  /** The member of the reply that holds a list's items. */
  readonly listKey?: string;
}

const SUBSCRIPTION = "customers/:customerId/subscriptions/:subscriptionId";

/** The table of operations. There is no deleting of customers in LMPI, and no reading of one customer. */
export const OPERATIONS: readonly Operation[] = [
  write("createCustomer", "POST", "v2/customers"),
  write("createCustomerV3", "POST", "v3/customers"),
  list("listModifiedUsers", "v2/customers", "users"),
  list("listCustomers", "v3/customers", "customers"),
  write("updateCustomer", "PUT", "v2/customers/:customerId"),
  write("updateUser", "PUT", "v2/customers/:customerId/users/:userId"),
  read("listServicePlansV2", "v2/me/serviceplans"),
  read("listServicePlans", "v3/me/serviceplans"),
  write("createSubscription", "POST", "v2/customers/:customerId/subscriptions"),
  read("getSubscription", `v2/${SUBSCRIPTION}`),
  list("listSubscriptions", "v2.5/customers/subscriptions", "subscriptions"),
  write("updateSubscription", "PUT", `v2/${SUBSCRIPTION}`),
  write("disableSubscription", "PUT", `v2/${SUBSCRIPTION}/disable`),
  write("suspendSubscription", "PUT", `v3/${SUBSCRIPTION}/suspend`),
  write("unsuspendSubscription", "PUT", `v3/${SUBSCRIPTION}/unsuspend`),
  read("getSubscriptionId", "v2/customers/:customerId/serviceplan/:planId/getid"),
];

function read(name: OperationName, path: string): Operation {
  return { name, method: "GET", path: `/LMPI/${path}`, kind: "read" };
}

function list(name: OperationName, path: string, listKey: string): Operation {
  return { ...read(name, path), listKey };
}

function write(name: OperationName, method: "POST" | "PUT", path: string): Operation {
  return { name, method, path: `/LMPI/${path}`, kind: "write" };
}
