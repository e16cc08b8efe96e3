/** Who may do what: each route names its access, and this module alone decides. */
import type { Instant, Person, Role, TokenKind, TokenRecord } from "../../provider/generated/types";
import { DeskRefusal } from "../problems";
import type { Tx } from "../store/store";

/** Who is calling. */
export interface Actor {
  readonly person: Person;
  readonly kind: TokenKind;
  readonly roles: readonly Role[];
  readonly token: TokenRecord;
}

export interface Access {
  /** Any one of these; `anyone` is any valid token, `public` none at all. */
  readonly roles: "public" | "anyone" | readonly Role[];
  /** Bots are refused: this takes somebody who can answer for it. */
  readonly personOnly?: true;
  /** Bots with one of these roles are let in besides. */
  readonly bots?: readonly Role[];
}

/** What routes declare. */
export const ACCESS = {
  public: { roles: "public" },
  read: { roles: "anyone" },
  tokens: { roles: ["admin"] },
  readTokens: { roles: ["admin", "auditor"] },
  confirmAccount: { roles: ["admin", "operator"], personOnly: true },
  /** The client records what it is about to send and what it has seen. */
  record: { roles: ["requester", "operator"] },
  import: { roles: ["operator"], personOnly: true },
  file: { roles: ["requester"] },
  withdraw: { roles: ["requester"] },
  verify: { roles: ["verifier"], personOnly: true },
  operate: { roles: ["operator"] },
  /** The bot that holds a platform's credentials removes by API and confirms by reading; the rules on items say when. */
  deliver: { roles: ["operator"], bots: ["requester"] },
} as const satisfies Readonly<Record<string, Access>>;

/** Throws `forbidden` with what it would take. */
export function authorise(actor: Actor, access: Access): void {
  if (access.roles === "public" || access.roles === "anyone") return;
  const has = (roles: readonly Role[]) => roles.some((role) => actor.roles.includes(role));
  if (access.personOnly && actor.kind === "bot") {
    throw new DeskRefusal(
      "forbidden",
      `${actor.person.email} is a bot, and this takes a person who can answer for it.`,
    );
  }
  if (has(access.roles) || (actor.kind === "bot" && has(access.bots ?? []))) return;
  const wanted = access.roles.join(" or ");
  const held = actor.roles.join(", ");
  throw new DeskRefusal(
    "forbidden",
    `This takes the role ${wanted}; ${actor.person.email} has ${held}.\nAn admin of the desk grants it with a new token.`,
  );
}

/** The id of the desk's own set-up, which has no token. */
export const SETUP_ID = "T-0";

/** Throws `unauthenticated` once the token is revoked: within a change, that is the last word on whether it still counts. */
export async function ensureLive(tx: Tx, { token }: Actor): Promise<void> {
  if (token.id === SETUP_ID) return;
  const { revoked_at } = await tx
    .selectFrom("token")
    .select("revoked_at")
    .where("id", "=", token.id)
    .executeTakeFirstOrThrow();
  if (revoked_at !== null) throw revoked(token, revoked_at);
}

export function revoked({ id, person }: TokenRecord, at: Instant): DeskRefusal {
  return new DeskRefusal("unauthenticated", `This token (${id}, ${person.email}) was revoked at ${at}.`);
}

/** Whether two addresses are one person's; a tag (vera+git@example.com) makes nobody else of her. */
export function samePerson(a: string, b: string): boolean {
  return mailbox(a) === mailbox(b);
}

function mailbox(address: string): string {
  return address.toLowerCase().replace(/^([^+@]+)\+[^@]*@/, "$1@");
}
