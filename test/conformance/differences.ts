/**
 * The closed list of what may differ between the two hosts: only what the engine, or the SDK's dynamic provider, imposes. `docs/hosts.md` has the
 * same list in the same words. What a story shows is taken out here before both are compared; what none can show has a proof of its own.
 */
import type { Properties } from "../../provider/hosts/state";
import { CANARY } from "./stories-of-secrets";
import type { Entry, Told } from "./teller";

export interface Difference {
  /** As the page names it. */
  readonly what: string;
  readonly dynamic: string;
  readonly plugin: string;
  readonly why: string;
  /** What a story was, without this; missing where a proof shows it. */
  readonly without?: (told: Told) => Told;
}

const inEach =
  (change: (entry: Entry) => Entry) =>
  ({ entries, previews, world }: Told): Told => ({
    entries: entries.map(change),
    previews: previews.map(change),
    world,
  });

export const DIFFERENCES = [
  {
    what: "Inputs in state",
    dynamic: "also hold `__provider` and `__resource`",
    plugin: "are the program's alone",
    why: "The engine tells a dynamic provider neither its code nor the resource's name; both travel as inputs.",
    without: inEach((entry) => withInputs(entry, ({ __provider: _, __resource: __, ...inputs }) => inputs)),
  },
  {
    what: "Preview of a create or an update",
    dynamic: "compares with state, and asks no platform",
    plugin: "says what is certain, and refuses there what a read finds",
    why: "The engine asks a dynamic provider nothing of a create or an update before it runs.",
    without: (told) => ({ ...told, previews: told.previews.map(() => ({ step: "preview", calls: [], lines: [] })) }),
  },
  {
    what: "What a diff names",
    dynamic: "which properties replace the resource",
    plugin: "each path that differs, and the outputs that stay",
    why: "The SDK's dynamic provider passes on no paths and no stable outputs.",
    without: inEach((entry) => {
      if (entry.step !== "diff" || entry.answer === undefined) return entry;
      const { paths: _, diffs: __, stables: ___, ...answer } = entry.answer as Properties;
      return { ...entry, answer };
    }),
  },
  {
    what: "Status of a failure",
    dynamic: "always unknown",
    plugin: "a gRPC status that fits",
    why: "The SDK's dynamic provider hands on the words alone. The engine shows the words alone, on either host.",
    without: inEach(({ refused, ...entry }) =>
      refused === undefined ? entry : { ...entry, refused: { ...refused, code: undefined } },
    ),
  },
  {
    what: "Lines for the person who runs it",
    dynamic: "below the stack",
    plugin: "below their resource",
    why: "A dynamic provider can only print; the engine does not know about which resource.",
    without: inEach((entry) => ({ ...entry, lines: entry.lines.map(({ message }) => ({ urn: "", message })) })),
  },
  {
    what: "A secret in a line or an error",
    dynamic: "stands there, where the object is named by it",
    plugin: "is `[secret]`",
    why: "The engine unwraps what it sends to a dynamic provider, which can't tell what is secret.",
    without: (told) => JSON.parse(JSON.stringify(told).replaceAll(CANARY, "[secret]")) as Told,
  },
  {
    what: "A secret in what an id is made of",
    dynamic: "shows in the id",
    plugin: "is refused by check",
    why: "As above; Pulumi shows ids.",
  },
  {
    what: "State that lacks `__provider`",
    dynamic: "is written anew by an update that changes nothing else",
    plugin: "is taken as it is",
    why: "The engine finds the code of a dynamic provider in state.",
  },
  {
    what: "Import",
    dynamic: "only by a file with inputs and outputs",
    plugin: "by the id alone, and by a file",
    why: "The engine finds the code of a dynamic provider in state, and an id has none.",
  },
  {
    what: "List (`pulumi do ... list`)",
    dynamic: "none",
    plugin: "every resource",
    why: "The SDK's dynamic provider does not implement it.",
  },
  {
    what: "Configuration",
    dynamic: "one for the stack, first refused at a resource",
    plugin: "one for each explicit provider, checked and compared by itself",
    why: "The SDK's dynamic provider does not implement CheckConfig and DiffConfig.",
  },
  {
    what: "`customTimeouts`",
    dynamic: "do nothing; `msp:timeoutSeconds` holds",
    plugin: "hold",
    why: "The SDK's dynamic provider does not pass them on.",
  },
  {
    what: "Ctrl-C",
    dynamic: "waits for what is under way",
    plugin: "ends what is under way after five seconds",
    why: "The SDK's dynamic provider does not pass it on.",
  },
  {
    what: "Engines that share one process",
    dynamic: "none",
    plugin: "any number (`PULUMI_DEBUG_PROVIDERS`)",
    why: "The SDK's dynamic provider does not implement Attach.",
  },
] as const satisfies readonly Difference[];

/** A story without what may differ, but for those that are kept. */
export function withoutDifferences(told: Told, keep?: Difference): Told {
  return (DIFFERENCES as readonly Difference[])
    .filter((difference) => difference !== keep)
    .reduce((left, { without }) => without?.(left) ?? left, told);
}

function withInputs(entry: Entry, change: (inputs: Properties) => Properties): Entry {
  const inner = <T>(holder: T): T => {
    if (typeof holder !== "object" || holder === null || !("inputs" in holder)) return holder;
    return { ...holder, inputs: change(holder.inputs as Properties) };
  };
  const { refused, answer } = entry;
  return {
    ...entry,
    ...(answer === undefined ? {} : { answer: inner(answer) }),
    ...(refused === undefined ? {} : { refused: { ...refused, held: inner(refused.held) } }),
  };
}
