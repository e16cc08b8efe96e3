import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { runCommand, ToolchainError } from "./commands";
import { PULUMI_VERSION } from "./versions";

const CONNECT_TIMEOUT_MS = 5_000;
const TOTAL_TIMEOUT_MS = 10 * 60_000;

/** Where Pulumi's release archives and their checksums come from. */
export interface DownloadSource {
  /** Folder address of the archives. */
  readonly archives: string;
  /** Addresses of files of "digest, name" lines, SHA-256 or SHA-512; the first one that answers counts. */
  readonly checksums: readonly string[];
}

/** Pulumi's own addresses, or the mirror that PULUMI_MSP_PULUMI_DOWNLOAD_BASE names (archive and checksum file side by side). */
export function downloadSource(env: NodeJS.ProcessEnv): DownloadSource {
  const mirror = env.PULUMI_MSP_PULUMI_DOWNLOAD_BASE?.replace(/\/+$/, "");
  const release = mirror ?? `https://github.com/pulumi/pulumi/releases/download/v${PULUMI_VERSION}`;
  return {
    archives: mirror ?? "https://get.pulumi.com/releases/sdk",
    checksums: [`${release}/SHA512SUMS`, `${release}/pulumi-${PULUMI_VERSION}-checksums.txt`],
  };
}

/** The archive's name for a platform of Node's; undefined where Pulumi has none that this tool can unpack. */
export function archiveName(platform: string, arch: string): string | undefined {
  const isKnown = ["linux", "darwin"].includes(platform) && ["x64", "arm64"].includes(arch);
  return isKnown ? `pulumi-v${PULUMI_VERSION}-${platform}-${arch}.tar.gz` : undefined;
}

/** Fetches Pulumi's release archive, checks it against the published checksum and unpacks it as `<folder>/bin`. */
export async function downloadPulumi(
  folder: string,
  archive: string,
  source: DownloadSource,
  signal?: AbortSignal,
): Promise<void> {
  // The checksum first: without one the archive is worth nothing, and a closed network shows at once.
  const expected = await publishedChecksum(archive, source.checksums, signal);
  const file = join(folder, archive);
  const response = await get(`${source.archives}/${archive}`, TOTAL_TIMEOUT_MS, signal);
  if (!response.ok || response.body === null) {
    throw new ToolchainError(`${source.archives}/${archive} answers ${response.status}`);
  }
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  const actual = await digest(file, expected.length === 128 ? "sha512" : "sha256");
  if (actual !== expected) {
    throw new ToolchainError(
      `${archive} has the checksum ${actual}, and Pulumi published ${expected}: it is not used. Something between here and Pulumi changed it, or it was cut off; try again.`,
    );
  }
  const unpacked = join(folder, "unpacked");
  await mkdir(unpacked);
  await runCommand("tar", ["-xzf", file, "-C", unpacked], { signal });
  await rename(join(unpacked, "pulumi"), join(folder, "bin"));
  await rm(unpacked, { recursive: true });
  await rm(file);
}

async function publishedChecksum(archive: string, addresses: readonly string[], signal?: AbortSignal): Promise<string> {
  for (const address of addresses) {
    const response = await get(address, CONNECT_TIMEOUT_MS, signal);
    const line = response.ok
      ? (await response.text()).split("\n").find((text) => text.trimEnd().endsWith(archive))
      : "";
    const found = /^([0-9a-f]{64}|[0-9a-f]{128})\s/i.exec(line ?? "")?.[1];
    if (found !== undefined) return found.toLowerCase();
  }
  throw new ToolchainError(`no checksum of ${archive} is published at ${addresses.join(" or ")}`);
}

async function get(address: string, timeoutMs: number, signal?: AbortSignal): Promise<Response> {
  const limits = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
  try {
    return await fetch(address, { signal: AbortSignal.any(limits) });
  } catch (error) {
    if (signal?.aborted) throw error;
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new ToolchainError(`${new URL(address).host} can't be reached (${reason})`, { cause: error });
  }
}

async function digest(file: string, algorithm: "sha256" | "sha512"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
