/** `npm start`: the first leaving, told on the real engine. Ends with 1 when a step does not hold. */
import { join } from "node:path";
import { tellAll } from "./chapters";
import { openStage, type Stage } from "./stage";
import { StoryFailure, telling } from "./telling";

async function main(): Promise<number> {
  const started = Date.now();
  const tell = telling((line) => console.log(line));
  let stage: Stage | undefined;
  const interrupt = new AbortController();
  const stop = () => {
    // A second one does not wait.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
    console.log("\nStopping: ending the desk, the sandbox and what the engine has begun ...");
  };
  // Kept for good: a library of the engine's ends the process on a signal that nobody else listens to.
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    stage = await openStage({
      root: join(__dirname, "..", ".."),
      name: `story-${process.pid}`,
      log: (line) => console.log(`   ${line}`),
      signal: interrupt.signal,
    });
    await tellAll(stage, tell);
    const head = await stage.desk.get<{ readonly seq: number; readonly hash: string }>("/v1/audit/head");
    console.log(
      `\nThe story holds: ${tell.claims} claims, ${head.seq} records in the desk's hash chain (head ${head.hash.slice(0, 12)}), ${Math.round((Date.now() - started) / 1000)} s.`,
    );
    console.log(
      "Where to look next: README.md, docs/architecture.md (the life of a leaving), examples/fleet (this fleet as a program of your own).",
    );
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    console.error(error instanceof StoryFailure ? `\nThe story ${error.message}` : error);
    return 1;
  } finally {
    await stage?.close();
  }
}

void main().then((code) => {
  process.exitCode = code;
});
