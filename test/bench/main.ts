/** `npm run bench -- NAME [--size N] [--runs N]`: one line of JSON for each figure. */
import { parseArgs } from "node:util";
import type { Against } from "./contenders";
import { benchEngine, type Checkpoints } from "./engine";
import type { Figure } from "./figures";
import { writePage } from "./page";
import type { Host } from "./project";
import { benchStartUp } from "./start-up";
import { benchValidate } from "./validate";

const USAGE = `npm run bench -- engine [--size N] [--runs N] [--checkpoints on|off] [--against floor|documented] [--host dynamic|plugin]
npm run bench -- start-up [--runs N]
npm run bench -- validate [--size N] [--runs N]
npm run bench -- page FILE...    writes the figures in these files, of JSON lines, into docs/benchmarks.md`;

/** What is run where no size is told, with how many runs. */
const ENGINE_SIZES = [
  { size: 500, runs: 5 },
  { size: 2000, runs: 3 },
] as const;

const CUSTOMERS = 10_000;

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { size: text, runs: text, checkpoints: text, against: text, host: text },
  });
  const say = (figure: Figure) => console.log(JSON.stringify(figure));
  const log = (line: string) => console.error(line);
  const [name, ...files] = positionals;
  const given = values.size === undefined ? undefined : count(values.size);
  if (name === "engine") {
    const host = oneOf<Host>(["dynamic", "plugin"], values.host ?? "dynamic");
    const others: readonly Against[] = host === "plugin" ? ["floor"] : ["floor", "documented"];
    const sizes = given === undefined ? ENGINE_SIZES : [{ size: given, runs: 5 }];
    for (const { size, runs } of sizes) {
      await benchEngine({
        size,
        runs: count(values.runs ?? runs),
        checkpoints:
          values.checkpoints === undefined ? ["on", "off"] : [oneOf<Checkpoints>(["on", "off"], values.checkpoints)],
        against: values.against === undefined ? others : [oneOf<Against>(others, values.against)],
        host,
        say,
        log,
      });
    }
    return 0;
  }
  if (name === "start-up") {
    await benchStartUp({ runs: count(values.runs ?? 9), say });
    return 0;
  }
  if (name === "validate") {
    benchValidate({ size: given ?? CUSTOMERS, runs: count(values.runs ?? 5), say });
    return 0;
  }
  if (name === "page" && files.length > 0) {
    writePage(files);
    return 0;
  }
  console.error(USAGE);
  return 2;
}

function oneOf<T extends string>(known: readonly T[], given: string): T {
  const found = known.find((one) => one === given);
  if (found === undefined) throw new Error(`${given} is none of ${known.join(", ")}.\n${USAGE}`);
  return found;
}

function count(given: string | number): number {
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${given} is no number of runs or resources.\n${USAGE}`);
  return number;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
