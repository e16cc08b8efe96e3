/** The logs of the engines that are served, each opened with its first line. */
import type { EngineLog } from "./engine-log";

export interface Voices {
  /** Resolves once the engine has it. */
  say(address: string, line: string, urn: string): Promise<void>;
  end(address: string): void;
}

export function createVoices(): Voices {
  const logs = new Map<string, EngineLog>();
  const ended = new Set<EngineLog>();
  const pending = new Map<EngineLog, number>();
  const release = (log: EngineLog) => {
    if (!ended.has(log) || (pending.get(log) ?? 0) > 0) return;
    ended.delete(log);
    pending.delete(log);
    log.close();
  };
  return {
    async say(address, line, urn) {
      const { createEngineLog } = require("./engine-log") as typeof import("./engine-log");
      const log = logs.get(address) ?? createEngineLog(address);
      logs.set(address, log);
      pending.set(log, (pending.get(log) ?? 0) + 1);
      await log.info(line, urn);
      pending.set(log, (pending.get(log) ?? 1) - 1);
      release(log);
    },
    end(address) {
      const log = logs.get(address);
      logs.delete(address);
      if (log === undefined) return;
      ended.add(log);
      release(log);
    },
  };
}
