// @ts-check
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

const LEFT_ALIVE_MS = 10_000;

/** A test that left a server or a timer behind would keep the whole run from ending. */
function failBecauseStillAlive() {
  console.error(
    `The tests are over, and something that they left keeps the process: ${process.getActiveResourcesInfo().join(", ")}.`,
  );
  // Mocha sets its own exit code at the exit; whoever is asked later has the last word.
  process.once("exit", () => {
    process.exitCode = 1;
  });
  process.exit();
}

/** @param {Error | undefined} error */
function firstLine(error) {
  return String(error?.message ?? error)
    .replace(/\n.*/s, "")
    .slice(0, 300);
}

/** Mocha's spec reporter, which closes with its counts on a line of their own, and writes them and what failed where PULUMI_MSP_TEST_COUNTS says. */
module.exports = class CountingReporter extends reporters.Spec {
  /** @override */
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    const file = process.env.PULUMI_MSP_TEST_COUNTS;
    const failed = this.failures.map((test) => `${test.fullTitle()}: ${firstLine(test.err)}`);
    if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending, failed }));
    setTimeout(failBecauseStillAlive, LEFT_ALIVE_MS).unref();
  }
};
