import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { Deployment } from "@pulumi/pulumi/automation";
import { Client } from "pg";
import type { ImportRow } from "../../provider/generated/types";
import { createDatabase } from "../desk/support/postgres";
import type { DeskAnswers } from "./desk-answers";

export const FIXTURES = join(__dirname, "fixtures");

/** What a version left behind. */
export interface Fixture {
  readonly version: string;
  readonly about: {
    readonly stateVersion: number;
    /** Where the sandbox was: refresh and destroy read from state where a platform is. */
    readonly sandbox: string;
    readonly pglite: { readonly control: number; readonly catalog: number };
  };
  /** What its desk answered. */
  readonly answers: DeskAnswers;
  /** The sandbox's world. */
  readonly world: string;
  /** What people see on platforms without an API. */
  rows(platform: "armourzero" | "clp"): readonly ImportRow[];
  /** A stack's state, with the sandbox where it is now. */
  state(stack: string, sandbox: string): Deployment;
  program(stack: string): string;
  /** A new PostgreSQL database with its desk's store in it. */
  inDatabase(): Promise<string>;
  /** A folder as PGlite keeps it, with its desk's store in it. */
  inFolder(folder: string): Promise<void>;
}

export function fixtures(): readonly Fixture[] {
  return readdirSync(FIXTURES).map((version) => {
    const text = (path: string) => readFileSync(join(FIXTURES, version, path), "utf8");
    const parsed = <T>(path: string) => JSON.parse(text(path)) as T;
    const about = parsed<Fixture["about"]>("about.json");
    return {
      version,
      about,
      answers: parsed("desk/answers.json"),
      world: text("sandbox/world.json"),
      rows: (platform) => parsed(`people/${platform}.json`),
      state: (stack, sandbox) => JSON.parse(text(`state/${stack}.json`).replaceAll(about.sandbox, sandbox)),
      program: (stack) => text(`state/${stack}.yaml`),
      inDatabase: async () => {
        const url = await createDatabase();
        const client = new Client(url);
        await client.connect();
        await client.query(text("desk/store.sql"));
        await client.end();
        return url;
      },
      inFolder: async (folder) => {
        const pglite = await PGlite.create(folder);
        await pglite.exec(text("desk/store.sql"));
        await pglite.close();
      },
    };
  });
}
