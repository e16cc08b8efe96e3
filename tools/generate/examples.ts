import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceType } from "../../provider/platforms/platform";
import { finderOf } from "../../provider/resources/import";

/** What each resource's page shows, by the names of the files in `examples/`: one program, in TypeScript and in YAML. */
export const EXAMPLES: Readonly<Record<ResourceType, readonly { readonly title: string; readonly file: string }[]>> = {
  Customer: [{ title: "A customer with its first user", file: "customer" }],
  DeviceOwner: [{ title: "A device owner and what they are meant to have", file: "device-owner" }],
  ProductAssignment: [
    { title: "A product of a device owner", file: "product-of-owner" },
    { title: "A product of a customer", file: "product-of-customer" },
  ],
};

/** A command that imports one, for each form of an id, in the order of `provider/resources/import.ts`. What is in angle brackets only the platform knows. */
export const IMPORTS: Readonly<Record<ResourceType, readonly { readonly name: string; readonly id: string }[]>> = {
  Customer: [
    { name: "acme", id: "remote-manager/<customer id>" },
    { name: "birch", id: "licensing-portal/Birch Legal" },
  ],
  DeviceOwner: [{ name: "front-desk", id: "armourzero/front-desk@cedar.example" }],
  ProductAssignment: [
    { name: "acme/wfbs-s-yearly", id: "remote-manager/<assignment id>" },
    { name: "front-desk/shieldone", id: "armourzero/front-desk@cedar.example/ShieldOne" },
  ],
};

/** How a resource is imported, as the registry's pages have it. */
export function importOf(resource: ResourceType): string {
  const { forms } = finderOf(resource);
  const rows = forms.map(({ form, names }) => `| \`<connection>/${form}\` | ${names} |\n`);
  const commands = IMPORTS[resource].map(({ name, id }) => `pulumi import msp:index:${resource} ${name} '${id}'\n`);
  return `## Import\n\n| id | what it names |\n|---|---|\n${rows.join("")}\n\`\`\`sh\n${commands.join("")}\`\`\``;
}

/** The folder of the examples. */
export const FOLDER = join(__dirname, "examples");

/** The component's example, which is in YAML alone: what Node programs have of that name takes an entry as a whole. */
export function componentExample(): string {
  return `{{% examples %}}\n## Example Usage\n\n{{% example %}}\n${componentText()}{{% /example %}}\n{{% /examples %}}`;
}

/** The same under its title alone. */
export function componentText(): string {
  return `### A customer with a device owner\n\n\`\`\`yaml\n${read("fleet-customer.yaml")}\`\`\`\n`;
}

/** A resource's examples as the registry's pages take them; they import `module` in place of pulumi-msp. */
export function examplesOf(resource: ResourceType, module: string): string {
  const examples = EXAMPLES[resource].map(
    (example) => `{{% example %}}\n${exampleText(example, module)}{{% /example %}}\n`,
  );
  return `{{% examples %}}\n## Example Usage\n\n${examples.join("\n")}{{% /examples %}}`;
}

/** One example under its title, in TypeScript and in YAML. */
export function exampleText({ title, file }: (typeof EXAMPLES)[ResourceType][number], module: string): string {
  const typescript = read(`${file}.ts`).replaceAll('"pulumi-msp"', JSON.stringify(module));
  return `### ${title}\n\n\`\`\`typescript\n${typescript}\`\`\`\n\n\`\`\`yaml\n${read(`${file}.yaml`)}\`\`\`\n`;
}

function read(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}
