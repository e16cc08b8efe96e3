import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { ProviderError } from "../../provider/errors";
import type { ImportRow } from "../../provider/generated/types";
import { isRecord, readJson, writePrivate } from "../data-folder";
import type { PlatformWorld } from "./platform-world";

interface SavedWorld {
  readonly account: string;
  readonly rows: readonly ImportRow[];
}

/** Where a platform's world is kept between commands: that of one account. */
export class WorldFile {
  private readonly file: string;
  private readonly account: string;

  constructor(file: string, account: string) {
    this.file = file;
    this.account = account;
  }

  /** Puts what was saved into a world; answers whether there was something. */
  load(world: PlatformWorld): boolean {
    const saved = readJson(this.file, isSavedWorld);
    if (saved === undefined) return false;
    if (saved.account !== this.account) {
      throw new ProviderError(
        "validation",
        `${this.file} holds the world of ${saved.account}, not of ${this.account}.\nName its --account, or another folder with --data.`,
      );
    }
    world.addRows(saved.rows);
    return true;
  }

  save(world: PlatformWorld): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    writePrivate(this.file, { account: this.account, rows: world.rows() } satisfies SavedWorld);
  }

  /** For messages. */
  toString(): string {
    return this.file;
  }
}

function isSavedWorld(value: unknown): value is SavedWorld {
  return isRecord(value) && typeof value.account === "string" && Array.isArray(value.rows) && value.rows.every(isRow);
}

function isRow(value: unknown): value is ImportRow {
  return isRecord(value) && typeof value.kind === "string" && isRecord(value.subject);
}
