/** What each account type can do, in the words of seed 002 (Trend Micro Remote Manager, "Customers Overview") and of the LMPI guide. */
import type { Capability, CapabilityTable } from "../platform";

const PAGE = "Remote Manager online help: Customers Overview";
const LMPI = "Licensing Management Platform Integration guide";

const PRODUCTS_FIRST = "All products must be removed from the selected customer before the customer can be deleted.";
const IRRECOVERABLE = "Once customer accounts are deleted, they cannot be recovered.";

const api: Capability = { mode: "api", source: LMPI };
const request = (...clickPath: readonly string[]): Capability => ({ mode: "request", clickPath, source: PAGE });
const unread: Capability = { mode: "request", source: PAGE };

/** Licensing Management Platform accounts: by LMPI. */
export const lmpCapabilities: CapabilityTable = {
  Customer: {
    create: api,
    read: api,
    update: api,
    delete: {
      mode: "refused",
      why: `"Delete existing customers" is for Customer Licensing Portal accounts; a customer of a Licensing Management Platform account can't be deleted. (Where it can: "${IRRECOVERABLE}")`,
      wayOut:
        "Take its products out of the program, so that they are off-boarded, and set `onDelete: forget` on the customer: it then leaves Pulumi's state and stays on the platform.",
      source: PAGE,
    },
  },
  DeviceOwner: undefined,
  // A cancellation is sent only for a verified off-boarding request.
  ProductAssignment: { create: api, read: api, update: api, delete: api },
};

/** Customer Licensing Portal accounts: no API is known, so people do everything. */
export const clpCapabilities: CapabilityTable = {
  Customer: {
    create: request(
      'Go to "Customers" and click "New Customer".',
      "Set up the company profile and user account of {subject}.",
      "Assign a service plan, and configure default product settings.",
    ),
    read: unread,
    update: {
      mode: "refused",
      why: "No API is known for Customer Licensing Portal accounts; a person changes the company profile.",
      wayOut:
        'Change it at "Customers" in Remote Manager, then import the inventory at the desk; or correct the program.',
      source: PAGE,
    },
    delete: {
      mode: "request",
      clickPath: [
        `Go to "Customers". ${PRODUCTS_FIRST}`,
        "Select {subject}, and no other.",
        `Click "Delete" to remove the customer account from the Customers list. ${IRRECOVERABLE}`,
      ],
      irrecoverable: `${PRODUCTS_FIRST} ${IRRECOVERABLE}`,
      source: PAGE,
    },
  },
  DeviceOwner: undefined,
  ProductAssignment: {
    create: request(
      'Go to "Customers" and select {subject}.',
      "Assign the product {product}, with the units that the request says.",
    ),
    read: unread,
    update: {
      mode: "refused",
      why: "No API is known for Customer Licensing Portal accounts; a person changes the units of a licence.",
      wayOut:
        "Have them changed in the Customer Licensing Portal, then import the inventory at the desk; or correct the program.",
      source: PAGE,
    },
    delete: request('Go to "Customers" and select {subject}.', "Remove the product {product}, and no other."),
  },
};
