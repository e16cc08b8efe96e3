// @ts-check
/**
 * What programs are held to. Policies are given secrets as plain text and can't tell them from the rest, so messages show the names of resources,
 * which are no secrets, and of what inputs hold only the sum of a stack's seats.
 */

/** @typedef {import("@pulumi/policy").ResourceValidationPolicy} ResourcePolicy */
/** @typedef {import("@pulumi/policy").StackValidationPolicy} StackPolicy */
/** @typedef {import("@pulumi/pulumi").Unwrap<import("pulumi-msp").CustomerArgs>} Customer */
/** @typedef {import("@pulumi/pulumi").Unwrap<import("pulumi-msp").ProductAssignmentArgs>} ProductAssignment */
/** @typedef {{ readonly type: string, readonly props: Readonly<Record<string, unknown>> }} Resource */
/** @typedef {Readonly<Record<string, number>>} Budget */

/** The inputs that are e-mail addresses, by type. */
const EMAILS = {
  Customer: ["company.emergencyEmail", "firstUser.email"],
  DeviceOwner: ["email"],
  ProductAssignment: ["owner"],
};

/** @type {ResourcePolicy} */
const deletionProtection = {
  name: "deletion-protection",
  description: "A customer in a production stack is protected from deletion.",
  configSchema: {
    properties: {
      production: {
        description: "Production stacks by name; * stands for any text.",
        type: "array",
        items: { type: "string", minLength: 1 },
        default: ["*"],
      },
    },
  },
  validateResource: (args, reportViolation) => {
    /** @type {{ readonly production: readonly string[] }} */
    const { production } = args.getConfig();
    if (!isOf("Customer", args)) return;
    const customer = /** @type {Customer} */ (args.props);
    const stack = stackOf(args.urn);
    if (known(() => customer.deletionProtection) !== false || !production.some((name) => matches(name, stack))) return;
    reportViolation(
      `Customer ${args.name} is not protected from deletion, and ${stack} is a production stack.\nTake \`deletionProtection: false\` out; or, if the customer leaves, say who agreed in an exception for ${args.urn}`,
    );
  },
};

/** @type {ResourcePolicy} */
const emailDomains = {
  name: "email-domains",
  description: "E-mail addresses are at domains that are allowed.",
  configSchema: {
    properties: {
      allowed: {
        description: "Domains; one with a leading dot allows its subdomains.",
        type: "array",
        items: { type: "string", pattern: "^[^@\\s]+$" },
        minItems: 1,
      },
    },
    required: ["allowed"],
  },
  validateResource: (args, reportViolation) => {
    /** @type {{ readonly allowed: readonly string[] }} */
    const { allowed } = args.getConfig();
    const paths = Object.entries(EMAILS).flatMap(([type, paths]) => (isOf(type, args) ? paths : []));
    for (const path of paths) {
      const email = known(() => path.split(".").reduce((value, key) => value?.[key], args.props));
      if (typeof email !== "string" || allowed.some((domain) => isAt(domain, email))) continue;
      reportViolation(
        `${args.name}: ${path} is at a domain that is not allowed.\nCorrect the address, or add its domain to \`allowed\` of email-domains in the policy configuration.`,
      );
    }
  },
};

/** @type {import("@pulumi/policy").PolicyConfigSchema} */
const budgetSchema = {
  properties: {
    budget: {
      description:
        "The most units of a product; * is for each product that is not named. Without a line, a product has no limit.",
      type: "object",
      additionalProperties: { type: "integer", minimum: 0 },
    },
  },
  required: ["budget"],
};

/** @type {ResourcePolicy} */
const seatsPerCustomer = {
  name: "seats-per-customer",
  description: "A customer's seats of a product are within their budget.",
  configSchema: budgetSchema,
  validateResource: (args, reportViolation) => {
    /** @type {{ readonly budget: Budget }} */
    const { budget } = args.getConfig();
    const claim = claimOf(args, budget);
    if (claim === undefined || !claim.isCustomers) return;
    if (claim.seats === undefined) reportViolation(withoutUnits(args.name));
    else if (claim.seats > claim.limit)
      reportViolation(
        `Product assignment ${args.name} has more units than the ${claim.limit} that a customer may have of its product.\nLower \`units\`, or raise the product in \`budget\` of seats-per-customer in the policy configuration.`,
      );
  },
};

/** @type {StackPolicy} */
const seatsPerStack = {
  name: "seats-per-stack",
  description: "A stack's seats of a product are within their budget.",
  configSchema: budgetSchema,
  validateStack: (args, reportViolation) => {
    /** @type {{ readonly budget: Budget }} */
    const { budget } = args.getConfig();
    const claims = args.resources.flatMap((resource) => {
      const claim = claimOf(resource, budget);
      return claim === undefined ? [] : [{ ...claim, resource }];
    });
    for (const { seats, resource } of claims)
      if (seats === undefined) reportViolation(withoutUnits(resource.name), resource.urn);
    for (const takers of Map.groupBy(claims, ({ product }) => product).values()) {
      const [first] = takers;
      const total = takers.reduce((sum, { seats = 0 }) => sum + seats, 0);
      if (first === undefined || total <= first.limit) continue;
      const most = takers.toSorted((a, b) => (b.seats ?? 0) - (a.seats ?? 0)).slice(0, 3);
      reportViolation(
        `This stack has ${total} seats of ${first.line === "*" ? "one product" : first.line}, and the budget for it is ${first.limit}.\nThe most are in ${most.map(({ resource }) => resource.name).join(", ")}: lower \`units\`, or raise \`budget\` of seats-per-stack in the policy configuration.`,
      );
    }
  },
};

exports.policies = [deletionProtection, emailDomains, seatsPerCustomer, seatsPerStack];

/**
 * Whether a resource is of a type of ours, on either host.
 * @param {string} type
 * @param {Resource} resource
 */
function isOf(type, resource) {
  return [`msp:index:${type}`, `pulumi-nodejs:dynamic/msp:${type}`].includes(resource.type);
}

/**
 * What an input holds; undefined where a preview can't know it yet: then `up` checks it, before the resource is written.
 * @template T
 * @param {() => T} read
 */
function known(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return undefined;
    throw error;
  }
}

/**
 * What an assignment takes of which line of a budget; nothing where no line is for its product. `seats` is undefined where nothing says them.
 * @param {Resource} resource
 * @param {Budget} budget
 */
function claimOf(resource, budget) {
  if (!isOf("ProductAssignment", resource)) return undefined;
  const assignment = /** @type {ProductAssignment} */ (resource.props);
  const name = known(() => assignment.product);
  if (name === undefined) return undefined;
  const product = folded(name);
  const line = Object.keys(budget).find((key) => folded(key) === product) ?? "*";
  const limit = budget[line];
  if (limit === undefined) return undefined;
  const isCustomers = "customer" in assignment;
  const units = known(() => assignment.units ?? null);
  // What a preview can't know yet is counted by `up`; an owner has a product once.
  const seats = units === undefined ? 0 : (units ?? (isCustomers ? undefined : 1));
  return { product, line, limit, isCustomers, seats };
}

/** @param {string} name */
function withoutUnits(name) {
  return `Product assignment ${name} has no \`units\`, so what it takes of the budget can't be counted.\nWrite them: as many as it has.`;
}

/**
 * A product's name as platforms compare it.
 * @param {string} name
 */
function folded(name) {
  return name.normalize("NFC").trim().toLowerCase();
}

/**
 * @param {string} domain
 * @param {string} email
 */
function isAt(domain, email) {
  return email.toLowerCase().endsWith(`${domain.startsWith(".") ? "" : "@"}${domain.toLowerCase()}`);
}

/**
 * @param {string} pattern
 * @param {string} text
 */
function matches(pattern, text) {
  const literals = pattern.split("*").map((literal) => literal.replaceAll(/[\\^$.+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`).test(text);
}

/**
 * urn:pulumi:<stack>::<project>::…
 * @param {string} urn
 */
function stackOf(urn) {
  return urn.slice("urn:pulumi:".length).split("::")[0] ?? "";
}
