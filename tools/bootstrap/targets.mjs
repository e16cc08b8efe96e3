// @ts-check
/**
 * What a command needs before it runs, each with what stands before it:
 * the dependencies, the compiled package, a Pulumi toolchain, the servers that tests start.
 * @typedef {"dependencies" | "build" | "pulumi" | "tests"} Need
 */

/**
 * `commands` are arguments of Node, run one after the other until one fails.
 * @typedef {{ readonly needs: Need, commands(args: readonly string[]): readonly (readonly string[])[] }} Target
 */

const TS_NODE = ["-r", "ts-node/register/transpile-only"];
const BIOME = "node_modules/@biomejs/biome/bin/biome";
const TSC = "node_modules/typescript/bin/tsc";
const CRUISER = "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs";
const ROOMS = ["provider", "desk", "fleet", "cli", "sandbox", "examples", "test", "tools"];

/** @type {Readonly<Record<string, Target>>} */
export const TARGETS = {
  setup: { needs: "tests", commands: () => [] },
  start: { needs: "pulumi", commands: (args) => [[...TS_NODE, "examples/story/main.ts", ...args]] },
  test: { needs: "tests", commands: (args) => [["tools/tests.mjs", ...args]] },
  build: { needs: "build", commands: () => [] },
  generate: { needs: "dependencies", commands: (args) => [[...TS_NODE, "tools/generate/main.ts", ...args]] },
  sdk: { needs: "dependencies", commands: (args) => [[...TS_NODE, "tools/sdk/main.ts", ...args]] },
  typecheck: { needs: "dependencies", commands: () => [[TSC, "--noEmit", "-p", "."]] },
  // Biome checks where it is not told to write.
  format: {
    needs: "dependencies",
    commands: (args) => [[BIOME, "format", ...(args.includes("--check") ? [] : ["--write"])]],
  },
  lint: {
    needs: "dependencies",
    commands: () => [
      [BIOME, "lint", "--error-on-warnings"],
      ["node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."],
    ],
  },
  arrows: { needs: "dependencies", commands: () => [[CRUISER, "--config", ".dependency-cruiser.cjs", ...ROOMS]] },
  exports: { needs: "dependencies", commands: (args) => [["node_modules/knip/bin/knip.js", ...args]] },
  soak: {
    needs: "build",
    commands: (args) => [
      [
        "--env-file=test/lifecycles/soak.env",
        "node_modules/mocha/bin/mocha.js",
        "test/lifecycles/lifecycles.spec.ts",
        ...args,
      ],
    ],
  },
  bench: { needs: "pulumi", commands: (args) => [[...TS_NODE, "test/bench/main.ts", ...args]] },
  package: { needs: "build", commands: (args) => [[...TS_NODE, "tools/package/check.ts", ...args]] },
  release: { needs: "build", commands: (args) => [[...TS_NODE, "tools/release/main.ts", ...args]] },
};
