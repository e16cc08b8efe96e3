/**
 * Our own bookkeeping of one lifecycle, apart from the code under test: what was asked to be deleted, what each run made and changed on LMP, and
 * what must never be.
 */
import { isProviderError } from "../../provider/errors";
import type { Intent, InventoryEntry, OffboardingRequest } from "../../provider/generated/types";
import type { Customer, Subscription } from "../../sandbox/trend-micro/world";
import type { Held, Stack, Watcher } from "./engine";
import { Refused } from "./hosts";
import type { Member } from "./member";
import { plainly } from "./program";
import { readable, violated } from "./violations";
import type { World } from "./world";

/** What of LMP's world a run may change; dates move by themselves. */
interface Seen {
  readonly customers: ReadonlyMap<string, string>;
  readonly subscriptions: ReadonlyMap<string, { readonly text: string; readonly enabled: boolean }>;
}

export class Ledger implements Watcher {
  /** `project/stack::name` of every resource whose deletion an engine has asked for. */
  readonly asked = new Set<string>();
  /** Objects on LMP that our own calls made, and whose run it was. */
  readonly made = new Map<string, string>();
  /** What the platform made beside each of them, by itself: where the answer was lost, nobody can tell which of the two was asked for. */
  readonly twins = new Map<string, string>();
  /** Resources that people were asked for, and whose request was withdrawn: what they find by its name may be another program's. */
  private readonly takenBack = new Set<string>();
  private readonly world: World;
  private members: readonly Member[] = [];

  constructor(world: World) {
    this.world = world;
  }

  watch(members: readonly Member[]): void {
    this.members = members;
  }

  deleting(held: Held): void {
    this.asked.add(String(held.outputs.__resource));
  }

  /** Whether its deletion was asked for under any of its names. */
  wasAsked(resource: string): boolean {
    return [...this.asked].some((one) => plainly(one) === resource);
  }

  refused(message: string, error: unknown): void {
    if (this.world.secrets.some((secret) => message.includes(secret))) violated(`an error tells a secret: ${message}`);
    if (message.includes("failed in a way that it should not")) violated(`an error is a bug: ${message}`, error);
    const isOurs = isProviderError(error) || error instanceof Refused;
    if (error !== undefined && !isOurs) violated(`an error is none of ours: ${message}`, error);
    readable(message);
  }

  /** Looks at what one run, of a stack or of `settle`, has done on LMP. */
  async around<T>(who: Stack | undefined, run: () => Promise<T>): Promise<T> {
    const { log, faults } = this.world.stage.lmpi;
    const twins = () =>
      faults.armed
        .filter(({ fault }) => fault.kind === "duplicateName")
        .reduce((sum, { times }) => sum + Number(times), 0);
    const before = this.see();
    const heldBefore = who === undefined ? new Set<string>() : idsOf(who);
    const twinsBefore = twins();
    const from = log.entries.length;
    const sent = await this.sentBy(who);
    const result = await run();
    const after = this.see();
    this.checkSelectors(from);
    this.noteMade(before, after, who?.stackName ?? "settle", twinsBefore - twins());
    await this.checkChanges(before, after, who, heldBefore);
    if (who !== undefined) this.checkTaken(before, who, heldBefore, sent);
    return result;
  }

  /** Resources of this stack that something was sent for, and nobody knows what became of it: what is there then may be theirs. */
  private async sentBy(who: Stack | undefined): Promise<ReadonlySet<string>> {
    if (who === undefined) return new Set();
    const { items } = await this.world.as("operator").get<{ items: Intent[] }>("/v1/intents");
    return new Set(items.filter(({ outcome }) => outcome !== "recorded").map(({ resource }) => resource));
  }

  /** What was there before is taken over only where the program says so. */
  private checkTaken(before: Seen, who: Stack, heldBefore: ReadonlySet<string>, sent: ReadonlySet<string>): void {
    const program = this.members.find(({ stack }) => stack === who)?.program;
    for (const { id, name, outputs } of who.state.values()) {
      const wasThere = before.customers.has(id) || before.subscriptions.has(id);
      if (!wasThere || heldBefore.has(id) || this.made.has(id)) continue;
      const draft = program?.get(name.split("/", 2).join("/"));
      const resource = String(outputs.__resource);
      if (draft?.adopt === false && !sent.has(resource) && !this.asked.has(resource))
        violated(`${resource} took over ${id}, which it did not make, and was not told to adopt`);
    }
  }

  /** A refresh drops only what is not there. */
  async checkDropped(dropped: readonly Held[]): Promise<void> {
    const { customers, subscriptions } = this.world.stage.lmpi.store;
    for (const { type, name, id, inputs } of dropped) {
      const isThere = customers.has(id) || subscriptions.has(id) || (await this.isAttested(type, inputs));
      if (isThere) violated(`a refresh dropped ${name} (${id}), which is there`);
    }
  }

  /** Whether people's platform has it, and the desk has heard so. */
  private async isAttested(type: Held["type"], inputs: Held["inputs"]): Promise<boolean> {
    for (const people of Object.values(this.world.people)) {
      const known: readonly InventoryEntry[] = await people.operator.inventory();
      const entry = known.find(
        ({ kind, subject, product }) =>
          (type === "ProductAssignment" &&
            kind === "assignment" &&
            subject.key === (inputs.owner ?? inputs.customer) &&
            product === inputs.product) ||
          (type === "DeviceOwner" && kind === "owner" && subject.key === inputs.email) ||
          (type === "Customer" && kind === "customer" && subject.name === inputs.name),
      );
      if (entry !== undefined && people.world.has(entry.subject.key, entry.product)) return true;
    }
    return false;
  }

  /** What holds after every operation. */
  async check(): Promise<readonly OffboardingRequest[]> {
    const requests = await this.world.requests();
    this.checkOwners(requests);
    this.checkDuplicates();
    checkOpenLeavings(requests);
    for (const request of requests) {
      const isOurs = this.members.some(({ stack: { stackName } }) => request.resource.startsWith(`${stackName}::`));
      if (request.kind === "leaving" && isOurs && !this.asked.has(request.resource))
        violated(`${request.id} off-boards ${request.resource}, which was never dropped`);
    }
    return requests;
  }

  private see(): Seen {
    const { customers, subscriptions } = this.world.stage.lmpi.store;
    return {
      customers: new Map([...customers].map(([id, customer]) => [id, textOf(customer)])),
      subscriptions: new Map(
        [...subscriptions].map(([id, one]) => [id, { text: textOfSubscription(one), enabled: one.enabled }]),
      ),
    };
  }

  private checkSelectors(from: number): void {
    for (const { kind, path } of this.world.stage.lmpi.log.entries.slice(from)) {
      const parts = (path.split("?", 1)[0] ?? "").split("/").slice(1);
      const isVague = parts.some((part) => part === "" || /^(undefined|null|%20|\.\.?)$/.test(part));
      if (kind === "write" && isVague) violated(`a write names nothing: ${path}`);
    }
  }

  private noteMade(before: Seen, after: Seen, who: string, twins: number): void {
    let left = twins;
    const { customers, subscriptions } = this.world.stage.lmpi.store;
    const fresh = [
      ...[...after.customers.keys()].filter((id) => !before.customers.has(id)),
      ...[...after.subscriptions.keys()].filter((id) => !before.subscriptions.has(id)),
    ];
    if (fresh.length > 0 && who === "settle") violated(`settle made ${fresh.join(", ")}`);
    const nameOf = (id: string) => {
      const one = subscriptions.get(id);
      return one === undefined ? customers.get(id)?.company.name : `${one.customerId} ${one.planId}`;
    };
    for (const [index, id] of fresh.entries()) {
      // The sandbox makes the twin before the one that was asked for.
      const twin = left > 0 ? fresh.slice(index + 1).find((other) => nameOf(other) === nameOf(id)) : undefined;
      if (twin !== undefined) {
        this.twins.set(twin, id);
        left -= 1;
        continue;
      }
      for (const other of this.made.keys())
        if (before.customers.has(other) && nameOf(other) === nameOf(id) && this.isHeld(other))
          violated(`${who} made customer ${nameOf(id)} (${id}), whom we had made before (${other})`);
      this.made.set(id, who);
    }
    // Which of the two a program has found, that is the one that it made; the other is the platform's.
    for (const [id, twin] of [...this.twins]) {
      const maker = this.made.get(id);
      if (maker === undefined || this.isHeld(id) || !this.isHeld(twin)) continue;
      this.made.delete(id);
      this.made.set(twin, maker);
      this.twins.delete(id);
      this.twins.set(twin, id);
    }
  }

  private isHeld(id: string): boolean {
    return this.members.some(({ stack }) => [...stack.state.values()].some((held) => held.id === id));
  }

  /** A run changes what its stack has, or takes over because its program says so; nobody else's. */
  private async checkChanges(
    before: Seen,
    after: Seen,
    who: Stack | undefined,
    heldBefore: ReadonlySet<string>,
  ): Promise<void> {
    const others = new Set(
      this.members
        .filter(({ stack }) => stack !== who)
        .flatMap(({ stack }) =>
          [...stack.state.values()]
            .filter((held) => !this.asked.has(String(held.outputs.__resource)))
            .map(({ id }) => id),
        ),
    );
    const held = who === undefined ? new Set<string>() : new Set([...heldBefore, ...idsOf(who)]);
    const adopts = this.members.some(
      ({ stack, program }) => stack === who && [...program.values()].some(({ adopt }) => adopt),
    );
    const may = (id: string) => held.has(id) || this.made.get(id) === who?.stackName || (adopts && !others.has(id));
    for (const [id, text] of before.customers) {
      if (!after.customers.has(id)) violated(`a run removed customer ${id} from LMP`);
      if (after.customers.get(id) === text) continue;
      if (others.has(id)) violated(`${who?.stackName ?? "settle"} changed customer ${id}, which another program holds`);
      if (!may(id)) violated(`${who?.stackName ?? "settle"} changed customer ${id}, which it does not hold`);
    }
    for (const [id, was] of before.subscriptions) {
      const is = after.subscriptions.get(id);
      if (is === undefined) violated(`a run removed subscription ${id} from LMP`);
      if (is === undefined || is.text === was.text) continue;
      if (was.enabled && !is.enabled) await this.checkEnding(id);
      else if (others.has(id))
        violated(`${who?.stackName ?? "settle"} changed subscription ${id}, which another program holds`);
      else if (!may(id)) violated(`${who?.stackName ?? "settle"} changed subscription ${id}, which it does not hold`);
    }
  }

  /** Nothing ends without a request that somebody verified who had not asked for it. */
  private async checkEnding(id: string): Promise<void> {
    const requests = await this.world.requests();
    const asked = requests.filter(({ kind, items }) => kind === "leaving" && items.some((item) => item.id === id));
    const isVerified = asked.some(({ state, verification, requesters, filedBy }) => {
      const by = verification?.by.email;
      return (
        verification?.outcome === "accepted" &&
        (state === "Pending" || state === "In Progress" || state === "Completed") &&
        by !== filedBy.email &&
        requesters.every(({ email }) => email !== by)
      );
    });
    if (!isVerified) violated(`subscription ${id} was ended, and nobody who had not asked verified that`);
  }

  private checkOwners(requests: readonly OffboardingRequest[]): void {
    const owners = new Map<string, string>();
    const joining = requests.filter(({ kind }) => kind === "joining");
    const withdrawn = new Set(joining.filter(({ state }) => state === "Withdrawn").map(({ resource }) => resource));
    for (const { stack } of this.members) {
      for (const { type, id, outputs } of stack.state.values()) {
        const key = `${type} ${String(outputs.platform)} ${id}`;
        const resource = String(outputs.__resource);
        if (outputs.status === "requested") {
          // What people were asked for may have been taken back, and be asked for by another program since.
          if (withdrawn.has(resource)) this.takenBack.add(resource);
          continue;
        }
        const owner = owners.get(key);
        const isGivenUp = (one: string) => this.asked.has(one) || this.takenBack.has(one);
        // A run that died after it had let go of something has it in state still.
        if (owner !== undefined && !isGivenUp(owner) && !isGivenUp(resource))
          violated(`${owner} and ${resource} both hold ${key}`);
        owners.set(key, resource);
      }
    }
  }

  private checkDuplicates(): void {
    const { customers, subscriptions } = this.world.stage.lmpi.store;
    const ours = new Map<string, string>();
    const note = (key: string, id: string) => {
      const other = ours.get(key);
      if (other !== undefined) violated(`we made ${key} twice: ${other} and ${id}`);
      ours.set(key, id);
    };
    for (const { id, users } of customers.values())
      if (this.made.has(id)) note(`customer of ${users[0]?.profile.login_name}`, id);
    for (const { id, customerId, planId, enabled } of subscriptions.values())
      if (this.made.has(id) && enabled) note(`subscription of ${planId} for ${customerId}`, id);
  }
}

function idsOf(stack: Stack): Set<string> {
  return new Set([...stack.state.values()].map(({ id }) => id));
}

function textOf({ company, status, users }: Customer): string {
  return JSON.stringify([company, status, users.map(({ profile }) => profile)]);
}

function textOfSubscription({ customerId, planId, enabled, suspendedFromMs, licences }: Subscription): string {
  return JSON.stringify([
    customerId,
    planId,
    enabled,
    suspendedFromMs !== undefined,
    licences.map(({ units }) => units),
  ]);
}

function checkOpenLeavings(requests: readonly OffboardingRequest[]): void {
  const open = new Map<string, string>();
  for (const { id, kind, state, account, subject, items } of requests) {
    if (state === "Completed" || state === "Rejected" || state === "Withdrawn") continue;
    for (const item of items) {
      const key = [kind, account, subject.kind, subject.key, item.kind, item.name.toLowerCase(), item.id].join(" ");
      const other = open.get(key);
      if (other !== undefined) violated(`${other} and ${id} are both open for ${key}`);
      open.set(key, id);
    }
  }
}
