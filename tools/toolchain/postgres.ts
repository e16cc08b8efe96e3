import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Log, runCommand, ToolchainError } from "./commands";
import { findOnPath } from "./on-path";

const DEBIAN_SERVERS = "/usr/lib/postgresql";
const DEBIAN_SETTINGS = "/etc/postgresql-common";
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** The folder of `initdb` and `pg_ctl`: Debian's newest, else PATH's. */
export function findPostgres(
  env: NodeJS.ProcessEnv = process.env,
  servers: string = DEBIAN_SERVERS,
): string | undefined {
  const versions = existsSync(servers) ? readdirSync(servers) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(servers, version, "bin"));
  const debian = newestFirst.find((folder) => existsSync(join(folder, "initdb")));
  const onPath = findOnPath("initdb", env.PATH);
  return debian ?? (onPath === undefined ? undefined : dirname(onPath));
}

/** Makes sure that tests can start a PostgreSQL server of their own, and answers the folder of its programs. */
export async function ensurePostgres(options: { readonly log: Log; readonly signal?: AbortSignal }): Promise<string> {
  const { log, signal } = options;
  const present = findPostgres();
  if (present !== undefined) return present;
  if (process.getuid?.() !== 0 || findOnPath("apt-get", process.env.PATH) === undefined) {
    throw new ToolchainError(
      "The tests need PostgreSQL's server programs, and none are here. Install them and run this again: sudo apt-get install postgresql, brew install postgresql, or your system's package of that name.",
    );
  }
  log("PostgreSQL: installs Debian's package (apt-get, usually under a minute) ...");
  // Debian would start a server of its own at once; the tests start theirs, on free ports.
  mkdirSync(DEBIAN_SETTINGS, { recursive: true });
  const settings = join(DEBIAN_SETTINGS, "createcluster.conf");
  if (!existsSync(settings)) writeFileSync(settings, "create_main_cluster = false\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const command = { env, signal, log, timeoutMs: INSTALL_TIMEOUT_MS };
  await runCommand("apt-get", ["update", "-qq"], command);
  const keepSettings = ["-o", "Dpkg::Options::=--force-confold"];
  await runCommand(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", ...keepSettings, "postgresql"],
    command,
  );
  const installed = findPostgres();
  if (installed === undefined)
    throw new ToolchainError(`apt-get installed postgresql, and ${DEBIAN_SERVERS} still has no initdb.`);
  return installed;
}
