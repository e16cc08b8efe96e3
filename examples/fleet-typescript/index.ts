/** The example fleet, written out as a plain TypeScript program. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as msp from "pulumi-msp";

// Says at preview what each deletion will file, for whom and what stays. With it `pulumi destroy` needs --run-program.
msp.announceLeavings();

const suffix = new random.RandomString("acme/login-name", { length: 8, special: false, upper: false });
const acme = new msp.Customer("acme", {
  platform: "remote-manager",
  name: "Acme Dental",
  company: { city: "Portland", state: "Oregon", country: "US", postalCode: "97201" },
  firstUser: {
    loginName: pulumi.interpolate`acme-${suffix.result}`,
    firstName: "IT",
    lastName: "Contact",
    email: "it@acme.example",
  },
  products: ["WFBS-S Yearly", "Email Security Yearly"],
  adopt: true,
});
for (const [name, product] of [
  ["acme/wfbs-s-yearly", "WFBS-S Yearly"],
  ["acme/email-security-yearly", "Email Security Yearly"],
] as const) {
  new msp.ProductAssignment(
    name,
    {
      platform: "remote-manager",
      customer: acme.customerId,
      subjectName: "Acme Dental",
      product,
      units: 25,
      adopt: true,
    },
    // Products leave before their customer.
    { dependsOn: [acme] },
  );
}

const birch = new msp.Customer("birch", {
  platform: "licensing-portal",
  name: "Birch Legal",
  company: { city: "Leeds", state: "West Yorkshire", country: "GB" },
  products: ["Worry-Free Services", "Cloud Edge"],
  adopt: true,
});
for (const [name, product] of [
  ["birch/worry-free-services", "Worry-Free Services"],
  ["birch/cloud-edge", "Cloud Edge"],
] as const) {
  new msp.ProductAssignment(
    name,
    { platform: "licensing-portal", customer: birch.customerId, subjectName: "Birch Legal", product, adopt: true },
    { dependsOn: [birch] },
  );
}

const owners: readonly {
  readonly key: string;
  readonly email: string;
  readonly name?: string;
  readonly products: readonly string[];
}[] = [
  { key: "front-desk", email: "front-desk@cedar.example", name: "Front Desk", products: ["ShieldOne", "ScoutTwo"] },
  { key: "warehouse", email: "warehouse@cedar.example", products: ["ShieldOne"] },
];
for (const owner of owners) {
  const resource = new msp.DeviceOwner(`cedar/${owner.key}`, {
    platform: "armourzero",
    email: owner.email,
    products: owner.products,
    ...(owner.name === undefined ? {} : { name: owner.name }),
  });
  for (const product of owner.products) {
    new msp.ProductAssignment(
      `cedar/${owner.key}/${product.toLowerCase()}`,
      {
        platform: "armourzero",
        owner: resource.email,
        product,
        adopt: true,
        ...(owner.name === undefined ? {} : { subjectName: owner.name }),
      },
      { dependsOn: [resource] },
    );
  }
}
