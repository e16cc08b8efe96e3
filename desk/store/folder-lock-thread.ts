/** Holds the lock of a folder's file for a process that has no SQLite of its own, until it is told to release it. */
import { parentPort, workerData } from "node:worker_threads";
import { findSqlite, holdFile } from "./file-lock";
import type { ThreadAnswer } from "./folder-lock";

const held = findSqlite() === undefined ? undefined : holdFile(workerData as string);
const answer: ThreadAnswer = held !== undefined ? "held" : findSqlite() === undefined ? "unsupported" : "busy";

// Listening keeps the thread, and with it the lock.
parentPort?.once("message", () => held?.close());
parentPort?.postMessage(answer);
