/** The fleet as a program writes it by hand with this package. */
import { announceLeavings, Customer, ProductAssignment } from "pulumi-msp";
import { entries, PLATFORM, UNITS } from "./entries";

announceLeavings();

for (const { key, products, ...entry } of entries()) {
  const customer = new Customer(key, {
    platform: PLATFORM,
    ...entry,
    products,
    deletionProtection: false,
    onDelete: "forget",
  });
  for (const [at, product] of products.entries()) {
    new ProductAssignment(
      `${key}/product-${at + 1}`,
      { platform: PLATFORM, customer: customer.customerId, subjectName: entry.name, product, units: UNITS },
      { dependsOn: [customer] },
    );
  }
}
