/**
 * How every lifecycle ends: the faults are over, time passes, people tidy up and do right, and the programs run until there is nothing left to do.
 * Then state, platform and desk must say the same.
 */
import type { Intent, InventoryEntry, OffboardingRequest } from "../../provider/generated/types";
import { applyEdit } from "../../sandbox/trend-micro/edits";
import { takeBack, through } from "./desk-people";
import type { Held, PlannedStep } from "./engine";
import type { Member } from "./member";
import { preview, run, SETTLE } from "./perform";
import { openOf, type Play } from "./play";
import { NAMES, nameOf, placeOf, PRODUCTS, type Program, resourcesOf, type SubjectDraft } from "./program";
import { violated } from "./violations";
import { CONNECTIONS, WINDOW_MS } from "./world";

/** Runs until which all must be done; a customer on CLP leaves after its products, which leave after their program's run. */
const MOST_PASSES = 9;

export async function end(play: Play, ending: "keep" | "leave"): Promise<void> {
  const { world } = play;
  world.stage.lmpi.faults.reset();
  world.stage.deskWire.clear();
  world.clock.advance(5 * WINDOW_MS);
  world.acceptsLosses = true;
  world.config.reason = "the books are closed";
  world.config.timeoutSeconds = undefined;
  play.announces = true;
  for (const member of play.members) tidy(member);
  await giveBack(play);
  await agree(play);
  restore(play);
  await everybodyImports(play);
  let last: readonly string[] = [];
  let isLeaving = false;
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    if (isLeaving) for (const member of play.members) member.program = new Map();
    else declareWhatIsThere(play);
    const errors = await upAll(play);
    last = errors;
    // Most of them say that a refresh is what is wanted.
    if (errors.length > 0) await refreshAll(play);
    const requests = await play.ledger.check();
    play.reach.seen(requests);
    const left = openOf(requests);
    if (left.length > 0) await finish(play, left);
    if (pass === 2) checkOrphans(play);
    const isStill = errors.length === 0 && left.length === 0;
    if (isStill && (ending === "keep" || isLeaving) && (await isQuiet(play))) return checkAgreement(play);
    // Only what is in order can be left: a customer on LMP is let go of where its program has said so.
    isLeaving ||= isStill && ending === "leave";
    world.clock.advance(5 * WINDOW_MS);
  }
  violated(`after ${MOST_PASSES} quiet runs there is still something to do: ${last.join(" | ")} ${await told(play)}`);
}

/** What is in state stays declared, without protection, and adopts what is there. */
function tidy(member: Member): void {
  const program = new Map(member.program);
  for (const { name, outputs, dependsOn } of member.stack.state.values()) {
    if (dependsOn.length > 0 || program.has(name)) continue;
    const draft = member.was.get(name);
    if (draft !== undefined)
      program.set(name, { ...draft, name: String(outputs.name ?? outputs.email), products: new Map() });
  }
  for (const [subject, draft] of program) {
    // Nobody but people renames a company on CLP.
    const name =
      placeOf(subject) === "clp"
        ? String(member.stack.state.get(subject)?.outputs.name ?? nameOf(subject))
        : draft.name;
    // Units of what has been suspended or disabled meanwhile can't be set.
    const products = new Map([...draft.products.keys()].map((product) => [product, undefined]));
    program.set(subject, { ...settledDraft(subject, draft), name, products });
  }
  member.program = program;
}

function settledDraft(subject: string, draft: SubjectDraft): SubjectDraft {
  return {
    ...draft,
    adopt: true,
    wait: "submitted",
    deletionProtection: false,
    onDelete: placeOf(subject) === "lmp" ? "forget" : "offboard",
  };
}

/**
 * Two programs that want the same company agree: it is that one's which has it, or has any of its products. Where each has made or taken over one
 * of its own on LMP, each keeps it, for a customer can't be deleted there.
 */
async function agree(play: Play): Promise<void> {
  const [east, west] = play.members;
  const claims = await claimsOf(play);
  for (const subject of east.program.keys()) {
    if (!west.program.has(subject)) continue;
    const has = ({ stack }: Member) => claims.some(({ resource }) => resource === `${stack.stackName}::${subject}`);
    if (placeOf(subject) === "lmp" && has(west) && has(east)) {
      keepBoth(play, subject);
      continue;
    }
    const loser = has(west) && !has(east) ? east : west;
    const program = new Map(loser.program);
    program.delete(subject);
    loser.program = program;
  }
}

/** Two companies can't have one name: each that is there keeps the one that it has on LMP. */
function keepBoth({ world, members }: Play, subject: string): void {
  const drafts = members.map(({ program }) => program.get(subject));
  if (drafts[0]?.name !== drafts[1]?.name) return;
  for (const member of members) {
    const there = world.stage.lmpi.store.customers.get(member.stack.state.get(subject)?.id ?? "");
    const draft = member.program.get(subject);
    if (there !== undefined && draft !== undefined)
      member.program = new Map([...member.program, [subject, { ...draft, name: there.company.name }]]);
  }
}

/** What the words of a refusal say: the claims of programs that are gone are given back at the desk. */
async function giveBack(play: Play): Promise<void> {
  const { world, members } = play;
  for (const { id, resource } of await claimsOf(play)) {
    const member = members.find(({ stack }) => resource.startsWith(`${stack.stackName}::`));
    if (member === undefined || isWanted(member, resource)) continue;
    await world.giveBack(id);
  }
}

function isWanted({ stack, program }: Member, resource: string): boolean {
  const names = [...resourcesOf(program, CONNECTIONS, stack.stackName).map(({ name }) => name), ...stack.state.keys()];
  return names.some((name) => resource === `${stack.stackName}::${name}`);
}

/** Colleagues make room: of two companies of one name, the one that no program has goes; a device owner whom a program declares is there. */
function restore({ world, ledger, members }: Play): void {
  const { store } = world.stage.lmpi;
  const held = new Set(members.flatMap(({ stack }) => [...stack.state.values()].map(({ id }) => id)));
  const isSpare = (id: string) => !held.has(id) && !ledger.made.has(id);
  for (const name of NAMES.lmp) {
    const all = [...store.customers.values()].filter(({ company }) => company.name.startsWith(name));
    const spare = all.filter(({ id }) => isSpare(id));
    for (const { id } of spare.slice(all.length === spare.length ? 1 : 0))
      applyEdit(store, { kind: "removeCustomer", customerId: id });
  }
  for (const one of [...store.subscriptions.values()]) {
    const isDouble = [...store.subscriptions.values()].some(
      ({ id, customerId, planId, enabled }) =>
        id !== one.id && customerId === one.customerId && planId === one.planId && enabled,
    );
    if (one.enabled && isDouble && isSpare(one.id))
      applyEdit(store, { kind: "removeSubscription", subscriptionId: one.id });
  }
  const owners = world.people.armourzero.world;
  for (const { program } of members)
    for (const [subject, { name }] of program)
      if (placeOf(subject) === "armourzero" && !owners.has(name)) owners.add(name, name);
}

async function everybodyImports({ world }: Play): Promise<void> {
  for (const { operator, world: held } of Object.values(world.people))
    if (held.rows().length > 0) await operator.importInventory();
}

async function refreshAll(play: Play): Promise<void> {
  for (const stack of [0, 1])
    await run(play, { run: "refresh", stack, previews: false, continuesOnError: true }, play.world.process());
}

async function upAll(play: Play): Promise<readonly string[]> {
  const errors: string[] = [];
  for (const stack of [0, 1]) {
    const options = { run: "up", stack, previews: false, continuesOnError: true } as const;
    errors.push(...(await run(play, options, play.world.process())).errors);
  }
  return errors;
}

/** People do right by every open request, in the order of their filing; what an API ends, `msp settle` ends; what waits for something that stays is taken back. */
async function finish(play: Play, open: readonly OffboardingRequest[]): Promise<void> {
  for (const request of open) await through(play, request);
  if (open.some(({ items }) => items.some(({ mode }) => mode === "api"))) await run(play, SETTLE, play.world.process());
  for (const request of openOf(await play.world.requests()))
    if (request.state === "Held" && request.blockedBy.length > 0) await takeBack(play, request);
    else if (request.waitsFor.length > 0) await through(play, request);
  if (open.some(({ account }) => Object.values(play.world.accounts).some((one) => one === account)))
    await everybodyImports(play);
}

/** A program that keeps somebody keeps what there is: also what a colleague has added, or a refusal has left. */
function declareWhatIsThere(play: Play): void {
  for (const member of play.members) {
    const program = new Map(member.program);
    for (const [subject, draft] of program) {
      const others = play.members.filter((other) => other !== member).flatMap(({ stack }) => [...stack.state.values()]);
      const found = productsThere(play, subject, member.stack.state.get(subject), draft).filter(
        (product) =>
          !draft.products.has(product) &&
          !others.some(
            ({ name, inputs }) =>
              name.startsWith(`${subject}/`) &&
              inputs.product === product &&
              (placeOf(subject) !== "lmp" || inputs.customer === member.stack.state.get(subject)?.id),
          ),
      );
      if (found.length > 0)
        program.set(subject, {
          ...draft,
          products: new Map([...draft.products, ...found.map((product) => [product, undefined] as const)]),
        });
    }
    member.program = program;
  }
}

function productsThere(
  { world }: Play,
  subject: string,
  held: Held | undefined,
  draft: SubjectDraft,
): readonly string[] {
  const place = placeOf(subject);
  if (place !== "lmp") {
    const rows = world.people[place].world.rows();
    return rows
      .filter((row) => row.subject.name === draft.name || row.subject.name === nameOf(subject))
      .flatMap(({ product }) => product ?? []);
  }
  const { subscriptions, plans, customers } = world.stage.lmpi.store;
  const ids = [...customers.values()]
    .filter(({ id, company }) => id === held?.id || (held === undefined && company.name === draft.name))
    .map(({ id }) => id);
  return [...subscriptions.values()]
    .filter(({ customerId, enabled }) => ids.includes(customerId) && enabled)
    .flatMap(({ planId }) => plans.find(({ id }) => id === planId)?.name ?? [])
    .filter((name) => PRODUCTS.lmp.includes(name));
}

/** Whether a preview of each stack, and one after a refresh, has nothing to say. */
async function isQuiet(play: Play): Promise<boolean> {
  const isSame = (steps: readonly PlannedStep[] | undefined) => steps?.every(({ step }) => step === "same") === true;
  for (const member of play.members) if (!isSame(await preview(play, member))) return false;
  await refreshAll(play);
  for (const member of play.members) if (!isSame(await preview(play, member))) return false;
  return true;
}

/** What our runs have made is in a state, or was given up by its program, before the second quiet run is over. */
function checkOrphans({ world, ledger, members }: Play): void {
  const held = new Set(members.flatMap(({ stack }) => [...stack.state.values()].map(({ id }) => id)));
  const { customers, subscriptions } = world.stage.lmpi.store;
  const declares = (subject: string) => members.some(({ program }: { program: Program }) => program.has(subject));
  for (const [id, who] of ledger.made) {
    if (held.has(id)) continue;
    const customer = customers.get(id);
    const index = NAMES.lmp.findIndex((name) => customer?.company.name.startsWith(name));
    if (customer !== undefined && index >= 0) {
      const subject = `lmp/${index}`;
      const wasDropped = ledger.asked.has(`${who}::${subject}`);
      if (!wasDropped && declares(subject))
        violated(`customer ${customer.company.name} (${id}), which ${who} made, is in no state`);
    }
    const subscription = subscriptions.get(id);
    if (subscription?.enabled === true && held.has(subscription.customerId)) {
      const owner = members.find(({ stack }) =>
        [...stack.state.values()].some((one) => one.id === subscription.customerId),
      );
      const subject =
        [...(owner?.stack.state.values() ?? [])].find((one) => one.id === subscription.customerId)?.name ?? "";
      const product = world.stage.lmpi.store.plans.find((plan) => plan.id === subscription.planId)?.name ?? "";
      const resource = `${who}::${subject}/${product.toLowerCase().replaceAll(" ", "-")}`;
      const isDeclared = members.some(({ program }) => program.get(subject)?.products.has(product));
      if (!ledger.asked.has(resource) && isDeclared)
        violated(`${product} of ${subject} (${id}), which ${who} made, is in no state`);
    }
  }
}

/** State is what the platform holds and what the desk knows, name by name. */
async function checkAgreement(play: Play): Promise<void> {
  const { world, members } = play;
  const { customers, subscriptions, plans } = world.stage.lmpi.store;
  const inventory: InventoryEntry[] = [];
  for (const { operator } of Object.values(world.people)) inventory.push(...(await operator.inventory()));
  const claims = await claimsOf(play);
  // People may say that something has left which has not; then it is nobody's, until a program takes it over.
  const ended = new Set(
    (await world.requests())
      .filter(({ kind, state }) => kind === "leaving" && state === "Completed")
      .flatMap(({ items }) => items.map((item) => item.id)),
  );
  for (const { stack, program } of members) {
    for (const held of stack.state.values()) {
      const { id, name, type, outputs, inputs } = held;
      const place = placeOf(name);
      const what = `${stack.stackName}::${name} (${id})`;
      // What people were asked for is claimed under their request, whatever the platform calls it afterwards.
      const claim = claims.find(
        (one) => one.resource === String(outputs.__resource) && (place !== "lmp" || one.objectId === id),
      );
      const wasGivenUp = play.ledger.asked.has(String(outputs.__resource)) || ended.has(id);
      if (claim === undefined && !wasGivenUp) violated(`${what} is in state, and the desk does not know whose it is`);
      if (place === "lmp" && type === "Customer" && customers.get(id)?.company.name !== program.get(name)?.name)
        violated(`${what} is in state, and ${customers.get(id)?.company.name ?? "nobody"} is on LMP`);
      if (place === "lmp" && type === "ProductAssignment") {
        const one = subscriptions.get(id);
        const isRight =
          one !== undefined &&
          one.customerId === inputs.customer &&
          plans.find((plan) => plan.id === one.planId)?.name === inputs.product &&
          (inputs.units === undefined || one.licences[0]?.units === inputs.units);
        if (!isRight) violated(`${what} is in state, and LMP has ${JSON.stringify(one)}`);
      }
      if (place !== "lmp") {
        const subject = type === "Customer" ? id : String(inputs.owner ?? inputs.customer ?? inputs.email);
        const product = type === "ProductAssignment" ? String(inputs.product) : undefined;
        const isKnown = inventory.some((entry) => entry.subject.key === subject && entry.product === product);
        if (!isKnown || !world.people[place].world.has(subject, product))
          violated(
            `${what} is in state; the desk ${isKnown ? "knows it" : "does not know it"}, and the platform has it: ${world.people[place].world.has(subject)}`,
          );
      }
    }
  }
  const resources = new Set(
    members.flatMap(({ stack }) => [...stack.state.values()].map(({ outputs }) => String(outputs.__resource))),
  );
  // A claim on what is gone holds nobody back.
  const isThere = (id = "") => customers.has(id) || subscriptions.get(id)?.enabled === true;
  const loose = claims.find(({ resource, objectId }) => isThere(objectId) && !resources.has(resource));
  if (loose !== undefined) violated(`the desk keeps ${loose.naturalKey} for ${loose.resource}, which has let it go`);
  const { ok } = await world.as("operator").get<{ ok: boolean }>("/v1/audit/verify");
  if (!ok) violated("the desk's hash chain is broken");
}

async function claimsOf({ world }: Play): Promise<readonly Intent[]> {
  return (await world.as("operator").get<{ items: Intent[] }>("/v1/intents")).items;
}

async function told(play: Play): Promise<string> {
  const steps: string[] = [];
  for (const member of play.members) {
    const planned = await preview(play, member);
    steps.push(
      ...(planned
        ?.filter(({ step }) => step !== "same")
        .map(({ step, name }) => `${member.stack.stackName}: ${step} ${name}`) ?? [
        `${member.stack.stackName}: preview refused`,
      ]),
    );
  }
  const open = openOf(await play.world.requests()).map(
    ({ id, kind, state, items, blockedBy, subject }) =>
      `${id} ${kind} ${state} ${items.map(({ name }) => name).join()} of ${subject.name} ${blockedBy.join()}`,
  );
  return `(${[...steps, ...open].join("; ")})`;
}
