import { globSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ProviderError } from "../../provider/errors";
import type { Holder } from "./holder";

/** A lock of a stack on a backend of files. */
export interface Lock {
  readonly file: string;
  readonly holder: Holder;
}

/** The folder of a `file://` backend, as the engine finds it from `cwd`; undefined for any other backend. */
export function backendFolder(url: string, cwd: string): string | undefined {
  if (!url.startsWith("file://")) return undefined;
  const [path = ""] = url.slice("file://".length).split("?", 1);
  return resolve(cwd, decodeURIComponent(path).replace(/^~(?=\/|$)/, homedir()));
}

/** The locks of a stack, in the layout of today and in that from before projects had a folder each. */
export function locksOf(folder: string, project: string, stack: string): readonly Lock[] {
  const all = join(folder, ".pulumi", "locks");
  return [join(all, "organization", project, stack), join(all, stack)].flatMap((cwd) =>
    globSync("*.json", { cwd }).map((name) => ({ file: join(cwd, name), holder: holderIn(join(cwd, name)) })),
  );
}

/** Takes this lock away, and no other: `pulumi cancel` would take also one that a run has got meanwhile. */
export function clear({ file }: Lock): void {
  rmSync(file, { force: true });
  rmSync(`${file}.attrs`, { force: true });
}

function holderIn(file: string): Holder {
  let value: Partial<Record<keyof Holder, unknown>> | undefined;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    value = undefined;
  }
  const { pid, username, hostname, timestamp } = value ?? {};
  if (
    Number.isSafeInteger(pid) &&
    Number(pid) > 0 &&
    typeof hostname === "string" &&
    typeof timestamp === "string" &&
    !Number.isNaN(Date.parse(timestamp))
  )
    return { pid: Number(pid), username: String(username), hostname, timestamp };
  throw new ProviderError(
    "blocked",
    `The lock ${file} does not say who holds it.\nSee that nobody runs this stack, then run \`pulumi cancel\`.`,
    { operation: "recover" },
  );
}
