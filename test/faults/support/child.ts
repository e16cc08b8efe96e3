/** One run in a process of its own. It is told what to do on its standard input, and keeps state by a line on file descriptor 3, at once. */
import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { createSession } from "../../../provider/hosts/session";
import { manualClock, steadyRandom } from "../../provider/http/manual-clock";
import { settle, type State, up } from "./engine";
import { PROGRAM, type StageName, STORY } from "./story";

/** What a child is told. */
export interface Errand {
  readonly stage: StageName;
  readonly state: State;
  readonly settings: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

const STATE_FILE = 3;

async function main(): Promise<void> {
  const errand = JSON.parse(await text(process.stdin)) as Errand;
  const session = createSession({
    settings: (key) => errand.settings[key],
    env: errand.env,
    cwd: "/",
    clock: manualClock({ startMs: errand.nowMs, flowsBelowMs: 30_000 }),
    random: steadyRandom,
    log: () => undefined,
  });
  const run = {
    session,
    program: PROGRAM,
    pulse: async () => undefined,
    keep: (state: State) => void writeSync(STATE_FILE, `${JSON.stringify(state)}\n`),
  };
  const stage = STORY.find(({ name }) => name === errand.stage);
  await (stage?.program === undefined ? settle(run) : up(run, errand.state, stage.program));
}

void main();
