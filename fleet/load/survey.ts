import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { nearest } from "../../provider/nearest";
import type { Finding } from "./problem";

/** What one walk over a document finds: where its aliases lead, and what the parser lets pass but a fleet file may not hold. */
export interface Survey {
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly findings: readonly Finding[];
  /** False when the document can't be turned into values. */
  readonly sound: boolean;
}

/** More than any fleet needs, and far from what fills the memory. */
const MOST_NODES_BY_ALIAS = 5_000_000;
/** A fleet is five levels deep: customers, a customer, its owners, an owner, its products. */
const DEEPEST = 16;

/** Walks the document once, in its order, as aliases mean the anchor before them. */
export function survey(document: Document.Parsed): Survey {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const sizes = new Map<Node, number>();
  const open = new Set<Node>();
  const path: (string | number)[] = [];
  const findings: Finding[] = [];
  let sound = true;
  let nodesByAlias = 0;

  visitNode(document.contents);
  return { targets, findings, sound };

  /** How many nodes the node stands for, aliases counted in full. */
  function visitNode(node: unknown): number {
    if (!sound && nodesByAlias > MOST_NODES_BY_ALIAS) return 0;
    if (isAlias(node)) return visitAlias(node);
    if (isScalar(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return 1;
    }
    if (!isMap(node) && !isSeq(node)) return 1;
    if (path.length > DEEPEST) {
      unsound("value", "is nested too deeply", "take the inner brackets or levels out");
      return 1;
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    open.add(node);
    const size = isMap(node) ? visitMap(node) : visitItems(node.items);
    open.delete(node);
    if (node.anchor !== undefined) sizes.set(node, size);
    return size;
  }

  function visitItems(items: readonly unknown[]): number {
    let size = 1;
    for (const [index, item] of items.entries()) size += within(index, () => visitNode(item));
    return size;
  }

  function visitMap(map: YAMLMap): number {
    let size = 1;
    const seen = new Map<string, number>();
    for (const pair of map.items) {
      const name = keyName(pair);
      if (name === undefined) {
        unsound("value", "has a key that is no word", "write `key: value`");
        continue;
      }
      size += within(name, () => {
        const times = seen.get(name) ?? 0;
        seen.set(name, times + 1);
        if (times === 1) {
          const [wrong, right] = isMergeKey(pair)
            ? ["merges more than once", "write one `<<: [*first, *second]`"]
            : ["is given more than once", "keep one"];
          report("key", wrong, right);
        }
        if (isScalar(pair.key) && pair.key.anchor !== undefined) anchors.set(pair.key.anchor, pair.key);
        const inner = visitNode(pair.value);
        if (isMergeKey(pair)) checkMerge(pair.value);
        return inner + 1;
      });
    }
    return size;
  }

  function visitAlias(alias: Alias): number {
    const target = anchors.get(alias.source);
    if (target === undefined) {
      const meant = nearest(alias.source, anchors.keys(), 1)[0];
      const right =
        meant === undefined
          ? `put &${alias.source} before what it stands for, above this line`
          : `did you mean *${meant}?`;
      unsound("value", `is the alias *${alias.source}, but no anchor &${alias.source} comes before it`, right);
      return 1;
    }
    if (open.has(target)) {
      unsound("value", `is the alias *${alias.source} inside its own anchor`, "take it out; nothing can hold itself");
      return 1;
    }
    targets.set(alias, target);
    const size = sizes.get(target) ?? 1;
    nodesByAlias += size;
    if (nodesByAlias > MOST_NODES_BY_ALIAS) {
      unsound(
        "value",
        `is an alias that makes the file stand for more than ${MOST_NODES_BY_ALIAS.toLocaleString("en")} entries`,
        "write the entries out, or split the fleet",
      );
    }
    return size;
  }

  /** `<<` takes a map or a list of maps. */
  function checkMerge(value: unknown): void {
    const source = resolveAlias(targets, value);
    const sources = isSeq(source) ? source.items.map((item) => resolveAlias(targets, item)) : [source];
    if (sources.every((one) => isMap(one) || isAlias(one))) return;
    unsound(
      "key",
      "merges something that is not a block of keys",
      "write `<<: *anchor` with the anchor of a block of keys",
    );
  }

  function within(part: string | number, work: () => number): number {
    path.push(part);
    const size = work();
    path.pop();
    return size;
  }

  function report(at: Finding["at"], wrong: string, right: string): void {
    findings.push({ path: [...path], at, wrong, right });
  }

  function unsound(at: Finding["at"], wrong: string, right: string): void {
    sound = false;
    report(at, wrong, right);
  }
}

/** What a node stands for: itself, or what its alias leads to. */
export function resolveAlias(targets: ReadonlyMap<Alias, Node>, node: unknown): unknown {
  return isAlias(node) ? (targets.get(node) ?? node) : node;
}

/** The key of a pair as text; undefined for a key that is no scalar. */
export function keyName(pair: Pair): string | undefined {
  if (!isScalar(pair.key) || pair.key.value === null) return undefined;
  return typeof pair.key.value === "symbol" ? pair.key.value.description : String(pair.key.value);
}

/** Whether a pair is a merge, and not a key that is spelt `"<<"`. */
export function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && typeof pair.key.value === "symbol";
}
