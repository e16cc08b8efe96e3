// The arrows between the rooms (docs/architecture.md), as a lint that fails. Each rule has a planted violation in test/tools/arrows.spec.ts.

/** Files that other rooms may take from `provider` without being part of it: words, not workings. */
const SHARED_WORDS = "^provider/(errors|clock|version)\\.ts$|^provider/generated/";
const ROOMS = "^(provider|desk|fleet|cli|sandbox)/";
const PULUMI = "node_modules/@pulumi/pulumi/";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circles",
      comment: "Two files that need each other are one file, or one of them holds something that belongs in a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unknown-imports",
      comment:
        "What is imported must exist. The examples import the package by its own name, which is there once it is built.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^pulumi-msp(/|$)" },
    },
    {
      name: "package-needs-no-dev-dependency",
      comment: "What users install can't lean on what only this repository installs.",
      severity: "error",
      from: { path: ROOMS },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm-peer"] },
    },
    {
      name: "provider-stands-alone",
      comment: "cli → fleet → provider: nothing points back.",
      severity: "error",
      from: { path: "^provider/" },
      to: { path: "^(desk|fleet|cli|sandbox|examples|test|tools)/" },
    },
    {
      name: "fleet-needs-only-provider",
      comment: "cli → fleet → provider; the desk is reached over its HTTP API.",
      severity: "error",
      from: { path: "^fleet/" },
      to: { path: "^(desk|cli|sandbox|examples|test|tools)/" },
    },
    {
      name: "desk-stands-alone",
      comment: "The desk is a service of its own: it shares words with the provider, not code.",
      severity: "error",
      from: { path: "^desk/" },
      to: { path: "^(provider|fleet|cli|sandbox|examples|test|tools)/", pathNot: SHARED_WORDS },
    },
    {
      name: "desk-is-reached-over-http",
      comment: "Only the command that starts the desk imports it.",
      severity: "error",
      from: { path: "^(provider|fleet|cli|sandbox|examples|tools)/", pathNot: "^cli/desk\\.ts$" },
      to: { path: "^desk/" },
    },
    {
      name: "sandbox-stands-alone",
      comment:
        "The sandbox is written from the vendors' facts alone: sharing code with the driver would share its mistakes.",
      severity: "error",
      from: { path: "^sandbox/" },
      to: { path: "^(provider|fleet|cli|desk|examples|test|tools)/", pathNot: SHARED_WORDS },
    },
    {
      name: "sandbox-is-for-trying",
      comment: "Nothing that acts for a customer knows the sandbox; the command starts it by its main file.",
      severity: "error",
      from: { path: ROOMS, pathNot: "^sandbox/|^cli/main\\.ts$" },
      to: { path: "^sandbox/" },
    },
    {
      name: "cli-takes-the-sandbox-by-its-front-door",
      comment: "The command starts the sandbox and knows nothing of its insides.",
      severity: "error",
      from: { path: "^cli/" },
      to: { path: "^sandbox/", pathNot: "^sandbox/main\\.ts$" },
    },
    {
      name: "cli-is-the-top",
      comment: "Nothing imports the command but its tests.",
      severity: "error",
      from: { pathNot: "^(cli|test)/" },
      to: { path: "^cli/" },
    },
    {
      name: "package-knows-no-tools-and-tests",
      comment: "Tools, tests and examples use the package, never the other way round.",
      severity: "error",
      from: { path: "^cli/" },
      to: { path: "^(examples|test|tools)/" },
    },
    {
      name: "lifecycle-knows-no-vendor",
      comment: "How a resource is reconciled is the same for every platform and every host.",
      severity: "error",
      from: { path: "^provider/lifecycle/" },
      to: {
        path: "^provider/(resources|hosts|index\\.ts|fleet-customer\\.ts|http|platforms/[^/]+/|platforms/registry\\.ts)",
      },
    },
    {
      name: "resources-know-no-vendor-and-no-host",
      comment: "index, hosts → resources → lifecycle, platforms: a resource speaks to the port.",
      severity: "error",
      from: { path: "^provider/resources/" },
      to: { path: "^provider/(hosts|index\\.ts|fleet-customer\\.ts|http|platforms/[^/]+/|platforms/registry\\.ts)" },
    },
    {
      name: "platforms-know-no-resource-and-no-host",
      comment: "A driver speaks its vendor's language and the port's, and nothing above them.",
      severity: "error",
      from: { path: "^provider/platforms/" },
      to: { path: "^provider/(resources|hosts|lifecycle|index\\.ts|fleet-customer\\.ts)" },
    },
    {
      name: "vendors-know-no-other-vendor",
      comment: "What two vendors share has a folder of its own (platforms/attested).",
      severity: "error",
      from: { path: "^provider/platforms/(?!attested/)([^/]+)/" },
      to: { path: "^provider/platforms/[^/]+/", pathNot: "^provider/platforms/($1|attested)/" },
    },
    {
      name: "http-is-the-bottom",
      comment: "The HTTP client knows neither platforms nor what is done with answers.",
      severity: "error",
      from: { path: "^provider/http/" },
      to: { path: "^provider/", pathNot: "^provider/http/|^provider/(errors|clock)\\.ts$" },
    },
    {
      name: "hosts-are-reached-from-above",
      comment: "Only the public API, fleet and cli, examples and tests know that there are hosts.",
      severity: "error",
      from: { path: "^provider/", pathNot: "^provider/(hosts/|index\\.ts$|fleet-customer\\.ts$)" },
      to: { path: "^provider/(hosts/|index\\.ts$|fleet-customer\\.ts$)" },
    },
    {
      name: "pulumi-stays-at-the-edge",
      comment: "Only the hosts, the public API and fleet speak Pulumi; the core runs without it.",
      severity: "error",
      from: { path: ROOMS, pathNot: "^provider/(hosts/|index\\.ts$|fleet-customer\\.ts$)|^fleet/" },
      to: { path: PULUMI },
    },
    {
      name: "axios-stays-in-http",
      comment: "One place holds time limits, retries, redaction and the list of allowed hosts.",
      severity: "error",
      from: { pathNot: "^provider/http/" },
      to: { path: "node_modules/axios/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(bin|coverage|\\.cache)/|^tools/node/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["node", "require", "types", "default"] },
  },
};
