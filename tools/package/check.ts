import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../toolchain/commands";
import { repositoryRoot } from "../toolchain";
import { complaintsAbout, type PackedFile } from "./contents";

const INSTALL_TIMEOUT_MS = 5 * 60_000;

/** What a user's first lines do: both entry points load, and there is one Pulumi SDK, not two. */
const FIRST_LINES = `
  const assert = require("node:assert");
  const { dirname } = require("node:path");
  const msp = require("pulumi-msp");
  const runtime = require("pulumi-msp/runtime");
  assert(Object.keys(msp).length > 0, "pulumi-msp exports nothing");
  assert.equal(typeof runtime.provider, "function", "pulumi-msp/runtime has no provider(type)");
  const own = dirname(require.resolve("pulumi-msp/package.json"));
  assert.equal(require.resolve("@pulumi/pulumi", { paths: [own] }), require.resolve("@pulumi/pulumi"));
`;

/** Packs the package as it would be published, looks at what is in it, installs it into an empty project and uses it. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-msp-package-"));
  try {
    const packing = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const packed = await runCommand("npm", packing, { cwd: repositoryRoot() });
    const [about] = Object.values(JSON.parse(packed)) as { filename: string; files: PackedFile[] }[];
    if (about === undefined) throw new Error("npm pack made nothing");
    const archive = join(folder, about.filename);
    const packedBytes = statSync(archive).size;
    console.log(`${about.filename}: ${about.files.length} files, ${Math.round(packedBytes / 1000)} kB`);
    const complaints = complaintsAbout(about.files, packedBytes);
    if (complaints.length > 0) throw new Error(complaints.join("\n"));

    const project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "first-use", private: true }));
    console.log("Installs it into an empty project (usually 5 to 30 seconds) ...");
    const installing = ["install", archive, "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    await runCommand("npm", installing, { cwd: project, timeoutMs: INSTALL_TIMEOUT_MS, log: console.log });
    await runCommand(process.execPath, ["-e", FIRST_LINES], { cwd: project });
    const [command] = readdirSync(join(project, "node_modules", ".bin")).filter((name) => name === "msp");
    if (command === undefined) throw new Error("the installed package brings no msp command");
    await runCommand(process.execPath, [join(project, "node_modules", ".bin", command), "--help"], { cwd: project });
    console.log("It loads, and msp answers.");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
