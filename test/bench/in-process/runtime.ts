/**
 * The product's own runtime, session, lifecycle, driver and clients in the engine's plugin process, with a platform and a desk that answer
 * in that same process: what is left is what we cost. The engine's constant string requires this file in place of the package's `./runtime`.
 */
import { systemClock, systemRandom } from "../../../provider/clock";
import { providerOver } from "../../../provider/hosts/runtime";
import { createSession, type Session } from "../../../provider/hosts/session";
import type { ResourceType } from "../../../provider/platforms/platform";
import { inProcess } from "./transport";

let session: Session | undefined;

/** The provider of a type, over one session for all types, as in the product. */
export function provider(type: ResourceType): ReturnType<typeof providerOver> {
  return providerOver(type, (settings) => {
    session ??= createSession({
      settings,
      // Only here: the program would look for a desk there, and find none.
      env: { ...process.env, MSP_DESK_URL: "http://127.0.0.1:1", MSP_DESK_TOKEN: "in-process" },
      cwd: process.cwd(),
      clock: systemClock,
      random: systemRandom,
      log: () => undefined,
      transport: inProcess(process.env.MSP_BENCH_JOURNAL ?? ""),
    });
    return session;
  });
}
