import { isProviderError } from "../../provider/errors";
import type { OffboardingRequest } from "../../provider/generated/types";
import { DeskApi } from "../../sandbox/people/desk-api";
import type { PlatformPeople } from "../../sandbox/people/people";
import { fleetYaml, type StoryFleet } from "./fleet";
import type { SandboxLog, Stage } from "./stage";
import type { Telling } from "./telling";

interface Subscription {
  readonly id: string;
  readonly enabled: boolean;
  readonly licences: readonly { readonly units: number }[];
}

/** The first leaving, from onboarding to the last word, each step asserted. */
export async function tellAll(stage: Stage, tell: Telling): Promise<void> {
  let fleet: StoryFleet = {
    acme: { emailSecurity: true },
    birch: {},
    frontDesk: ["ShieldOne", "ScoutTwo"],
    warehouse: ["ShieldOne", "ScoutTwo"],
  };
  const edit = (change: Partial<StoryFleet>) => {
    fleet = { ...fleet, ...change };
    stage.writeFleet(fleetYaml(fleet));
  };
  edit({});
  await onboarding(stage, tell);
  await nothingTwice(stage, tell);
  await dropping(stage, tell, edit);
  await waiting(stage, tell, edit);
  await people(stage, tell, edit);
  await deleting(stage, tell, edit);
  await drifting(stage, tell);
}

type EditFleet = (change: Partial<StoryFleet>) => void;

async function onboarding(stage: Stage, tell: Telling): Promise<void> {
  tell.chapter("Three customers on two platforms");
  stage.armourzero.world.add("front-desk@cedar.example", "Front Desk", { ShieldOne: 1, ScoutTwo: 1 });
  stage.armourzero.world.add("warehouse@cedar.example", "Warehouse", { ShieldOne: 1, ScoutTwo: 1 });
  await stage.armourzero.operator.importInventory();
  stage.clp.world.add(
    "Birch Legal",
    "Birch Legal",
    { "Worry-Free Services": 10, "Cloud Edge": 1 },
    { city: "Leeds", state: "West Yorkshire", country: "GB" },
  );
  await stage.clp.operator.importInventory();
  tell.say(
    "ArmourZero and the Customer Licensing Portal can't be read by API: an operator has imported their exports at the desk.",
  );
  const run = await stage.engine.up();
  tell.engine("pulumi up", run);
  for (const resource of [
    "msp:Customer acme",
    "msp:Customer birch",
    "msp:DeviceOwner cedar/front-desk",
    "msp:DeviceOwner cedar/warehouse",
  ]) {
    tell.holds(`${resource} is there`, run.text.includes(`${resource} created`), run.text);
  }
  const owned = (run.text.match(/msp:ProductAssignment cedar\/(front-desk|warehouse)\/\w+ created/g) ?? []).length;
  tell.holds(
    "both device owners have two products each, and Birch Legal has its two",
    owned === 4 && (run.text.match(/msp:ProductAssignment birch\/[\w-]+ created/g) ?? []).length === 2,
    run.text,
  );
  const subscriptions = await subscriptionsOf(stage);
  tell.holds(
    "Acme Dental was created by API, with two subscriptions of 25 units",
    run.ok && subscriptions.length === 2 && subscriptions.every((subscription) => unitsOf(subscription) === 25),
    subscriptions,
  );
}

async function nothingTwice(stage: Stage, tell: Telling): Promise<void> {
  tell.chapter("Once more: nothing to do");
  await stage.control("POST", "reset", { what: "log" });
  const run = await stage.engine.up();
  tell.engine("pulumi up", run);
  const log = await stage.control<SandboxLog>("GET", "log");
  tell.holds(
    "nothing changed, and the platform saw no write",
    run.ok && log.writes.length === 0 && !/\bto (create|update|delete)\b|created|updated|deleted/.test(run.text),
    log.writes,
  );
}

async function dropping(stage: Stage, tell: Telling, edit: EditFleet): Promise<void> {
  tell.chapter("A product is dropped from the fleet file");
  edit({ frontDesk: ["ShieldOne"] });
  const unsaid = await stage.engine.preview();
  tell.engine("pulumi preview", unsaid);
  tell.holds(
    "without a reason it is refused, already in the preview",
    !unsaid.ok && unsaid.text.includes("nobody says why"),
    unsaid.text,
  );

  edit({
    leaving: [
      "owner: front-desk@cedar.example, product: ScoutTwo, reason: The shared desk has no phone any more, licence: reduce",
    ],
  });
  const preview = await stage.engine.preview();
  tell.engine("pulumi preview", preview);
  tell.holds(
    "the preview says what is filed, for whom, and what stays",
    preview.ok &&
      preview.text.includes(
        "files an off-boarding request: ScoutTwo of Front Desk (front-desk@cedar.example) leaves",
      ) &&
      preview.text.includes("stays: ShieldOne"),
    preview.text,
  );
  tell.holds("and it filed nothing", (await requests(stage)).length === 0);

  const run = await stage.engine.up();
  tell.engine("pulumi up", run);
  const [request, ...more] = await requests(stage);
  const asked = request?.requesters.map((requester) => requester.email);
  tell.holds(
    "one request is filed, with owner, product, reason, requester and what becomes of the licence",
    run.ok &&
      more.length === 0 &&
      request?.state === "Pending" &&
      request.subject.key === "front-desk@cedar.example" &&
      request.items[0]?.name === "ScoutTwo" &&
      request.reason.includes("no phone") &&
      asked?.includes("account-manager@msp.example") === true &&
      request.licence === "reduce",
    request,
  );
  tell.holds(
    "ShieldOne stays with its owner",
    stage.armourzero.world.has("front-desk@cedar.example", "ShieldOne") && request?.stays.join() === "ShieldOne",
    request?.stays,
  );
}

async function waiting(stage: Stage, tell: Telling, edit: EditFleet): Promise<void> {
  tell.chapter("Filed once; and what `wait: completed` does");
  const again = await stage.engine.up();
  tell.engine("pulumi up", again);
  tell.holds("nothing new is filed", again.ok && (await requests(stage)).length === 1);

  edit({
    acme: { emailSecurity: false },
    leaving: ["customer: Acme Dental, product: Email Security Yearly, reason: Moved to the suite"],
  });
  const pending = await stage.engine.up({ continueOnError: true });
  tell.engine("pulumi up --continue-on-error", pending);
  const request = (await requests(stage)).find((candidate) => candidate.items[0]?.name === "Email Security Yearly");
  tell.holds(
    "with `wait: completed` the product stays in state as pending",
    !pending.ok && request !== undefined && pending.text.includes(`request ${request.id} is Pending`),
    pending.text,
  );
  if (request === undefined) return;

  await stage.armourzero.verifier.verify(request.id);
  tell.say(
    `The service lead verifies ${request.id}. This product can be ended by API, so the next up does it, and reads it back.`,
  );
  const done = await stage.engine.up({ continueOnError: true });
  tell.engine("pulumi up --continue-on-error", done);
  const completed = await one(stage, request.id);
  const live = (await subscriptionsOf(stage)).filter((subscription) => subscription.enabled);
  tell.holds(
    "the subscription is ended, read back and Completed; the other one is in force",
    done.ok && completed.state === "Completed" && live.length === 1,
    { completed: completed.state, live },
  );
}

async function people(stage: Stage, tell: Telling, edit: EditFleet): Promise<void> {
  tell.chapter("People verify, remove and confirm");
  const [request] = await requests(stage);
  if (request === undefined) throw new Error("no open request");
  const own = await refusal(
    new DeskApi(stage.deskUrl, stage.tokens.requester).post(`/v1/requests/${request.id}/verify`, {
      outcome: "accepted",
      identity: "It is me.",
      necessity: "I say so.",
    }),
  );
  tell.say(`the account manager, who asked, tries to verify: ${own}`);
  tell.holds(
    "who asks can't verify",
    own?.includes("has asked for") === true && (await one(stage, request.id)).verification === undefined,
    own,
  );
  const completed = await carryThrough(stage.armourzero, request.id);
  tell.say(`${completed.id}: ${completed.events.map((event) => event.action).join(" → ")}`);
  tell.holds(
    "someone else verifies, the vendor makes contact inside the clock, removes, and it is Completed",
    completed.state === "Completed" && completed.clock.state === "met",
    completed,
  );
  tell.holds(
    "ScoutTwo is gone there, ShieldOne is not",
    !stage.armourzero.world.has("front-desk@cedar.example", "ScoutTwo") &&
      stage.armourzero.world.has("front-desk@cedar.example", "ShieldOne"),
  );

  edit({
    warehouse: ["ShieldOne"],
    leaving: ["owner: warehouse@cedar.example, product: ScoutTwo, reason: The scanners were retired"],
  });
  tell.engine("pulumi up", await stage.engine.up());
  const [second] = await requests(stage);
  if (second === undefined) throw new Error("no open request");
  const wrong = await carryThrough(stage.armourzero, second.id, "removesAnother");
  tell.say(`${wrong.id} is ${wrong.state} by their word; but this time they removed the wrong product.`);
  const imported = await stage.armourzero.operator.importInventory({ voucher: "export of the next morning" });
  for (const line of [...imported.unexpected, ...imported.contradictions]) tell.say(`import: ${line}`);
  const contradicted = await one(stage, second.id);
  tell.holds(
    "the next import finds it out, and the request says so",
    contradicted.contradictions.length > 0 && imported.unexpected.some((line) => line.includes("ShieldOne")),
    { imported, contradicted },
  );
  stage.armourzero.world.assign("warehouse@cedar.example", "ShieldOne", 1);
  stage.armourzero.world.unassign("warehouse@cedar.example", "ScoutTwo");
  await stage.armourzero.operator.importInventory({ voucher: "export after the vendor put it right" });
  const drift = await stage.engine.preview({ refresh: true });
  tell.holds(
    "after they put it right, no drift is left",
    drift.ok && !/to (create|update|delete|replace)/.test(drift.text),
    drift.text,
  );
  await stage.engine.refresh();
}

async function deleting(stage: Stage, tell: Telling, edit: EditFleet): Promise<void> {
  tell.chapter("Deleting customers");
  const leaving = ["customer: Birch Legal, reason: Birch Legal closes its business"];
  edit({ birch: undefined, leaving });
  const guarded = await stage.engine.preview();
  tell.engine("pulumi preview", guarded);
  tell.holds(
    "a customer is protected until a program says otherwise, with the steps",
    !guarded.ok && guarded.text.includes("deletionProtection: false"),
    guarded.text,
  );

  edit({ birch: { deletionProtection: false }, leaving: [] });
  const unprotected = await stage.engine.up();
  tell.holds("a program turns the protection off", unprotected.ok, unprotected.text);
  stage.clp.world.assign("Birch Legal", "Mobile Security", 5);
  await stage.clp.operator.importInventory();
  edit({ birch: undefined, leaving });
  const blocked = await stage.engine.preview();
  tell.engine("pulumi preview", blocked);
  tell.holds(
    "what no program declares is in the way, by name",
    !blocked.ok && blocked.text.includes("Mobile Security"),
    blocked.text,
  );

  stage.clp.world.unassign("Birch Legal", "Mobile Security");
  await stage.clp.operator.importInventory();
  const preview = await stage.engine.preview();
  tell.engine("pulumi preview", preview);
  tell.holds(
    "the preview says what is held, and that it can't be undone",
    preview.ok &&
      preview.text.includes("files a held off-boarding request: customer Birch Legal") &&
      preview.text.includes("cannot be recovered"),
    preview.text,
  );
  const run = await stage.engine.up();
  tell.engine("pulumi up", run);
  const filed = await requests(stage);
  const held = filed.find((request) => request.state === "Held");
  const parts = filed.filter((request) => request.state === "Pending");
  tell.holds(
    "two products are leaving, and one held request waits for them",
    run.ok && parts.length === 2 && held?.waitsFor.length === 2,
    filed,
  );
  if (held === undefined) return;
  for (const [i, part] of parts.entries()) {
    await carryThrough(stage.clp, part.id);
    const now = await one(stage, held.id);
    tell.say(`${part.id} (${part.items[0]?.name}) is Completed; ${held.id} is ${now.state}`);
    tell.holds(
      i + 1 < parts.length ? "the customer still waits" : "the last one releases the customer",
      now.state === (i + 1 < parts.length ? "Held" : "Pending"),
      now,
    );
  }
  const gone = await carryThrough(stage.clp, held.id);
  tell.holds("the customer is deleted last", gone.state === "Completed" && !stage.clp.world.has("Birch Legal"), gone);

  edit({ acme: { emailSecurity: false, deletionProtection: false }, leaving: [] });
  const ready = await stage.engine.up();
  tell.holds("the last customer is not protected either", ready.ok, ready.text);
  edit({ acme: undefined, leaving: ["customer: Acme Dental, reason: Acme Dental leaves us"] });
  const lmp = await stage.engine.preview();
  tell.engine("pulumi preview", lmp);
  tell.holds(
    "a Licensing Management Platform customer can't be deleted at all, and the way out is named",
    !lmp.ok && lmp.text.includes("forget"),
    lmp.text,
  );
  edit({ acme: { emailSecurity: false }, leaving: [] });
  const back = await stage.engine.up();
  tell.holds("so it is put back", back.ok, back.text);
}

async function drifting(stage: Stage, tell: Telling): Promise<void> {
  tell.chapter("Someone changes the platform behind our back");
  const live = (await subscriptionsOf(stage)).find((subscription) => subscription.enabled);
  await stage.control("POST", "edit", { kind: "setUnits", subscriptionId: live?.id, units: 3 });
  tell.say("a colleague sets Acme Dental's seats from 25 to 3 in the console");
  const drift = await stage.engine.preview({ refresh: true });
  tell.engine("pulumi preview --refresh --diff", drift);
  const changes = drift.text.split("\n").filter((line) => /=>/.test(line) && !line.includes("asOf"));
  tell.holds(
    "a preview with refresh shows exactly that",
    drift.ok &&
      changes.length === 2 &&
      /units\s*: 25 => 3/.test(drift.text) &&
      /units\s*: 3 => 25/.test(drift.text) &&
      /~ 1 to update/.test(drift.text),
    drift.text,
  );
  const repaired = await stage.engine.up({ refresh: true });
  tell.engine("pulumi up --refresh", repaired);
  const units = unitsOf((await subscriptionsOf(stage)).find((subscription) => subscription.id === live?.id));
  tell.holds("up repairs it", repaired.ok && units === 25, { units });
  const after = await stage.engine.preview({ refresh: true, expectNoChanges: true });
  tell.holds("and a preview after is empty", after.ok, after.text);
}

/** A request's way through everyone's hands, from our verification to its confirmation. */
async function carryThrough(
  of: PlatformPeople,
  id: string,
  conduct: "right" | "removesAnother" = "right",
): Promise<OffboardingRequest> {
  await of.verifier.verify(id);
  await of.operator.submit(id, { reference: "console" });
  return of.vendor.handle(id, conduct);
}

async function requests(stage: Stage): Promise<readonly OffboardingRequest[]> {
  const { items } = await stage.desk.get<{ readonly items: readonly OffboardingRequest[] }>(
    "/v1/requests?open=true&limit=100",
  );
  return items;
}

function one(stage: Stage, id: string): Promise<OffboardingRequest> {
  return stage.desk.get(`/v1/requests/${id}`);
}

async function subscriptionsOf(stage: Stage): Promise<readonly Subscription[]> {
  return (await stage.control<{ readonly subscriptions: readonly Subscription[] }>("GET", "state")).subscriptions;
}

function unitsOf(subscription: Subscription | undefined): number | undefined {
  return subscription?.licences[0]?.units;
}

async function refusal(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (isProviderError(error)) return error.message;
    throw error;
  }
}
