import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The part of JSON Schema 2020-12 that `schemas/` uses. */
export interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly [flag: `x-${string}`]: unknown;
}

/** One file of `schemas/`. */
export interface SchemaFile {
  /** Path below `schemas/`, with forward slashes. */
  readonly path: string;
  readonly id: string;
  readonly schema: Schema;
}

/** All schemas, and how their absolute references resolve. */
export interface SchemaSet {
  readonly files: readonly SchemaFile[];
  /** The schema behind an absolute `$ref`; throws when it dangles. */
  resolve(ref: string): Schema;
  /** The schema in the file of that path below `schemas/`. */
  file(path: string): Schema;
}

/** The flags that our schemas add to the vocabulary; style.md and `provider/generated/flags.ts` say what they mean. */
export const FLAG_KEYWORDS = [
  "x-replaceOnChange",
  "x-secret",
  "x-writeOnly",
  "x-emitOnCreate",
  "x-createOnly",
  "x-unordered",
  "x-serverDefault",
  "x-caseInsensitive",
  "x-local",
  "x-environment",
  "x-thisRun",
] as const;

/** Words come before what is made of them, so that the output reads from the top. */
const ORDER = ["common", "connection", "connections", "configuration", "resources/", "fleet", "desk/"];

/** Reads every `*.schema.json` below `folder`, in a fixed order. */
export function readSchemas(folder: string): SchemaSet {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".schema.json"))
    .map((path) => relative(folder, join(folder, path)).split(sep).join("/"))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const files = paths.map((path): SchemaFile => {
    const schema = JSON.parse(readFileSync(join(folder, path), "utf8")) as Schema;
    if (schema.$id === undefined) throw new Error(`schemas/${path}: has no $id`);
    return { path, id: schema.$id, schema };
  });
  const byId = new Map(files.map((file) => [file.id, file]));

  return {
    files,
    resolve(ref) {
      const [id = "", pointer = ""] = ref.split("#");
      const root = byId.get(id)?.schema;
      const name = /^\/\$defs\/([A-Za-z]+)$/.exec(pointer)?.[1];
      const found = pointer === "" ? root : name === undefined ? undefined : root?.$defs?.[name];
      if (found === undefined) throw new Error(`schemas: the reference ${ref} leads nowhere`);
      return found;
    },
    file(path) {
      const found = files.find((file) => file.path === path);
      if (found === undefined) throw new Error(`schemas/${path}: no such file`);
      return found.schema;
    },
  };
}

/** A schema with its `$ref` followed; keywords beside the reference win, as the more particular ones. */
export function follow(set: SchemaSet, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  return { ...follow(set, set.resolve($ref)), ...beside };
}

function rank(path: string): number {
  const index = ORDER.findIndex(
    (start) => path === `${start}.schema.json` || (start.endsWith("/") && path.startsWith(start)),
  );
  if (index < 0) throw new Error(`schemas/${path}: tools/generate/schemas.ts does not say where it stands`);
  return index;
}
