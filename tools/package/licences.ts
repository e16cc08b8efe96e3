import { type LockedPackage, type Lockfile, runtimePackages } from "./lockfile";

/** Licences that let an MSP use, change and pass on what it installs, by their SPDX names. */
const ALLOWED: ReadonlySet<string> = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"]);

interface Licensed extends Pick<LockedPackage, "version" | "license"> {
  readonly name: string;
}

/** Says what is wrong with a package whose licence nobody has agreed to, or that has none; where several hold together, each must be allowed. */
export function complaintsAboutLicence({ name, version, license }: Licensed): readonly string[] {
  if (license === undefined) return [`${name} ${version} has no licence`];
  const licences = license.replace(/^\((.*)\)$/, "$1").split(" AND ");
  if (licences.every((licence) => ALLOWED.has(licence))) return [];
  return [`${name} ${version} has the licence ${license}, which is not among those allowed`];
}

export function complaintsAboutLicences(lockfile: Lockfile): readonly string[] {
  return runtimePackages(lockfile).flatMap(complaintsAboutLicence);
}

/** The page docs/licences.md. */
export function licencesPage(lockfile: Lockfile): string {
  const rows = [
    ...new Set(
      runtimePackages(lockfile)
        .map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`)
        .sort(),
    ),
  ];
  const count = (licence: string) => rows.filter((row) => row.endsWith(`| ${licence} |`)).length;
  const counts = [...ALLOWED].filter((licence) => count(licence) > 0).map((licence) => `${licence}: ${count(licence)}`);
  return `<!-- Generated from package-lock.json - run npm run package -- --write -->
# What is installed with it

pulumi-msp itself is Apache-2.0. \`npm install pulumi-msp\` brings the ${rows.length} packages below, each under its own licence; none of them is
copied into the package. ${counts.join(", ")}.

The Pulumi SDK, and \`@pulumi/random\` where a fleet file asks for generated names, are peers: the program chooses their versions, so they are not
listed. \`npm run package\` fails on a licence other than ${[...ALLOWED].join(", ")}.

The release archives of the plugin (\`npm run release\`) hold copies of what the plugin reaches, its part of the Pulumi SDK included. They are under the same
licences, each with its text beside it; \`THIRD-PARTY.md\` in the archive lists them.

## Bill of materials

\`sbom.cdx.json\` names the same packages with their hashes and who needs whom, as CycloneDX 1.5. It is shipped inside the package:
\`node_modules/pulumi-msp/sbom.cdx.json\`. It holds what this version was tested with. The package pins what it depends on, and not what that
depends on in turn, so your own lockfile may hold newer versions of the latter: make a bill of your project with \`npm sbom\`.

It is made by \`npm sbom\` from the lockfile, without a time, a serial number or a registry's address, so that the same lockfile gives the same
bytes; it is checked against CycloneDX's own schema, and against the lockfile for what is missing.

## Audit

\`npm run package\` asks the registry for advisories on these packages (\`npm audit\`), and fails on any. Where the registry serves none, or can't be
reached, it says so and makes the nearest check that needs no network: each package has an exact version and a SHA-512 of its content, comes from
a registry and from no other place, runs no script when it is installed, and was not deprecated when it was locked. That check knows no advisory:
it tells that you get what was tested, not that nobody has found a hole in it. Run \`npm audit\` in your own project too.

## Packages

| package | version | licence |
|---|---|---|
${rows.join("\n")}
`;
}
