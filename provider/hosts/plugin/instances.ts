/**
 * Provider instances: each connection of an engine that has configured one has a session of its own, and its end is nobody else's. Many
 * engines may be attached to one server; they share the pace of a vendor's key, and nothing besides.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, Random } from "../../clock";
import { ProviderError } from "../../errors";
import type { Limiter } from "../../http/limiter";
import type { Transport } from "../../http/transport";
import { createSession, type Session, type Settings } from "../session";
import { CANCELLED } from "./failure";

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Answers every call in place of sockets. */
  readonly transport?: Transport;
  /** The engine started this process for one instance: one that comes over another connection is the same. */
  readonly isSolo?: boolean;
  /** Calls it once, when the engine that listens there is dead. */
  readonly watch?: (address: string, onDead: () => void) => void;
}

export interface Instance {
  readonly session: Session;
  /** Aborted once its run is cancelled, and what was on its way has had a moment for its answer. */
  readonly signal: AbortSignal;
  /** Texts of its configuration that are secret. */
  readonly secrets: readonly string[];
  /** How a resource names it as its provider, where the engine says. */
  readonly reference: string | undefined;
}

export interface Instances {
  /** A session that is nobody's: to look at settings. */
  open(settings: Settings): Session;
  configure(peer: string, settings: Settings, secrets: readonly string[], reference?: string): void;
  of(peer: string): Instance;
  /** The run of that peer ends: its calls end by themselves, and everything else goes on. */
  cancel(peer: string): void;
  /** Runs a call whose lines go to `log`. */
  telling<T>(log: (line: string) => void, call: () => Promise<T>): Promise<T>;
}

/** An answer that comes is better than one that must be looked up by the next run. */
const GRACE_MS = 5_000;

export function createInstances(surroundings: Surroundings): Instances {
  const { clock } = surroundings;
  const limiters = new Map<string, Limiter>();
  const lines = new AsyncLocalStorage<(line: string) => void>();
  const byPeer = new Map<string, Instance & { readonly ending: AbortController }>();
  const open = (settings: Settings) =>
    createSession({ ...surroundings, settings, limiters, log: (line) => lines.getStore()?.(line) });

  return {
    open,
    configure(peer, settings, secrets, reference) {
      const ending = new AbortController();
      byPeer.set(peer, { session: open(settings), signal: ending.signal, secrets, reference, ending });
    },
    of(peer) {
      const [only] = surroundings.isSolo === true && byPeer.size === 1 ? byPeer.values() : [];
      const instance = byPeer.get(peer) ?? only;
      if (instance !== undefined) return instance;
      throw new ProviderError(
        "internal",
        "The engine called the provider before it configured it, or after it cancelled the run.\nRun it again.",
      );
    },
    cancel(peer) {
      const instance = byPeer.get(peer);
      byPeer.delete(peer);
      if (instance === undefined) return;
      clock.sleep(GRACE_MS).then(
        () => instance.ending.abort(CANCELLED),
        () => undefined,
      );
    },
    telling: (log, call) => lines.run(log, call),
  };
}
