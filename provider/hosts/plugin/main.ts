#!/usr/bin/env node
/** `pulumi-resource-msp`: prints its port, as the engine expects it, and ends with its engine. */
import { systemClock, systemRandom } from "../../clock";
import { startPluginServer } from "./server";

async function main(): Promise<void> {
  // Without one, somebody started it to attach engines to it, and ends it himself.
  const engine = process.argv.slice(2).findLast((argument) => /^[\w.-]+:\d+$/.test(argument));
  const { port } = await startPluginServer({
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    random: systemRandom,
    ...(engine === undefined ? { watch } : { isSolo: true }),
  });
  process.stdout.write(`${port}\n`);
  if (engine !== undefined) watch(engine, () => process.exit(1));
}

function watch(address: string, onDead: () => void): void {
  const { holdLifeline } = require("../lifeline") as typeof import("../lifeline");
  holdLifeline({ address, onDead, later: (call) => setTimeout(call, 1_000).unref() });
}

main().catch((error: unknown) => {
  process.stderr.write(`pulumi-resource-msp can't start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
