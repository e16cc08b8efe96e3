import { join } from "node:path";
import { parseArgs } from "node:util";
import { ProviderError } from "../../provider/errors";
import type { OffboardingRequest } from "../../provider/generated/types";
import { armourzeroPeople } from "../armourzero/people";
import { clpPeople } from "../trend-micro/people";
import { ACTS, type Act, type ActOption } from "./acts";
import { DeskApi } from "./desk-api";
import type { PeopleOptions, PlatformPeople } from "./people";
import { WorldFile } from "./world-file";

/** How the people are called. */
export interface PeopleRun {
  /** The platform, the act, its arguments, and options. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes each line that is printed; never a token. */
  readonly print: (line: string) => void;
}

interface Platform {
  /** What account identities begin with. */
  readonly prefix: string;
  readonly people: (options: PeopleOptions) => PlatformPeople;
}

const PLATFORMS: ReadonlyMap<string, Platform> = new Map([
  ["armourzero", { prefix: "armourzero", people: armourzeroPeople }],
  ["clp", { prefix: "trend-micro", people: clpPeople }],
]);

const TOKENS = { verifier: "MSP_VERIFIER_TOKEN", operator: "MSP_OPERATOR_TOKEN" } as const;
const DEFAULT_ACCOUNT = "Example MSP";

const HELP = `Usage: msp people <${[...PLATFORMS.keys()].join("|")}> <act> ...

Plays the people of a platform that has no API, right or wrong. The platform's world changes by them alone; an import tells what it really holds.

${[...ACTS].map(([name, act]) => `  ${usageOf(name, act)}\n      ${act.does}`).join("\n")}

Options:
  --account NAME   the account at the platform (${DEFAULT_ACCOUNT})
  --data FOLDER    where its world is kept, as people-<platform>.json (MSP_SANDBOX_DATA, else .msp/sandbox)
Environment: MSP_DESK_URL, ${TOKENS.verifier} and ${TOKENS.operator}, two people's tokens.`;

/** Has the people of a platform do one thing, and keeps the platform's world for the next. */
export async function runPeople(run: PeopleRun): Promise<void> {
  const { positionals, values } = parseOptions(run.argv);
  if (values.help === true) return run.print(HELP);
  const [platformName, actName, ...args] = positionals;
  const platform = find(PLATFORMS, platformName, "platform");
  const act = find(ACTS, actName, "act");
  checkUsage(actName ?? "", act, args, values);

  const account = `${platform.prefix}:${values.account ?? DEFAULT_ACCOUNT}`;
  const data = values.data ?? run.env.MSP_SANDBOX_DATA ?? join(".msp", "sandbox");
  const file = new WorldFile(join(data, `people-${platformName}.json`), account);
  const { deskUrl, tokens } = access(run.env, act.by);
  const people = platform.people({ deskUrl, account, tokens });
  if (act.world !== undefined && !file.load(people.world) && act.world === "needed") {
    throw new ProviderError(
      "notFound",
      `Nobody has said what ${account} holds: there is no ${file}.\nTake over what the desk knows with \`msp people ${platformName} begin\`, or add it.`,
    );
  }
  if (act.onRequest === true) await checkAccount(new DeskApi(deskUrl, tokens.operator), args[0] ?? "", account);

  const before = JSON.stringify(people.world.rows());
  try {
    for (const line of await act.run({ account, people, args, options: values })) run.print(line);
  } finally {
    // What was done on the platform is done, also where the desk refused to hear of it.
    if (JSON.stringify(people.world.rows()) !== before) file.save(people.world);
  }
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        account: { type: "string" },
        data: { type: "string" },
        conduct: { type: "string" },
        reference: { type: "string" },
        refuse: { type: "string" },
      },
    });
  } catch (error) {
    // Node's hints beyond the first sentence are for values that begin with a dash.
    const [what = ""] = (error instanceof Error ? error.message : String(error)).split(/\.\s/);
    throw wrong(`${what.replace(/\.$/, "")}.`);
  }
}

function find<T>(known: ReadonlyMap<string, T>, name: string | undefined, what: string): T {
  const found = name === undefined ? undefined : known.get(name);
  if (found !== undefined) return found;
  const said = name === undefined ? `Say which ${what}` : `There is no ${what} "${name}"`;
  throw wrong(`${said}; there are ${[...known.keys()].join(", ")}.`);
}

function checkUsage(name: string, act: Act, args: readonly string[], values: object): void {
  const misplaced = (["conduct", "reference", "refuse"] satisfies ActOption[]).filter(
    (option) => option in values && !act.options?.includes(option),
  );
  if (args.length >= act.least && args.length <= act.most && misplaced.length === 0) return;
  throw wrong(`"${name}" is said like this: \`${usageOf(name, act)}\`.`);
}

function usageOf(name: string, act: Act): string {
  return [name, act.usage].join(" ").trim();
}

function wrong(what: string): ProviderError {
  return new ProviderError("validation", `${what}\n\`msp people --help\` tells all that the people do.`);
}

/** The desk and the token of whoever acts; nothing is needed for what the desk is not asked. */
function access(env: PeopleRun["env"], by: Act["by"]): Pick<PeopleOptions, "deskUrl" | "tokens"> {
  const tokenOf = (who: keyof typeof TOKENS) => (env[TOKENS[who]] ?? "").trim();
  const deskUrl = (env.MSP_DESK_URL ?? "").trim();
  if (by !== undefined) {
    if (deskUrl === "") {
      throw new ProviderError("validation", "No desk is named.\nSet MSP_DESK_URL to where `npx msp desk` listens.");
    }
    // Anything else can't be sent as a header.
    if (!/^[\x21-\x7e]+$/.test(tokenOf(by))) {
      const what = `${TOKENS[by]} holds no token.\nSet it to the token of a person with the role ${by}; an admin of the desk grants one.`;
      throw new ProviderError("unauthenticated", what);
    }
  }
  return { deskUrl, tokens: { verifier: tokenOf("verifier"), operator: tokenOf("operator") } };
}

/** The vendor's people see the requests of their own platform alone. */
async function checkAccount(desk: DeskApi, id: string, account: string): Promise<void> {
  const request = await desk.get<OffboardingRequest>(`/v1/requests/${encodeURIComponent(id)}`);
  if (request.account === account) return;
  throw new ProviderError(
    "validation",
    `${id} is about ${request.account}, not about ${account}.\nName the platform and the --account that it is about.`,
  );
}
