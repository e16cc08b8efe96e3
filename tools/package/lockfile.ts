import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../toolchain";

/** A package as package-lock.json names it. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly peer?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** What package.json says, as far as these checks ask. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly bin: { readonly "pulumi-resource-msp": string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** A package that whoever installs pulumi-msp gets with it. */
export interface RuntimePackage extends LockedPackage {
  readonly name: string;
  /** Where it is in node_modules. */
  readonly path: string;
}

export function readManifest(): Manifest {
  return readJson("package.json");
}

export function readLockfile(): Lockfile {
  return readJson("package-lock.json");
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(repositoryRoot(), path), "utf8")) as T;
}

/** The dependencies of the package and theirs, without what is only worked with and without the Pulumi SDK, which the program brings. */
export function runtimePackages({ packages }: Lockfile): readonly RuntimePackage[] {
  return Object.entries(packages)
    .filter(([path, { dev, peer }]) => path !== "" && dev !== true && peer !== true)
    .map(([path, locked]) => ({ ...locked, path, name: path.slice(path.lastIndexOf("node_modules/") + 13) }));
}

/** A manifest and a lockfile that hold the runtime packages and nothing else. */
export function runtimeProject(
  manifest: Manifest,
  lockfile: Lockfile,
): { readonly manifest: object; readonly lockfile: object } {
  const { name, version, description, license, dependencies } = manifest;
  const own = { name, version, description, license, dependencies };
  const packages = Object.fromEntries(
    runtimePackages(lockfile).map(({ path }) => [path, lockfile.packages[path] ?? {}]),
  );
  return {
    manifest: own,
    lockfile: { name, version, lockfileVersion: 3, requires: true, packages: { "": own, ...packages } },
  };
}
