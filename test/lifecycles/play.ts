/** A lifecycle under way: its world, its two stacks, and our own bookkeeping. */
import type { OffboardingRequest } from "../../provider/generated/types";
import { Stack } from "./engine";
import { Ledger } from "./ledger";
import type { Member } from "./member";
import { STACKS } from "./operation";
import type { Reach } from "./reach";
import type { World } from "./world";

/** A lifecycle under way. */
export interface Play {
  readonly world: World;
  readonly ledger: Ledger;
  readonly members: readonly [Member, Member];
  readonly reach: Reach;
  announces: boolean;
}

/** Two stacks in this world that have run nothing yet. */
export function openPlay(world: World, reach: Reach): Play {
  const ledger = new Ledger(world);
  const member = (name: string): Member => ({ stack: new Stack(name, ledger), program: new Map(), was: new Map() });
  const members = [member(STACKS[0]), member(STACKS[1])] as const;
  ledger.watch(members);
  return { world, ledger, members, reach, announces: true };
}

/** What is still to be done at the desk. */
export function openOf(requests: readonly OffboardingRequest[]): readonly OffboardingRequest[] {
  return requests.filter(({ state }) => state !== "Completed" && state !== "Rejected" && state !== "Withdrawn");
}
