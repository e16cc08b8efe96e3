/** Starts the processes that play lifecycles, as many at a time as there are processors, and hears what became of them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createDatabase } from "../desk/support/postgres";
import { compiledFolder } from "./compiled";
import type { Errand, Told } from "./shard";

const AT_ONCE = Math.min(4, Math.max(2, availableParallelism()));

/** The longest that a process may take, where the machine has much else to do; then it is killed. */
const AT_MOST_MS = 20 * 60_000;

/** Answers in the order of the errands; `heard` hears each as it comes. */
export async function playAll(
  errands: readonly Omit<Errand, "database">[],
  heard: (errand: Omit<Errand, "database">, told: Told) => void = () => undefined,
): Promise<readonly Told[]> {
  const told: Told[] = [];
  const waiting = [...errands.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, errand] = next;
      const one = await playOne({ ...errand, database: await createDatabase() });
      told[index] = one;
      heard(errand, one);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return told;
}

async function playOne(errand: Errand): Promise<Told> {
  const child = spawn(process.execPath, [join(compiledFolder(), "test/lifecycles/shard.js")], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: AT_MOST_MS,
    killSignal: "SIGKILL",
  });
  const ended = once(child, "close");
  child.stdin.end(JSON.stringify(errand));
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0 || out === "")
    throw new Error(`The process for seed ${errand.seed} ended with ${String(code)} and told nothing:\n${err}`);
  return JSON.parse(out) as Told;
}
