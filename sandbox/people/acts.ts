import { ProviderError } from "../../provider/errors";
import type { ImportResult, ImportRow, OffboardingRequest } from "../../provider/generated/types";
import { CONDUCTS, type Conduct, type PlatformPeople } from "./people";

/** What an act may be told beside its arguments. */
export type ActOption = "conduct" | "reference" | "refuse";

/** The people of a platform, and what one of them is told to do. */
export interface ActCall {
  readonly account: string;
  readonly people: PlatformPeople;
  /** As many as the act takes. */
  readonly args: readonly string[];
  readonly options: Readonly<Partial<Record<ActOption, string>>>;
}

/** Something that the people can be told to do. */
export interface Act {
  /** Names of its arguments, as a usage line has them. */
  readonly usage: string;
  readonly does: string;
  readonly least: number;
  readonly most: number;
  readonly options?: readonly ActOption[];
  /** Whose token it is done with; none where the desk is not asked. */
  readonly by?: "verifier" | "operator";
  /** Whether the platform's world has to be there, or is begun by it. */
  readonly world?: "needed" | "begun";
  /** Whether its first argument is a request of this account. */
  readonly onRequest?: true;
  /** Answers the lines to print. */
  run(call: ActCall): Promise<readonly string[]>;
}

const ONE = { least: 1, most: 1 };
const TWO = { least: 2, most: 2 };

/** Every act by its name, in the order in which a leaving goes. */
export const ACTS: ReadonlyMap<string, Act> = new Map(
  Object.entries<Act>({
    begin: {
      usage: "",
      does: "the platform holds what the desk's inventory says, and nothing else",
      least: 0,
      most: 0,
      by: "operator",
      world: "begun",
      run: begin,
    },
    add: {
      usage: "KEY NAME [PRODUCT[=UNITS]]...",
      does: "adds an owner by e-mail address, or a customer by id",
      least: 2,
      most: Number.POSITIVE_INFINITY,
      world: "begun",
      run: add,
    },
    world: {
      usage: "",
      does: "shows what the platform really holds",
      least: 0,
      most: 0,
      world: "needed",
      run: async (call) => held(call),
    },
    assign: {
      usage: "KEY PRODUCT[=UNITS]",
      does: "assigns a product behind everybody's back",
      ...TWO,
      world: "needed",
      run: async (call) => {
        const [key, product] = pair(call);
        call.people.world.assign(key, ...unitsOf(product));
        return held(call);
      },
    },
    unassign: {
      usage: "KEY PRODUCT",
      does: "takes a product away behind everybody's back",
      ...TWO,
      world: "needed",
      run: async (call) => {
        call.people.world.unassign(...pair(call));
        return held(call);
      },
    },
    import: {
      usage: "",
      does: "the operator imports what the platform really holds, and sees what nobody asked for",
      least: 0,
      most: 0,
      by: "operator",
      world: "needed",
      run: async ({ account, people }) => findings(account, await people.operator.importInventory()),
    },
    verify: {
      usage: "REQUEST [--refuse WHY]",
      does: "the verifier accepts a request, or refuses it",
      ...ONE,
      options: ["refuse"],
      by: "verifier",
      run: async ({ people, args: [id = ""], options: { refuse } }) =>
        told(await people.verifier.verify(id, refuse === undefined ? {} : { outcome: "refused", necessity: refuse })),
    },
    submit: {
      usage: "REQUEST [--reference TEXT]",
      does: "the operator hands it to the vendor, and the clock runs",
      ...ONE,
      options: ["reference"],
      by: "operator",
      onRequest: true,
      run: async ({ people, args: [id = ""], options: { reference } }) =>
        told(await people.operator.submit(id, reference === undefined ? {} : { reference })),
    },
    pause: {
      usage: "REQUEST WHY",
      does: "the clock stands while the vendor waits for the requester",
      ...TWO,
      by: "operator",
      onRequest: true,
      run: async (call) => told(await call.people.operator.pause(...pair(call))),
    },
    resume: {
      usage: "REQUEST",
      does: "the clock runs again",
      ...ONE,
      by: "operator",
      onRequest: true,
      run: async ({ people, args: [id = ""] }) => told(await people.operator.resume(id)),
    },
    contact: {
      usage: "REQUEST",
      does: "the vendor's people get in touch",
      ...ONE,
      by: "operator",
      onRequest: true,
      run: async ({ people, args: [id = ""] }) => told(await people.vendor.contact(id)),
    },
    accept: {
      usage: "REQUEST",
      does: "the vendor's people accept it after their own verification",
      ...ONE,
      by: "operator",
      onRequest: true,
      run: async ({ people, args: [id = ""] }) => told(await people.vendor.accept(id)),
    },
    refuse: {
      usage: "REQUEST WHY",
      does: "the vendor's people refuse it",
      ...TWO,
      by: "operator",
      onRequest: true,
      run: async (call) => told(await call.people.vendor.refuse(...pair(call))),
    },
    remove: {
      usage: "REQUEST",
      does: "the vendor's people do what it asks (a joining is assigned), and say so",
      ...ONE,
      by: "operator",
      world: "needed",
      onRequest: true,
      run: async ({ people, args: [id = ""] }) => told(await people.vendor.remove(id)),
    },
    confirm: {
      usage: "REQUEST",
      does: "the operator attests it with evidence",
      ...ONE,
      by: "operator",
      onRequest: true,
      run: async ({ people, args: [id = ""] }) => told(await people.vendor.confirm(id)),
    },
    handle: {
      usage: `REQUEST [--conduct ${CONDUCTS.join("|")}]`,
      does: "contact, accept, remove and confirm in one, or one of them wrong",
      ...ONE,
      options: ["conduct"],
      by: "operator",
      world: "needed",
      onRequest: true,
      run: async ({ people, args: [id = ""], options: { conduct } }) =>
        told(await people.vendor.handle(id, conductOf(conduct))),
    },
  }),
);

async function begin(call: ActCall): Promise<readonly string[]> {
  const { account, people } = call;
  if (people.world.rows().length > 0) {
    throw new ProviderError("alreadyExists", `${account} has a world already.\nDelete its file to begin again.`);
  }
  const entries = await people.operator.inventory();
  if (entries.length === 0) {
    throw new ProviderError(
      "notFound",
      `The desk knows nothing of ${account} to begin with.\nImport its inventory, or add what the platform holds.`,
    );
  }
  people.world.addRows(entries);
  return held(call);
}

async function add(call: ActCall): Promise<readonly string[]> {
  const { world } = call.people;
  const [key, name] = pair(call);
  if (world.has(key)) throw new ProviderError("alreadyExists", `${key} is there already; assign products to it.`);
  world.add(key, name);
  for (const product of call.args.slice(2)) world.assign(key, ...unitsOf(product));
  return held(call);
}

/** "ShieldOne=3": a product, and the units of its licence where they are said. */
function unitsOf(text: string): [product: string, units?: number] {
  const [, product, units] = /^(.+)=([1-9]\d*)$/.exec(text) ?? [];
  return product === undefined ? [text] : [product, Number(units)];
}

function pair({ args: [first = "", second = ""] }: ActCall): [string, string] {
  return [first, second];
}

function conductOf(text: string = "right"): Conduct {
  const conduct = CONDUCTS.find((known) => known === text);
  if (conduct !== undefined) return conduct;
  throw new ProviderError("validation", `There is no conduct "${text}"; there are ${CONDUCTS.join(", ")}.`);
}

function held({ account, people }: ActCall): readonly string[] {
  const rows = people.world.rows();
  const productsOf = (key: string) => rows.filter((row) => row.product !== undefined && row.subject.key === key);
  const inWords = ({ product, units }: ImportRow) => (units === undefined ? product : `${product} (${units})`);
  const lines = rows
    .filter((row) => row.product === undefined)
    .map(({ subject: { key, name } }) => {
      const products = productsOf(key).map(inWords).join(", ");
      return `  ${name === key ? key : `${name} (${key})`}: ${products === "" ? "nothing" : products}`;
    });
  return lines.length === 0 ? [`${account} really holds nothing.`] : [`${account} really holds:`, ...lines];
}

function told(request: OffboardingRequest): readonly string[] {
  const { id, state, items, subject, outcomeReason, allowed, contradictions } = request;
  const why = outcomeReason === undefined ? "" : `: ${outcomeReason}`;
  return [
    `${id}  ${state}  ${items.map(({ name }) => name).join(", ")} of ${subject.name}${why}`,
    ...(allowed.length === 0 ? [] : [`  next: ${allowed.join(", ")}`]),
    ...contradictions.map((text) => `  contradiction: ${text}`),
  ];
}

function findings(account: string, result: ImportResult): readonly string[] {
  const { id, added, changed, gone, unchanged, unexpected, contradictions } = result;
  return [
    `${id}  ${account}: ${added} added, ${changed} changed, ${gone} gone, ${unchanged} as before`,
    ...unexpected.map((text) => `  unexpected: ${text}`),
    ...contradictions.map((text) => `  contradiction: ${text}`),
  ];
}
