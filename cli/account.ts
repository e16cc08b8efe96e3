/** `msp account`: a person's word on whose an account is, where what its credentials show can't tell. */
import { systemClock, systemRandom } from "../provider/clock";
import { ProviderError } from "../provider/errors";
import { createSession, type SessionOptions } from "../provider/hosts/session";

/** Where the command runs, and who hears it. */
export type AccountSurroundings = Omit<SessionOptions, "settings">;

export interface ConfirmOptions {
  readonly reason: string;
  /** It shows nothing, and is the same all the same. */
  readonly empty?: boolean;
  /** The account that the ids have moved from. */
  readonly from?: string;
}

export interface MergeOptions {
  readonly reason: string;
  readonly into: string;
}

const HERE: AccountSurroundings = {
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  random: systemRandom,
  log: (line) => console.log(line),
};

/** Says that ids are of an account, or that it is empty. */
export async function runAccountConfirm(
  account: string,
  ids: readonly string[],
  options: ConfirmOptions,
  here: AccountSurroundings = HERE,
): Promise<void> {
  if ((ids.length === 0) !== (options.empty === true)) {
    throw new ProviderError(
      "validation",
      "Say what is true of the account: the ids of objects that are its own, or --empty.\nThe refusal that you were shown has them.",
    );
  }
  const { desk, within } = deskOf(here);
  const { reason, from } = options;
  const known = await within(() =>
    desk.confirmAccount(account, { evidence: [...ids], reason, ...(from === undefined ? {} : { from }) }),
  );
  here.log(
    ids.length === 0
      ? `${known.id} is known to be empty, until something is seen in it again.`
      : `${known.id} has ${ids.join(", ")}${from === undefined ? "." : `, which ${from} had.\n${afterMove(known.id, from)}`}`,
  );
}

/** What the programs of both have to be told, which no desk can. */
function afterMove(to: string, from: string): string {
  return `Take what has moved out of the program of ${from} and run \`pulumi refresh\` there before the next \`pulumi up\`: what stays declared there is made anew. Declare it under the connection of ${to}, with adopt: true.`;
}

/** Says that an account is a part of another now. */
export async function runAccountMerge(
  account: string,
  { into, reason }: MergeOptions,
  here: AccountSurroundings = HERE,
): Promise<void> {
  const { desk, within } = deskOf(here);
  const known = await within(() => desk.mergeAccount(account, { into, reason }));
  here.log(`${known.id} is what ${(known.formerly ?? []).join(", ")} was: what state says of it is of ${known.id}.`);
}

/** The desk as the person whose token this process has. */
function deskOf(here: AccountSurroundings) {
  return createSession({ ...here, settings: () => undefined });
}
