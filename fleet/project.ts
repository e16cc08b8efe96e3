import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { ProviderError } from "../provider/errors";
import { CREDENTIAL_KEYS } from "../provider/hosts/configured";
import type { Settings } from "../provider/hosts/session";

type Properties = Readonly<Record<string, unknown>>;

/** The `msp:` configuration of the Pulumi project in or above `cwd`, with the stack's own values before the project's. */
export function projectSettings(cwd: string, stack: string | undefined): Settings {
  const folder = projectFolder(cwd);
  const project = read(join(folder, "Pulumi.yaml"));
  const declared = Object.entries(membersOf(project.config)).map(([key, value]) => [key, declaredValue(value)]);
  const values: Properties = {
    ...Object.fromEntries(declared),
    ...(stack === undefined ? {} : stackConfig(folder, project, stack)),
  };
  return (key) => {
    const value = values[`msp:${key}`];
    if (value === undefined || value === null) return undefined;
    if (CREDENTIAL_KEYS.includes(key)) return "";
    if ("secure" in membersOf(value)) {
      throw new ProviderError(
        "validation",
        `msp:${key} is a secret of the stack, which only Pulumi can read.\nSet it in plain, without --secret: connections hold no secrets, and tokens come from the environment.`,
      );
    }
    return typeof value === "string" ? value : JSON.stringify(value);
  };
}

/** The name of the Pulumi project in or above `cwd`. */
export function projectName(cwd: string): string {
  return String(read(join(projectFolder(cwd), "Pulumi.yaml")).name);
}

function projectFolder(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (folder === dirname(folder)) {
      throw new ProviderError(
        "validation",
        `There is no Pulumi.yaml in ${cwd} or above it.\nRun this in a Pulumi project: its configuration names the platform connections.`,
      );
    }
  }
}

/** A stack may be named in full, as organization/project/stack; its file has the last part. */
function stackConfig(folder: string, project: Properties, stack: string): Properties {
  const { stackConfigDir } = project;
  const name = `Pulumi.${stack.split("/").at(-1)}.yaml`;
  const file = join(folder, typeof stackConfigDir === "string" ? stackConfigDir : "", name);
  if (!existsSync(file)) {
    // A misspelt stack must not act on the connections of all.
    throw new ProviderError(
      "validation",
      `Stack ${stack} has no configuration: there is no ${file}.\nCorrect --stack, or leave it out where the project's own configuration is meant.`,
    );
  }
  return membersOf(read(file).config);
}

function read(file: string): Properties {
  try {
    return membersOf(parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new ProviderError(
      "validation",
      `${file} can't be read as YAML.\nPulumi could not run here either; correct it first.`,
      { cause },
    );
  }
}

/** A project declares keys with a value or default below; only a stack's file has the value itself. */
function declaredValue(value: unknown): unknown {
  const { value: set, default: otherwise } = membersOf(value);
  return typeof value === "object" && !Array.isArray(value) ? (set ?? otherwise) : value;
}

function membersOf(value: unknown): Properties {
  return typeof value === "object" && value !== null ? (value as Properties) : {};
}
