/** What can happen in a lifecycle. */
import type { Conduct } from "../../sandbox/people/people";
import type { Fault, FaultTarget } from "../../sandbox/trend-micro/faults";
import type { ArmedDeskFault } from "./desk-wire";
import type { Death } from "./life";
import type { Edit } from "./program";

export const STACKS = ["msp/east", "msp/west"] as const;

/** What people do to a request at the desk: one act, the one that is next, one of those that are allowed, all that are not, or all to its end. */
export const ACTS = [
  "verify",
  "verify by an asker",
  "refuse",
  "submit",
  "contact",
  "vendor accepts",
  "vendor refuses",
  "pause",
  "resume",
  "removed",
  "confirm",
  "attest",
  "withdraw",
  "handle",
  "next",
  "allowed",
  "impossible",
  "through",
] as const;
export type ActName = (typeof ACTS)[number];

/** What a colleague does on LMP behind everybody's back. */
export const DEEDS = [
  "rename customer",
  "remove customer",
  "add customer",
  "change profile",
  "add subscription",
  "remove subscription",
  "set units",
  "suspend",
  "disable",
  "set expiry",
] as const;
export type Deed = (typeof DEEDS)[number];

export type Run = "up" | "refresh" | "destroy" | "settle";

export type Operation =
  | { readonly kind: "look"; readonly stack: number }
  | { readonly kind: "edit"; readonly stack: number; readonly edit: Edit }
  | {
      readonly kind: "run";
      readonly run: Run;
      readonly stack: number;
      readonly previews: boolean;
      readonly continuesOnError: boolean;
    }
  | { readonly kind: "other account"; readonly run: "refresh" | "destroy"; readonly stack: number }
  | { readonly kind: "colleague"; readonly deed: Deed; readonly which: number; readonly value: number }
  | {
      readonly kind: "platform people";
      readonly place: "clp" | "armourzero";
      readonly does: "assign" | "unassign" | "add" | "remove" | "import" | "import a part";
      readonly who: number;
      readonly product: number;
    }
  | {
      readonly kind: "act";
      readonly act: ActName;
      readonly which: number;
      readonly choice: number;
      readonly conduct: Conduct;
    }
  | { readonly kind: "file by hand"; readonly which: number; readonly goes: "filed" | "verified" | "settled" }
  | {
      readonly kind: "set";
      readonly what:
        | "no reason"
        | "a reason"
        | "another reason"
        | "accept losses"
        | "believe no losses"
        | "announce"
        | "be silent"
        | "little time"
        | "enough time";
    }
  | {
      readonly kind: "fault";
      readonly fault: Fault;
      readonly target: FaultTarget;
      readonly skip: number;
      readonly times: number;
    }
  | ({ readonly kind: "desk fault" } & ArmedDeskFault)
  | {
      readonly kind: "crash";
      readonly run: Run;
      readonly stack: number;
      readonly death: Death;
      readonly previews: boolean;
    }
  | { readonly kind: "jump"; readonly ms: number };
