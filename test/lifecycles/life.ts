/**
 * One process of the engine, from its start to its end or its death. What it sends is counted; at a given call it dies: from then on nothing of
 * it reaches anybody, and it learns nothing.
 */
import type { Clock } from "../../provider/clock";
import type { Surroundings } from "../../provider/hosts/plugin/instances";
import type { Session } from "../../provider/hosts/session";
import type { Transport } from "../../provider/http/transport";

/** Where a process dies: before its nth call has left, or after it was served and before its answer came. */
export interface Death {
  readonly atCall: number;
  readonly when: "before" | "after";
}

/** What a run of the engine ends with when its process died. */
export class Died extends Error {
  constructor() {
    super("The process died.");
  }
}

const never = <T>() => new Promise<T>(() => undefined);

export class Life {
  calls = 0;
  readonly clock: Clock;
  readonly transport: Transport;
  private isOver = false;
  private readonly died: Promise<never>;
  private die: () => void = () => undefined;

  constructor(clock: Clock, wire: Transport, death?: Death) {
    this.died = new Promise((_, reject) => {
      this.die = () => {
        this.isOver = true;
        reject(new Died());
      };
    });
    this.died.catch(() => undefined);
    this.clock = {
      now: () => clock.now(),
      // A dead process does not wake, nor does its waiting move the time of those who live.
      sleep: async (ms, signal) => {
        if (this.isOver) return never();
        await clock.sleep(ms, signal);
        if (this.isOver) await never();
      },
    };
    this.transport = {
      attempt: async (attempt) => {
        if (this.isOver) return never();
        this.calls += 1;
        const isLast = this.calls === death?.atCall;
        if (!isLast) return wire.attempt(attempt);
        if (death.when === "after") await wire.attempt(attempt);
        this.die();
        return never();
      },
      close: () => undefined,
    };
  }

  /** Runs a part of the process; throws `Died` as soon as it is dead. */
  async run<T>(part: () => Promise<T>): Promise<T> {
    if (this.isOver) throw new Died();
    return Promise.race([part(), this.died]);
  }

  /** Death after the last call, where the process came to its end before its time. */
  end(): void {
    this.die();
  }
}

/** One process of the engine, with all that it starts. */
export interface Process {
  readonly life: Life;
  /** A session of its own: the provider's, or the program's. */
  session(): Session;
  /** What the plugin is started with. */
  readonly surroundings: Surroundings;
  /** The stack's configuration, without its namespace. */
  settings(): Readonly<Record<string, string | undefined>>;
}
