import { projectSettings } from "../fleet/project";
import { type Settled, settleAll } from "../fleet/settle";
import { systemClock, systemRandom } from "../provider/clock";
import { createSession, type SessionOptions } from "../provider/hosts/session";

/** Where the command runs, and who hears it. */
export type SettleSurroundings = Omit<SessionOptions, "settings">;

const HERE: SettleSurroundings = {
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  random: systemRandom,
  log: (line) => console.log(line),
};

/** Runs `msp settle`; answers the exit code: 1 when something could not be settled. */
export async function runSettle(stack: string | undefined, here: SettleSurroundings = HERE): Promise<number> {
  const session = createSession({ ...here, settings: projectSettings(here.cwd, stack) });
  let [code, count] = [0, 0];
  for await (const settled of settleAll(session)) {
    here.log(lineOf(settled));
    count += 1;
    if (settled.failure !== undefined) code = 1;
  }
  if (count === 0) here.log("No product is leaving where the platform has an API.");
  return code;
}

function lineOf({ connection, request, failure }: Settled): string {
  const what =
    request === undefined
      ? `connection ${connection}`
      : `${request.id}  ${request.state}  ${request.items.map((item) => item.name).join(", ")} of ${request.subject.name}`;
  return [what, ...(failure?.split("\n") ?? [])].join("\n  ");
}
