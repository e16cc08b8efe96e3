/** A PostgreSQL of our own for the tests: made in a temporary folder, reached by a socket in it, gone with the test run. */
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { after } from "mocha";
import { Client } from "pg";
import { openPostgresStore } from "../../../desk/store/postgres";
import type { Store } from "../../../desk/store/store";

interface Cluster {
  readonly folder: string;
  stop(): void;
}

let cluster: Cluster | undefined;
let databases = 0;

// At the root of the run: the server outlives each suite that uses it.
after(() => stopCluster());
process.once("exit", () => stopCluster());

/** The address of a new, empty database. */
export async function createDatabase(): Promise<string> {
  cluster ??= startCluster();
  databases += 1;
  const name = `desk_${databases}`;
  const client = new Client(addressOf("postgres"));
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return addressOf(name);
}

/** A store in a new database. */
export async function openDatabaseStore(): Promise<Store> {
  return openPostgresStore(await createDatabase(), () => undefined);
}

function addressOf(database: string): string {
  return `postgresql://postgres@/${database}?host=${encodeURIComponent(cluster?.folder ?? "")}`;
}

function startCluster(): Cluster {
  const bin = findBinaries();
  const folder = mkdtempSync(join(tmpdir(), "msp-pg-"));
  const owner = serverUser();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const run = (program: string, ...args: string[]) => {
    const command = [join(bin, program), ...args];
    const [file = "", ...rest] =
      owner === undefined
        ? command
        : ["setpriv", `--reuid=${owner.uid}`, `--regid=${owner.gid}`, "--clear-groups", ...command];
    const result = spawnSync(file, rest, { cwd: folder, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
    if (result.status !== 0) throw new Error(`${program} failed: ${result.stderr || String(result.error)}`);
  };
  const data = join(folder, "data");
  run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
  // The server is never cut from power here, so nothing is flushed.
  const settings = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
  run("pg_ctl", "-D", data, "-l", join(folder, "log"), "-w", "-o", settings, "start");
  return {
    folder,
    stop: () => {
      run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function stopCluster(): void {
  const running = cluster;
  cluster = undefined;
  running?.stop();
}

/** PostgreSQL refuses to run as root; then it runs as the user that its package has made. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  const id = (flag: string) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: id("-u"), gid: id("-g") };
}

function findBinaries(): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  const found = candidates.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "pg_ctl")));
  if (found === undefined) {
    throw new Error(
      "These tests need PostgreSQL's own programs, initdb and pg_ctl, and found neither. Install the package postgresql (apt-get install postgresql), and run them again.",
    );
  }
  return found;
}
