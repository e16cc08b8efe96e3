/** From the start of the plugin to its answer to GetPluginInfo, beside a bare grpc-js server that has nothing but that answer. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Figure, figureOf, type Pair } from "./figures";
import { makeProject, ROOT } from "./project";

export interface StartUpBench {
  readonly runs: number;
  readonly say: (figure: Figure) => void;
}

const GOAL = 2;
const AT_MOST_MS = 60_000;

/** Starts both in turns, each in a process of its own; the first of each is left out, as it finds nothing in the disk's cache. */
export async function benchStartUp({ runs, say }: StartUpBench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "msp-bench-"));
  try {
    const bare = join(makeProject({ folder, name: "bare", program: "bare-server" }), "bare-server.js");
    const ours = join(ROOT, "bin", "provider", "hosts", "plugin", "main.js");
    const pairs: Pair[] = [];
    for (let run = 0; run <= runs; run++) {
      const files = run % 2 === 0 ? [ours, bare] : [bare, ours];
      const taken = new Map<string, number>();
      for (const file of files) taken.set(file, await secondsToAnswer(file));
      if (run > 0) pairs.push({ ours: taken.get(ours) ?? 0, reference: taken.get(bare) ?? 0 });
    }
    const subject = {
      bench: "start-up",
      size: 1,
      phase: "start-up",
      measure: "seconds",
      against: "bare server",
    } as const;
    say(figureOf({ ...subject, goal: GOAL }, pairs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function secondsToAnswer(file: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  const late = setTimeout(() => child.kill("SIGKILL"), AT_MOST_MS);
  try {
    await answered(await portOf(child));
    return (performance.now() - begun) / 1000;
  } finally {
    clearTimeout(late);
    child.kill("SIGKILL");
    await ended;
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("The plugin has no standard output.");
  const [line] = (await Promise.race([
    once(child.stdout, "data"),
    once(child, "close").then(() => Promise.reject(new Error("The plugin ended before it told its port."))),
  ])) as [Buffer];
  return Number.parseInt(line.toString(), 10);
}

function answered(port: number): Promise<void> {
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  return new Promise((resolve, reject) =>
    client.getPluginInfo(new Empty(), (error) => {
      client.close();
      if (error === null) resolve();
      else reject(error);
    }),
  );
}
