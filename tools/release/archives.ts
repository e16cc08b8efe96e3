import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create } from "tar";
import type { Lockfile, Manifest } from "../package/lockfile";
import { type Contents, entryOf, noticesOf } from "./contents";

/** Where the CLI looks for a plugin of its own: the platforms by the names that Go gives them. */
const PLATFORMS = ["linux", "darwin", "windows"].flatMap((os) => ["amd64", "arm64"].map((arch) => `${os}-${arch}`));

/** No moment in particular; of 1970 some programs warn. */
const MOMENT = new Date("2000-01-01T00:00:00Z");

export const CHECKSUMS = "SHA256SUMS";

/** What the archives are made from. */
export interface Release {
  readonly root: string;
  readonly manifest: Manifest;
  readonly lockfile: Lockfile;
  readonly contents: Contents;
}

/** The names of the archives, as `pulumi plugin install` asks a server for them. */
export function archiveNames(version: string): readonly string[] {
  return PLATFORMS.map((platform) => `pulumi-resource-msp-v${version}-${platform}.tar.gz`);
}

/** Writes the archives and their checksums into a folder; the same bytes each time, for each platform. */
export function writeArchives(release: Release, folder: string): readonly string[] {
  const names = archiveNames(release.manifest.version);
  const bytes = pack(release);
  const sum = createHash("sha256").update(bytes).digest("hex");
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, CHECKSUMS), names.map((name) => `${sum}  ${name}\n`).join(""));
  return names;
}

function pack({ root, manifest, lockfile, contents }: Release): Buffer {
  const stage = mkdtempSync(join(tmpdir(), "pulumi-msp-release-"));
  try {
    const path = (file: string) => {
      mkdirSync(dirname(join(stage, "plugin", file)), { recursive: true });
      return join(stage, "plugin", file);
    };
    const written = { ...launchersOf(manifest), "THIRD-PARTY.md": noticesOf(contents, lockfile, manifest) };
    for (const file of contents.files) copyFileSync(join(root, file), path(file));
    for (const [file, text] of Object.entries(written)) writeFileSync(path(file), text);
    const files = [...Object.keys(written), ...contents.files].sort();
    // Whatever the umask is, and whatever npm has unpacked.
    for (const file of files) chmodSync(path(file), file.startsWith("pulumi-resource-msp") ? 0o755 : 0o644);
    const archive = join(stage, "plugin.tar.gz");
    create({ sync: true, file: archive, cwd: join(stage, "plugin"), gzip: true, portable: true, mtime: MOMENT }, files);
    return readFileSync(archive);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** The engine starts the first on Linux and macOS, and the second on Windows. */
function launchersOf(manifest: Manifest): Readonly<Record<string, string>> {
  const entry = entryOf(manifest);
  return {
    "pulumi-resource-msp": `#!/usr/bin/env node\nrequire("./${entry}");\n`,
    "pulumi-resource-msp.cmd": `@node "%~dp0${entry.replaceAll("/", "\\")}" %*\r\n`,
  };
}
