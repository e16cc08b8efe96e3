import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What each resource's page shows, by the names of the files in `examples/`: one program, in TypeScript and in YAML. */
export const EXAMPLES: Readonly<Record<string, readonly { readonly title: string; readonly file: string }[]>> = {
  Customer: [{ title: "A customer with its first user", file: "customer" }],
  DeviceOwner: [{ title: "A device owner and what they are meant to have", file: "device-owner" }],
  ProductAssignment: [
    { title: "A product of a device owner", file: "product-of-owner" },
    { title: "A product of a customer", file: "product-of-customer" },
  ],
};

/** What comes after the connection in an import's id, and a command that imports one. */
export const IMPORTS: Readonly<Record<string, { readonly form: string; readonly name: string; readonly id: string }>> =
  {
    Customer: { form: "the platform's id of the customer", name: "acme", id: "remote-manager/<customer id>" },
    DeviceOwner: { form: "the e-mail address", name: "front-desk", id: "armourzero/front-desk@cedar.example" },
    ProductAssignment: {
      form: "the owner's e-mail address or the customer's id, with the product; or the assignment's id alone",
      name: "front-desk/shieldone",
      id: "armourzero/front-desk@cedar.example/ShieldOne",
    },
  };

/** How a resource is imported, as the registry's pages have it. */
export function importOf(resource: string): string {
  const how = IMPORTS[resource];
  if (how === undefined) throw new Error(`tools/generate/examples.ts does not say how ${resource} is imported`);
  const command = `pulumi import msp:index:${resource} ${how.name} '${how.id}'`;
  return `## Import\n\nBy the connection and ${how.form}:\n\n\`\`\`sh\n${command}\n\`\`\``;
}

/** The folder of the examples. */
export const FOLDER = join(__dirname, "examples");

/** A resource's examples as the registry's pages take them; they import `module` in place of pulumi-msp. */
export function examplesOf(resource: string, module: string): string {
  const examples = (EXAMPLES[resource] ?? []).map(({ title, file }) => {
    const typescript = read(`${file}.ts`).replaceAll('"pulumi-msp"', JSON.stringify(module));
    return [
      `{{% example %}}\n### ${title}\n\n`,
      `\`\`\`typescript\n${typescript}\`\`\`\n\n\`\`\`yaml\n${read(`${file}.yaml`)}\`\`\`\n`,
      "{{% /example %}}\n",
    ].join("");
  });
  return `{{% examples %}}\n## Example Usage\n\n${examples.join("\n")}{{% /examples %}}`;
}

function read(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}
