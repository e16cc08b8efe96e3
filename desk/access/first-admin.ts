/** How a desk gets its first admin: a token of nobody in particular, with which people are granted their own. */
import type { TokenGrant } from "../../provider/generated/types";
import { DESK_PERSON, type Work } from "../work";
import { type Actor, SETUP_ID } from "./roles";
import { issueToken, listTokens } from "./tokens";

/** What the desk's own set-up acts as. */
export const SETUP: Actor = {
  person: DESK_PERSON,
  kind: "bot",
  roles: ["admin"],
  token: { id: SETUP_ID, person: DESK_PERSON, kind: "bot", roles: ["admin"], createdAt: new Date(0).toISOString() },
};

const GRANT: TokenGrant = {
  person: { email: "admin@desk.invalid", name: "First admin" },
  kind: "bot",
  roles: ["admin"],
};

/** Makes `token` an admin's. */
export async function grantFirstAdmin(work: Work, token: string): Promise<void> {
  await issueToken(work, GRANT, token);
}

/** Whether anybody can grant tokens. */
export async function hasAdmin(work: Work): Promise<boolean> {
  return (await listTokens(work.tx)).some((token) => token.roles.includes("admin") && token.revokedAt === undefined);
}
