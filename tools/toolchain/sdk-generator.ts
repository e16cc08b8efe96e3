import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, contentKey, makeFolder, withLock } from "./cache";
import type { Log } from "./commands";
import { buildSdkGenerator, requireGo } from "./go-build";
import { repositoryRoot } from "./index";
import { PULUMI_VERSION } from "./versions";

/** Gets our own generator of SDKs, built from its pinned Go modules and kept in the cache under a key of its sources. */
export async function ensureSdkGenerator(
  options: { readonly log?: Log; readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal } = {},
): Promise<string> {
  const { log = () => undefined, env = process.env, signal } = options;
  const repository = repositoryRoot();
  const cache = cacheFolder(repository, env);
  const sources = await Promise.all(
    ["go.mod", "go.sum", "main.go"].map((name) => readFile(join(repository, "tools", "go", "sdk-gen", name))),
  );
  const folder = join(cache, `sdk-gen-${contentKey([`${process.platform}-${process.arch}`, ...sources])}`);
  const generator = join(folder, "sdk-gen");
  if (existsSync(generator)) return generator;
  return withLock(`${folder}.lock`, { log, signal }, async () => {
    if (existsSync(generator)) return generator;
    await requireGo(env);
    log(
      `SDKs: builds their generator from Pulumi's Go modules v${PULUMI_VERSION} (up to 2 minutes the first time) ...`,
    );
    await makeFolder(folder, (temporary) => buildSdkGenerator(temporary, { repository, env, log, signal }));
    return generator;
  });
}
