import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from "yaml";
import type { Finding, Path } from "./problem";
import { isMergeKey, keyName, resolveAlias, type Survey, survey } from "./survey";
import { type SyntaxProblem, syntaxProblems } from "./syntax";
import { toValue } from "./value";

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML document as far as it could be read, and where in the text its parts are. */
export interface FleetDocument {
  /** Undefined when the text is no document that can be turned into values. */
  readonly value: unknown;
  /** Mistakes that the text alone shows. */
  readonly syntax: readonly (Position & Omit<SyntaxProblem, "offset">)[];
  readonly findings: readonly Finding[];
  locate(path: Path, at: Finding["at"]): Position;
  /** A scalar as the file spells it: `01234`, where the value is 1234. */
  spelling(path: Path): string | undefined;
}

/** Parses one YAML 1.2 document with anchors, aliases and merge keys. */
export function parseDocument(text: string): FleetDocument {
  const lines = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // Equal keys are looked for by the survey, which knows their path and does not compare each with each.
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const document = documents[0] as Document.Parsed | undefined;
  const nowhere = { value: undefined, findings: [], locate: () => ({ line: 1, column: 1 }), spelling: () => undefined };
  if (document === undefined) return { ...nowhere, syntax: [] };

  const syntax = syntaxProblems(document, (offset) => positionOf(offset).line);
  const extra = documents[1];
  if (extra !== undefined) {
    const offset = text.lastIndexOf("---", extra.contents?.range?.[0] ?? extra.range[0]);
    const second = {
      offset: Math.max(offset, 0),
      wrong: "a second document begins",
      right: "a fleet file is one document; take the line with --- out",
    };
    return {
      ...nowhere,
      syntax: [...syntax, second].map(({ offset: at, ...words }) => ({ ...positionOf(at), ...words })),
    };
  }
  if (document.directives.yaml.explicit && document.directives.yaml.version !== "1.2") {
    const words = {
      wrong: `the file asks for YAML ${document.directives.yaml.version}`,
      right: "take the line with %YAML out; a fleet file is YAML 1.2",
    };
    return { ...nowhere, syntax: [{ line: 1, column: 1, ...words }] };
  }
  if (syntax.length > 0)
    return { ...nowhere, syntax: syntax.map(({ offset, ...words }) => ({ ...positionOf(offset), ...words })) };

  const found = survey(document);
  const at = pathFollower(document, found);
  return {
    value: found.sound ? toValue(document.contents, found.targets) : undefined,
    syntax: [],
    findings: found.findings,
    locate: (path, where) => positionOf(offsetOf(at(path), where)),
    spelling: (path) => {
      const { node } = at(path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}

interface Place {
  /** What is there, behind its alias if it has one. */
  readonly node: Node | undefined;
  readonly key: Node | undefined;
  readonly byAlias: boolean;
}

/** Walks from the top along keys and list positions, through aliases and merges, as far as the path goes. */
function pathFollower(document: Document.Parsed, { targets }: Survey): (path: Path) => Place {
  const indexes = new Map<YAMLMap, Map<string, Pair>>();
  return (path) => {
    let place: Place = { node: document.contents ?? undefined, key: undefined, byAlias: false };
    for (const part of path) {
      const found = step(place.node, part);
      if (found === undefined) return place;
      place = {
        node: resolveAlias(targets, found.value) as Node | undefined,
        key: found.key as Node | undefined,
        byAlias: isAlias(found.value),
      };
    }
    return place;
  };

  function step(
    node: Node | undefined,
    part: string | number,
  ): { readonly key: unknown; readonly value: unknown } | undefined {
    if (isMap(node)) return findPair(node, String(part));
    return isSeq(node) ? { key: undefined, value: node.items[Number(part)] } : undefined;
  }

  /** A key of the map's own, else the first that a merge brings. */
  function findPair(map: YAMLMap, name: string): Pair | undefined {
    const own = indexOf(map).get(name);
    if (own !== undefined) return own;
    for (const pair of map.items.filter(isMergeKey)) {
      const source = resolveAlias(targets, pair.value);
      for (const one of isSeq(source) ? source.items : [source]) {
        const merged = resolveAlias(targets, one);
        const found = isMap(merged) ? findPair(merged, name) : undefined;
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  /** The pairs by key; of two equal keys the last, which is the one that is complained of. */
  function indexOf(map: YAMLMap): Map<string, Pair> {
    const known = indexes.get(map);
    if (known !== undefined) return known;
    const index = new Map(map.items.map((pair) => [keyName(pair) ?? "", pair]));
    indexes.set(map, index);
    return index;
  }
}

function offsetOf({ node, key, byAlias }: Place, at: Finding["at"]): number {
  const ofNode = node?.range?.[0];
  const ofKey = key?.range?.[0];
  if (at === "value" && !(isScalar(node) && node.source === "")) return ofNode ?? ofKey ?? 0;
  // What is missing from an anchored block is missing where the block is written.
  if (at === "holder" && (byAlias || isAnchored(node))) return ofNode ?? ofKey ?? 0;
  return ofKey ?? ofNode ?? 0;
}

function isAnchored(node: Node | undefined): boolean {
  return (isMap(node) || isSeq(node)) && node.anchor !== undefined;
}
