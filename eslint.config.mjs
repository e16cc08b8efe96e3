// Biome lints everything; this adds the two rules that need types: a promise that nobody waits for is a write that nobody knows of.
import { defineConfig, globalIgnores } from "eslint/config";
import { parser, plugin } from "typescript-eslint";

export default defineConfig([
  globalIgnores(["bin/", "coverage/", ".cache/", "tools/node/", "**/generated/", "**/*.{js,cjs,mjs}"]),
  {
    files: ["**/*.ts"],
    languageOptions: { parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "@typescript-eslint": plugin },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
    },
  },
]);
