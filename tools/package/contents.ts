/** A file as `npm pack --json` names it. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

const BELONGS =
  /^(bin\/(provider|desk|fleet|cli|sandbox)\/.+\.(js|d\.ts)|schemas\/.+\.schema\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
const NEEDED = [
  "package.json",
  "README.md",
  "LICENSE",
  "bin/provider/index.js",
  "bin/provider/hosts/runtime.js",
  "bin/cli/main.js",
];
const MOST_BYTES = 600_000;

/** Says what is wrong with the contents of the package: sources, tests and tools that strayed in, what is missing, too much of it. */
export function complaintsAbout(files: readonly PackedFile[], packedBytes: number): string[] {
  const paths = files.map(({ path }) => path);
  const strays = paths.filter((path) => !BELONGS.test(path)).map((path) => `${path} does not belong in the package`);
  const missing = NEEDED.filter((path) => !paths.includes(path)).map((path) => `${path} is missing from the package`);
  const size =
    packedBytes > MOST_BYTES ? [`the package has ${packedBytes} bytes, and at most ${MOST_BYTES} are wanted`] : [];
  return [...strays, ...missing, ...size];
}
