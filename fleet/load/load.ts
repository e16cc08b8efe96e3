import { ProviderError } from "../../provider/errors";
import type { Fleet } from "../../provider/generated/types";
import { fleet as isFleet } from "../../provider/generated/validators";
import { type FleetDocument, parseDocument } from "./document";
import { describePath, describeProblems, type Finding, type FleetProblem } from "./problem";
import { checkRules } from "./rules";
import { type FleetSource, readSource } from "./source";
import { explainErrors } from "./words";

/** A fleet, or everything that is wrong with its file. */
export type FleetReading =
  | { readonly fleet: Fleet; readonly problems: readonly [] }
  | { readonly fleet: undefined; readonly problems: readonly FleetProblem[] };

const BEGINNING = "begin the file with `version: 1` and `customers:`";

/** Reads a fleet file and finds all mistakes together; throws nothing that the file's content can cause. */
export function readFleet(source: FleetSource): FleetReading {
  const file = typeof source === "string" ? source : source.file;
  const read = readSource(source);
  if ("problem" in read) return { fleet: undefined, problems: [{ file, path: "", ...read.problem }] };

  const document = parseDocument(read.text);
  if (document.syntax.length > 0) {
    // What the parser could not read can't be checked further.
    return { fleet: undefined, problems: document.syntax.map((problem) => ({ file, path: "", ...problem })) };
  }
  const { value } = document;
  const readable = value !== undefined || document.findings.length === 0;
  const findings = readable ? [...document.findings, ...check(value, document)] : document.findings;
  if (findings.length === 0) return { fleet: value as Fleet, problems: [] };
  return { fleet: undefined, problems: locate(file, findings, document) };
}

/** The fleet of a file; throws one `validation` error that lists all mistakes. */
export function loadFleet(source: FleetSource): Fleet {
  const { fleet, problems } = readFleet(source);
  if (fleet !== undefined) return fleet;
  const file = typeof source === "string" ? source : source.file;
  throw new ProviderError("validation", describeProblems(file, problems), { operation: "load fleet file" });
}

function check(value: unknown, document: FleetDocument): readonly Finding[] {
  const whole = { path: [], at: "value" } as const;
  if (value === undefined || value === null) return [{ ...whole, wrong: "the file is empty", right: BEGINNING }];
  if (Array.isArray(value))
    return [{ ...whole, wrong: "the file is a list", right: `put it under \`customers:\`; ${BEGINNING}` }];
  if (typeof value !== "object") return [{ ...whole, wrong: "the file is one single text", right: BEGINNING }];
  const ofSchema = isFleet(value) ? [] : explainErrors(isFleet.errors ?? [], document);
  return [...ofSchema, ...checkRules(value, { positionOf: (path) => document.locate(path, "value") })];
}

/** Problems in the order of the file; one in an anchored block is one, however often the block is used. */
function locate(file: string, findings: readonly Finding[], document: FleetDocument): readonly FleetProblem[] {
  const found = new Map<string, { readonly problem: FleetProblem; uses: number }>();
  for (const { path, at, wrong, right } of findings) {
    const place = document.locate(path, at);
    const problem = { file, ...place, path: describePath(path), wrong, right };
    const same = [place.line, place.column, path.at(-1), wrong].join(" ");
    const known = found.get(same);
    if (known === undefined) found.set(same, { problem, uses: 1 });
    else known.uses++;
  }
  return [...found.values()]
    .map(({ problem, uses }) =>
      uses === 1 ? problem : { ...problem, right: `${problem.right} (these lines are used ${uses} times)` },
    )
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
