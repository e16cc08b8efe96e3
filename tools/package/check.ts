import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { ensureToolchain, repositoryRoot } from "../toolchain";
import { runCommand } from "../toolchain/commands";
import { advisoriesOf, complaintsAboutLock } from "./audit";
import { complaintsAboutExports, complaintsAboutTypes } from "./consumer";
import { complaintsAbout, complaintsAboutManifest, complaintsAboutText, LIMITS, type PackedFile } from "./contents";
import { firstUse, readInstructions } from "./first-use";
import { complaintsAboutLicences, licencesPage } from "./licences";
import { readLockfile, readManifest, runtimePackages } from "./lockfile";
import { complaintsAboutSbom, makeSbom, type Sbom } from "./sbom";

const root = repositoryRoot();
const pinned = join(root, "tools", "package", "pinned");
const say = (line: string) => console.log(line);

/** Packs the package as it would be published, looks at all that is in it and comes with it, and does with it what README says. */
async function main(argv: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-msp-package-"));
  try {
    await ensurePinned();
    supply(folder, argv.includes("--write"));
    const archive = await pack(folder);
    await use(folder, archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function refuse(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
}

/** The oldest Node that is promised, and CycloneDX's own schema. */
async function ensurePinned(): Promise<void> {
  const installed = join(pinned, "node_modules", ".package-lock.json");
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs > statSync(join(pinned, "package-lock.json")).mtimeMs;
  if (isCurrent) return;
  say("Gets what this check works with (about 50 MB, usually under a minute) ...");
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await runCommand("npm", args, { cwd: pinned, log: say });
}

function nodeOf(): string {
  const promised = join(pinned, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(promised)) return promised;
  say(
    `No Node of the oldest promised version is pinned for ${process.platform}-${process.arch}: uses ${process.version}.`,
  );
  return process.execPath;
}

/** What is installed with the package: which, under which licences, from where, with what known holes. */
function supply(folder: string, isToWrite: boolean): void {
  const [manifest, lockfile] = [readManifest(), readLockfile()];
  const sbom = makeSbom(folder, manifest, lockfile);
  refuse([...complaintsAboutSbom(sbom, lockfile), ...complaintsAboutSchema(sbom)]);
  refuse(complaintsAboutLicences(lockfile));
  const files = {
    "docs/licences.md": licencesPage(lockfile),
    "sbom.cdx.json": `${JSON.stringify(sbom, undefined, 2)}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    if (isToWrite) writeFileSync(file, text);
    else if (!existsSync(file) || readFileSync(file, "utf8") !== text)
      throw new Error(`${path} is not what package-lock.json makes it: npm run package -- --write`);
  }
  say(`Licences and bill of materials: ${runtimePackages(lockfile).length} packages, all named, all allowed.`);
  refuse(complaintsAboutLock(lockfile));
  const advisories = advisoriesOf(join(folder, "runtime-project"));
  refuse((advisories ?? []).map((advisory) => `npm audit: ${advisory}`));
  say(
    advisories === undefined
      ? "Audit: NOT by advisories, which the registry did not serve. Checked instead: exact versions, hashes, origins, no install scripts, nothing deprecated."
      : "Audit: npm audit knows of nothing.",
  );
}

function complaintsAboutSchema(sbom: Sbom): readonly string[] {
  const schemas = join(pinned, "node_modules", "@cyclonedx", "cyclonedx-library", "res", "schema");
  const read = (name: string) =>
    JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), "utf8")) as object;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats(ajv);
  // Internationalised names of hosts: none is in a bill of ours.
  ajv.addFormat("idn-email", true).addFormat("iri-reference", true);
  for (const name of ["spdx", "jsf-0.82"])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  const validate = ajv.compile(read(`bom-${sbom.specVersion}`));
  validate(sbom);
  return (validate.errors ?? []).map(({ instancePath, message }) => `sbom.cdx.json ${instancePath} ${message}`);
}

async function pack(folder: string): Promise<string> {
  const packing = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [about] = Object.values(JSON.parse(await runCommand("npm", packing, { cwd: root }))) as {
    readonly filename: string;
    readonly unpackedSize: number;
    readonly files: readonly PackedFile[];
  }[];
  if (about === undefined) throw new Error("npm pack made nothing");
  const archive = join(folder, about.filename);
  const size = { packedBytes: statSync(archive).size, unpackedBytes: about.unpackedSize };
  const kb = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  say(
    `${about.filename}: ${about.files.length} files, ${kb(size.packedBytes)} packed (at most ${kb(LIMITS.packedBytes)}), ${kb(size.unpackedBytes)} unpacked (at most ${kb(LIMITS.unpackedBytes)})`,
  );
  const manifest = readManifest();
  const texts = about.files.flatMap(({ path }) =>
    complaintsAboutText(path, readFileSync(join(root, path), "utf8"), manifest),
  );
  const paths = new Set(about.files.map(({ path }) => path));
  refuse([...complaintsAbout(about.files, size), ...complaintsAboutManifest(manifest, paths), ...texts]);
  return archive;
}

interface Exported {
  readonly deployment: { readonly resources: readonly { readonly type: string }[] };
}

async function use(folder: string, archive: string): Promise<void> {
  const node = nodeOf();
  const { pulumi } = await ensureToolchain({ log: say });
  const instructions = readInstructions(readFileSync(join(root, "README.md"), "utf8"));
  const version = (await runCommand(node, ["--version"])).trim();
  say(`Does what README says in an empty folder, on Node ${version} (usually 20 to 60 seconds):`);
  const empty = join(folder, "empty");
  mkdirSync(empty);
  const more = "pulumi stack export >state.json\npulumi preview --refresh --expect-no-changes --non-interactive\n";
  const project = await firstUse({ instructions, folder: empty, archive, node, pulumi, log: say }, more);
  const { deployment } = JSON.parse(readFileSync(join(project, "state.json"), "utf8")) as Exported;
  const made = deployment.resources.map(({ type }) => type.replace("pulumi-nodejs:dynamic/", ""));
  for (const type of ["msp:Customer", "msp:ProductAssignment"])
    if (!made.includes(type)) throw new Error(`README's program made no ${type}, but ${made.join(", ")}`);
  say(`It made ${made.filter((type) => type.startsWith("msp:")).join(", ")}, and a preview after that is empty.`);
  const types = complaintsAboutTypes(project);
  refuse([...types, ...(await complaintsAboutExports(project, node, readManifest()))]);
  say(
    "Its types hold in a strict program, by node16, nodenext and bundler; require and import give what they promise.",
  );
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
