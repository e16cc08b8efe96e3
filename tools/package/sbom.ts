import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Lockfile, type Manifest, runtimePackages, runtimeProject } from "./lockfile";

/** A bill of materials as CycloneDX has it, as far as it is looked at here. */
export interface Sbom {
  readonly $schema: string;
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly version: number;
  readonly metadata: { readonly component: { readonly name: string; readonly properties?: unknown[] } };
  readonly components: readonly { readonly name: string; readonly version: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * The bill of materials of what is installed with the package, by `npm sbom` on a project of the runtime packages alone. On the whole lockfile
 * it would be short: there `--omit dev` also leaves out what is needed at run time and for development.
 */
export function makeSbom(folder: string, manifest: Manifest, lockfile: Lockfile): Sbom {
  const project = join(folder, "runtime-project");
  mkdirSync(project, { recursive: true });
  const own = runtimeProject(manifest, lockfile);
  writeFileSync(join(project, "package.json"), JSON.stringify(own.manifest));
  writeFileSync(join(project, "package-lock.json"), JSON.stringify(own.lockfile));
  const args = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--sbom-type", "library"];
  const made = JSON.parse(execFileSync("npm", args, { cwd: project, encoding: "utf8" })) as Sbom;
  return withoutTheMoment(made, manifest);
}

/** Without when, where and by which npm it was made: the same lockfile gives the same bytes. */
function withoutTheMoment(sbom: Sbom, manifest: Manifest): Sbom {
  const { $schema, bomFormat, specVersion, version, metadata, components, dependencies } = sbom;
  const byRef = (a: { readonly ref: string }, b: { readonly ref: string }) => (a.ref < b.ref ? -1 : 1);
  const sorted = dependencies.map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.toSorted() })).sort(byRef);
  const component = { ...metadata.component, name: manifest.name };
  return { $schema, bomFormat, specVersion, version, metadata: { component }, components, dependencies: sorted };
}

/** What is missing from a bill of materials, and what is too much. */
export function complaintsAboutSbom(sbom: Sbom, lockfile: Lockfile): readonly string[] {
  const named = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`));
  const wanted = new Set(runtimePackages(lockfile).map(({ name, version }) => `${name}@${version}`));
  const text = JSON.stringify(sbom);
  return [
    ...[...wanted].filter((name) => !named.has(name)).map((name) => `${name} is installed and not in it`),
    ...[...named].filter((name) => !wanted.has(name)).map((name) => `${name} is in it and not installed`),
    ...(/"distribution"|"timestamp"|"serialNumber"/.test(text) ? ["it says where or when it was made"] : []),
  ];
}
