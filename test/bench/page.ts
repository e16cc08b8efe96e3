/** Puts figures into the page that tells of them, in place of those that stood there. */
import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figures";
import { ROOT } from "./project";

const PAGE = join(ROOT, "docs", "benchmarks.md");
const BEGIN = "<!-- figures -->";
const END = "<!-- end of figures -->";

const PHASES = ["up", "no-op", "refresh", "destroy", "read", "start-up"];
const TITLES: Readonly<Record<Figure["against"], string>> = {
  floor: "beside the floor",
  fewest: "beside the fewest possible",
  documented: "beside a documented provider",
  "yaml and ajv": "Validating a fleet, beside `yaml` and `ajv` alone",
  "bare server": "Starting the plugin, beside a bare grpc-js server",
};

/** Writes the figures of these files, each of JSON lines, into docs/benchmarks.md. */
export function writePage(files: readonly string[]): void {
  const figures = files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Figure),
  );
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place between ${BEGIN} and ${END}.`);
  writeFileSync(PAGE, `${page.slice(0, from + BEGIN.length)}\n\n${tables(figures)}\n\n${page.slice(to)}`);
}

/** A machine line, and one table for each thing that was measured. */
export function tables(figures: readonly Figure[]): string {
  const titles = Map.groupBy(figures, titleOf);
  return [machine(), ...[...titles].map(([title, rows]) => `### ${title}\n\n${table(rows)}`)].join("\n\n");
}

function titleOf({ measure, against, host }: Figure): string {
  const on = host === "plugin" ? " on the plugin" : "";
  if (against === "fewest") return `Platform calls${on}, ${TITLES[against]}`;
  if (against === "yaml and ajv" || against === "bare server") return TITLES[against];
  const what = { seconds: "Time", "cpu seconds": "Processor time", "memory bytes": "Memory of the provider's process" };
  return `${measure in what ? what[measure as keyof typeof what] : "Platform calls"}${on}, ${TITLES[against]}`;
}

function machine(): string {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${cpus().length} cores (${processor?.model ?? "unknown"}, ${arch()}) with ${memory} GB, Node ${process.versions.node}.`;
}

function table(figures: readonly Figure[]): string {
  const order = ({ size, checkpoints, phase }: Figure) =>
    [String(size).padStart(6, "0"), checkpoints ?? "", PHASES.indexOf(phase)].join(" ");
  const rows = figures
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    .map((figure) => {
      const { size, checkpoints = "-", phase, ours, reference, ratio, spread, runs, goal, measure } = figure;
      const shown = (value: number) => (measure === "memory bytes" ? `${Math.round(value / 1e6)} MB` : String(value));
      const verdict = goal === null ? "-" : `${goal}${ratio <= goal ? "" : ", **missed**"}`;
      const cells = [
        size,
        checkpoints,
        phase,
        shown(ours),
        shown(reference),
        ratio,
        spread.join(" to "),
        runs,
        verdict,
      ];
      return `| ${cells.join(" | ")} |`;
    });
  return [
    "| size | checkpoints | phase | ours | reference | ratio | spread | runs | goal |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
