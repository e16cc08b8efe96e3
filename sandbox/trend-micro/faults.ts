import { ProviderError } from "../../provider/errors";
import { OPERATIONS, type Operation, type OperationName } from "./operations";

/** What can go wrong with one call. `isCommitted` says whether the platform did the work all the same. */
export type Fault =
  | {
      readonly kind: "tooManyRequests";
      readonly retryAfter: "seconds" | "date" | "none";
      readonly seconds?: number;
    }
  | { readonly kind: "serverError"; readonly isCommitted: boolean; readonly status?: 500 | 502 | 503 | 504 }
  | { readonly kind: "droppedReply"; readonly isCommitted: boolean }
  | { readonly kind: "slow"; readonly delayMs: number }
  | { readonly kind: "errorInOk"; readonly isCommitted: boolean }
  | { readonly kind: "refused" }
  | { readonly kind: "garbage" }
  | { readonly kind: "hugeBody"; readonly bytes?: number }
  | { readonly kind: "addedFields" }
  | { readonly kind: "reordered" }
  | { readonly kind: "cutPage"; readonly keep?: number }
  | { readonly kind: "repeatedPage" }
  | { readonly kind: "emptyList" }
  | { readonly kind: "hiddenFor"; readonly ms: number }
  | { readonly kind: "duplicateName" };

/** Which calls a fault is for: an operation, all reads, all writes, all lists, or everything. */
export type FaultTarget = OperationName | "reads" | "writes" | "lists" | "*";

/** When an armed fault strikes. */
export interface FaultArming {
  readonly target: FaultTarget;
  /** How many calls it strikes; 1 unless told, "always" until disarmed. */
  readonly times?: number | "always";
  /** How many fitting calls go by unharmed before. */
  readonly skip?: number;
}

/** An armed fault, with what is left of it. */
export interface ArmedFault extends Required<FaultArming> {
  readonly id: number;
  readonly fault: Fault;
}

const KINDS: Readonly<Record<Fault["kind"], (operation: Operation) => boolean>> = {
  tooManyRequests: always,
  serverError: always,
  droppedReply: always,
  slow: always,
  errorInOk: always,
  refused: always,
  garbage: always,
  hugeBody: always,
  addedFields: always,
  reordered: always,
  cutPage: isList,
  repeatedPage: isList,
  emptyList: isList,
  hiddenFor: isCreation,
  duplicateName: isCreation,
};

/** Names of all faults. */
export const FAULT_KINDS = Object.keys(KINDS) as readonly Fault["kind"][];

/** The armed faults of a sandbox. */
export class FaultMenu {
  private faults: ArmedFault[] = [];
  private lastId = 0;

  get armed(): readonly ArmedFault[] {
    return this.faults;
  }

  /** Arms a fault and answers its id. A fault that can't strike what it is for is refused. */
  arm(fault: Fault, arming: FaultArming): number {
    const canStrike = KINDS[fault.kind];
    if (canStrike === undefined) throw refused(`there is no fault "${String(fault.kind)}"`, FAULT_KINDS);
    const targets = OPERATIONS.filter((operation) => isTarget(arming.target, operation));
    if (targets.length === 0) throw refused(`there is no operation "${String(arming.target)}"`, TARGETS);
    if (!targets.some(canStrike)) throw refused(`${fault.kind} can't strike ${arming.target}`);
    this.lastId += 1;
    this.faults.push({
      id: this.lastId,
      fault,
      target: arming.target,
      times: arming.times ?? 1,
      skip: arming.skip ?? 0,
    });
    return this.lastId;
  }

  disarm(id: number): void {
    this.faults = this.faults.filter((armed) => armed.id !== id);
  }

  reset(): void {
    this.faults = [];
  }

  /** The faults that strike this call; each is used up by one. */
  take(operation: Operation): readonly Fault[] {
    const struck: Fault[] = [];
    const left: ArmedFault[] = [];
    for (const armed of this.faults) {
      if (!isTarget(armed.target, operation) || !KINDS[armed.fault.kind](operation)) {
        left.push(armed);
      } else if (armed.skip > 0) {
        left.push({ ...armed, skip: armed.skip - 1 });
      } else {
        struck.push(armed.fault);
        const times = armed.times === "always" ? armed.times : armed.times - 1;
        if (times !== 0) left.push({ ...armed, times });
      }
    }
    this.faults = left;
    return struck;
  }
}

/** The fault of one kind among those that strike a call. */
export function faultOf<K extends Fault["kind"]>(
  faults: readonly Fault[],
  kind: K,
): Extract<Fault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind);
}

const TARGETS: readonly FaultTarget[] = ["*", "reads", "writes", "lists", ...OPERATIONS.map(({ name }) => name)];

function isTarget(target: FaultTarget, operation: Operation): boolean {
  switch (target) {
    case "*":
      return true;
    case "reads":
      return operation.kind === "read";
    case "writes":
      return operation.kind === "write";
    case "lists":
      return isList(operation);
    default:
      return operation.name === target;
  }
}

function always(): boolean {
  return true;
}

function isList(operation: Operation): boolean {
  return operation.listKey !== undefined;
}

function isCreation(operation: Operation): boolean {
  return operation.method === "POST";
}

function refused(what: string, known: readonly string[] = []): ProviderError {
  const hint = known.length === 0 ? "" : `; known: ${known.join(", ")}`;
  return new ProviderError("validation", `The sandbox can't arm that: ${what}${hint}.`);
}
