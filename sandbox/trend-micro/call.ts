import type { Clock } from "../../provider/clock";
import type { LmpiReadings } from "./readings";
import type { Birth, LmpiStore } from "./store";

/** A request to one operation, past its signature. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer | undefined;
  readonly store: LmpiStore;
  /** How what this call creates comes into the world. */
  readonly birth: Birth;
  readonly readings: LmpiReadings;
  readonly clock: Clock;
}

/** A member of the path. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? "";
}

/** Shapes a write's reply as the reading says: whole, empty, or the ids alone. */
export function writeReply(call: Call, ids: object, rest: object = {}): object | undefined {
  switch (call.readings.writeReplies) {
    case "full":
      return { ...ids, ...rest };
    case "ids":
      return ids;
    case "empty":
      return undefined;
  }
}
