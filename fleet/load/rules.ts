import { folded } from "../../provider/names";
import type { Position } from "./document";
import { type Finding, type Path, quoted } from "./problem";

/** What rules need of the document: where a path is, to point at the other of two. */
export interface RulesContext {
  positionOf(path: Path): Position;
}

type Block = Readonly<Record<string, unknown>>;

interface Entry {
  readonly block: Block;
  readonly path: Path;
}

/** A product that a customer or an owner has; the name as it is written. */
interface Declared {
  readonly product: string;
  readonly path: Path;
}

/** Products by who has them: `owner jane@example.com`, `customer acme dental`. */
type DeclaredBySubject = Map<string, readonly Declared[]>;

/**
 * What the schema can't say: what must differ between entries, and notes that contradict the entries. It looks at whatever has the right
 * form, also where another part of the file is wrong, so that all mistakes come together.
 */
export function checkRules(value: unknown, context: RulesContext): readonly Finding[] {
  const findings: Finding[] = [];
  const declared: DeclaredBySubject = new Map();
  const keys = new Unique(context, findings);
  const names = new Unique(context, findings);
  const owners = new Unique(context, findings);
  const logins = new Unique(context, findings);

  for (const customer of entries(value, "customers")) {
    const { block, path } = customer;
    const platform = text(block, "platform");
    const name = text(block, "name");
    keys.see(text(block, "key"), [...path, "key"], (where) => ({
      wrong: `${quoted(String(block.key))} is a customer's key already, ${where}`,
      right: "give each customer a key of its own; it makes the logical name",
    }));
    names.see(onPlatform(platform, name), [...path, "name"], (where) => ({
      wrong: `${quoted(String(name))} is a customer on ${platform} already, ${where}`,
      right: "keep one of the two, or name them apart as the platform does",
    }));
    logins.see(
      onPlatform(platform, text(block.firstUser, "loginName")),
      [...path, "firstUser", "loginName"],
      (where) => ({
        wrong: `is a login name on ${platform} already, ${where}`,
        right: "choose another, or write `generate: true`; it is unique on the platform",
      }),
    );
    collect(declared, "customer", name, products(customer, context, findings));
    checkOwners(customer, platform, owners, declared, context, findings);
  }
  checkNotes(value, declared, context, findings);
  return findings;
}

function checkOwners(
  customer: Entry,
  platform: string | undefined,
  emails: Unique,
  declared: DeclaredBySubject,
  context: RulesContext,
  findings: Finding[],
): void {
  const keys = new Unique(context, findings);
  for (const owner of entries(customer.block, "owners", customer.path)) {
    const { block, path } = owner;
    const email = text(block, "email");
    keys.see(text(block, "key"), [...path, "key"], (where) => ({
      wrong: `${quoted(String(block.key))} is an owner's key already, ${where}`,
      right: "give each owner of a customer a key of its own; it makes the logical name",
    }));
    const on = text(block, "platform") ?? platform;
    emails.see(onPlatform(on, email), [...path, "email"], (where) => ({
      wrong: `${quoted(String(email))} is an owner on ${on} already, ${where}`,
      right: "put all products of an owner into one entry",
    }));
    collect(declared, "owner", email, products(owner, context, findings));
  }
}

/** The products of a customer or owner; the same one twice would be assigned and billed once, but leave twice. */
function products(holder: Entry, context: RulesContext, findings: Finding[]): readonly Declared[] {
  const unique = new Unique(context, findings);
  const list = holder.block.products;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index): readonly Declared[] => {
    const product = typeof item === "string" ? item : text(item, "product");
    if (product === undefined) return [];
    const path = [...holder.path, "products", index, ...(typeof item === "string" ? [] : ["product"])];
    unique.see(folded(product), path, (where) => ({
      wrong: `${quoted(product)} is in the list already, ${where}`,
      right: "keep one of the two",
    }));
    return [{ product, path }];
  });
}

/** A note says why something is gone from the file; about what is still in it, one of the two is wrong. */
function checkNotes(value: unknown, declared: DeclaredBySubject, context: RulesContext, findings: Finding[]): void {
  const notes = new Unique(context, findings);
  for (const { block, path } of entries(value, "leaving")) {
    const kind = ["owner", "customer"].find((one) => text(block, one) !== undefined);
    if (kind === undefined) continue;
    const who = String(block[kind]);
    const product = text(block, "product");
    const subject = `${kind} ${folded(who)}`;
    notes.see(`${subject} ${product === undefined ? "" : folded(product)}`, path, (where) => ({
      wrong: `is a second note on the same leaving, the first being ${where}`,
      right: "keep the note that holds",
    }));

    const kept = (declared.get(subject) ?? []).find(
      (one) => product === undefined || folded(one.product) === folded(product),
    );
    if (kept === undefined) continue;
    const { line } = context.positionOf(kept.path);
    if (product === undefined) {
      findings.push({
        path: [...path, kind],
        at: "value",
        wrong: `the note speaks of everything that ${quoted(who)} has, but ${quoted(kept.product)} is still declared on line ${line}`,
        right: "name the `product:` that leaves, or take the others out there",
      });
    } else {
      findings.push({
        path: [...path, "product"],
        at: "value",
        wrong: `${quoted(product)} is said to leave, but is still declared for ${quoted(who)} on line ${line}`,
        right: "take it out there if it is to leave, or else this note",
      });
    }
  }
}

/** Finds what is there for the second time. */
class Unique {
  private readonly context: RulesContext;
  private readonly findings: Finding[];
  private readonly seen = new Map<string, Path>();

  constructor(context: RulesContext, findings: Finding[]) {
    this.context = context;
    this.findings = findings;
  }

  see(value: string | undefined, path: Path, words: (where: string) => Pick<Finding, "wrong" | "right">): void {
    if (value === undefined) return;
    const first = this.seen.get(value);
    if (first === undefined) {
      this.seen.set(value, path);
      return;
    }
    const before = this.context.positionOf(first);
    const here = this.context.positionOf(path);
    const itself = before.line === here.line && before.column === here.column;
    this.findings.push({
      path,
      at: "value",
      ...words(itself ? "by another alias of these lines" : `on line ${before.line}`),
    });
  }
}

function collect(
  declared: DeclaredBySubject,
  kind: "customer" | "owner",
  who: string | undefined,
  products: readonly Declared[],
): void {
  if (who === undefined) return;
  const subject = `${kind} ${folded(who)}`;
  const known = declared.get(subject);
  declared.set(subject, known === undefined ? products : [...known, ...products]);
}

/** Names are unique per platform, as platforms compare them. */
function onPlatform(platform: string | undefined, name: string | undefined): string | undefined {
  return platform === undefined || name === undefined ? undefined : `${platform} ${folded(name)}`;
}

function entries(value: unknown, key: string, path: Path = []): readonly Entry[] {
  const list = isBlock(value) ? value[key] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((block: unknown, index) => (isBlock(block) ? [{ block, path: [...path, key, index] }] : []));
}

function text(value: unknown, key: string): string | undefined {
  const found = isBlock(value) ? value[key] : undefined;
  return typeof found === "string" ? found : undefined;
}

function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
