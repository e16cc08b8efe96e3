import { follow, type Schema, type SchemaSet } from "./schemas";

/** A page of `docs/reference/`. */
export interface Page {
  readonly name: string;
  readonly text: string;
}

/** What a resource's flags mean to someone who writes a program. */
const FLAG_WORDS: Readonly<Record<string, string>> = {
  "x-replaceOnChange": "Another value means another object: the old one leaves first.",
  "x-createOnly": "Used at creation only.",
  "x-secret": "Kept as a secret.",
  "x-emitOnCreate": "Told once, at creation.",
  "x-serverDefault": "The platform fills it in when it is left out.",
  "x-unordered": "The order means nothing.",
  "x-caseInsensitive": "Upper and lower case are the same.",
  "x-local": "Never sent to the platform.",
};

/** Formats as a person would name them. */
const FORMAT_WORDS: Readonly<Record<string, string>> = {
  email: "e-mail address",
  date: "date",
  "date-time": "instant",
  uri: "URI",
};

/** The reference tables of connections, configuration and the fleet file. */
export function emitTables(set: SchemaSet): readonly Page[] {
  return [
    page(
      set,
      "connection.md",
      "Platform connections",
      "connection.schema.json",
      "They are the value of the configuration key `msp:connections`, by name.",
    ),
    page(
      set,
      "configuration.md",
      "Configuration",
      "configuration.schema.json",
      "An explicit provider takes the same as its arguments. What a connection holds: [connection](connection.md).",
    ),
    page(
      set,
      "fleet-file.md",
      "The fleet file",
      "fleet.schema.json",
      "`fleetProgram` of `pulumi-msp/fleet` reads it; every mistake is reported with its line and column.",
    ),
  ];
}

function page(set: SchemaSet, name: string, title: string, path: string, more: string): Page {
  const schema = set.file(path);
  const sections = [`${schema.description} ${more}\n\n${table(set, schema)}`, ...nestedSections(set, [schema])];
  return { name, text: `# ${title}\n\n${sections.join("\n")}` };
}

/** A section for every object with a name that the roots lead to, in the order in which a reader meets them. */
export function nestedSections(set: SchemaSet, roots: readonly Schema[], heading = "##"): readonly string[] {
  const found = new Map<string, Schema>();
  const visit = (schema: Schema): void => {
    for (const inner of [
      ...Object.values(schema.properties ?? {}),
      ...(schema.items === undefined ? [] : [schema.items]),
      ...(schema.oneOf ?? []),
    ]) {
      const followed = follow(set, inner);
      const named = inner.$ref === undefined ? inner : set.resolve(inner.$ref);
      if (followed.properties !== undefined && followed.title !== undefined && !found.has(followed.title))
        found.set(followed.title, named);
      visit(followed);
    }
  };
  for (const root of roots) visit(root);
  return [...found].map(([title, schema]) => `${heading} ${title}\n\n${schema.description}\n\n${table(set, schema)}`);
}

/** The properties of an object, one a row. */
export function table(set: SchemaSet, schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const followed = follow(set, property);
    const words = [followed.description ?? "", ...flagWords(followed)].join(" ");
    return `| \`${key}\` | ${typeWords(set, followed)} | ${presence(schema, key, followed)} | ${words.replaceAll("|", "\\|")} |\n`;
  });
  return `| name | type | needed | what it is |\n|---|---|---|---|\n${rows.join("")}`;
}

/** What a property's flags mean to someone who writes a program, one sentence each; `aside` names those that go without saying. */
export function flagWords(followed: Schema, aside: readonly string[] = []): readonly string[] {
  const said = (flag: string) => flag === "x-caseInsensitive" && followed.description?.includes("case");
  const flags = Object.keys(FLAG_WORDS).filter(
    (flag) => followed[flag as `x-${string}`] === true && !aside.includes(flag),
  );
  const variable = followed["x-environment"];
  return [
    ...flags.filter((flag) => !said(flag)).map((flag) => FLAG_WORDS[flag] ?? ""),
    ...(typeof variable === "string" ? [`The environment variable ${code(variable)} comes before it.`] : []),
  ];
}

/** Whether a property must be there, in words. */
export function presence(schema: Schema, key: string, property: Schema): string {
  if (schema.required?.includes(key)) return "required";
  const alternatives = (schema.oneOf ?? []).flatMap((one) => one.required ?? []);
  if (alternatives.includes(key)) return `exactly one of ${alternatives.map(code).join(", ")}`;
  const conditions = (schema.allOf ?? []).flatMap((rule) => {
    const [name, value] = Object.entries(rule.if?.properties ?? {})[0] ?? [];
    if (name === undefined) return [];
    if (rule.then?.required?.includes(key)) return [`required when ${code(name)} is ${code(String(value?.const))}`];
    return rule.else?.required?.includes(key) ? [`required unless ${code(name)} is ${code(String(value?.const))}`] : [];
  });
  if (conditions.length > 0) return conditions.join("; ");
  return property.default === undefined ? "" : `default ${code(JSON.stringify(property.default))}`;
}

function typeWords(set: SchemaSet, schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map(code).join(" or ");
  if (schema.oneOf !== undefined && schema.type === undefined)
    return schema.oneOf.map((one) => typeWords(set, follow(set, one))).join(", or ");
  if (schema.type === "array") return `list of ${typeWords(set, follow(set, schema.items ?? {}))}`;
  if (schema.properties !== undefined) return `[${schema.title}](#${schema.title?.toLowerCase()})`;
  if (schema.type === "integer") return `whole number${rangeWords(schema.minimum, schema.maximum, "")}`;
  if (schema.type === "number")
    return `number${schema.exclusiveMinimum === undefined ? "" : `, more than ${schema.exclusiveMinimum}`}${rangeWords(schema.minimum, schema.maximum, "")}`;
  if (schema.type !== "string") return schema.type ?? "";
  if (schema.format !== undefined) return FORMAT_WORDS[schema.format] ?? schema.format;
  if (schema.pattern !== undefined) return `text of the form ${code(schema.pattern.replaceAll("|", "\\|"))}`;
  return `text${rangeWords(schema.minLength, schema.maxLength, " characters")}`;
}

function rangeWords(from: number | undefined, to: number | undefined, unit: string): string {
  if (from === 1 && to === undefined && unit !== "") return ", not empty";
  if (from !== undefined && to !== undefined) return `, ${from} to ${to}${unit}`;
  if (to !== undefined) return `, at most ${to}${unit}`;
  return from === undefined ? "" : `, at least ${from}${unit}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
