/** The fleet file of the story, as its chapters edit it. */
export interface StoryFleet {
  readonly acme: { readonly emailSecurity: boolean; readonly deletionProtection?: boolean } | undefined;
  readonly birch: { readonly deletionProtection?: boolean } | undefined;
  readonly frontDesk: readonly string[];
  readonly warehouse: readonly string[];
  /** `leaving:` notes, as lines of YAML. */
  readonly leaving?: readonly string[];
}

export function fleetYaml({ acme, birch, frontDesk, warehouse, leaving = [] }: StoryFleet): string {
  const lines = ["version: 1", "defaults: { adopt: true }", "customers:"];
  if (acme !== undefined) {
    lines.push(
      "  - key: acme",
      "    name: Acme Dental",
      "    platform: remote-manager",
      '    company: { city: Portland, state: Oregon, country: US, postalCode: "97201" }',
      "    firstUser:",
      "      loginName: { generate: true, prefix: acme }",
      "      firstName: IT",
      "      lastName: Contact",
      "      email: it@acme.example",
      ...(acme.deletionProtection === undefined ? [] : [`    deletionProtection: ${acme.deletionProtection}`]),
      "    products:",
      "      - { product: WFBS-S Yearly, units: 25 }",
      ...(acme.emailSecurity ? ["      - { product: Email Security Yearly, units: 25, wait: completed }"] : []),
    );
  }
  if (birch !== undefined) {
    lines.push(
      "  - key: birch",
      "    name: Birch Legal",
      "    platform: licensing-portal",
      "    company: { city: Leeds, state: West Yorkshire, country: GB }",
      ...(birch.deletionProtection === undefined ? [] : [`    deletionProtection: ${birch.deletionProtection}`]),
      "    products: [Worry-Free Services, Cloud Edge]",
    );
  }
  lines.push(
    "  - key: cedar",
    "    name: Cedar Logistics",
    "    platform: armourzero",
    "    owners:",
    `      - { key: front-desk, email: front-desk@cedar.example, name: Front Desk, products: [${frontDesk.join(", ")}] }`,
    `      - { key: warehouse, email: warehouse@cedar.example, name: Warehouse, products: [${warehouse.join(", ")}] }`,
  );
  if (leaving.length > 0)
    lines.push("leaving:", ...leaving.map((note) => `  - { ${note}, requester: account-manager@msp.example }`));
  return `${lines.join("\n")}\n`;
}
