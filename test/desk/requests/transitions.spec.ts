import { expect } from "chai";
import {
  type Action,
  allowedActions,
  nextState,
  TRANSITIONS,
  type TransitionFacts,
} from "../../../desk/requests/transitions";
import type { DeskRefusal } from "../../../desk/problems";
import type { RequestItem, RequestState, VendorSide } from "../../../provider/generated/types";

const ACTIONS: readonly Action[] = [
  "release",
  "verify",
  "withdraw",
  "submit",
  "contact",
  "vendor-verification",
  "pause",
  "resume",
  "removed",
  "confirm",
];
const AT = "2026-03-02T09:00:00.000Z";
const HELD_BY_VENDOR: VendorSide = { submittedAt: AT };
const CONTACTED: VendorSide = { submittedAt: AT, contact: { at: AT, by: { email: "olga@example.com" } } };

type Item = Pick<RequestItem, "mode" | "state">;
const byPerson: Item = { mode: "request", state: "open" };
const byApi: Item = { mode: "api", state: "open" };
const removed: Item = { mode: "request", state: "removed" };

function facts(state: RequestState, changes: Partial<TransitionFacts> = {}): TransitionFacts {
  return { id: "R-1", state, isVerified: false, items: [byPerson], vendor: undefined, pauses: [], ...changes };
}

interface Case {
  readonly name: string;
  readonly facts: TransitionFacts;
  /** Every allowed action and where it leads; all others are refused. */
  readonly leads: Partial<Record<Action, RequestState>>;
}

const VERIFIED = { isVerified: true };
const UNDER_WAY = { isVerified: true, vendor: HELD_BY_VENDOR };

const CASES: readonly Case[] = [
  { name: "Held", facts: facts("Held"), leads: { release: "Pending", withdraw: "Withdrawn" } },
  { name: "Pending, unverified", facts: facts("Pending"), leads: { verify: "Pending", withdraw: "Withdrawn" } },
  {
    name: "Pending, verified",
    facts: facts("Pending", VERIFIED),
    leads: { submit: "In Progress", withdraw: "Withdrawn" },
  },
  {
    name: "Pending, verified, with an item by API",
    facts: facts("Pending", { ...VERIFIED, items: [byApi, byPerson] }),
    leads: { submit: "In Progress", removed: "In Progress", withdraw: "Withdrawn" },
  },
  {
    name: "In Progress, before first contact",
    facts: facts("In Progress", UNDER_WAY),
    leads: {
      contact: "In Progress",
      "vendor-verification": "In Progress",
      pause: "In Progress",
      removed: "In Progress",
      withdraw: "Withdrawn",
    },
  },
  {
    name: "In Progress, paused",
    facts: facts("In Progress", { ...UNDER_WAY, pauses: [{ from: AT }] }),
    leads: {
      contact: "In Progress",
      "vendor-verification": "In Progress",
      resume: "In Progress",
      removed: "In Progress",
      withdraw: "Withdrawn",
    },
  },
  {
    name: "In Progress, after first contact",
    facts: facts("In Progress", { isVerified: true, vendor: CONTACTED }),
    leads: {
      contact: "In Progress",
      "vendor-verification": "In Progress",
      removed: "In Progress",
      withdraw: "Withdrawn",
    },
  },
  {
    name: "In Progress, with one item removed and one open",
    facts: facts("In Progress", { isVerified: true, vendor: CONTACTED, items: [removed, byPerson] }),
    leads: {
      contact: "In Progress",
      "vendor-verification": "In Progress",
      removed: "In Progress",
      confirm: "In Progress",
    },
  },
  {
    name: "In Progress, with everything removed",
    facts: facts("In Progress", { isVerified: true, vendor: CONTACTED, items: [removed] }),
    leads: { contact: "In Progress", "vendor-verification": "In Progress", confirm: "In Progress" },
  },
  {
    name: "In Progress by API alone",
    facts: facts("In Progress", { ...VERIFIED, items: [{ mode: "api", state: "removed" }] }),
    leads: { confirm: "In Progress" },
  },
  {
    name: "In Progress by API, with people's items that the vendor does not hold yet",
    facts: facts("In Progress", { ...VERIFIED, items: [{ mode: "api", state: "removed" }, byPerson] }),
    leads: { submit: "In Progress", removed: "In Progress", confirm: "In Progress" },
  },
  {
    name: "Completed",
    facts: facts("Completed", { ...UNDER_WAY, items: [{ mode: "request", state: "confirmed" }] }),
    leads: {},
  },
  { name: "Rejected", facts: facts("Rejected", UNDER_WAY), leads: {} },
  { name: "Withdrawn", facts: facts("Withdrawn"), leads: {} },
];

describe("desk: the transition table", () => {
  for (const { name, facts: given, leads } of CASES) {
    describe(name, () => {
      for (const action of ACTIONS) {
        const to = leads[action];
        if (to !== undefined)
          it(`allows ${action}, which leads to ${to}`, () => expect(nextState(given, action)).to.equal(to));
        else {
          it(`refuses ${action} and names what is allowed`, () => {
            const refusal = refusalOf(() => nextState(given, action));
            const allowed = Object.keys(leads).filter((other) => other !== "release");
            expect(refusal.kind).to.equal("blocked");
            expect(refusal.allowed).to.have.members(allowed);
            expect(refusal.message).to.contain("R-1 is ").and.contain(action);
            for (const other of allowed) expect(refusal.message).to.contain(other);
          });
        }
      }
    });
  }

  it("rejects on either side's refusal", () => {
    expect(nextState(facts("Pending"), "verify", "refused")).to.equal("Rejected");
    expect(nextState(facts("In Progress", UNDER_WAY), "vendor-verification", "refused")).to.equal("Rejected");
  });

  it("lets the vendor refuse only while nothing has been removed", () => {
    const half = facts("In Progress", { ...UNDER_WAY, items: [removed, byPerson] });
    expect(refusalOf(() => nextState(half, "vendor-verification", "refused")).message).to.contain(
      "nothing has been removed",
    );
  });

  it("keeps the release to the desk", () => {
    expect(allowedActions(facts("Held"))).to.deep.equal(["withdraw"]);
  });

  it("has each phase and action once, so that one row decides", () => {
    const rows = TRANSITIONS.map((row) => `${row.from} ${row.action}`);
    expect(new Set(rows).size).to.equal(rows.length);
  });
});

function refusalOf(act: () => unknown): DeskRefusal {
  try {
    act();
  } catch (error) {
    return error as DeskRefusal;
  }
  throw new Error("it was not refused");
}
