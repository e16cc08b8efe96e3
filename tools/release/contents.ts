/** What the release archives of the plugin hold: the code that it reaches, and no more than comes with it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { ICruiseResult } from "dependency-cruiser";
import { complaintsAboutLicence } from "../package/licences";
import type { Lockfile, Manifest } from "../package/lockfile";

export interface Contents {
  /** From the root of the repository, in order. */
  readonly files: readonly string[];
  /** The folders of other packages, in order. */
  readonly packages: readonly string[];
}

/** Read when it is asked for, so that no `require` leads to it. */
const SCHEMA = "bin/provider/generated/package-schema.json";

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const OF_ONE_PLATFORM = /(\.(node|wasm|dll|so|dylib|exe)|(^|\/)binding\.gyp)$/;
const CODE = /\.([cm]?js|json|proto)$/;
const TERMS = /^(licen[cs]e|copying|notice)[^/]*$/i;
/** Some packages say their terms at the end of this. */
const README = /^readme[^/]*$/i;
const GRANT = /permission is hereby granted|redistribution and use in source and binary forms/i;

/** The plugin speaks the SDK's messages, and has no use for what else it brings: an npm client among others. */
const PARTS: Readonly<Record<string, RegExp>> = {
  "node_modules/@pulumi/pulumi": /^(proto\/|package\.json$|LICENSE$)/,
};

/**
 * Follows every `require` from the plugin's entry on. Of a package that is reached all code is taken, and not only the files that were reached:
 * which these are depends on the conditions that a Node sets for `exports`.
 */
export async function contentsOfPlugin(root: string, manifest: Manifest): Promise<Contents> {
  const reached = await reachedFrom(root, entryOf(manifest));
  const packages = [...new Set(reached.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []))].sort();
  const own = reached.filter((file) => !PACKAGE.test(file));
  const others = packages.flatMap((folder) => filesOf(root, folder).map((file) => `${folder}/${file}`));
  const files = [...own, SCHEMA, "package.json", "LICENSE", ...others].sort();
  return { files, packages };
}

/** The plugin's entry, in the package. */
export function entryOf({ bin }: Manifest): string {
  return bin["pulumi-resource-msp"];
}

async function reachedFrom(root: string, entry: string): Promise<readonly string[]> {
  const { cruise } = await import("dependency-cruiser");
  const { output } = await cruise([entry], {
    baseDir: root,
    moduleSystems: ["cjs"],
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["node", "require", "module-sync", "default"],
    },
  });
  const { modules } = output as ICruiseResult;
  const missing = modules.filter(({ couldNotResolve }) => couldNotResolve);
  if (missing.length > 0)
    throw new Error(`The plugin needs what is not there: ${missing.map(({ source }) => source).join(", ")}`);
  return modules.filter(({ coreModule }) => !coreModule).map(({ source }) => source);
}

function filesOf(root: string, folder: string): readonly string[] {
  const at = join(root, folder);
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(at, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .filter((file) => !file.startsWith("node_modules/") && (PARTS[folder]?.test(file) ?? true))
    .filter(
      (file) =>
        CODE.test(file) ||
        TERMS.test(file) ||
        OF_ONE_PLATFORM.test(file) ||
        (README.test(file) && GRANT.test(readFileSync(join(root, folder, file), "utf8"))),
    );
}

/** Of a package's files that are taken, as only a README with the terms in it is. */
function isTerms(file: string): boolean {
  return TERMS.test(file) || README.test(file);
}

/** Says what must not be passed on, or would not run everywhere. */
export function complaintsAboutContents({ files, packages }: Contents, lockfile: Lockfile): readonly string[] {
  const hasTerms = (folder: string) =>
    files.some((file) => file.startsWith(`${folder}/`) && isTerms(file.slice(folder.length + 1)));
  return [
    ...files.filter((file) => OF_ONE_PLATFORM.test(file)).map((file) => `${file} runs on one platform alone`),
    ...packages.flatMap((folder) => complaintsAboutLicence({ ...lockfile.packages[folder], name: folder })),
    ...packages
      .filter((folder) => !hasTerms(folder))
      .map((folder) => `${folder} does not say on what terms it is passed on`),
  ];
}

/** The page of an archive that says whose code is in it. */
export function noticesOf({ packages }: Contents, lockfile: Lockfile, manifest: Manifest): string {
  const rows = packages.map((folder) => {
    const { version, license } = lockfile.packages[folder] ?? {};
    return `| ${folder} | ${version} | ${license} |`;
  });
  return `# What is in this archive

${manifest.name} ${manifest.version} (${manifest.license}), as far as its plugin needs it, and ${packages.length} other packages, each with its own terms in its folder.

| folder | version | licence |
|---|---|---|
${rows.join("\n")}
`;
}
