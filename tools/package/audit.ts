import { spawnSync } from "node:child_process";
import type { Lockfile } from "./lockfile";
import { runtimePackages } from "./lockfile";

const AUDIT_TIMEOUT_MS = 60_000;

/** What `npm audit --json` answers: advisories, or why there are none to be had. */
interface AuditAnswer {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>>;
}

/** Asks the registry for advisories on a project; undefined where it serves none, or can't be reached. */
export function advisoriesOf(project: string): readonly string[] | undefined {
  const { stdout } = spawnSync("npm", ["audit", "--package-lock-only", "--json"], {
    cwd: project,
    encoding: "utf8",
    timeout: AUDIT_TIMEOUT_MS,
  });
  return readAdvisories(stdout ?? "");
}

/** Reads what `npm audit --json` printed; undefined where that is no audit. */
export function readAdvisories(printed: string): readonly string[] | undefined {
  let answer: AuditAnswer;
  try {
    answer = JSON.parse(printed) as AuditAnswer;
  } catch {
    return undefined;
  }
  if (answer.metadata?.vulnerabilities === undefined) return undefined;
  return Object.entries(answer.vulnerabilities ?? {}).map(([name, { severity }]) => `${name}: ${severity}`);
}

/** What can be said of the runtime packages without any advisory: how they would be got, and what would run when they are. */
export function complaintsAboutLock(lockfile: Lockfile): readonly string[] {
  return runtimePackages(lockfile).flatMap(({ name, version = "", ...locked }) => {
    const complaints: string[] = [];
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) complaints.push("has no exact version");
    if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(locked.integrity ?? "")) complaints.push("has no SHA-512 of its content");
    if (locked.link === true || /^(git[+:]|file:|http:)/.test(locked.resolved ?? ""))
      complaints.push("comes from elsewhere than a registry");
    if (locked.inBundle === true) complaints.push("is bundled in another package");
    if (locked.hasInstallScript === true) complaints.push("runs a script when it is installed");
    if (locked.deprecated !== undefined) complaints.push(`is deprecated: ${locked.deprecated}`);
    return complaints.map((complaint) => `${name} ${version} ${complaint}`);
  });
}
