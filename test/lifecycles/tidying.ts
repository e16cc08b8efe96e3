/** What people do once the faults are over: two programs agree, claims of what is gone are given back, and colleagues make room. */
import type { Intent } from "../../provider/generated/types";
import { applyEdit } from "../../sandbox/trend-micro/edits";
import type { Customer } from "../../sandbox/trend-micro/world";
import type { Member } from "./member";
import type { Play } from "./play";
import { loginOf, NAMES, nameOf, otherName, placeOf, plainly, resourcesOf, type SubjectDraft } from "./program";
import { CONNECTIONS } from "./world";

/** What is in state stays declared, without protection, and adopts what is there. */
export function tidy(member: Member): void {
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
    // A first user is what the customer was made with, and nothing that can be changed afterwards.
    const login = loginOf(member.stack.state.get(subject)?.inputs) ?? draft.login;
    program.set(subject, { ...settledDraft(subject, draft), name, products, login });
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
export async function agree(play: Play): Promise<void> {
  const [east, west] = play.members;
  const claims = await claimsOf(play);
  for (const subject of east.program.keys()) {
    if (!west.program.has(subject)) continue;
    const has = ({ stack }: Member) =>
      claims.some(({ resource }) => plainly(resource) === `${stack.stackName}::${subject}`);
    // What a colleague has removed on LMP is held by nobody, whatever state still says.
    const { customers } = play.world.stage.lmpi.store;
    const holds = ({ stack }: Member) => {
      const held = stack.state.get(subject);
      return held !== undefined && (placeOf(subject) !== "lmp" || customers.has(held.id));
    };
    if (
      placeOf(subject) === "lmp" &&
      has(west) &&
      has(east) &&
      ((holds(west) && holds(east)) || !wantsOne(play, subject))
    ) {
      keepBoth(play, subject);
      continue;
    }
    const hasName = ({ stack, program }: Member) =>
      claims.some(
        ({ resource, naturalKey }) =>
          plainly(resource) === `${stack.stackName}::${subject}` &&
          naturalKey.startsWith(`${program.get(subject)?.name.toLowerCase()}|`),
      );
    // Whoever has a claim, else has it in state, else has a claim on that very name.
    const isWests =
      [has, holds, hasName].map((one) => Number(one(west)) - Number(one(east))).find((by) => by !== 0) ?? 0;
    const loser = isWests > 0 ? east : west;
    const program = new Map(loser.program);
    program.delete(subject);
    loser.program = program;
  }
}

/** Whether both want one customer: the one that one of them holds, or one that neither has. Another one may have the name, too. */
function wantsOne({ world, members }: Play, subject: string): boolean {
  const [name, other] = members.map(({ program }) => program.get(subject)?.name);
  const held = members.flatMap(({ stack }) => stack.state.get(subject)?.id ?? []);
  const { customers } = world.stage.lmpi.store;
  const isOther = ({ id, company }: Customer) => company.name === name && !held.includes(id);
  return name === other && (held.length === 0 || ![...customers.values()].some(isOther));
}

/** Two companies can't have one name, nor each the other's: each that is there keeps the one that it has on LMP. */
function keepBoth({ world, members }: Play, subject: string): void {
  for (const member of members) {
    const there = world.stage.lmpi.store.customers.get(member.stack.state.get(subject)?.id ?? "");
    const draft = member.program.get(subject);
    if (there !== undefined && draft !== undefined)
      member.program = new Map([...member.program, [subject, { ...draft, name: there.company.name }]]);
  }
}

/** What the words of a refusal say: the claims of programs that are gone are given back at the desk. */
export async function giveBack(play: Play): Promise<void> {
  const { world, members } = play;
  for (const intent of await claimsOf(play)) {
    const { id, resource } = intent;
    const member = members.find(({ stack }) => resource.startsWith(`${stack.stackName}::`));
    if (member === undefined || (isWanted(member, resource) && !isLost(play, intent))) continue;
    await world.giveBack(id);
  }
}

/** A creation whose answer was lost is looked up under the name that it was sent with: a refusal of another name asks to put that one back. */
export async function putBackNames(play: Play): Promise<void> {
  const unknown = (await claimsOf(play)).filter(({ outcome }) => outcome === "sent");
  for (const member of play.members)
    for (const [subject, draft] of member.program) {
      if (member.stack.state.has(subject)) continue;
      const own = unknown.find(({ resource }) => plainly(resource) === `${member.stack.stackName}::${subject}`);
      const name = [nameOf(subject), otherName(subject, 1)].find((one) =>
        own?.naturalKey.startsWith(`${one.toLowerCase()}|`),
      );
      if (name !== undefined) member.program = new Map([...member.program, [subject, { ...draft, name }]]);
    }
}

/** Whether a product was sent for a customer that is there no more, so that nobody can ever hear of it. */
function isLost({ world }: Play, { type, outcome, naturalKey }: Intent): boolean {
  const [customer = ""] = naturalKey.split("|");
  const isOfLmp = /^a0000000-/.test(customer);
  return (
    type === "ProductAssignment" && outcome === "sent" && isOfLmp && !world.stage.lmpi.store.customers.has(customer)
  );
}

function isWanted({ stack, program }: Member, resource: string): boolean {
  const declared = resourcesOf(program, CONNECTIONS, stack.stackName).map(
    ({ label }) => `${stack.stackName}::${label}`,
  );
  return [...declared, ...[...stack.state.values()].map(({ outputs }) => outputs.__resource)].includes(resource);
}

/** Colleagues make room: of two companies of one name, the one that no program has goes; a device owner whom a program declares is there. */
export function restore({ world, ledger, members }: Play): void {
  const { store } = world.stage.lmpi;
  const held = new Set(members.flatMap(({ stack }) => [...stack.state.values()].map(({ id }) => id)));
  const isSpare = (id: string) => !held.has(id) && !ledger.made.has(id);
  for (const [index, name] of NAMES.lmp.entries()) {
    const all = [...store.customers.values()].filter(({ company }) => company.name.startsWith(name));
    const spare = all.filter(({ id }) => isSpare(id));
    // A program may hold its customer under a name that a colleague gave it, and wants the right one back.
    const isHeld = all.length > spare.length || members.some(({ stack }) => stack.state.has(`lmp/${index}`));
    for (const { id } of spare.slice(isHeld ? 0 : 1)) applyEdit(store, { kind: "removeCustomer", customerId: id });
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

/** Whose everything is, as the desk has it. */
export async function claimsOf({ world }: Play): Promise<readonly Intent[]> {
  return (await world.as("operator").get<{ items: Intent[] }>("/v1/intents")).items;
}
