/** The Pulumi CLI that is downloaded or built where PATH has none; tools/go/pulumi/go.mod pins the same one, and so do sdk-gen and sdk. */
export const PULUMI_VERSION = "3.274.1";

/** An engine older than the SDK that programs run on may lack what the SDK asks of it: this is the SDK's own version. */
export const MINIMUM_PULUMI_VERSION = "3.270.0";

/** The last release of Pulumi's Node host that is a Go module; tools/go/node-host/go.mod pins the same one. */
export const NODE_HOST_VERSION = "3.68.0";

/** Pulumi's YAML host; tools/go/yaml-host/go.mod pins the same one. */
export const YAML_HOST_VERSION = "1.25.0";

/** The plugin that the `@pulumi/random` of package.json asks for. */
export const RANDOM_PLUGIN_VERSION = "4.21.2";

/** What tools/go/pulumi/go.mod asks of the Go that builds it. */
export const MINIMUM_GO_VERSION = "1.26.6";

const VERSION = /^(?:v|go)?(\d+)\.(\d+)(?:\.(\d+))?([-+].*|[a-z].*)?$/;

/**
 * Tells whether a version as a tool prints it (`v3.275.0`, `go1.26.8`) is the minimum or newer, and of the same major version.
 * A pre-release of the minimum is older than the minimum; what is no version is older than everything.
 */
export function isNewEnough(version: string, minimum: string): boolean {
  const found = VERSION.exec(version.trim());
  const wanted = VERSION.exec(minimum);
  if (!found || !wanted || found[1] !== wanted[1]) return false;
  for (const part of [2, 3]) {
    const difference = Number(found[part] ?? 0) - Number(wanted[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  const isPreRelease = found[4] !== undefined && !found[4].startsWith("+");
  return !isPreRelease;
}
