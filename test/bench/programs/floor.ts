/**
 * The engine's floor: resources of the same number, inputs and dependencies on the same host, whose provider is the shortest string that the
 * engine takes and does nothing.
 */
import * as pulumi from "@pulumi/pulumi";
import { entries, PLATFORM, UNITS } from "./entries";

/** With ids as long as a platform's, as they are inputs of other resources too. */
const NOTHING = 'exports.handler=()=>({create:i=>({id:"0".repeat(36),outs:i})})';

class Floor extends pulumi.CustomResource {
  constructor(type: string, name: string, args: object, opts?: pulumi.CustomResourceOptions) {
    super(`pulumi-nodejs:dynamic/msp:${type}`, name, { ...args, __provider: NOTHING }, opts);
  }
}

for (const { key, products, ...entry } of entries()) {
  const customer = new Floor("Customer", key, {
    platform: PLATFORM,
    ...entry,
    products,
    deletionProtection: false,
    onDelete: "forget",
  });
  for (const [at, product] of products.entries()) {
    new Floor(
      "ProductAssignment",
      `${key}/product-${at + 1}`,
      { platform: PLATFORM, customer: customer.id, subjectName: entry.name, product, units: UNITS },
      { dependsOn: [customer] },
    );
  }
}
