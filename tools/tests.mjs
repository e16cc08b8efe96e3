// @ts-check
// All tests, in lanes at once: what runs without the engine, generated lifecycles, whose processes give way to the others, and what mostly waits
// for the engine. Files that are named run in one lane.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {{ readonly passes: number, readonly failures: number, readonly pending: number, readonly failed: readonly string[] }} Counts */

const MOCHA = "node_modules/mocha/bin/mocha.js";
const OF_THE_ENGINE = ["e2e", "upgrade", "bench"];
const LANES = {
  "without the engine": [`test/{,!(${["lifecycles", ...OF_THE_ENGINE].join("|")})/**/}*.spec.ts`],
  "of generated lifecycles": ["test/lifecycles/*.spec.ts"],
  "on the real engine": OF_THE_ENGINE.map((room) => `test/${room}/**/*.spec.ts`),
};

/**
 * @param {readonly string[]} args
 * @param {{ readonly counts: string, readonly live: boolean }} options
 */
function startMocha(args, { counts, live }) {
  const env = { ...process.env, PULUMI_MSP_TEST_COUNTS: counts };
  const child = spawn(process.execPath, [MOCHA, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {[NodeJS.WriteStream, Buffer][]} */
  let kept = [];
  let isLive = live;
  /** @param {NodeJS.WriteStream} to */
  const pass = (to) => (/** @type {Buffer} */ chunk) => {
    if (isLive) to.write(chunk);
    else kept.push([to, chunk]);
  };
  child.stdout.on("data", pass(process.stdout));
  child.stderr.on("data", pass(process.stderr));
  return {
    /** @type {Promise<number>} */
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? 1));
    }),
    show() {
      isLive = true;
      for (const [to, chunk] of kept) to.write(chunk);
      kept = [];
    },
  };
}

/**
 * @param {string} file
 * @returns {Counts | undefined}
 */
function countsIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** @returns {Promise<number>} the exit code */
async function inLanes() {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-msp-tests-"));
  try {
    const lanes = Object.entries(LANES).map(([name, specs], i) => {
      const counts = join(folder, `${i}.json`);
      return { name, counts, mocha: startMocha(specs, { counts, live: i === 0 }) };
    });
    console.log(`Tests run in ${lanes.length} lanes at once; one lane's output follows the other's.`);
    let code = 0;
    /** @type {Counts} */
    let total = { passes: 0, failures: 0, pending: 0, failed: [] };
    for (const { name, counts, mocha } of lanes) {
      console.log(`\n=== tests ${name}`);
      mocha.show();
      const ended = await mocha.ended;
      const told = countsIn(counts);
      if (ended !== 0 && code === 0) code = ended;
      if (told === undefined) {
        console.error(`The tests ${name} did not come to their end (exit code ${ended}).`);
        code ||= 1;
        total = { ...total, failures: total.failures + 1, failed: [...total.failed, `the tests ${name} did not end`] };
      } else {
        total = {
          passes: total.passes + told.passes,
          failures: total.failures + told.failures,
          pending: total.pending + told.pending,
          failed: [...total.failed, ...told.failed],
        };
      }
    }
    const { passes, failures, pending, failed } = total;
    // Said once more at the end: what failed stands thousands of lines above.
    for (const one of failed) console.log(`\nFailed: ${one}`);
    console.log(`\nIn all: ${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    const file = process.env.PULUMI_MSP_TEST_COUNTS;
    if (file) writeFileSync(file, JSON.stringify(total));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function asNamed(args) {
  const child = spawn(process.execPath, [MOCHA, ...args], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

const args = process.argv.slice(2);
// A signal reaches the whole group; mocha ends by it, and this waits for all lanes.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => undefined);
process.exitCode = await (args.length > 0 ? asNamed(args) : inLanes());
