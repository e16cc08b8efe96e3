import * as msp from "pulumi-msp";

new msp.Customer("acme", {
  platform: "remote-manager",
  name: "Acme Dental",
  company: { city: "Portland", state: "Oregon", country: "US" },
  firstUser: { loginName: "acme-it", firstName: "IT", lastName: "Contact", email: "it@acme.example" },
  products: ["WFBS-S Yearly"],
});
