/** What a stack's program declares: a few customers and device owners, each with products. Edits change it; resources come of it. */
import type { ResourceType } from "../../provider/platforms/platform";

export type Place = "lmp" | "clp" | "armourzero";

export interface SubjectDraft {
  readonly name: string;
  /** Products with their units, where a program sets them. */
  readonly products: ReadonlyMap<string, number | undefined>;
  readonly adopt: boolean;
  readonly wait: "submitted" | "completed";
  readonly deletionProtection: boolean;
  readonly onDelete: "offboard" | "forget";
  /** Which of its first users it is made with: LMPI takes a login name once. */
  readonly login: number;
  /** How often its resources were given other names, with `aliases`. */
  readonly called: number;
}

/** A program, by where and who: "lmp/0". */
export type Program = ReadonlyMap<string, SubjectDraft>;

/** Both stacks know the same companies and people, so that they may want the same ones. */
export const NAMES: Readonly<Record<Place, readonly [string, string]>> = {
  lmp: ["Acme Dental", "Birch Foods"],
  clp: ["Cedar Logistics", "Dune Travel"],
  armourzero: ["ada@cedar.example", "bob@cedar.example"],
};

export const PRODUCTS: Readonly<Record<Place, readonly [string, string, string]>> = {
  lmp: ["WFBS-S Yearly", "Email Security Yearly", "Cloud Edge Fixed Term"],
  clp: ["WFBS-S", "Hosted Email Security", "Cloud Edge"],
  armourzero: ["ShieldOne", "ScoutTwo", "VaultThree"],
};

export const COUNTRY = "DE";
const COMPANY = { city: "Berlin", state: "BE", country: COUNTRY } as const;

export type Edit =
  | {
      readonly kind: "declare";
      readonly subject: string;
      readonly products: readonly number[];
      readonly adopt: boolean;
      readonly isProtected: boolean;
      readonly wait: "submitted" | "completed";
    }
  | { readonly kind: "drop"; readonly subject: string }
  | { readonly kind: "add product"; readonly subject: string; readonly product: number }
  | { readonly kind: "drop product"; readonly subject: string; readonly product: number }
  | { readonly kind: "rename"; readonly subject: string; readonly to: number }
  | { readonly kind: "call otherwise"; readonly subject: string }
  | { readonly kind: "units"; readonly subject: string; readonly product: number; readonly units: number }
  | { readonly kind: "adopt"; readonly subject: string; readonly isOn: boolean }
  | { readonly kind: "wait"; readonly subject: string; readonly wait: "submitted" | "completed" }
  | { readonly kind: "protection"; readonly subject: string; readonly isOn: boolean }
  | { readonly kind: "on delete"; readonly subject: string; readonly how: "offboard" | "forget" }
  | { readonly kind: "put back"; readonly subject: string };

export function placeOf(subject: string): Place {
  return subject.split("/", 1)[0] as Place;
}

export function nameOf(subject: string): string {
  return NAMES[placeOf(subject)][Number(subject.split("/")[1])] ?? "";
}

export function productOf(subject: string, product: number): string {
  return PRODUCTS[placeOf(subject)][product] ?? "";
}

/** Companies may take another name; a device owner is known by the address alone. */
export function otherName(subject: string, to: number): string {
  const name = nameOf(subject);
  return placeOf(subject) === "armourzero" || to === 0 ? name : `${name} GmbH`;
}

/** The program after an edit; one that has nothing to edit changes nothing. `was` is what it declared before the last change of each subject. */
export function edited(program: Program, edit: Edit, was: Program): Program {
  const { subject } = edit;
  const draft = program.get(subject);
  const put = (next: SubjectDraft | undefined): Program => {
    const copy = new Map(program);
    if (next === undefined) copy.delete(subject);
    else copy.set(subject, next);
    return copy;
  };
  if (edit.kind === "declare") {
    const products = new Map(edit.products.map((product) => [productOf(subject, product), undefined]));
    const login = draft?.login ?? (was.get(subject)?.login ?? 0) + 1;
    const { adopt, wait, isProtected: deletionProtection } = edit;
    const name = draft?.name ?? nameOf(subject);
    return put({
      onDelete: "offboard",
      called: was.get(subject)?.called ?? 0,
      ...draft,
      login,
      name,
      products,
      adopt,
      wait,
      deletionProtection,
    });
  }
  if (edit.kind === "put back") return draft === undefined && was.has(subject) ? put(was.get(subject)) : program;
  if (draft === undefined) return program;
  switch (edit.kind) {
    case "drop":
      return put(undefined);
    case "add product":
      return put({ ...draft, products: new Map([...draft.products, [productOf(subject, edit.product), undefined]]) });
    case "drop product":
      return put({
        ...draft,
        products: new Map([...draft.products].filter(([name]) => name !== productOf(subject, edit.product))),
      });
    case "rename":
      return put({ ...draft, name: otherName(subject, edit.to) });
    case "call otherwise":
      return put({ ...draft, called: draft.called + 1 });
    case "units": {
      const product = productOf(subject, edit.product);
      if (!draft.products.has(product) || placeOf(subject) !== "lmp") return program;
      return put({ ...draft, products: new Map([...draft.products, [product, edit.units]]) });
    }
    case "adopt":
      return put({ ...draft, adopt: edit.isOn });
    case "wait":
      return put({ ...draft, wait: edit.wait });
    case "protection":
      return put({ ...draft, deletionProtection: edit.isOn });
    case "on delete":
      return put({ ...draft, onDelete: edit.how });
  }
}

/** A resource as a program declares it; some of its inputs may come of another one's id. */
export interface Declared {
  readonly type: ResourceType;
  /** What it is, whatever the program calls it: the engine finds it in state by its aliases. */
  readonly name: string;
  /** What the program calls it now. */
  readonly label: string;
  readonly dependsOn: readonly string[];
  args(idOf: (name: string) => string): Readonly<Record<string, unknown>>;
}

/** The resources of a program, each after what it depends on. */
export function resourcesOf(
  program: Program,
  connections: Readonly<Record<Place, string>>,
  stack: string,
): readonly Declared[] {
  return [...program].flatMap(([subject, draft]) =>
    ofSubject(subject, draft, connections[placeOf(subject)], `${stack}-${draft.login}`),
  );
}

function ofSubject(subject: string, draft: SubjectDraft, platform: string, login: string): readonly Declared[] {
  const { name, adopt, wait } = draft;
  const label = draft.called === 0 ? subject : `${subject}~${draft.called}`;
  const products = [...draft.products.keys()];
  const isOwner = placeOf(subject) === "armourzero";
  const parent: Declared = isOwner
    ? { type: "DeviceOwner", name: subject, label, dependsOn: [], args: () => ({ platform, email: name, products }) }
    : {
        type: "Customer",
        name: subject,
        label,
        dependsOn: [],
        args: () => ({
          platform,
          name,
          company: COMPANY,
          products,
          adopt,
          wait,
          deletionProtection: draft.deletionProtection,
          onDelete: draft.onDelete,
          ...(placeOf(subject) === "lmp" ? { firstUser: firstUserOf(subject, login) } : {}),
        }),
      };
  const parts = [...draft.products].map(
    ([product, units]): Declared => ({
      type: "ProductAssignment",
      name: `${subject}/${slug(product)}`,
      label: `${label}/${slug(product)}`,
      dependsOn: [subject],
      args: (idOf) => ({
        platform,
        ...(isOwner ? { owner: name } : { customer: idOf(subject) }),
        subjectName: name,
        product,
        adopt,
        wait,
        ...(units === undefined ? {} : { units }),
      }),
    }),
  );
  return [parent, ...parts];
}

/** `project/stack::name` of a resource by what it is, whatever its program calls it. */
export function plainly(resource: string): string {
  return resource.replace(/~\d+/, "");
}

export function slug(product: string): string {
  return product.toLowerCase().replaceAll(" ", "-");
}

/** Which of its first users a customer was made with, by its inputs. */
export function loginOf(inputs: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const { loginName } = (inputs?.firstUser ?? {}) as { readonly loginName?: string };
  return loginName === undefined ? undefined : Number(/\d+$/.exec(loginName));
}

function firstUserOf(subject: string, login: string): object {
  const loginName = `${nameOf(subject).toLowerCase().replaceAll(" ", ".")}.${login.replaceAll("/", "-")}`;
  return { loginName, firstName: "Front", lastName: "Desk", email: `${loginName}@example.com` };
}
