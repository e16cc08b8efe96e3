/**
 * ArmourZero publishes no API: everything is done by people. The words of the click paths are those of seed 000
 * (help.armourzero.com, "Off-board a device from a certain product"); assigning follows "Subscriptions > Actions > Assign End User".
 */
import type { CapabilityTable } from "../platform";

const OFF_BOARD = [
  'Go to the left side menu and under "Manage", click on "Devices".',
  "Choose the end user {subject}; type the e-mail address in the search bar to find it.",
  'Go to "Actions" and click on the three dots. A dropdown appears.',
  'From the dropdown, choose "Off-board".',
  "Select the service {product}, and no other.",
  'Click "Remove Selected". The request is then on the "Offboarding Request" tab.',
] as const;

const ASSIGN = [
  'Go to "Subscriptions" and find {product}.',
  'Go to "Actions" and choose "Assign End User".',
  "Choose the end user {subject} and confirm.",
] as const;

const PAGE = "ArmourZero help: Off-board a device from a certain product";

export const armourzeroCapabilities: CapabilityTable = {
  Customer: undefined,
  DeviceOwner: {
    create: {
      mode: "refused",
      why: "ArmourZero has no API to create a device owner.",
      wayOut: "Add the end user in the ArmourZero console, then import the inventory at the desk.",
      source: PAGE,
    },
    read: { mode: "request", source: PAGE },
    update: {
      mode: "refused",
      why: "ArmourZero has no API to change an end user.",
      wayOut:
        "Change the name in the ArmourZero console, then import the inventory at the desk; or correct the program.",
      source: PAGE,
    },
    delete: {
      mode: "refused",
      why: "An end user stays: only products are off-boarded.",
      wayOut:
        "Dropping the owner from a program takes it out of Pulumi's state once each of its products is on a request of its own.",
      source: PAGE,
    },
  },
  ProductAssignment: {
    create: { mode: "request", clickPath: ASSIGN, source: "ArmourZero help: Assign End User (article 4507037384847)" },
    read: { mode: "request", source: PAGE },
    update: {
      mode: "refused",
      why: "ArmourZero assigns a product to an owner as it is; there are no units to change.",
      wayOut: "Leave `units` out.",
      source: PAGE,
    },
    delete: { mode: "request", clickPath: OFF_BOARD, source: PAGE },
  },
};
