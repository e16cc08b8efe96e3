import { mkdirSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import ts from "typescript";
import { runCommand } from "../toolchain/commands";
import type { Manifest } from "./lockfile";

interface Resolution {
  readonly name: string;
  readonly file: string;
  readonly options: ts.CompilerOptions;
}

const { ModuleKind, ModuleResolutionKind } = ts;

/** How programs find the types of a package: each way, in both kinds of modules where there are two. */
const RESOLUTIONS: readonly Resolution[] = [
  ...(["index.cts", "index.mts"] as const).flatMap((file) => [
    { name: "node16", file, options: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 } },
    {
      name: "nodenext",
      file,
      options: { module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext },
    },
  ]),
  {
    name: "bundler",
    file: "index.ts",
    options: { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler },
  },
];

/** A program that uses each export, with the types that a user would write down. */
const USES = `
import { Customer, DeviceOwner, ProductAssignment, FleetCustomer, announceLeavings, type ProductAssignmentArgs } from "pulumi-msp";
import { fleetProgram } from "pulumi-msp/fleet";
import { provider } from "pulumi-msp/runtime";

export const program: () => Promise<void> = fleetProgram("fleet.yaml");
export const args: ProductAssignmentArgs = { platform: "armourzero", owner: "jane@cedar.example", product: "ShieldOne", adopt: true };
export const assignment = (): ProductAssignment => new ProductAssignment("jane/shieldone", args);
export const classes = [Customer, DeviceOwner, FleetCustomer] as const;
export const announce: () => void = announceLeavings;
export const host: object = provider("Customer");
// @ts-expect-error: a platform is a name.
export const wrong: ProductAssignmentArgs = { ...args, platform: 7 };
`;

/** What a strict program finds wrong with the types of the installed package, its declaration files checked too. */
export function complaintsAboutTypes(project: string): readonly string[] {
  return RESOLUTIONS.flatMap(({ name, file, options }) => {
    const folder = join(project, "types", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), USES);
    const program = ts.createProgram([join(folder, file)], {
      ...options,
      target: ts.ScriptTarget.ES2023,
      lib: ["lib.es2023.d.ts"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      types: [],
    });
    return (
      ts
        .getPreEmitDiagnostics(program)
        // What other packages declare is theirs to check.
        .filter(({ file: at }) => at === undefined || !isForeign(at.fileName))
        .map(({ file: at, messageText }) => {
          const where = at === undefined ? "" : ` in ${at.fileName.slice(project.length + 1)}`;
          return `${name}, ${file}${where}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
        })
    );
  });
}

function isForeign(file: string): boolean {
  const path = file.split("/").join(sep);
  return path.includes(`${sep}node_modules${sep}`) && !path.includes(`${sep}node_modules${sep}pulumi-msp${sep}`);
}

/** Where what is there at run time differs from what the types promise, by `require` and by `import`. */
export async function complaintsAboutExports(
  project: string,
  node: string,
  manifest: Manifest,
): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (typeof target === "string") continue;
    const name = manifest.name + subpath.slice(1);
    const promised = valuesDeclaredIn(join(project, "node_modules", manifest.name, target.types));
    const keys =
      "Object.keys(it).filter((key) => key !== '__esModule' && key !== 'default' && key !== 'module.exports').sort()";
    const ways = {
      require: ["-p", `const it = require("${name}"); JSON.stringify(${keys})`],
      import: ["--input-type=module", "-e", `import * as it from "${name}"; console.log(JSON.stringify(${keys}))`],
    };
    for (const [way, args] of Object.entries(ways)) {
      const there = JSON.parse(await runCommand(node, args, { cwd: project })) as readonly string[];
      if (there.join() !== promised.join())
        complaints.push(`${way} of ${name} gives ${there.join(", ")}, and its types promise ${promised.join(", ")}`);
    }
  }
  return complaints;
}

/** The names of a declaration file that are there at run time. */
function valuesDeclaredIn(file: string): readonly string[] {
  const program = ts.createProgram([file], { noEmit: true, module: ModuleKind.NodeNext, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const symbol = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (symbol === undefined) throw new Error(`${file} declares no module`);
  return checker
    .getExportsOfModule(symbol)
    .filter((exported) => {
      const { flags } = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      return (flags & ts.SymbolFlags.Value) !== 0;
    })
    .map(({ name }) => name)
    .sort();
}
