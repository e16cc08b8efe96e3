/** The engine's whole runs over a fleet: ours beside another, phase by phase, in turns. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { ensureToolchain } from "../../tools/toolchain";
import { toolchainHome } from "../../tools/toolchain/random-plugin";
import { type Against, type Calls, type Contender, contenders, type Found, type World } from "./contenders";
import { fewestPlatformCalls } from "./fewest";
import { type Figure, figureOf, type Pair } from "./figures";
import { measure, type Taken } from "./processes";
import { PER_CUSTOMER, PLANS } from "./programs/entries";
import { emptyState, type Host } from "./project";

export type Checkpoints = "on" | "off";

export interface EngineBench {
  /** Resources. */
  readonly size: number;
  readonly runs: number;
  readonly checkpoints: readonly Checkpoints[];
  readonly against: readonly Against[];
  /** Where ours runs; dynamic, if not told. */
  readonly host?: Host;
  /** Takes each figure as soon as it is there. */
  readonly say: (figure: Figure) => void;
  /** Takes a word for whoever waits. */
  readonly log?: (line: string) => void;
}

const PHASES = ["up", "no-op", "refresh", "destroy"] as const;
type Phase = (typeof PHASES)[number];

const COMMANDS: Readonly<Record<Phase, readonly string[]>> = {
  up: ["up", "--yes", "--skip-preview"],
  "no-op": ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  // What a deletion files is told by the program's hooks, so a destroy runs the program.
  destroy: ["destroy", "--yes", "--skip-preview", "--run-program"],
};

const TIME_GOAL = 1.15;
const MEMORY_GOAL = 1.3;
const CALLS_GOAL = 1.02;
const AT_MOST_MS = 1_200_000;

interface Lap extends Taken {
  readonly calls: Calls | undefined;
}

/** A contender's laps, by phase. */
type Laps = Readonly<Record<Phase, Lap>>;

interface Entrant {
  readonly contender: Contender;
  readonly world: World;
  readonly run: (args: readonly string[]) => Promise<Taken>;
}

/** Runs it all; what a phase should have done and has not is an error. */
export async function benchEngine({
  size,
  runs,
  checkpoints,
  against,
  host = "dynamic",
  say,
  log,
}: EngineBench): Promise<void> {
  if (size < PER_CUSTOMER || size % PER_CUSTOMER !== 0)
    throw new Error(`A customer is ${PER_CUSTOMER} resources: the size must be a multiple of that.`);
  const { root } = await ensureToolchain();
  const folder = mkdtempSync(join(tmpdir(), "msp-bench-"));
  try {
    for (const other of against) {
      const both = contenders(folder, other, host);
      for (const mode of checkpoints) {
        const laps: { readonly ours: Laps; readonly reference: Laps }[] = [];
        for (let run = 1; run <= runs; run++) {
          log?.(`${size} resources on the ${host} host beside ${other}, checkpoints ${mode}: run ${run} of ${runs}`);
          laps.push(await race(both, { size, mode, pulumi: join(root, "bin", "pulumi"), oursFirst: run % 2 === 1 }));
        }
        for (const phase of PHASES) {
          const pairs = laps.map(({ ours, reference }) => ({ ours: ours[phase], reference: reference[phase] }));
          for (const figure of figures(pairs, { size, phase, against: other, checkpoints: mode, host })) say(figure);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Race {
  readonly size: number;
  readonly mode: Checkpoints;
  readonly pulumi: string;
  readonly oursFirst: boolean;
}

/** One run of all phases by both, each phase by one right after the other, so that what else the machine does meets both. */
async function race([ours, reference]: readonly [Contender, Contender], { oursFirst, ...options }: Race) {
  const entrants: Entrant[] = [];
  try {
    for (const contender of [ours, reference]) entrants.push(await enter(contender, options));
    const laps = { ours: {} as Record<Phase, Lap>, reference: {} as Record<Phase, Lap> };
    for (const phase of PHASES) {
      for (const entrant of oursFirst ? entrants : entrants.toReversed())
        laps[entrant.contender === ours ? "ours" : "reference"][phase] = await lap(entrant, phase, options.size);
    }
    return laps;
  } finally {
    for (const { world } of entrants) await world.close();
  }
}

async function enter(contender: Contender, { size, mode, pulumi }: Omit<Race, "oursFirst">): Promise<Entrant> {
  const { project } = contender;
  const state = emptyState(project);
  const world = await contender.open();
  const env = {
    ...process.env,
    // The hosts start `node`: ours, not an older one that may come first.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    PULUMI_HOME: toolchainHome(),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...(mode === "off" ? { PULUMI_SKIP_CHECKPOINTS: "true" } : {}),
    NO_COLOR: "1",
    MSP_BENCH_SIZE: String(size),
    ...world.env,
  };
  const run = (args: readonly string[]) =>
    measure({ file: pulumi, args: [...args, "--non-interactive"], cwd: project, env, atMostMs: AT_MOST_MS });
  await run(["stack", "init", "bench"]);
  return { contender, world, run };
}

async function lap({ contender, world, run }: Entrant, phase: Phase, size: number): Promise<Lap> {
  await world.calls();
  const taken = await run(COMMANDS[phase]);
  const calls = await world.calls();
  const wrong = wrongIn(phase, size, taken.output, contender.name === "documented", await world.found());
  if (wrong !== undefined)
    throw new Error(`After ${phase} of ${size} resources by ${contender.name}, ${wrong}:\n${taken.output}`);
  return { ...taken, calls };
}

/** What is not as the phase should leave it. The stack itself is one more resource. */
function wrongIn(phase: Phase, size: number, output: string, noDesk: boolean, found?: Found): string | undefined {
  const done = { up: "created", "no-op": "unchanged", refresh: "unchanged", destroy: "deleted" }[phase];
  if (!new RegExp(`^ *[+-]? *${size + 1} ${done}$`, "m").test(output)) return `not ${size + 1} are ${done}`;
  const customers = size / PER_CUSTOMER;
  const subscriptions = customers * PLANS.length;
  const wanted = { customers, subscriptions, requests: phase === "destroy" && !noDesk ? subscriptions : 0 };
  const isRight = found === undefined || JSON.stringify(found) === JSON.stringify(wanted);
  return isRight ? undefined : `the world has ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`;
}

interface Subject {
  readonly size: number;
  readonly phase: Phase;
  readonly against: Against;
  readonly checkpoints: Checkpoints;
  readonly host: Host;
}

interface LapPair {
  readonly ours: Lap;
  readonly reference: Lap;
}

function* figures(pairs: readonly LapPair[], { against, host, ...subject }: Subject): Iterable<Figure> {
  const common = { bench: "engine", ...subject, ...(host === "plugin" ? { host } : {}) } as const;
  const isFloor = against === "floor";
  const both = (of: (lap: Lap) => number): readonly Pair[] =>
    pairs.map(({ ours, reference }) => ({ ours: of(ours), reference: of(reference) }));
  const goal = (of: number) => (isFloor ? of : null);
  yield figureOf(
    { ...common, measure: "seconds", against, goal: goal(TIME_GOAL) },
    both((lap) => lap.seconds),
  );
  yield figureOf(
    { ...common, measure: "cpu seconds", against, goal: null },
    both((lap) => lap.cpuSeconds),
  );
  const memory = both((lap) => lap.pluginPeakBytes);
  yield figureOf({ ...common, measure: "memory bytes", against, goal: goal(MEMORY_GOAL) }, memory);
  if (!isFloor) {
    const calls = both((lap) => lap.calls?.platform ?? 0);
    yield figureOf({ ...common, measure: "platform calls", against, goal: null }, calls);
    return;
  }
  const { phase, size } = subject;
  if (phase !== "no-op" && phase !== "refresh") return;
  const reference = fewestPlatformCalls(phase, size);
  const calls = pairs.map(({ ours }) => ({ ours: ours.calls?.platform ?? 0, reference }));
  yield figureOf({ ...common, measure: "platform calls", against: "fewest", goal: CALLS_GOAL }, calls);
}
