import { ProviderError } from "../../provider/errors";
import type { CompanyProfile, ImportRow, Subject, SubjectKind } from "../../provider/generated/types";

/** Someone whom the platform knows, with what is assigned to them. */
interface HeldSubject {
  readonly subject: Subject;
  readonly company: CompanyProfile | undefined;
  readonly units: Map<string, number | undefined>;
}

/** What a platform that nobody can read really holds. Only this world's people change it, and its export is what really happened. */
export class PlatformWorld {
  private readonly kind: SubjectKind;
  private readonly held = new Map<string, HeldSubject>();

  constructor(kind: SubjectKind) {
    this.kind = kind;
  }

  /** Adds an owner or customer with the products assigned to them. */
  add(key: string, name: string, products: Readonly<Record<string, number>> = {}, company?: CompanyProfile): void {
    const subject = { kind: this.kind, key: this.keyOf(key), name };
    this.held.set(subject.key, { subject, company, units: new Map(Object.entries(products)) });
  }

  /** Adds what an export tells, in whatever order; an assignment brings its owner or customer along. */
  addRows(rows: readonly Pick<ImportRow, "kind" | "subject" | "product" | "units" | "company">[]): void {
    for (const { kind, subject, company } of rows) {
      if (kind === this.kind || !this.has(subject.key)) this.add(subject.key, subject.name, {}, company);
    }
    for (const { subject, product, units } of rows) if (product !== undefined) this.assign(subject.key, product, units);
  }

  has(key: string, product?: string): boolean {
    const found = this.held.get(this.keyOf(key));
    return found !== undefined && (product === undefined || found.units.has(product));
  }

  productsOf(key: string): readonly string[] {
    return [...this.find(key).units.keys()];
  }

  assign(key: string, product: string, units?: number): void {
    this.find(key).units.set(product, units);
  }

  unassign(key: string, product: string): void {
    if (!this.find(key).units.delete(product)) throw absent(`${key} has no ${product}`);
  }

  /** Removes a subject; all products must be removed from it before. */
  remove(key: string): void {
    const { subject, units } = this.find(key);
    if (units.size > 0) {
      const products = [...units.keys()].join(", ");
      throw new ProviderError("blocked", `${subject.name} still has ${products}: all products must be removed first.`);
    }
    this.held.delete(subject.key);
  }

  /** All that the platform holds, as an import of the inventory takes it. */
  rows(): readonly ImportRow[] {
    return [...this.held.values()].flatMap(({ subject, company, units }) => [
      { kind: this.kind, subject, ...(company && { company }) },
      ...[...units].map(([product, count]) => ({
        kind: "assignment" as const,
        subject,
        product,
        ...(count !== undefined && { units: count }),
      })),
    ]);
  }

  private find(key: string): HeldSubject {
    const found = this.held.get(this.keyOf(key));
    if (found === undefined) throw absent(`nobody is known as ${key}`);
    return found;
  }

  private keyOf(key: string): string {
    return this.kind === "owner" ? key.toLowerCase() : key;
  }
}

function absent(what: string): ProviderError {
  return new ProviderError("notFound", `The platform can't do that: ${what}.`);
}
