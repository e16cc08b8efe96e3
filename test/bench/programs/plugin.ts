/** The same fleet as `ours.ts` has it, on the plugin. */
import * as pulumi from "@pulumi/pulumi";
import { announceLeavings } from "pulumi-msp";
import { entries, PLATFORM, UNITS } from "./entries";

announceLeavings();

/** As the generated SDK's classes are, without their types. */
class Declared extends pulumi.CustomResource {
  constructor(type: string, name: string, args: object, opts?: pulumi.CustomResourceOptions) {
    super(`msp:index:${type}`, name, args, opts);
  }
}

for (const { key, products, ...entry } of entries()) {
  const customer = new Declared("Customer", key, {
    platform: PLATFORM,
    ...entry,
    products,
    deletionProtection: false,
    onDelete: "forget",
  });
  for (const [at, product] of products.entries()) {
    new Declared(
      "ProductAssignment",
      `${key}/product-${at + 1}`,
      { platform: PLATFORM, customer: customer.id, subjectName: entry.name, product, units: UNITS },
      { dependsOn: [customer] },
    );
  }
}
