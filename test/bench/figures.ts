/** What a bench says: one line of JSON for each figure. */

export interface Figure {
  readonly bench: "engine" | "validate" | "start-up";
  readonly size: number;
  readonly phase: string;
  /** What was measured; seconds are of the whole command, memory is the most that the provider's process had. */
  readonly measure: "seconds" | "cpu seconds" | "memory bytes" | "platform calls" | "desk calls";
  readonly against: "floor" | "documented" | "fewest" | "yaml and ajv" | "bare server";
  /** Where ours runs, if not on the dynamic host. */
  readonly host?: "plugin";
  readonly checkpoints?: "on" | "off";
  /** Medians of the runs. */
  readonly ours: number;
  readonly reference: number;
  /** Median of the ratios of each run's pair, and the least and the greatest of them. */
  readonly ratio: number;
  readonly spread: readonly [least: number, greatest: number];
  readonly runs: number;
  /** The most that the ratio should be; null where none is set. */
  readonly goal: number | null;
}

/** What one run took, of ours and of what it is compared with. */
export interface Pair {
  readonly ours: number;
  readonly reference: number;
}

type Subject = Omit<Figure, "ours" | "reference" | "ratio" | "spread" | "runs">;

export function figureOf({ bench, size, phase, goal, ...subject }: Subject, pairs: readonly Pair[]): Figure {
  const ratios = pairs.map(ratioOf);
  return {
    bench,
    size,
    phase,
    ours: rounded(median(pairs.map(({ ours }) => ours))),
    reference: rounded(median(pairs.map(({ reference }) => reference))),
    ratio: rounded(median(ratios)),
    goal,
    spread: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
    runs: pairs.length,
    ...subject,
  };
}

/** Where nothing need be done, each thing that is done counts as one whole too much. */
function ratioOf({ ours, reference }: Pair): number {
  return reference === 0 ? 1 + ours : ours / reference;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [below = 0, above = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (below + above) / 2;
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toFixed(3));
}
