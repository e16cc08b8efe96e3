import { builtinModules } from "node:module";
import type { Manifest } from "./lockfile";

/** A file as `npm pack --json` names it. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** How big the package is. */
export interface PackedSize {
  readonly packedBytes: number;
  readonly unpackedBytes: number;
}

const BELONGS =
  /^(bin\/(provider|desk|fleet|cli|sandbox)\/.+\.(js|d\.ts)|bin\/provider\/generated\/package-schema\.json|schemas\/.+\.schema\.json|docs\/.+\.md|package\.json|sbom\.cdx\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
const NEEDED = [
  "package.json",
  "sbom.cdx.json",
  "README.md",
  "LICENSE",
  "bin/provider/index.js",
  "bin/provider/generated/package-schema.json",
  "bin/provider/hosts/runtime.js",
  "bin/fleet/program.js",
  "bin/cli/main.js",
];
export const LIMITS: PackedSize = { packedBytes: 450_000, unpackedBytes: 2_200_000 };

/** Says what is wrong with the contents of the package: sources, tests and tools that strayed in, what is missing, too much of it. */
export function complaintsAbout(files: readonly PackedFile[], size: PackedSize): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const strays = [...paths]
    .filter((path) => !BELONGS.test(path))
    .map((path) => `${path} does not belong in the package`);
  const missing = NEEDED.filter((path) => !paths.has(path)).map((path) => `${path} is missing from the package`);
  const untyped = [...paths]
    .filter((path) => BELONGS.test(path) && path.endsWith(".js") && !paths.has(path.replace(/\.js$/, ".d.ts")))
    .map((path) => `${path} has no types beside it`);
  const tooBig = (["packedBytes", "unpackedBytes"] as const)
    .filter((which) => size[which] > LIMITS[which])
    .map((which) => `the package has ${size[which]} ${which}, and at most ${LIMITS[which]} are wanted`);
  return [...strays, ...missing, ...untyped, ...tooBig];
}

/** What runs on the machine of whoever installs the package, before they have read a line of it. */
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];

/** Says what of a manifest would not work, or should not, at whoever installs the package. */
export function complaintsAboutManifest(
  { scripts, exports, dependencies }: Manifest,
  paths: ReadonlySet<string>,
): string[] {
  const running = INSTALL_SCRIPTS.filter((name) => name in scripts).map(
    (name) => `the script ${name} runs at installation`,
  );
  const elsewhere = Object.entries(dependencies)
    .filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range))
    .map(([name, range]) => `${name} is ${range}, which is no exact version of a registry`);
  const dangling = Object.entries(exports).flatMap(([name, target]) => {
    if (typeof target === "string") return paths.has(target.slice(2)) ? [] : [`the export ${name} is not there`];
    // The first condition that holds is taken: types after "default" are never found.
    const first = Object.keys(target)[0] === "types" ? [] : [`the export ${name} does not name its types first`];
    const gone = Object.values(target).filter((file) => !paths.has(file.slice(2)));
    return [...first, ...gone.map((file) => `the export ${name} names ${file}, which is not there`)];
  });
  return [...running, ...elsewhere, ...dangling];
}

const IMPORT =
  /\b(?:require|require\.resolve|import)\(["']([^"'.][^"']*)["']\)|^\s*(?:import|export)\b[^"';]*?\bfrom ["']([^"'.][^"']*)["']/gm;
const BUILTIN: ReadonlySet<string> = new Set(builtinModules);
const ABSOLUTE_PATH = /["'`(]((?:\/(?:home|root|Users|work|tmp|mnt|builds)\/|[A-Z]:\\\\)[^"'`)]*)/;

/** Says what of a shipped file leads out of the package: imports that nobody installs, paths of the machine that built it, maps to nowhere. */
export function complaintsAboutText(path: string, text: string, manifest: Manifest): string[] {
  if (!/\.(js|ts|json)$/.test(path)) return [];
  const imported = [...text.matchAll(IMPORT)].map(([, required, from]) => required ?? from ?? "");
  const installed = { ...manifest.dependencies, ...manifest.peerDependencies };
  const uninstalled = [...new Set(imported)].filter((name) => {
    const owner = name
      .split("/")
      .slice(0, name.startsWith("@") ? 2 : 1)
      .join("/");
    return !name.startsWith("node:") && !BUILTIN.has(owner) && !(owner in installed) && owner !== manifest.name;
  });
  const absolute = ABSOLUTE_PATH.exec(text)?.[1];
  return [
    ...uninstalled.map((name) => `${path} needs ${name}, which is not installed with the package`),
    ...(absolute === undefined ? [] : [`${path} names ${absolute}`]),
    ...(text.includes("sourceMappingURL=") ? [`${path} names a source map, and none is shipped`] : []),
  ];
}
