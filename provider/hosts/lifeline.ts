/**
 * The engine starts the dynamic provider through a shell and ends it by a signal, so an engine that is killed leaves the provider behind: a
 * process that goes on writing while the next run begins. The provider is told where the engine listens; this holds a connection to it.
 */
import { connect } from "node:http2";
import { sep } from "node:path";

export interface LifelineOptions {
  /** Where the engine listens, as `host:port`. */
  readonly address: string;
  /** Called once, when the engine is dead: it could be reached before, and now nobody listens there. */
  readonly onDead: () => void;
  /** Calls it back after a while, without keeping the process alive. */
  readonly later: (call: () => void) => void;
}

const LOOK_AGAIN_MS = 1_000;
const SCRIPT = ["@pulumi", "pulumi", "cmd", "dynamic-provider", "index.js"].join(sep);

/** The engine's address, where this is the engine's dynamic provider process; in any other there is none to watch. */
export function engineOf([, script = "", ...args]: readonly string[]): string | undefined {
  if (!script.endsWith(SCRIPT)) return undefined;
  // Options of the engine's own logging come before it.
  return args.findLast((arg) => /^[\w.-]+:\d+$/.test(arg));
}

/**
 * Watches the engine, and never keeps the process alive. It speaks HTTP/2, as the engine's gRPC server does: a connection that says nothing
 * would be closed after two minutes, and be waited for when the engine ends. What can't be told from a slow engine is looked at again.
 */
export function holdLifeline({ address, onDead, later }: LifelineOptions): void {
  let reached = false;
  const hold = () => {
    let held = false;
    let failure: string | undefined;
    const session = connect(`http://${address}`);
    session.unref();
    session.once("connect", () => {
      held = true;
      reached = true;
    });
    session.on("error", (error: NodeJS.ErrnoException) => {
      failure ??= error.code;
    });
    session.once("close", () => {
      // It may have closed this connection alone.
      if (held) hold();
      else if (failure !== "ECONNREFUSED") later(hold);
      else if (reached) onDead();
    });
  };
  hold();
}

/** Ends this process as soon as its engine is dead: what is under way then is looked up by the next run. */
export function endWithEngine(argv: readonly string[] = process.argv): void {
  const address = engineOf(argv);
  if (address === undefined) return;
  holdLifeline({
    address,
    // Nobody is left to read words.
    onDead: () => process.exit(1),
    later: (call) => setTimeout(call, LOOK_AGAIN_MS).unref(),
  });
}
