import { isProviderError, ProviderError } from "../../provider/errors";
import type {
  ConfirmAction,
  ContactAction,
  ImportResult,
  InventoryEntry,
  InventoryImport,
  OffboardingRequest,
  RemovedAction,
  RequestItem,
  SubmitAction,
  VendorVerifyAction,
  VerifyAction,
} from "../../provider/generated/types";
import { DeskApi } from "./desk-api";
import type { PlatformWorld } from "./platform-world";

/** How the people of a platform reach the desk. */
export interface PeopleOptions {
  readonly deskUrl: string;
  /** The account identity whose inventory they export: `armourzero:acme-msp`. */
  readonly account: string;
  /** Bearer tokens: a person with the role verifier, and one with the role operator, who records what the vendor does. */
  readonly tokens: { readonly verifier: string; readonly operator: string };
}

/** What a platform calls its own people. */
export interface VendorWords {
  /** Who gets in touch. */
  readonly who: string;
  readonly how: string;
  /** What an export of the platform is called. */
  readonly voucher: string;
}

/** How the vendor's people carry a request through: right, or wrong in one of four ways. */
export const CONDUCTS = ["right", "removesAnother", "neverAnswers", "answersTwice", "attestsUndone"] as const;

export type Conduct = (typeof CONDUCTS)[number];

/** What an act came to: the request as the desk has it, or the desk's refusal. */
export type Outcome = { readonly request: OffboardingRequest } | { readonly refused: ProviderError };

/** Whom the MSP has: they check that a request is genuine. */
export class Verifier {
  private readonly desk: DeskApi;

  constructor(desk: DeskApi) {
    this.desk = desk;
  }

  verify(requestId: string, action: Partial<VerifyAction> = {}): Promise<OffboardingRequest> {
    const body: VerifyAction = {
      outcome: "accepted",
      identity: "Called back on the number in the contract.",
      necessity: "The owner no longer needs it.",
      ...action,
    };
    return act(this.desk, requestId, "verify", body);
  }
}

/** Whom the MSP has: they hand requests to the vendor and import what the platform shows. */
export class Operator {
  private readonly desk: DeskApi;
  private readonly account: string;
  private readonly world: PlatformWorld;
  private readonly words: VendorWords;

  constructor(desk: DeskApi, account: string, world: PlatformWorld, words: VendorWords) {
    this.desk = desk;
    this.account = account;
    this.world = world;
    this.words = words;
  }

  submit(requestId: string, action: SubmitAction = {}): Promise<OffboardingRequest> {
    return act(this.desk, requestId, "submit", action);
  }

  pause(requestId: string, reason: string): Promise<OffboardingRequest> {
    return act(this.desk, requestId, "pause", { reason });
  }

  resume(requestId: string): Promise<OffboardingRequest> {
    return act(this.desk, requestId, "resume", {});
  }

  /** Imports what the platform really holds; all of it, unless told. */
  importInventory(change: Partial<InventoryImport> = {}): Promise<ImportResult> {
    const body: InventoryImport = {
      account: this.account,
      voucher: this.words.voucher,
      complete: true,
      format: "rows",
      rows: this.world.rows(),
      ...change,
    };
    return this.desk.post("/v1/inventory/imports", body);
  }

  /** What the desk knows of the account: what was imported last, and what requests have changed since. */
  async inventory(): Promise<readonly InventoryEntry[]> {
    const query = new URLSearchParams({ account: this.account, present: "true" });
    return (await this.desk.get<{ items: readonly InventoryEntry[] }>(`/v1/inventory?${query}`)).items;
  }
}

/** The vendor's people. They change the platform's world; the MSP's operator records at the desk what they say that they did. */
export class Vendor {
  private readonly desk: DeskApi;
  private readonly world: PlatformWorld;
  private readonly words: VendorWords;

  constructor(desk: DeskApi, world: PlatformWorld, words: VendorWords) {
    this.desk = desk;
    this.world = world;
    this.words = words;
  }

  contact(requestId: string, action: Partial<ContactAction> = {}): Promise<OffboardingRequest> {
    return act(this.desk, requestId, "contact", { who: this.words.who, how: this.words.how, ...action });
  }

  accept(requestId: string, action: Partial<VendorVerifyAction> = {}): Promise<OffboardingRequest> {
    return act(this.desk, requestId, "vendor-verification", { outcome: "accepted", ...action });
  }

  refuse(requestId: string, note: string): Promise<OffboardingRequest> {
    return act(this.desk, requestId, "vendor-verification", { outcome: "refused", note });
  }

  /** Does on the platform what an item asks, an item of every state "open" unless one is named, and says so. */
  async remove(requestId: string, itemNumber?: number): Promise<OffboardingRequest> {
    const request = await this.takeUp(requestId);
    for (const item of openItems(request, itemNumber)) this.carryOut(request, item);
    return this.sayRemoved(request, itemNumber);
  }

  /** Wrong: takes another product away than the one that was asked for, and says that it was the right one. */
  async removeAnother(requestId: string, product?: string): Promise<OffboardingRequest> {
    const request = await this.takeUp(requestId);
    const { key, name } = request.subject;
    const asked = request.items.map((item) => item.name);
    const other = product ?? this.world.productsOf(key).find((held) => !asked.includes(held));
    if (other === undefined)
      throw new ProviderError("validation", `${name} has no other product to remove by mistake.`);
    this.world.unassign(key, other);
    return this.sayRemoved(request);
  }

  /** Wrong: says that it was done, and did nothing. */
  async pretendToRemove(requestId: string): Promise<OffboardingRequest> {
    return this.sayRemoved(await this.read(requestId));
  }

  /** Confirms removed items with evidence that a person attests. */
  async confirm(requestId: string, evidence: Partial<ConfirmAction["evidence"]> = {}): Promise<OffboardingRequest> {
    let request = await this.read(requestId);
    for (const item of request.items.filter(({ state }) => state === "removed")) {
      const shown = request.kind === "leaving" ? "no longer shown" : "shown";
      const text = `${item.name} is ${shown} for ${request.subject.name}.`;
      const body: ConfirmAction = { evidence: { kind: "attested", text, ...evidence } };
      request = await act(this.desk, requestId, `items/${item.n}/confirm`, body);
    }
    return request;
  }

  /** Wrong: gets in touch twice. What each came to is answered. */
  async contactTwice(requestId: string): Promise<readonly [Outcome, Outcome]> {
    const first = await outcomeOf(this.contact(requestId));
    return [first, await outcomeOf(this.contact(requestId))];
  }

  /** Carries a submitted request through to its confirmation, or as far as the conduct goes. */
  async handle(requestId: string, conduct: Conduct = "right"): Promise<OffboardingRequest> {
    if (conduct === "neverAnswers") return this.read(requestId);
    if (conduct === "answersTwice") await this.contactTwice(requestId);
    else await this.contact(requestId);
    await this.accept(requestId);
    if (conduct === "removesAnother") await this.removeAnother(requestId);
    else if (conduct === "attestsUndone") await this.pretendToRemove(requestId);
    else await this.remove(requestId);
    return this.confirm(requestId);
  }

  private carryOut(request: OffboardingRequest, item: RequestItem): void {
    const { key, name } = request.subject;
    if (request.kind === "joining") {
      if (item.kind === "customer") this.world.add(key, name);
      else this.world.assign(key, item.name, item.units);
    } else if (item.kind === "customer") {
      // What is gone already, as when the desk could not be told of it, only needs to be told.
      if (this.world.has(key)) this.world.remove(key);
    } else if (this.world.has(key, item.name)) {
      this.world.unassign(key, item.name);
    }
  }

  /** Nobody touches the platform for a request that the desk would not hear of afterwards. */
  private async takeUp(requestId: string): Promise<OffboardingRequest> {
    const request = await this.read(requestId);
    if (openItems(request).length === 0 || request.allowed.includes("removed")) return request;
    const allowed = request.allowed.length === 0 ? "nothing" : request.allowed.join(", ");
    throw new ProviderError(
      "blocked",
      `${request.id} is ${request.state}: it is not the vendor's turn.\nAllowed now: ${allowed}.`,
    );
  }

  private async sayRemoved(request: OffboardingRequest, itemNumber?: number): Promise<OffboardingRequest> {
    const body: RemovedAction = { note: `${this.words.who} did it.` };
    let latest = request;
    for (const item of openItems(request, itemNumber)) {
      latest = await act(this.desk, request.id, `items/${item.n}/removed`, body);
    }
    return latest;
  }

  private read(requestId: string): Promise<OffboardingRequest> {
    return this.desk.get(`/v1/requests/${encodeURIComponent(requestId)}`);
  }
}

/** Everyone around one platform, and what it really holds. */
export interface PlatformPeople {
  readonly world: PlatformWorld;
  readonly verifier: Verifier;
  readonly operator: Operator;
  readonly vendor: Vendor;
}

/** Brings the people of a platform together around its world. */
export function gather(options: PeopleOptions, world: PlatformWorld, words: VendorWords): PlatformPeople {
  const operator = new DeskApi(options.deskUrl, options.tokens.operator);
  return {
    world,
    verifier: new Verifier(new DeskApi(options.deskUrl, options.tokens.verifier)),
    operator: new Operator(operator, options.account, world, words),
    vendor: new Vendor(operator, world, words),
  };
}

function act(desk: DeskApi, requestId: string, action: string, body: object): Promise<OffboardingRequest> {
  return desk.post(`/v1/requests/${encodeURIComponent(requestId)}/${action}`, body);
}

function openItems(request: OffboardingRequest, itemNumber?: number): readonly RequestItem[] {
  return request.items.filter((item) => item.state === "open" && (itemNumber === undefined || item.n === itemNumber));
}

async function outcomeOf(answer: Promise<OffboardingRequest>): Promise<Outcome> {
  try {
    return { request: await answer };
  } catch (error) {
    if (isProviderError(error)) return { refused: error };
    throw error;
  }
}
