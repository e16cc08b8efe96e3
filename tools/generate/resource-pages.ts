/**
 * One page for each resource, in the order of the Pulumi Registry's pages, which are made from the package schema: here with what only our
 * schemas, the capability tables and the import know.
 */
import { accountsOf } from "./capabilities";
import { componentText, EXAMPLES, exampleText, importOf } from "./examples";
import { RESOURCES } from "./flags";
import { componentSchema, NODE_SDK } from "./package-schema";
import { WORDS } from "./resource-words";
import type { Schema, SchemaSet } from "./schemas";
import { nestedSections, type Page, table } from "./tables";

type Resource = (typeof RESOURCES)[number];

const OPERATIONS = ["create", "read", "update", "delete"] as const;

/** The pages of the resources and of the component; `origin` says what they are made from. */
export function emitResourcePages(set: SchemaSet, origin: string): readonly Page[] {
  const component = componentSchema(set);
  return [
    ...RESOURCES.map((resource) => ({
      name: pageOf(resource),
      text: [frontMatter(resource.name, set.file(resource.path).description, origin), ...sections(resource, set)].join(
        "\n",
      ),
    })),
    {
      name: "fleet-customer.md",
      text: [frontMatter("FleetCustomer", component.description, origin), ...componentSections(set, component)].join(
        "\n",
      ),
    },
  ];
}

function pageOf({ path }: Resource): string {
  return path.replace("resources/", "").replace(".schema.json", ".md");
}

function frontMatter(name: string, description: string | undefined, origin: string): string {
  return [
    "---",
    `# ${origin}`,
    `title: ${name}`,
    `title_tag: msp.${name}`,
    `meta_desc: ${JSON.stringify(description)}`,
    "layout: api",
    "no_edit_this_page: true",
    "---\n",
  ].join("\n");
}

function sections({ name, path }: Resource, set: SchemaSet): readonly string[] {
  const schema = set.file(path);
  const outputs = schema.$defs?.outputs ?? {};
  const { id, deleting } = WORDS[name];
  return [
    `${schema.description}\n`,
    `## Example Usage\n\n${EXAMPLES[name].map((example) => exampleText(example, "pulumi-msp")).join("\n")}`,
    `## Create ${name} Resource\n\n### Constructor syntax\n\n${constructorOf(name)}`,
    `## ${name} Resource Properties\n`,
    `### Inputs\n\n${table(set, schema)}`,
    `### Outputs\n\nAll inputs are outputs too. The \`id\` is ${id}.\n\n${table(set, outputs)}`,
    `## Supporting Types\n\n${nestedSections(set, [schema, outputs], "###").join("\n")}`,
    `## Platforms\n\n${modes(name, set)}`,
    `## Deletion\n\n${deleting}\n${atDeletion(name, set)}`,
    `${importOf(name)}\n\nWhat comes along, and many at once: [import](../import.md).\n`,
  ];
}

function componentSections(set: SchemaSet, schema: Schema): readonly string[] {
  return [
    `${schema.description}\n`,
    `## Example Usage\n\n${componentText()}`,
    `## Create FleetCustomer Resource\n\n\`\`\`yaml\ntype: msp:FleetCustomer\nproperties: # the inputs\noptions: # its parts inherit them\n\`\`\`\n`,
    `A Node program has the same as a class of \`pulumi-msp\`, whose arguments are the whole \`entry\`, with its key, and \`defaults\`: [hosts](../hosts.md).\n`,
    `## FleetCustomer Resource Properties\n`,
    `### Inputs\n\n${table(set, schema)}`,
    `### Outputs\n\nIt has none: its parts are resources of their own, with their names in the fleet file.\n`,
    `## Supporting Types\n\n${nestedSections(set, [schema], "###").join("\n")}`,
  ];
}

function constructorOf(name: string): string {
  return [
    "```typescript",
    `new msp.${name}(name: string, args: msp.${name}Args, opts?: pulumi.CustomResourceOptions);`,
    "```\n",
    "```yaml",
    `type: msp:${name}`,
    "properties: # the inputs",
    "options: # those of every resource",
    "```\n",
    `\`msp\` is \`pulumi-msp\`, or \`${NODE_SDK}\` for the plugin: [hosts](../hosts.md).\n`,
  ].join("\n");
}

function modes(name: Resource["name"], set: SchemaSet): string {
  const rows = accounts(set).map(({ title, table: capabilities }) => {
    const operations = capabilities[name];
    const cells = OPERATIONS.map((operation) =>
      operations === undefined ? "none" : `\`${operations[operation].mode}\``,
    ).join(" | ");
    return `| ${title} | ${cells} |\n`;
  });
  return `| account | ${OPERATIONS.join(" | ")} |\n|---|---|---|---|---|\n${rows.join("")}\nWhat a mode means, and how each operation is done: [what each platform can do](capabilities.md).\n`;
}

/** Where a deletion is refused, or can't be undone. */
function atDeletion(name: Resource["name"], set: SchemaSet): string {
  const lines = accounts(set).flatMap(({ title, table: capabilities }) => {
    const { why, wayOut, irrecoverable } = capabilities[name]?.delete ?? {};
    return [
      ...(why === undefined ? [] : [`- ${title}: ${why}${wayOut === undefined ? "" : ` Way out: ${wayOut}`}\n`]),
      ...(irrecoverable === undefined ? [] : [`- ${title}: it can't be undone. "${irrecoverable}"\n`]),
    ];
  });
  return lines.length === 0 ? "" : `\n${lines.join("")}`;
}

function accounts(set: SchemaSet): ReturnType<typeof accountsOf> {
  return accountsOf(set.file("connection.schema.json"));
}
