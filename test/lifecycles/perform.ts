/** Does one operation of a lifecycle in its world. What a person or a program is refused is part of the lifecycle, and ends nothing. */
import { isProviderError } from "../../provider/errors";
import { settleAll } from "../../fleet/settle";
import { applyEdit, type Edit as PlatformEdit } from "../../sandbox/trend-micro/edits";
import { act, fileByHand } from "./desk-people";
import type { RunEnd } from "./engine";
import { Died, type Process } from "./life";
import { edit, type Member } from "./member";
import type { Operation } from "./operation";
import type { Play } from "./play";
import { COUNTRY, NAMES, otherName, PRODUCTS, resourcesOf } from "./program";
import { CONNECTIONS, type World } from "./world";

export async function perform(play: Play, operation: Operation): Promise<void> {
  const { world } = play;
  switch (operation.kind) {
    case "look":
      return void (await preview(play, memberOf(play, operation.stack)));
    case "edit":
      return edit(memberOf(play, operation.stack), operation.edit);
    case "run":
      return void (await run(play, operation, world.process()));
    case "crash":
      return crash(play, operation);
    case "other account":
      return world.asAnotherAccount(async () => {
        await run(play, { ...operation, previews: false, continuesOnError: true }, world.process());
      });
    case "colleague":
      return colleague(play, operation);
    case "platform people":
      return tolerated(() => platformPeople(world, operation));
    case "act":
      return act(play, operation);
    case "file by hand":
      await tolerated(() => fileByHand(play, operation));
      if (operation.goes === "settled") await run(play, SETTLE, world.process());
      return;
    case "set":
      return set(play, operation.what);
    case "fault":
      return tolerated(async () => {
        world.stage.lmpi.faults.arm(operation.fault, operation);
        play.reach.struck(operation.fault.kind, operation.times);
      });
    case "desk fault":
      return world.stage.deskWire.arm(operation);
    case "jump":
      world.clock.advance(operation.ms);
      return;
  }
}

/** What `preview` of a stack says it would do; undefined where it is refused. */
export async function preview(play: Play, { stack, program }: Member) {
  const declared = resourcesOf(program, CONNECTIONS, stack.stackName);
  try {
    return await stack.preview(play.world.process(), declared, play.announces);
  } catch (error) {
    play.ledger.refused(error instanceof Error ? error.message : String(error), error);
    return undefined;
  }
}

/** `msp settle`, which is of no stack. */
export const SETTLE = { run: "settle", stack: 0, previews: false, continuesOnError: false } as const;

type RunOperation = Pick<Extract<Operation, { kind: "run" }>, "run" | "stack" | "previews" | "continuesOnError">;

export async function run(play: Play, operation: RunOperation, process: Process): Promise<RunEnd> {
  const { ledger } = play;
  if (operation.run === "settle") return ledger.around(undefined, () => settle(play, process));
  const { stack, program } = memberOf(play, operation.stack);
  const { previews, continuesOnError } = operation;
  const options = { previews, continuesOnError, announces: play.announces };
  return ledger.around(stack, async () => {
    switch (operation.run) {
      case "up":
        return stack.up(process, resourcesOf(program, CONNECTIONS, stack.stackName), options);
      case "destroy":
        return stack.destroy(process, options);
      default: {
        const before = [...stack.state.values()];
        const end = await stack.refresh(process);
        await ledger.checkDropped(before.filter(({ name }) => !stack.state.has(name)));
        return end;
      }
    }
  });
}

/** `msp settle`: what people have verified and the platform's API can do. */
async function settle({ ledger }: Play, process: Process): Promise<RunEnd> {
  const errors: string[] = [];
  const fail = (message: string, error?: unknown) => {
    ledger.refused(message, error);
    errors.push(message);
  };
  try {
    const all = settleAll(process.session())[Symbol.asyncIterator]();
    for (;;) {
      const next = await process.life.run(() => all.next());
      if (next.done === true) return { died: false, errors };
      if (next.value.failure !== undefined) fail(next.value.failure);
    }
  } catch (error) {
    if (error instanceof Died) return { died: true, errors };
    fail(error instanceof Error ? error.message : String(error), error);
    return { died: false, errors };
  }
}

/** A run whose process dies at the call that was drawn; where it makes fewer, it dies before what it was told last is written down. */
async function crash(play: Play, operation: Extract<Operation, { kind: "crash" }>): Promise<void> {
  const process = play.world.process(operation.death);
  const { stack } = memberOf(play, operation.stack);
  const end = await run(play, { ...operation, continuesOnError: false }, process);
  if (!end.died) {
    process.life.end();
    stack.forgetLast();
  }
  play.reach.crashes += 1;
}

function memberOf({ members }: Play, index: number): Member {
  return members[index === 0 ? 0 : 1];
}

/** Less than LMPI may take to list what is new, and no less than what the clock lets stand. */
const LITTLE_TIME_S = 30;

function set(play: Play, what: Extract<Operation, { kind: "set" }>["what"]): void {
  const { world } = play;
  switch (what) {
    case "no reason":
      world.config.reason = undefined;
      return;
    case "a reason":
      world.config.reason = "left the company";
      return;
    case "another reason":
      world.config.reason = `left the company for good by ${new Date(world.clock.now()).toISOString()}`;
      return;
    case "accept losses":
    case "believe no losses":
      world.acceptsLosses = what === "accept losses";
      return;
    case "announce":
    case "be silent":
      play.announces = what === "announce";
      return;
    case "little time":
    case "enough time":
      world.config.timeoutSeconds = what === "little time" ? String(LITTLE_TIME_S) : undefined;
      return;
  }
}

/** A colleague on LMP; he leaves alone what nobody can have heard of yet, and the account's last customer. */
function colleague(
  { world, ledger, members }: Play,
  { deed, which, value }: Extract<Operation, { kind: "colleague" }>,
): void {
  const { store } = world.stage.lmpi;
  const known = new Set(members.flatMap(({ stack }) => [...stack.state.values()].map(({ id }) => id)));
  const isKnown = (id: string) => known.has(id) || !ledger.made.has(id);
  const customers = [...store.customers.values()].filter(
    ({ id, company }) => isKnown(id) && company.name !== "Somebody Else",
  );
  const subscriptions = [...store.subscriptions.values()].filter(({ id }) => isKnown(id));
  const customer = customers[which % Math.max(1, customers.length)];
  const subscription = subscriptions[which % Math.max(1, subscriptions.length)];
  const editOf = (): PlatformEdit | undefined => {
    const name = NAMES.lmp[which % 2] ?? "";
    const newName = otherName(`lmp/${which % 2}`, value > 6 ? 1 : 0);
    const plan = PRODUCTS.lmp[value % 3] ?? "";
    if (deed === "add customer")
      return store.customers.size > 4
        ? undefined
        : { kind: "addCustomer", company: { name: newName, city: "Bonn", state: "NW", country: COUNTRY } };
    if (customer !== undefined) {
      const customerId = customer.id;
      if (deed === "rename customer") return { kind: "rename", customerId, name: `${name} ${value}` };
      if (deed === "remove customer") return { kind: "removeCustomer", customerId };
      if (deed === "change profile") return { kind: "changeCompany", customerId, company: { city: `City ${value}` } };
      if (deed === "add subscription") return { kind: "addSubscription", customerId, plan, units: value };
    }
    if (subscription === undefined) return undefined;
    const subscriptionId = subscription.id;
    switch (deed) {
      case "remove subscription":
        return { kind: "removeSubscription", subscriptionId };
      case "set units":
        return { kind: "setUnits", subscriptionId, units: value };
      case "suspend":
      case "disable":
        return { kind: deed, subscriptionId };
      case "set expiry":
        return {
          kind: "setExpiry",
          subscriptionId,
          date: new Date(world.clock.now() + value * 86_400_000).toISOString(),
        };
      default:
        return undefined;
    }
  };
  const change = editOf();
  if (change === undefined) return;
  try {
    applyEdit(store, change);
  } catch (error) {
    if (!isProviderError(error)) throw error;
  }
}

async function platformPeople(
  world: World,
  { place, does, who, product }: Extract<Operation, { kind: "platform people" }>,
): Promise<void> {
  const { world: held, operator } = world.people[place];
  const name = NAMES[place][who === 0 ? 0 : 1];
  const key = held.rows().find(({ subject }) => subject.name === name)?.subject.key;
  const what = PRODUCTS[place][product] ?? "";
  if (does === "import") await operator.importInventory();
  if (does === "import a part")
    await operator.importInventory({ complete: false, rows: held.rows().filter(({ subject }) => subject.key === key) });
  if (does === "add" && key === undefined) held.add(place === "clp" ? `C-${world.clock.now()}` : name, name);
  if (key === undefined) return;
  if (does === "assign") held.assign(key, what, 1);
  if (does === "unassign" && held.has(key, what)) held.unassign(key, what);
  if (does === "remove" && held.productsOf(key).length === 0) held.remove(key);
}

/** People are refused things, too. */
async function tolerated(deed: () => Promise<void>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    if (!isProviderError(error)) throw error;
  }
}
