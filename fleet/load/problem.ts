/** A place in the fleet file, by the keys and list positions that lead to it. */
export type Path = readonly (string | number)[];

/** One mistake in a fleet file. */
export interface FleetProblem {
  readonly file: string;
  /** From 1; undefined when the file as a whole could not be read. */
  readonly line?: number;
  /** From 1, in UTF-16 units as editors count. */
  readonly column?: number;
  /** `customers[0].owners[1].email`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong. */
  readonly wrong: string;
  /** What would be right. */
  readonly right: string;
}

/**
 * A mistake before its line is known. `at` says which of the places that belong to the path is meant: the key, the value,
 * or what holds it when the thing itself is missing.
 */
export interface Finding {
  readonly path: Path;
  readonly at: "key" | "value" | "holder";
  readonly wrong: string;
  readonly right: string;
}

/** A file with ten thousand mistakes has one cause, and nobody reads further than this. */
const MOST_SHOWN = 100;

/** `file:line:column path: what is wrong; what would be right`. */
export function describeProblem(problem: FleetProblem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  return `${place}${problem.path === "" ? "" : ` ${problem.path}`}: ${problem.wrong}; ${problem.right}`;
}

/** All problems in one message, one a line, under a first line that stands alone. */
export function describeProblems(file: string, problems: readonly FleetProblem[]): string {
  const count = problems.length === 1 ? "1 mistake" : `${problems.length.toLocaleString("en")} mistakes`;
  const more = problems.length - MOST_SHOWN;
  return [
    `The fleet file ${file} has ${count}; nothing was done.`,
    ...problems.slice(0, MOST_SHOWN).map(describeProblem),
    ...(more > 0 ? [`… and ${more.toLocaleString("en")} more.`] : []),
  ].join("\n");
}

/** A path as messages write it. */
export function describePath(path: Path): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${plainKey(part)}`))
    .join("");
}

/** A key as it is, when it is a word; a key can be any text, line breaks and escape codes included. */
function plainKey(key: string): string {
  return /^(?:[\w-]+|<<)$/.test(key) ? key : quoted(key);
}

/** Text from the file for use in a message: quoted, and not at any length. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
