/**
 * How every lifecycle ends: the faults are over, time passes, people tidy up and do right, and the programs run until there is nothing left to do.
 * Then state, platform and desk must say the same.
 */
import type { InventoryEntry, OffboardingRequest } from "../../provider/generated/types";
import { takeBack, through, vouch } from "./desk-people";
import type { Held, PlannedStep } from "./engine";
import { preview, run, SETTLE } from "./perform";
import { openOf, type Play } from "./play";
import { agree, claimsOf, giveBack, putBackNames, restore, tidy } from "./tidying";
import { nameOf, NAMES, placeOf, PRODUCTS, type Program, slug, type SubjectDraft } from "./program";
import { violated } from "./violations";
import { WINDOW_MS } from "./world";

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
  await putBackNames(play);
  await agree(play);
  await giveBack(play);
  restore(play);
  await everybodyImports(play);
  let last: readonly string[] = [];
  let isLeaving = false;
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    if (isLeaving) for (const member of play.members) member.program = new Map();
    else declareWhatIsThere(play);
    const errors = await upAll(play);
    last = errors;
    // Most of them say that a refresh is what is wanted, or that what nobody is called any more keeps a claim.
    if (errors.length > 0) {
      await refreshAll(play);
      await giveBack(play);
    }
    const requests = await play.ledger.check();
    play.reach.seen(requests);
    const left = openOf(requests);
    if (left.length > 0) await finish(play, left);
    if (pass === 2) checkOrphans(play);
    const isStill = errors.length === 0 && left.length === 0;
    const isInOrder = isStill && (await isQuiet(play));
    if (isInOrder && (ending === "keep" || isLeaving)) return checkAgreement(play);
    // Only what is in order can be left: a customer on LMP is let go of where its program has said so.
    isLeaving ||= isInOrder;
    world.clock.advance(5 * WINDOW_MS);
  }
  violated(`after ${MOST_PASSES} quiet runs there is still something to do: ${last.join(" | ")} ${await told(play)}`);
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
    if (misses(play, request)) await vouch(play, request);
    else if (request.state === "Held" && request.blockedBy.length > 0) await takeBack(play, request);
    else if (request.waitsFor.length > 0) await through(play, request);
  if (open.some(({ account }) => Object.values(play.world.accounts).some((one) => one === account)))
    await everybodyImports(play);
}

/** Whether a colleague has meanwhile taken away what should have stayed: our own calls confirm nothing then. */
function misses({ world }: Play, { subject, stays, items }: OffboardingRequest): boolean {
  const { subscriptions, plans } = world.stage.lmpi.store;
  const has = (product: string) =>
    [...subscriptions.values()].some(
      ({ customerId, planId, enabled }) =>
        enabled && customerId === subject.key && plans.find(({ id }) => id === planId)?.name === product,
    );
  return items.some(({ mode, state }) => mode === "api" && state === "removed") && !stays.every(has);
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
    if (held.has(id) || held.has(ledger.twins.get(id) ?? "")) continue;
    const customer = customers.get(id);
    const index = NAMES.lmp.findIndex((name) => customer?.company.name.startsWith(name));
    if (customer !== undefined && index >= 0) {
      const subject = `lmp/${index}`;
      const wasDropped = ledger.wasAsked(`${who}::${subject}`);
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
      const resource = `${who}::${subject}/${slug(product)}`;
      const isDeclared = members.some(({ program }) => program.get(subject)?.products.has(product));
      if (!ledger.wasAsked(resource) && isDeclared)
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
