import * as msp from "pulumi-msp";

const birch = new msp.Customer("birch", {
  platform: "licensing-portal",
  name: "Birch Legal",
  company: { city: "Leeds", state: "West Yorkshire", country: "GB" },
  products: ["Cloud Edge"],
});
new msp.ProductAssignment(
  "birch/cloud-edge",
  {
    platform: "licensing-portal",
    customer: birch.customerId,
    subjectName: "Birch Legal",
    product: "Cloud Edge",
    licence: "reduce",
  },
  // It leaves before its customer does.
  { dependsOn: [birch] },
);
