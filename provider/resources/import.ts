/**
 * How an object that exists is named for an import, and what a program must declare to have it as it is. Nothing that the platform does not
 * tell comes along: not the first user, nor the first day. `adopt` is on, for the object was there before.
 */
import { ProviderError } from "../errors";
import type { CustomerInputs, DeviceOwnerInputs, ProductAssignmentInputs } from "../generated/types";
import type { ReadContext } from "../lifecycle/handler";
import { holdings } from "../lifecycle/holdings";
import { folded } from "../names";
import type { AssignmentRecord, CustomerRecord, OwnerRecord, ResourceType } from "../platforms/platform";

/** What is there, as a program declares it. */
export interface Found {
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Listed {
  /** As an import wants it. */
  readonly id: string;
  readonly name: string;
}

/** What may come after `connection/`, as the documentation and the refusals have it. */
export interface Form {
  readonly form: string;
  /** What it names. */
  readonly names: string;
}

/** A form, with how what it names is found. */
interface Way<R> extends Form {
  find(ctx: ReadContext, rest: string): Promise<R | undefined>;
}

interface Finder {
  /** In the order in which they are tried. */
  readonly forms: readonly Form[];
  /** Undefined where there is none. */
  find(ctx: ReadContext, rest: string): Promise<Found | undefined>;
  list(ctx: ReadContext): Promise<readonly Listed[]>;
}

const customerWays: readonly Way<CustomerRecord>[] = [
  {
    form: "<customer id>",
    names: "the platform's id of the customer",
    find: async (ctx, id) => ctx.platform.customers?.find({ id, name: id }),
  },
  {
    form: "<customer name>",
    names: "its name, where no other customer has it",
    find: async (ctx, name) => ctx.platform.customers?.find({ name }),
  },
];

const customers: Finder = {
  forms: customerWays,
  async find(ctx, rest) {
    const record = await firstOf(customerWays, ctx, rest);
    if (record === undefined) return undefined;
    if (record.company === undefined) {
      throw new ProviderError(
        "unsupported",
        `Customer ${record.name} can't be imported: nobody has told its company profile.\nImport an inventory with it at the desk, or declare the customer with \`adopt: true\`.`,
        { platform: ctx.platform.platform, operation: "import" },
      );
    }
    const { products } = await holdings(ctx, { kind: "customer", key: record.id }, []);
    const inputs = {
      platform: ctx.connectionName,
      name: record.name,
      company: record.company,
      products,
      adopt: true,
    } satisfies CustomerInputs;
    return { id: record.id, inputs };
  },
  list: async (ctx) =>
    ((await ctx.platform.customers?.list()) ?? []).map(({ id, name }) => ({ id: `${ctx.connectionName}/${id}`, name })),
};

const ownerWays: readonly Way<OwnerRecord>[] = [
  {
    form: "<e-mail address>",
    names: "the owner's e-mail address",
    find: async (ctx, email) => ctx.platform.owners?.find(email),
  },
];

const owners: Finder = {
  forms: ownerWays,
  async find(ctx, rest) {
    const record = await firstOf(ownerWays, ctx, rest);
    if (record === undefined) return undefined;
    const { products } = await holdings(ctx, { kind: "owner", key: record.id }, []);
    const inputs = { platform: ctx.connectionName, email: record.email, products } satisfies DeviceOwnerInputs;
    return { id: record.id, inputs };
  },
  list: async (ctx) =>
    ((await ctx.platform.owners?.list()) ?? []).map(({ id, email, name }) => ({
      id: `${ctx.connectionName}/${id}`,
      name: name ?? email,
    })),
};

const assignmentWays: readonly Way<AssignmentRecord>[] = [
  {
    form: "<assignment id>",
    names:
      "the id of the assignment: the platform's, such as a subscription's, or the desk's where the platform has none",
    find: async (ctx, id) => (await inForce(ctx)).find((record) => record.id === id),
  },
  {
    form: "<owner or customer>/<product>",
    names: "the owner's e-mail address, or the customer's id or name, with the product as the platform spells it",
    find: assignmentByNames,
  },
];

const assignments: Finder = {
  forms: assignmentWays,
  async find(ctx, rest) {
    const found = await firstOf(assignmentWays, ctx, rest);
    if (found === undefined) return undefined;
    const { id, subject, product } = found;
    // A listing may know less than a reading of the one.
    const record = (await ctx.platform.assignments?.find({ id, subject, product }, { previous: found })) ?? found;
    const hasUnits = ctx.platform.capabilities.ProductAssignment?.update.mode !== "refused";
    const inputs = {
      platform: ctx.connectionName,
      ...(subject.kind === "owner" ? { owner: subject.key } : { customer: subject.key }),
      ...(folded(subject.name) === folded(subject.key) ? {} : { subjectName: subject.name }),
      product,
      ...(record.units === undefined || !hasUnits ? {} : { units: record.units }),
      adopt: true,
    } satisfies ProductAssignmentInputs;
    return { id, inputs };
  },
  list: async (ctx) =>
    (await inForce(ctx)).map(({ id, subject, product }) => ({
      id: `${ctx.connectionName}/${id}`,
      name: `${product} of ${subject.name}`,
    })),
};

const finders: Readonly<Record<ResourceType, Finder>> = {
  Customer: customers,
  DeviceOwner: owners,
  ProductAssignment: assignments,
};

export function finderOf(type: ResourceType): Finder {
  return finders[type];
}

/** The parts of an import's id; throws `validation` where it has none. */
export function importId(
  type: ResourceType,
  id: string,
  connections: readonly string[],
): { readonly connection: string; readonly rest: string } {
  const at = id.indexOf("/");
  const connection = id.slice(0, Math.max(0, at));
  const rest = id.slice(at + 1);
  if (at > 0 && rest !== "" && connections.includes(connection)) return { connection, rest };
  const forms = finders[type].forms.map(({ form }) => `<connection>/${form}`);
  throw new ProviderError(
    "validation",
    `${type} can't be imported by ${JSON.stringify(id)}: an id is ${forms.join(" or ")}.\nConnections here: ${connections.join(", ") || "none"}.`,
    { operation: "import" },
  );
}

async function firstOf<R>(ways: readonly Way<R>[], ctx: ReadContext, rest: string): Promise<R | undefined> {
  for (const way of ways) {
    const found = await way.find(ctx, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What has ended is history. */
async function inForce(ctx: ReadContext): Promise<readonly AssignmentRecord[]> {
  return ((await ctx.platform.assignments?.list()) ?? []).filter(({ facts }) => facts.enabled !== false);
}

async function assignmentByNames(ctx: ReadContext, rest: string): Promise<AssignmentRecord | undefined> {
  const at = rest.indexOf("/");
  if (at <= 0 || at === rest.length - 1) return undefined;
  const [who, product] = [rest.slice(0, at), rest.slice(at + 1)];
  const found = (await inForce(ctx)).filter(
    (record) =>
      folded(record.product) === folded(product) &&
      [record.subject.key, record.subject.name].some((name) => folded(name) === folded(who)),
  );
  if (found.length <= 1) return found[0];
  throw new ProviderError(
    "validation",
    `${found.length} assignments of ${product} to ${who} are there: ${found.map(({ id }) => id).join(", ")}.\nImport the one that is meant by its id.`,
    { platform: ctx.platform.platform, operation: "import" },
  );
}
