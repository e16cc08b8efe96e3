import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { ICruiseResult } from "dependency-cruiser";
import { repositoryRoot } from "../../tools/toolchain";
import { Scratch } from "./scratch";

const ROOT = repositoryRoot();
const config = require(join(ROOT, ".dependency-cruiser.cjs"));

/** One import that must not be, for each rule: [rule, importing file, what it imports]. */
const FORBIDDEN: readonly (readonly [rule: string, from: string, to: string])[] = [
  ["no-circles", "desk/store/circle.ts", "desk/store/circle.ts"],
  ["no-unknown-imports", "provider/lost.ts", "provider/nowhere.ts"],
  ["package-needs-no-dev-dependency", "fleet/chained.ts", "chai"],
  ["provider-stands-alone", "provider/resources/customer.ts", "fleet/program.ts"],
  ["fleet-needs-only-provider", "fleet/plan.ts", "cli/main.ts"],
  ["desk-stands-alone", "desk/routes/requests.ts", "provider/http/client.ts"],
  ["desk-is-reached-over-http", "provider/desk/client.ts", "desk/main.ts"],
  ["sandbox-stands-alone", "sandbox/trend-micro/server.ts", "provider/platforms/trend-micro/wire.ts"],
  ["sandbox-is-for-trying", "fleet/drift.ts", "sandbox/main.ts"],
  ["cli-takes-the-sandbox-by-its-front-door", "cli/sandbox.ts", "sandbox/trend-micro/server.ts"],
  ["cli-is-the-top", "examples/story/main.ts", "cli/main.ts"],
  ["package-knows-no-tools-and-tests", "cli/plan.ts", "tools/toolchain/index.ts"],
  ["lifecycle-knows-no-vendor", "provider/lifecycle/diff.ts", "provider/platforms/trend-micro/wire.ts"],
  [
    "resources-know-no-vendor-and-no-host",
    "provider/resources/device-owner.ts",
    "provider/platforms/trend-micro/wire.ts",
  ],
  [
    "platforms-know-no-resource-and-no-host",
    "provider/platforms/trend-micro/driver.ts",
    "provider/lifecycle/converge.ts",
  ],
  ["vendors-know-no-other-vendor", "provider/platforms/armourzero/driver.ts", "provider/platforms/trend-micro/wire.ts"],
  ["http-is-the-bottom", "provider/http/retry.ts", "provider/platforms/platform.ts"],
  ["hosts-are-reached-from-above", "provider/resources/registry.ts", "provider/hosts/runtime.ts"],
  ["pulumi-stays-at-the-edge", "provider/lifecycle/check.ts", "@pulumi/pulumi"],
  ["axios-stays-in-http", "provider/platforms/trend-micro/api.ts", "axios"],
];

/** Imports along the arrows. */
const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ["cli/plan.ts", "fleet/program.ts"],
  ["cli/desk.ts", "desk/main.ts"],
  ["cli/main.ts", "sandbox/main.ts"],
  ["fleet/program.ts", "provider/index.ts"],
  ["fleet/stacks.ts", "@pulumi/pulumi"],
  ["provider/index.ts", "provider/hosts/dynamic.ts"],
  ["provider/hosts/dynamic.ts", "@pulumi/pulumi"],
  ["provider/hosts/runtime.ts", "provider/resources/customer.ts"],
  ["provider/resources/customer.ts", "provider/lifecycle/converge.ts"],
  ["provider/lifecycle/converge.ts", "provider/platforms/platform.ts"],
  ["provider/platforms/trend-micro/driver.ts", "provider/http/client.ts"],
  ["provider/platforms/armourzero/driver.ts", "provider/platforms/attested/driver.ts"],
  ["provider/http/client.ts", "axios"],
  ["desk/main.ts", "provider/errors.ts"],
  ["sandbox/main.ts", "provider/generated/types.ts"],
  ["examples/story/main.ts", "sandbox/main.ts"],
  ["examples/story/main.ts", "tools/toolchain/index.ts"],
  ["test/desk/main.spec.ts", "desk/main.ts"],
];

describe("arrows between the rooms", function () {
  this.timeout(120_000);
  let scratch: Scratch;
  before(() => {
    scratch = new Scratch();
    symlinkSync(join(ROOT, "node_modules"), join(scratch.folder, "node_modules"));
    for (const file of ["package.json", "tsconfig.json"])
      scratch.write(file, JSON.stringify(file === "package.json" ? manifestOf() : {}));
  });
  after(() => scratch.remove());

  function manifestOf(): object {
    const { dependencies, devDependencies, peerDependencies } = require(join(ROOT, "package.json"));
    return { name: "planted", dependencies, devDependencies, peerDependencies };
  }

  /** The violations of a little tree of files, as "rule: from → to". */
  async function violationsOf(
    name: string,
    imports: readonly (readonly [from: string, to: string])[],
  ): Promise<string[]> {
    const files = new Map<string, string>();
    for (const [from, to] of imports) {
      const isFile = to.endsWith(".ts");
      const target = isFile ? `${"../".repeat(from.split("/").length - 1)}${to.slice(0, -".ts".length)}` : to;
      files.set(from, `${files.get(from) ?? ""}import "${target}";\n`);
      if (isFile && !to.includes("nowhere")) files.set(to, files.get(to) ?? "");
    }
    for (const [file, text] of files) scratch.write(`${name}/${file}`, `${text}export {};\n`);
    for (const file of ["package.json", "tsconfig.json"])
      writeFileSync(join(scratch.folder, name, file), file === "package.json" ? JSON.stringify(manifestOf()) : "{}");
    const { cruise } = await import("dependency-cruiser");
    const options = {
      ...config.options,
      tsConfig: undefined,
      baseDir: join(scratch.folder, name),
      ruleSet: { forbidden: config.forbidden },
      validate: true,
    };
    const rooms = [...new Set([...files.keys()].map((file) => file.split("/")[0] ?? ""))];
    const { output } = await cruise(rooms, options);
    return (output as ICruiseResult).summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  }

  it("let everything through that follows them", async () => {
    expect(await violationsOf("allowed", ALLOWED)).to.deep.equal([]);
  });

  it("have a planted violation for each rule", () => {
    const rules = config.forbidden.map(({ name }: { name: string }) => name);
    expect(FORBIDDEN.map(([rule]) => rule).sort()).to.deep.equal(rules.sort());
  });

  describe("stop", () => {
    let found: string[];
    before(async () => {
      found = await violationsOf(
        "forbidden",
        FORBIDDEN.map(([, from, to]) => [from, to] as const),
      );
    });
    for (const [rule, from, to] of FORBIDDEN) {
      it(`${from} from importing ${to} (${rule})`, () => expect(found).to.include(`${rule}: ${from}`));
    }
  });
});
