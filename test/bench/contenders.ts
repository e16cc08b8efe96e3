/** Who runs the fleet, and the world that each runs it in. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openStage, type SandboxLog } from "../../examples/story/stage";
import type { Connections } from "../../provider/generated/types";
import { openJournal } from "./in-process/journal";
import { type Host, makeProject, ROOT, writeProjectFile } from "./project";

/** What is there after a phase, as the platform and the desk have it. */
export interface Found {
  readonly customers: number;
  readonly subscriptions: number;
  /** Off-boarding requests. */
  readonly requests: number;
}

export interface Calls {
  readonly platform: number;
  readonly desk: number | undefined;
}

/** A world that nothing was done in yet, for one run of all phases. */
export interface World {
  readonly env: Readonly<Record<string, string>>;
  /** Undefined where there is no world, as nothing is done. */
  found(): Promise<Found | undefined>;
  /** Calls since this was last asked; undefined where none can be made. */
  calls(): Promise<Calls | undefined>;
  close(): Promise<void>;
}

export interface Contender {
  readonly name: "ours" | Against;
  readonly project: string;
  open(): Promise<World>;
}

/** What ours is compared with. */
export type Against = "floor" | "documented";

const CONFIG = { "msp:reason": "The bench ends", "msp:requester": "account-manager@msp.example" };
const LMPI = { platform: "trend-micro", accountType: "lmp", requestsPerSecond: 1000, visibilitySeconds: 1 } as const;

/** Both contenders of a comparison. Beside a documented provider ours is on that one's host, the dynamic one. */
export function contenders(folder: string, against: Against, host: Host): readonly [ours: Contender, other: Contender] {
  if (against === "floor") return [inProcess(folder, host), floor(folder)];
  return [overHttp(folder), documented(folder)];
}

function floor(folder: string): Contender {
  const project = makeProject({ folder, name: "floor", program: "floor" });
  const nothing = async () => undefined;
  return { name: "floor", project, open: async () => ({ env: {}, found: nothing, calls: nothing, close: nothing }) };
}

function inProcess(folder: string, host: Host): Contender {
  const connections: Connections = { "remote-manager": { ...LMPI, endpoint: "http://127.0.0.1:2" } };
  const project = makeProject({
    folder,
    name: "in-process",
    program: host === "plugin" ? "plugin" : "ours",
    package: "in-process",
    host,
    config: { ...CONFIG, "msp:connections": connections },
  });
  return {
    name: "ours",
    project,
    open: async () => {
      const journal = join(project, "state", "journal");
      let counted = 0;
      return {
        env: {
          MSP_BENCH_JOURNAL: journal,
          MSP_REMOTE_MANAGER_ACCESS_TOKEN: "in-process",
          MSP_REMOTE_MANAGER_SECRET_KEY: "in-process",
        },
        found: async () => {
          const { entries } = openJournal(journal);
          const count = (wanted: string) =>
            new Set(entries.flatMap(({ kind, id }) => (kind === wanted ? [id] : []))).size;
          return { customers: count("customer"), subscriptions: count("subscription"), requests: count("request") };
        },
        calls: async () => {
          // The plugin is not started where nothing asks for it.
          const lines = existsSync(`${journal}.calls`) ? readFileSync(`${journal}.calls`, "utf8").split("\n") : [""];
          const fresh = lines.slice(counted, -1);
          counted = lines.length - 1;
          const platform = fresh.filter((line) => line.includes(" /LMPI/")).length;
          return { platform, desk: fresh.length - platform };
        },
        close: async () => undefined,
      };
    },
  };
}

function overHttp(folder: string): Contender {
  const program = "ours";
  const project = makeProject({ folder, name: "over-http", program, package: "real" });
  return {
    name: "ours",
    project,
    open: () =>
      sandboxWorld("ours", ({ lmpiUrl, deskUrl, tokens }) => {
        const connections: Connections = { "remote-manager": { ...LMPI, endpoint: lmpiUrl } };
        writeProjectFile(project, program, { ...CONFIG, "msp:connections": connections });
        return { MSP_DESK_URL: deskUrl, MSP_DESK_TOKEN: tokens.program };
      }),
  };
}

function documented(folder: string): Contender {
  const project = makeProject({ folder, name: "documented", program: "documented" });
  return {
    name: "documented",
    project,
    open: () => sandboxWorld("documented", ({ lmpiUrl }) => ({ MSP_BENCH_LMPI: lmpiUrl })),
  };
}

type Stage = Awaited<ReturnType<typeof openStage>>;

async function sandboxWorld(name: string, envOf: (stage: Stage) => Readonly<Record<string, string>>): Promise<World> {
  const stage = await openStage({ root: ROOT, name: `bench-${process.pid}-${name}` });
  let counted = 0;
  return {
    env: { ...stage.credentials, ...envOf(stage) },
    found: async () => {
      const { customers, subscriptions } = await stage.control<Listed>("GET", "state");
      return { customers: customers.length, subscriptions: subscriptions.length, requests: await requestsOf(stage) };
    },
    calls: async () => {
      const { entries } = await stage.control<SandboxLog>("GET", "log");
      const platform = entries.length - counted;
      counted = entries.length;
      return { platform, desk: undefined };
    },
    close: () => stage.close(),
  };
}

async function requestsOf({ desk }: Stage): Promise<number> {
  let count = 0;
  for (let cursor = ""; ; ) {
    const query = new URLSearchParams({ limit: "100", ...(cursor === "" ? {} : { cursor }) });
    const page = await desk.get<RequestPage>(`/v1/requests?${query}`);
    count += page.items.length;
    if (page.nextCursor === undefined) return count;
    cursor = page.nextCursor;
  }
}

interface RequestPage {
  readonly items: readonly object[];
  readonly nextCursor?: string;
}

interface Listed {
  readonly customers: readonly object[];
  readonly subscriptions: readonly object[];
}
