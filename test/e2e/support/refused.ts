import { expect } from "chai";
import type { EngineRun } from "../../../examples/story/engine";
import type { SandboxLog, Stage } from "../../../examples/story/stage";
import type { OffboardingRequest } from "../../../provider/generated/types";

/** Refused, in these words, in at most three lines for each error, and without a stack. */
export function refused(run: EngineRun, ...words: readonly string[]): void {
  expect(run.ok, run.text).to.equal(false);
  for (const word of words) expect(run.text, run.text).to.contain(word);
  expect(run.text).to.not.match(/^\s+at .*:\d+:\d+\)?$/m);
  const errors = errorsOf(run);
  expect(errors, run.text).to.not.have.length(0);
  for (const error of errors) expect(error.split("\n").length, error).to.be.at.most(3);
}

/** Done, and told in these words. */
export function done(run: EngineRun, ...words: readonly string[]): void {
  expect(run.ok, run.text).to.equal(true);
  for (const word of words) expect(run.text, run.text).to.contain(word);
}

/** What the desk has recorded and what the platform was sent so far: the same before and after what is refused. */
export async function written({
  desk,
  control,
}: Stage): Promise<{ readonly records: number; readonly writes: number }> {
  const { seq } = await desk.get<{ readonly seq: number }>("/v1/audit/head");
  const { writes } = await control<SandboxLog>("GET", "log");
  return { records: seq, writes: writes.length };
}

export async function openRequests({ desk }: Stage): Promise<readonly OffboardingRequest[]> {
  return (await desk.get<{ readonly items: readonly OffboardingRequest[] }>("/v1/requests?open=true&limit=100")).items;
}

interface Stored {
  readonly deployment: {
    readonly resources: readonly {
      readonly urn: string;
      readonly type: string;
      readonly id?: string;
      readonly outputs?: object;
    }[];
  };
}

/** What state knows of the platforms, by URN; not when it was last read, which is ours. */
export async function knownIn({ engine }: Stage): Promise<Readonly<Record<string, object>>> {
  const { resources } = (JSON.parse(await engine.state()) as Stored).deployment;
  const ours = resources.filter(({ type }) => type.includes("dynamic/msp:"));
  const shown = (outputs: object = {}) =>
    Object.fromEntries(Object.entries(outputs).filter(([key]) => !key.startsWith("__")));
  return Object.fromEntries(ours.map(({ urn, id, outputs }) => [urn, { id, outputs: shown(outputs) }]));
}

/** What the engine prints as the errors of a run, without its own frame around them. */
function errorsOf(run: EngineRun): readonly string[] {
  const lines = run.text.split("\n");
  return lines.flatMap((line, i) => {
    if (!/^\s+error: /.test(line)) return [];
    const rest = lines.slice(i + 1);
    const end = rest.findIndex((next) => /^\s*error: /.test(next) || indentOf(next) < indentOf(line));
    return [[line, ...(end < 0 ? rest : rest.slice(0, end))].join("\n")];
  });
}

function indentOf(line: string): number {
  return /^\s*/.exec(line)?.[0].length ?? 0;
}
