/** A lifecycle under way: its world, its two stacks, and our own bookkeeping. */
import type { OffboardingRequest } from "../../provider/generated/types";
import { Stack } from "./engine";
import { dynamicHost, type Host, pluginHost } from "./hosts";
import { Ledger } from "./ledger";
import type { Process } from "./life";
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

/** Two stacks in this world that have run nothing yet, one on each host. */
export function openPlay(world: World, reach: Reach): Play {
  const ledger = new Ledger(world);
  const member = (name: string, host: (process: Process) => Host): Member => ({
    stack: new Stack(name, ledger, host),
    program: new Map(),
    was: new Map(),
  });
  const members = [member(STACKS[0], dynamicHost), member(STACKS[1], pluginHost)] as const;
  ledger.watch(members);
  return { world, ledger, members, reach, announces: true };
}

/** What is still to be done at the desk. */
export function openOf(requests: readonly OffboardingRequest[]): readonly OffboardingRequest[] {
  return requests.filter(({ state }) => state !== "Completed" && state !== "Rejected" && state !== "Withdrawn");
}
