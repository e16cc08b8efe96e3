import { resolve } from "node:path";
import { recover } from "../fleet/recover/recover";

export interface RecoverFlags {
  readonly stack?: string;
  readonly cwd?: string;
}

/** Runs `msp recover`; what keeps it from recovering is thrown. */
export async function runRecover({ stack, cwd = "." }: RecoverFlags): Promise<void> {
  await recover({
    ...(stack === undefined ? {} : { stack }),
    cwd: resolve(cwd),
    env: process.env,
    log: (line) => console.log(line),
  });
}
