import { Readable } from "node:stream";
import { isObject } from "./body";
import { faultOf, type Fault } from "./faults";
import type { Operation } from "./operations";

const HUGE_BYTES = 64 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 0x20);

/** Bends a reply as the faults that strike it say. */
export function shape(reply: object | undefined, operation: Operation, faults: readonly Fault[]): object | undefined {
  if (reply === undefined) return undefined;
  let shaped: unknown = structuredClone(reply);
  const cut = faultOf(faults, "cutPage");
  if (cut !== undefined) shaped = withItems(shaped, operation, (items) => items.slice(0, cut.keep ?? -1));
  if (faultOf(faults, "emptyList") !== undefined) {
    shaped = withItems(shaped, operation, () => []);
    if (isObject(shaped) && isObject(shaped.paging)) shaped = { ...shaped, paging: { ...shaped.paging, total: 0 } };
  }
  if (faultOf(faults, "reordered") !== undefined) shaped = reorder(shaped);
  if (faultOf(faults, "addedFields") !== undefined) shaped = addFields(shaped);
  return shaped as object;
}

/** A body of spaces inside an object, streamed so that the sandbox itself stays small. */
export function hugeBody(bytes = HUGE_BYTES): Readable {
  return Readable.from(
    (function* () {
      yield '{"padding":"';
      for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
      yield '"}';
    })(),
    { objectMode: false },
  );
}

function withItems(reply: unknown, operation: Operation, change: (items: unknown[]) => unknown[]): unknown {
  const key = operation.listKey;
  if (key === undefined || !isObject(reply) || !Array.isArray(reply[key])) return reply;
  return { ...reply, [key]: change(reply[key]) };
}

function reorder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reorder).reverse();
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reorder(member)]),
  );
}

function addFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(addFields);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, addFields(member)]);
  return { ...Object.fromEntries(members), added_by_platform: { since: 1, tags: ["new"] } };
}
