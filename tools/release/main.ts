/** Makes the release archives of the plugin, into the folder that is named, or into `.cache/release`. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { readLockfile, readManifest } from "../package/lockfile";
import { repositoryRoot } from "../toolchain";
import { CHECKSUMS, writeArchives } from "./archives";
import { complaintsAboutContents, contentsOfPlugin } from "./contents";

async function main([named]: readonly string[]): Promise<void> {
  const root = repositoryRoot();
  const [manifest, lockfile] = [readManifest(), readLockfile()];
  const folder = named === undefined ? join(root, ".cache", "release") : resolve(named);
  const contents = await contentsOfPlugin(root, manifest);
  const complaints = complaintsAboutContents(contents, lockfile);
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
  const names = writeArchives({ root, manifest, lockfile, contents }, folder);
  const kb = Math.round(statSync(join(folder, names[0] ?? "")).size / 1000);
  console.log(`${contents.files.length} files of ${manifest.name} and ${contents.packages.length} packages, ${kb} kB:`);
  for (const name of [...names, CHECKSUMS]) console.log(join(folder, name));
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
