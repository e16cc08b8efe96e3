/** What people do at the desk: to a request, rightly or wrongly, and by filing one of their own. */
import { isProviderError } from "../../provider/errors";
import type { Filing, OffboardingRequest } from "../../provider/generated/types";
import type { PlatformPeople } from "../../sandbox/people/people";
import type { ActName, Operation } from "./operation";
import type { Play } from "./play";
import { ASKER, type Staff } from "./stage";
import { violated } from "./violations";
import { CONNECTIONS, type World } from "./world";

/** The resource that requests filed by hand name. */
export const BY_HAND = "by hand";

const ACCEPTED = { outcome: "accepted", identity: "called back", necessity: "is no longer needed" } as const;
const ATTESTED = { evidence: { kind: "attested", text: "seen in the console" } } as const;

/** Does one act to one of all requests, also to those that are over; the desk's refusal is noted. */
export async function act(
  play: Play,
  { act: drawn, which, choice, conduct }: Extract<Operation, { kind: "act" }>,
): Promise<void> {
  const requests = await play.world.requests();
  const request = chosen(requests, which);
  if (request === undefined) return;
  const name = drawn === "next" ? nextOf(request) : drawn === "allowed" ? allowedOf(request, choice) : drawn;
  if (name === undefined) return;
  if (name === "through") return through(play, request);
  if (name === "impossible") return impossible(play, request);
  if (name === "handle")
    return void (await refusedOrNot(() => peopleOf(play.world, request)?.vendor.handle(request.id, conduct)));
  await once(play, request, name);
}

/** Mostly what is open, the newest first; now and then what is rare: held, under way by API before the vendor has it, or over. */
function chosen(requests: readonly OffboardingRequest[], which: number): OffboardingRequest | undefined {
  const open = requests.filter(({ closedAt }) => closedAt === undefined);
  const rare = [
    requests.filter(({ closedAt }) => closedAt !== undefined),
    open.filter(({ state }) => state === "Held"),
    open.filter(({ state, vendor }) => state === "In Progress" && vendor?.submittedAt === undefined),
  ][which - 3]?.at(-1);
  return rare ?? open.at(-1 - (which % Math.max(1, open.length)));
}

/** Tries all that the desk does not say is allowed, and that it must refuse. */
async function impossible(play: Play, request: OffboardingRequest): Promise<void> {
  const isTouched = request.items.some(({ state }) => state !== "open");
  for (const [name, { action }] of Object.entries(ACTIONS)) {
    if (request.allowed.includes(action) && !(name === "vendor refuses" && isTouched)) continue;
    const after = await once(play, request, name as ActName);
    if (after !== undefined) violated(`the desk did "${name}" to ${request.id}, which it had not said is allowed`);
  }
  if (request.allowed.includes("verify")) await once(play, request, "verify by an asker");
}

/** Carries a request from where it is to its end, as far as people can. */
export async function through(play: Play, begun: OffboardingRequest): Promise<void> {
  let request = begun;
  for (let steps = 0; steps < 12; steps++) {
    const next = nextOf(request);
    if (next === undefined) return;
    const after = await once(play, request, next);
    // What nobody can do, as for a customer who is no longer there, is taken back.
    if (after === undefined && next === "removed") await once(play, request, "withdraw");
    if (after === undefined) return;
    request = after;
  }
}

/** An operator has looked, and vouches that what the API has ended is gone. */
export async function vouch(play: Play, request: OffboardingRequest): Promise<void> {
  await once(play, request, "confirm");
}

/** Whoever asked no longer wants it. */
export async function takeBack(play: Play, request: OffboardingRequest): Promise<void> {
  await once(play, request, "withdraw");
}

/** What comes next for a request where everybody does right. What an API ends is ended by `msp settle`. */
function nextOf({ state, verification, vendor, items, allowed }: OffboardingRequest): ActName | undefined {
  if (state === "Pending" && verification === undefined) return "verify";
  const byHand = items.filter(({ mode }) => mode !== "api");
  if (byHand.length === 0) return undefined;
  if (allowed.includes("submit") && vendor?.submittedAt === undefined) return "submit";
  if (state !== "In Progress") return undefined;
  if (allowed.includes("resume")) return "resume";
  if (vendor?.contact === undefined && allowed.includes("contact")) return "contact";
  if (byHand.some((item) => item.state === "open")) return "removed";
  return byHand.some((item) => item.state === "removed") ? "confirm" : undefined;
}

/** One of the acts that the desk says are allowed. */
function allowedOf({ allowed }: OffboardingRequest, choice: number): ActName | undefined {
  const names = Object.entries(ACTIONS).flatMap(([name, { action }]) =>
    allowed.includes(action) ? [name as ActName] : [],
  );
  return names[choice % Math.max(1, names.length)];
}

/** Answers the request as it is then; undefined where the desk refused. */
async function once(play: Play, request: OffboardingRequest, name: ActName): Promise<OffboardingRequest | undefined> {
  const { world, reach } = play;
  const action = ACTIONS[name];
  let after: OffboardingRequest | undefined;
  const error = await refusedOrNot(async () => {
    after = await doOnce(world, request, name);
  });
  if (name === "verify by an asker" && after !== undefined && request.requesters.some(({ email }) => email === ASKER))
    violated(`${request.id} was verified by ${ASKER}, who had asked for it`);
  if (action !== undefined) reach.acted(request, action.action, action.outcome, error?.message);
  return after;
}

/** How each act stands in the desk's table. */
const ACTIONS: Partial<Record<ActName, { readonly action: string; readonly outcome: "accepted" | "refused" }>> = {
  verify: { action: "verify", outcome: "accepted" },
  refuse: { action: "verify", outcome: "refused" },
  submit: { action: "submit", outcome: "accepted" },
  contact: { action: "contact", outcome: "accepted" },
  "vendor accepts": { action: "vendor-verification", outcome: "accepted" },
  "vendor refuses": { action: "vendor-verification", outcome: "refused" },
  pause: { action: "pause", outcome: "accepted" },
  resume: { action: "resume", outcome: "accepted" },
  removed: { action: "removed", outcome: "accepted" },
  confirm: { action: "confirm", outcome: "accepted" },
  attest: { action: "confirm", outcome: "accepted" },
  withdraw: { action: "withdraw", outcome: "accepted" },
};

async function doOnce(
  world: World,
  request: OffboardingRequest,
  name: ActName,
): Promise<OffboardingRequest | undefined> {
  const post = (who: Staff, action: string, body: object) =>
    world.as(who).post<OffboardingRequest>(`/v1/requests/${request.id}/${action}`, body);
  const open = request.items.find(({ state }) => state === "open") ?? request.items[0];
  const removed = request.items.find(({ state }) => state === "removed") ?? request.items[0];
  switch (name) {
    case "verify":
      return post("verifier", "verify", ACCEPTED);
    case "verify by an asker":
      return post("requester", "verify", ACCEPTED);
    case "refuse":
      return post("verifier", "verify", { ...ACCEPTED, outcome: "refused", necessity: "is still needed" });
    case "submit":
      return post("operator", "submit", {});
    case "contact":
      return post("operator", "contact", { who: "the vendor", how: "phone" });
    case "vendor accepts":
      return post("operator", "vendor-verification", { outcome: "accepted" });
    case "vendor refuses":
      return post("operator", "vendor-verification", { outcome: "refused", note: "no contract" });
    case "pause":
      return post("operator", "pause", { reason: "waiting for the requester" });
    case "resume":
      return post("operator", "resume", {});
    case "removed": {
      const people = peopleOf(world, request);
      if (people !== undefined && request.allowed.includes("removed")) return people.vendor.remove(request.id);
      return post("operator", `items/${open?.n}/removed`, {});
    }
    case "confirm":
      return post("operator", `items/${removed?.n}/confirm`, ATTESTED);
    case "attest":
      return post("requester", `items/${removed?.n}/confirm`, ATTESTED);
    case "withdraw":
      return post("requester", "withdraw", { reason: "was a mistake" });
    default:
      return undefined;
  }
}

function peopleOf(world: World, { account }: OffboardingRequest): PlatformPeople | undefined {
  if (account === world.accounts.clp) return world.people.clp;
  return account === world.accounts.armourzero ? world.people.armourzero : undefined;
}

async function refusedOrNot(deed: () => Promise<unknown> | undefined): Promise<Error | undefined> {
  try {
    await deed();
    return undefined;
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return error;
  }
}

/** A person asks for two things at once: a licence that the API ends, and a thing that only people can take away. */
export async function fileByHand(
  { world, members }: Play,
  { which, goes }: Extract<Operation, { kind: "file by hand" }>,
): Promise<void> {
  const { subscriptions, customers, plans } = world.stage.lmpi.store;
  const live = [...subscriptions.values()].filter(({ enabled }) => enabled);
  const chosen = live[which % Math.max(1, live.length)];
  // The desk knows the account from when a program first showed it.
  const account = members
    .flatMap(({ stack }) => [...stack.state.values()])
    .find(({ outputs }) => outputs.platform === CONNECTIONS.lmp)?.outputs.account;
  if (chosen === undefined || typeof account !== "string") return;
  const filing: Filing = {
    account,
    platform: "trend-micro",
    kind: "leaving",
    subject: {
      kind: "customer",
      key: chosen.customerId,
      name: customers.get(chosen.customerId)?.company.name ?? chosen.customerId,
    },
    items: [
      {
        kind: "product",
        name: plans.find(({ id }) => id === chosen.planId)?.name ?? chosen.planId,
        id: chosen.id,
        mode: "api",
      },
      { kind: "product", name: "Box in the cellar", id: `box-${chosen.customerId}`, mode: "request" },
    ],
    reason: "asked for by phone",
    requesters: [{ email: ASKER, via: "note" }],
    licence: "keep",
    stays: [],
    resource: BY_HAND,
  };
  const { id } = await world.as("requester").post<OffboardingRequest>("/v1/requests", filing);
  if (goes !== "filed") await world.as("verifier").post(`/v1/requests/${id}/verify`, ACCEPTED);
}
