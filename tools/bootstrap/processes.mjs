// @ts-check
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** @type {readonly NodeJS.Signals[]} */
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP"];

/** A terminal sends Ctrl-C to everyone, and npm sends it again to what it started: within this time the two are one. */
const SAME_PRESS_MS = 300;
const POLL_MS = 50;

/** @typedef {{ readonly cwd: string, readonly env: NodeJS.ProcessEnv, readonly graceMs?: number }} GroupOptions */

/**
 * Runs a program in a process group of its own and answers its exit code.
 * A signal reaches the group once per press, the program is waited for, and what it left running is ended.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {GroupOptions} options
 * @returns {Promise<number>}
 */
export async function runInGroup(command, args, { cwd, env, graceMs = 3_000 }) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  let lastPressMs = 0;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    const nowMs = performance.now();
    if (lastPressMs !== 0 && nowMs - lastPressMs < SAME_PRESS_MS) return;
    lastPressMs = nowMs;
    if (child.pid !== undefined) sendToGroup(child.pid, signal);
  };
  for (const signal of PASSED_ON) process.on(signal, passOn);
  try {
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, signal) => resolve(exitCode ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
    if (child.pid !== undefined) await endGroup(child.pid, graceMs);
    return code;
  } finally {
    for (const signal of PASSED_ON) process.off(signal, passOn);
  }
}

/**
 * @param {number} group
 * @param {number} graceMs
 */
async function endGroup(group, graceMs) {
  // What shuts down by itself gets the time for it before it is told to.
  for (const signal of /** @type {const} */ ([0, "SIGTERM"])) {
    if (!sendToGroup(group, signal)) return;
    const untilMs = performance.now() + graceMs;
    while (performance.now() < untilMs) {
      await sleep(POLL_MS);
      if (!sendToGroup(group, 0)) return;
    }
  }
  sendToGroup(group, "SIGKILL");
}

/**
 * @param {number} group
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} whether the group has anyone left
 */
function sendToGroup(group, signal) {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}
